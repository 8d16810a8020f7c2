"""Children who come to a club: who they are, and the form in which the club says what it costs."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.applications.awards import confirmations_of, expected_children, read_award
from pas.applications.confirm import AwardNotFound, Stated, confirm, never_came
from pas.applications.give_back import Back, give_back
from pas.applications.pages.fields import id_in
from pas.applications.routes.fields import key_of
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.errors import Refusal, TillRefusal
from pas.ids import ApplicationId, EntryId, MerchantId, MunicipalityName, uuid7
from pas.money import NO_CENTS, parse_euros
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

CONFIRM: Final = {"permission": Permission.AWARDS_CONFIRM}
AWARDS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/awards"
ONE: Final = f"{AWARDS}/{{application_id:uuid}}"
PAGE_SIZE: Final = 50
TEMPLATE: Final = "applications/award.html"
Offset = Annotated[int, QueryParameter(ge=0, le=100_000)]


@get(
    "/{municipality:str}/awards",
    opt={"permission": Permission.AWARDS_CONFIRM, "scoped": True},
    include_in_schema=False,
)
async def own_awards(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """To the club's own list."""
    own = actor_of(request).merchant_id
    if own is None:
        raise NotFound
    return done(f"/{municipality}/merchants/{own}/awards")


@get(AWARDS, opt=CONFIRM, include_in_schema=False)
async def awards_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    offset: Offset = 0,
) -> Response[str]:
    """Which children come to us, and of whom do we still have to say something?"""
    async with connected(request, municipality) as connection:
        found = await expected_children(
            connection,
            MerchantId(merchant_id),
            offset=offset,
            limit=PAGE_SIZE,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return page(
        request,
        "applications/awards.html",
        home=f"/{municipality}",
        base=f"/{municipality}/merchants/{merchant_id}/awards",
        waiting=[one for one in found if one.participation is None],
        answered=[one for one in found if one.participation is not None],
        offset=offset,
        more=offset + PAGE_SIZE if len(found) == PAGE_SIZE else None,
    )


@get(ONE, opt=CONFIRM, include_in_schema=False)
async def award_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    application_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str]:
    """Does this child take part, and what does it cost?"""
    context = await _context(request, municipality, (merchant_id, application_id))
    return page(request, TEMPLATE, form=Form(), **context)


@post(ONE, opt=CONFIRM, include_in_schema=False, status_code=200)
async def confirm_by_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    application_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str] | Redirect:
    """Say it: takes part, with the amount and the invoice; or never came."""
    form, actor, now = await read_form(request), actor_of(request), datetime.now(UTC)
    choices = {"takes_part": True, "never_came": False}
    takes_part = form.choice("participation", "Kies of het kind meedoet.", choices)
    merchant, application = MerchantId(merchant_id), ApplicationId(application_id)
    stated = _read_stated(form, merchant, application) if takes_part else None
    if takes_part is False and (form.value("amount").strip() or form.value("invoice").strip()):
        form.refuse("participation", "Kwam het kind niet? Maak dan het bedrag en de factuur leeg.")
    if form.ok:
        key = await key_of(request, municipality)
        try:
            async with connected(request, municipality) as connection:
                if stated is None:
                    await never_came(connection, merchant, application, actor=actor, now=now)
                else:
                    await confirm(
                        connection,
                        stated,
                        municipality=MunicipalityName(municipality),
                        key=key,
                        actor=actor,
                        now=now,
                    )
            return done(f"/{municipality}/merchants/{merchant_id}/awards/{application_id}")
        except AwardNotFound:
            raise
        except Refusal as refusal:
            form.refuse("amount", f"{refusal.detail} {refusal.next_step}")
    context = await _context(request, municipality, (merchant_id, application_id))
    return wrong_form(request, TEMPLATE, form, **context)


@post(f"{ONE}/refund", opt=CONFIRM, include_in_schema=False, status_code=200)
async def refund_by_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    application_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str] | Redirect:
    """The child stopped half-way: a part comes back."""
    form, actor = await read_form(request), actor_of(request)
    reason = form.text("reason", "Schrijf op waarom u geld teruggeeft.", most=300)
    cents = form.parsed("back", "", parse_euros, optional=True)
    if form.ok and reason is not None:
        back = Back(
            id=EntryId(id_in(form)),
            confirmation=EntryId(id_in(form, "confirmation")),
            application=ApplicationId(application_id),
            amount_cents=cents,
            reason=reason,
        )
        ring = await ring_of(request, municipality)
        try:
            async with connected(request, municipality) as connection:
                await give_back(connection, back, ring=ring, actor=actor, now=datetime.now(UTC))
            return done(f"/{municipality}/merchants/{merchant_id}/awards/{application_id}")
        except TillRefusal as refusal:
            form.refuse("back", f"{refusal.cashier} {refusal.next_step}")
    context = await _context(request, municipality, (merchant_id, application_id))
    return wrong_form(request, TEMPLATE, form, **context)


def _read_stated(form: Form, merchant: MerchantId, application: ApplicationId) -> Stated:
    amount = form.cents("amount", "Vul in wat u bij de gemeente in rekening brengt.")
    if amount is not None and amount <= 0:
        form.refuse("amount", "Vul een bedrag boven nul in.")
    return Stated(
        id=EntryId(id_in(form)),
        application=application,
        merchant=merchant,
        amount_cents=amount or NO_CENTS,
        invoice=form.text("invoice", "Vul het nummer van uw factuur in.", most=60) or "-",
    )


async def _context(
    request: AppRequest, municipality: str, ids: tuple[UUID, UUID]
) -> dict[str, object]:
    merchant, application = MerchantId(ids[0]), ids[1]
    async with connected(request, municipality) as connection:
        award = await read_award(
            connection,
            merchant,
            application,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
        if award is None:
            raise AwardNotFound
        stated = await confirmations_of(connection, award.application_id, merchant=merchant)
    base = f"/{municipality}/merchants/{merchant}/awards"
    return {
        "home": f"/{municipality}",
        "base": base,
        "award": award,
        "stated": stated,
        "new_id": uuid7(),
    }


routes: list[ControllerRouterHandler] = [
    own_awards,
    awards_page,
    award_page,
    confirm_by_page,
    refund_by_page,
]
