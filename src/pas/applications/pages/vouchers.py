"""The team's pages: what waits for a colleague, a new voucher, and the code to show or print."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.applications.decide_voucher import (
    Proposal,
    confirm_voucher,
    propose_voucher,
    reject_voucher,
)
from pas.applications.organisations import team_of
from pas.applications.pages.fields import id_in
from pas.applications.queue import find_clubs
from pas.applications.vouchers import (
    MOST_LISTED,
    list_vouchers,
    pots_left,
    show_voucher,
    team_purposes,
    voucher_codes,
)
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.days import day_of
from pas.errors import Refusal
from pas.ids import VoucherId, uuid7
from pas.money import NO_CENTS
from pas.passes.codes import grouped
from pas.passes.qr import card_svg
from pas.problems.bodies import AppRequest
from pas.schemes.categories import read_categories
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

DECIDE: Final = {"permission": Permission.VOUCHERS_DECIDE}
VOUCHERS: Final = "/{municipality:str}/vouchers"
ONE: Final = f"{VOUCHERS}/{{voucher_id:uuid}}"
STANDS: Final = {
    "waiting": "Wacht op een collega",
    "rejected": "Afgewezen",
    "ready": "Te gebruiken",
    "used": "Gebruikt",
    "expired": "Verlopen",
}


@get(VOUCHERS, opt=DECIDE, include_in_schema=False)
async def vouchers_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    before: FromQuery[UUID | None] = None,
) -> Response[str]:
    """What is left in the pot, and what waits for a colleague?"""
    actor, now = actor_of(request), datetime.now(UTC)
    last = None if before is None else VoucherId(before)
    async with connected(request, municipality) as connection:
        team = await team_of(connection, actor)
        found = await list_vouchers(connection, before=last, actor=actor)
        pots = await pots_left(connection, now=now)
    stands = [(one, one.stand(day_of(now))) for one in found]
    return page(
        request,
        "applications/vouchers.html",
        home=f"/{municipality}",
        team=team.organisation,
        pots=pots,
        waiting=[one for one, stand in stands if stand == "waiting"],
        others=[(one, STANDS[stand]) for one, stand in stands if stand != "waiting"],
        me=actor.id,
        before=found[-1].id if len(found) == MOST_LISTED else None,
    )


@get(f"{VOUCHERS}/new", opt=DECIDE, include_in_schema=False)
async def new_voucher_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What is needed, and how much?"""
    context = await _new_context(request, municipality)
    return page(request, "applications/voucher_new.html", form=Form(), **context)


@post(f"{VOUCHERS}/new", opt=DECIDE, include_in_schema=False, status_code=200)
async def propose_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Put it to a colleague."""
    form = await read_form(request)
    scheme, _, category = form.value("purpose").partition(":")
    what_for = form.text("what_for", "Schrijf op wat er nodig is, zonder naam.", most=300)
    amount = form.cents("amount", "Vul een bedrag in.")
    if not category:
        form.refuse("purpose", "Kies waarvoor de bon is.")
    if not form.ticked("no_other_provision"):
        form.refuse("no_other_provision", "Een bon is er alleen als er niets anders is.")
    if form.ok:
        proposal = Proposal(
            id=VoucherId(id_in(form)),
            scheme=scheme,
            category=category,
            amount_cents=amount or NO_CENTS,
            what_for=what_for or "",
            no_other_provision=True,
        )
        try:
            async with connected(request, municipality) as connection:
                await propose_voucher(
                    connection, proposal, actor=actor_of(request), now=datetime.now(UTC)
                )
            return done(f"/{municipality}/vouchers/{proposal.id}")
        except Refusal as refusal:
            form.refuse("amount", refusal.detail)
    context = await _new_context(request, municipality)
    return wrong_form(request, "applications/voucher_new.html", form, **context)


@get(ONE, opt=DECIDE, include_in_schema=False)
async def voucher_page(
    municipality: FromPath[str], voucher_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """How does this voucher stand, and what can be done with it?"""
    context = await _context(request, municipality, VoucherId(voucher_id))
    return page(request, "applications/voucher.html", form=Form(), **context)


@post(ONE, opt=DECIDE, include_in_schema=False, status_code=200)
async def judge_by_page(
    municipality: FromPath[str], voucher_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """A colleague confirms, or somebody turns it down."""
    form, actor, now = await read_form(request), actor_of(request), datetime.now(UTC)
    wanted, ring = VoucherId(voucher_id), await ring_of(request, municipality)
    agrees = form.choice("verdict", "Kies wat u vindt.", {"confirm": True, "reject": False})
    reason = form.text("reason", "Schrijf op waarom niet.", most=300, optional=agrees is not False)
    if form.ok:
        try:
            async with connected(request, municipality) as connection:
                if agrees:
                    await confirm_voucher(connection, wanted, ring=ring, actor=actor, now=now)
                else:
                    await reject_voucher(connection, wanted, reason or "", actor=actor, now=now)
            return done(f"/{municipality}/vouchers/{wanted}")
        except Refusal as refusal:
            form.refuse("verdict", f"{refusal.detail} {refusal.next_step}")
    context = await _context(request, municipality, wanted)
    return wrong_form(request, "applications/voucher.html", form, **context)


@get(f"{ONE}/code", opt=DECIDE, include_in_schema=False)
async def code_page(
    municipality: FromPath[str], voucher_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """The code to show or print; gone once it is used."""
    actor, now, wanted = actor_of(request), datetime.now(UTC), VoucherId(voucher_id)
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        voucher = await show_voucher(connection, wanted, actor=actor)
        codes = await voucher_codes(connection, wanted, ring=ring, actor=actor, now=now)
        shops = await find_clubs(connection, "", voucher.scheme, category=voucher.category, now=now)
    return page(
        request,
        "applications/voucher_code.html",
        home=f"/{municipality}",
        voucher=voucher,
        code=card_svg(codes.token, title="QR-code van de bon"),
        digits=grouped(codes.number),
        shops=shops,
    )


async def _context(request: AppRequest, municipality: str, wanted: VoucherId) -> dict[str, object]:
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        voucher = await show_voucher(connection, wanted, actor=actor)
    stand = voucher.stand(day_of(now))
    return {
        "home": f"/{municipality}",
        "voucher": voucher,
        "stand": stand,
        "stands": STANDS[stand],
        "own": voucher.proposed_by == actor.id,
    }


async def _new_context(request: AppRequest, municipality: str) -> dict[str, object]:
    """Each purpose of each pot, with how much at most."""
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        await team_of(connection, actor_of(request))
        purposes = await team_purposes(connection, now=now)
        titles = {one.code: one.title for one in await read_categories(connection)}
        pots = await pots_left(connection, now=now)
    options = [
        (f"{one.code}:{category}", titles.get(category, category))
        for one in purposes
        for category in sorted(one.stored.version.categories)
    ]
    most = max((one.most_cents for one in purposes), default=NO_CENTS)
    return {
        "home": f"/{municipality}",
        "options": options,
        "most": most,
        "pots": pots,
        "new_id": uuid7(),
    }


routes: list[ControllerRouterHandler] = [
    vouchers_page,
    new_voucher_page,
    propose_by_page,
    voucher_page,
    judge_by_page,
    code_page,
]
