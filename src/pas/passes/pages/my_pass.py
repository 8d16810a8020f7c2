"""The holder's own page: the code first, then what is left, then the way to everything else.

It is opened at a till, on a slow line: one answer holds all that is seen first, its styles included,
and it is compressed, which no other page is. Nothing in it is what the request said, so the length of
the answer tells nothing about what else stands in it.
"""

import gzip
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import holder_of as whose_pass
from pas.auth.authentication import Authentication
from pas.auth.state import auth_state
from pas.days import day_of
from pas.errors import TillRefusal
from pas.ids import MunicipalityName, PassId, ResidentId
from pas.money import Cents
from pas.passes.household import HouseholdPass, applied_already, household_passes
from pas.passes.make_cards import Press
from pas.passes.my_code import FixedCode, Shower, SignedCode, card_to_show, drawn_code, fixed_code
from pas.passes.my_refusals import RefusedRow, lately_refused
from pas.passes.show import ShownBudget, ShownPass, show_pass
from pas.problems.bodies import AppRequest
from pas.web.languages import as_data, said, say_count
from pas.web.languages import say_in_page as say
from pas.web.own_styles import policy_for, with_own_styles
from pas.web.pages import page

HOLDER: Final = {"holder": True, "mandate": True}
KEEP: Final = "pas-keep"
"""To ``pass-worker.js``: whether a page may be kept on this device, and whether what is kept stays."""


class BudgetTold(msgspec.Struct, frozen=True):
    """A budget as an amount, and in words; ``remarks`` is what to know before it hurts."""

    title: str
    purposes: str
    balance_cents: Cents
    total_cents: Cents
    until: date
    remarks: list[str]


class RefusedTold(msgspec.Struct, frozen=True):
    merchant: str
    at: datetime
    holder: str
    next_step: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """All that is on the page, read at one moment."""

    shown: ShownPass
    signed: SignedCode | None
    fixed: FixedCode | None
    refused: list[tuple[RefusedRow, type[TillRefusal]]]
    others: list[HouseholdPass]


@get("/{municipality:str}/my-pass", opt=HOLDER, include_in_schema=False)
async def my_pass(
    municipality: FromPath[str], request: AppRequest
) -> Response[bytes] | Response[str]:
    """My own pass, or that of the first child when I have none myself."""
    name = MunicipalityName(municipality)
    async with auth_state(request.app.state).database.connection(name) as connection:
        others = await household_passes(connection, holder_of(request), today=today())
        waits = not others and await applied_already(connection, holder_of(request), today=today())
    if not others:
        is_holder = actor_of(request).on_behalf_of is None
        return page(
            request, "passes/no_pass.html", home=f"/{name}", waits=waits, is_holder=is_holder
        )
    return await one_pass(request, name, pass_id=others[0].pass_id)


@get("/{municipality:str}/my-pass/{pass_id:uuid}", opt=HOLDER, include_in_schema=False)
async def some_pass(
    municipality: FromPath[str], request: AppRequest, pass_id: FromPath[UUID]
) -> Response[bytes]:
    """The pass of a child, or of an earlier year."""
    return await one_pass(request, MunicipalityName(municipality), pass_id=PassId(pass_id))


async def one_pass(
    request: AppRequest, name: MunicipalityName, *, pass_id: PassId
) -> Response[bytes]:
    by = await shower_of(request, name)
    seen = await see(request, name, pass_id, by=by)
    shown, here = seen.shown, f"/{name}/my-pass"
    answer = page(
        request,
        "passes/my_pass.html",
        shown=shown,
        signed=seen.signed,
        fixed=seen.fixed,
        waiting=any(one.state == "inactive" for one in shown.cards),
        budgets=[told(one) for one in shown.budgets],
        refused=[refused_told(row, reason) for row, reason in seen.refused],
        others=seen.others if len(seen.others) > 1 else [],
        code_from=f"/v1/{name}/passes/{shown.pass_.id}/phone-code",
        here=f"{here}/{shown.pass_.id}",
        now=by.now,
        only_sees=by.actor.only_sees,
        **kept(request, name),
        home=f"/{name}",
    )
    return in_one_answer(request, answer)


async def see(request: AppRequest, name: MunicipalityName, pass_id: PassId, *, by: Shower) -> Seen:
    async with auth_state(request.app.state).database.connection(name) as connection:
        others = await household_passes(connection, holder_of(request), today=today())
        shown = await show_pass(connection, pass_id, actor=by.actor, now=by.now)
        resident = shown.pass_.resident_id
        card = await card_to_show(connection, resident, shown.cards, by=by)
        return Seen(
            shown=shown,
            signed=drawn_code(card, by=by) if card else None,
            fixed=await fixed_code(connection, card, by=by) if card else None,
            refused=await lately_refused(connection, resident, now=by.now),
            others=others,
        )


async def shower_of(request: AppRequest, name: MunicipalityName) -> Shower:
    """Who looks; only a lasting session is that of a telephone of their own."""
    authentication = cast("Authentication", request.auth)
    return Shower(
        actor=actor_of(request),
        session_hash=authentication.session_hash if authentication.is_long else None,
        press=Press(ring=await auth_state(request.app.state).ring(name)),
        now=datetime.now(UTC),
    )


def kept(request: AppRequest, name: MunicipalityName) -> dict[str, object]:
    """What the script of a holder's pages has to know: their address, and what keeps them here."""
    worker = f"/{name}/my-pass/worker.js" if is_own_device(request) else None
    return {"my_pass": f"/{name}/my-pass", "worker": worker}


def is_own_device(request: AppRequest) -> bool:
    return cast("Authentication", request.auth).is_long


def in_one_answer(request: AppRequest, answer: Response[str]) -> Response[bytes]:
    html = with_own_styles(answer.content)
    headers = {"Content-Security-Policy": policy_for(html), "Vary": "Accept-Encoding, Cookie"}
    if is_own_device(request):
        headers[KEEP] = "page"
    content = html.encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = gzip.compress(content, compresslevel=6, mtime=0)
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def with_keep(request: AppRequest, answer: Response[str]) -> Response[str]:
    """Any other page of a holder: it is not kept, and what is kept stays."""
    if is_own_device(request):
        answer.headers[KEEP] = "others"
    return answer


def told(budget: ShownBudget) -> BudgetTold:
    """The total is what came on it."""
    granted = sum(line.amount_cents for line in budget.history if line.amount_cents > 0)
    given_back = sum(
        line.amount_cents for line in budget.history if line.kind in {"void", "refund"}
    )
    return BudgetTold(
        title=budget.title,
        purposes=one_of([one.lower() for one in budget.purposes]),
        balance_cents=budget.balance_cents,
        total_cents=Cents(granted - given_back),
        until=day_of(budget.usable_until - timedelta(seconds=1)),
        remarks=remarks(budget),
    )


def one_of(purposes: Sequence[str]) -> str:
    """Name them all, with the word for "or" of the language between."""
    named = ""
    for one in purposes:
        named = say("{one} of {other}", one=named, other=one) if named else one
    return named


def remarks(budget: ShownBudget) -> list[str]:
    """What the holder has to know before paying: at the till it is too late to find out."""
    found: list[str] = []
    if budget.visits is not None:
        found.append(say_count("Nog 1 keer.", "Nog {count} keer.", budget.visits))
        found.append(say("U betaalt per keer, niet met een bedrag."))
    if budget.spend_at_once and budget.balance_cents:
        found.append(say("Koop alles in één keer. Wat dan overblijft, vervalt."))
    if budget.once_per_year and budget.balance_cents:
        found.append(say("Dit kan één keer per jaar."))
    if budget.share_basis_points is not None and budget.share_basis_points % WHOLE:
        percent = budget.share_basis_points // 100
        found.append(say("De pas betaalt {percent} procent. U betaalt de rest.", percent=percent))
    if budget.only_at:
        found.append(say("Alleen bij {merchant}.", merchant=as_data(budget.only_at)))
    return found


WHOLE: Final = 10_000


def refused_told(row: RefusedRow, reason: type[TillRefusal]) -> RefusedTold:
    return RefusedTold(
        merchant=row.merchant_name,
        at=row.refused_at,
        holder=said(reason.holder),
        next_step=said(reason.next_step),
    )


def holder_of(request: AppRequest) -> ResidentId:
    return whose_pass(actor_of(request))


def today() -> date:
    return day_of(datetime.now(UTC))


routes: list[ControllerRouterHandler] = [my_pass, some_pass]
