"""An officer's forms: which child, which club, award, refuse, wait, give back, pay a one-off payee."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.applications.confirm import Stated
from pas.applications.decide import (
    award_by_officer,
    choose_club,
    name_child,
    refuse_by_officer,
)
from pas.applications.give_back import Back, give_back
from pas.applications.open_cases import ChildApplicationNotFound
from pas.applications.pages.fields import id_in, parse_uuid
from pas.applications.pages.queue import case_context
from pas.applications.pause import pause, resume
from pas.applications.payee_invoices import propose_invoice
from pas.applications.queue import show_case
from pas.applications.release import bind_elsewhere, release
from pas.applications.rules import RefusalCode
from pas.applications.words import OFFICER_REFUSALS
from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.db import Connection
from pas.errors import Refusal, TillRefusal
from pas.ids import ApplicationId, EntryId, MerchantId, ResidentId
from pas.money import NO_CENTS, parse_euros
from pas.problems.bodies import AppRequest
from pas.residents.look_up import Search, SearchTooWide
from pas.residents.pages.search import find, read_day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

DECIDE: Final = {"permission": Permission.APPLICATIONS_DECIDE}
ONE: Final = "/{municipality:str}/child-application-queue/{application_id:uuid}"
Act = Callable[[Connection], Awaitable[object]]


@post(f"{ONE}/child", opt=DECIDE, include_in_schema=False, status_code=200)
async def child_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """It is this child."""
    form, (wanted, actor, now) = await read_form(request), _who(request, application_id)
    child = ResidentId(id_in(form, "resident"))
    return await _do(
        request,
        municipality,
        (form, "resident", wanted),
        act=lambda one: name_child(one, wanted, child, actor=actor, now=now),
    )


@post(f"{ONE}/search", opt=DECIDE, include_in_schema=False, status_code=200)
async def find_child_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Who is it? Looked for in the register; what was typed stands in no address."""
    form = await read_form(request)
    name = form.text("family_name", "Vul de achternaam in.", most=100)
    born = read_day(form, "birth_date")
    if born is None:
        form.refuse("birth_date", "Vul de geboortedatum in, bijvoorbeeld 17-5-2017.")
    found = None
    if form.ok:
        search = Search(family_name=name, birth_date=born)
        try:
            found = await find(request, municipality, search, purpose="application")
        except SearchTooWide as refusal:
            form.refuse("family_name", f"{refusal.detail} {refusal.next_step}")
    wanted = ApplicationId(application_id)
    context = await case_context(request, municipality, wanted, found=found)
    answer = page if form.ok else wrong_form
    return answer(request, "applications/queue_case.html", form=form, **context)


@post(f"{ONE}/club", opt=DECIDE, include_in_schema=False, status_code=200)
async def club_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Another club, before the award or after it."""
    form, (wanted, actor, now) = await read_form(request), _who(request, application_id)
    club = MerchantId(form.parsed("merchant", "Kies een club.", parse_uuid) or UUID(int=0))
    reason = form.text("club_reason", "Schrijf op waarom het een andere club wordt.", most=500)

    async def act(connection: Connection) -> None:
        shown = await show_case(connection, wanted, actor=actor, now=now)
        if shown.row.state == "awarded":
            await bind_elsewhere(
                connection, wanted, club, reason=reason or "", actor=actor, now=now
            )
        else:
            await choose_club(connection, wanted, club, reason=reason or "", actor=actor, now=now)

    return await _do(request, municipality, (form, "club", wanted), act=act)


@post(f"{ONE}/decision", opt=DECIDE, include_in_schema=False, status_code=200)
async def decide_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Award it, or refuse it."""
    form, (wanted, actor, now) = await read_form(request), _who(request, application_id)
    awards = form.choice("outcome", "Kies wat u beslist.", {"award": True, "refuse": False})
    reason = form.text("reason", "Schrijf in één zin waarom.", most=2000) or ""
    cents = form.parsed("amount", "", parse_euros, optional=True)
    codes: dict[str, RefusalCode] = {code: code for code in OFFICER_REFUSALS}
    code: RefusalCode | None = "by-officer"
    if awards is False:
        code = form.choice("refusal", "Kies waarom u afwijst.", codes)

    async def act(connection: Connection) -> None:
        if awards:
            await award_by_officer(
                connection, wanted, cents=cents, reason=reason, actor=actor, now=now
            )
        elif code is not None:
            await refuse_by_officer(connection, wanted, code, reason=reason, actor=actor, now=now)

    return await _do(request, municipality, (form, "outcome", wanted), act=act)


@post(f"{ONE}/pause", opt=DECIDE, include_in_schema=False, status_code=200)
async def pause_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Wait for something, with the reason in sight; or go on."""
    form, (wanted, actor, now) = await read_form(request), _who(request, application_id)
    if form.value("act") == "resume":
        return await _do(
            request,
            municipality,
            (form, "pause", wanted),
            act=lambda one: resume(one, wanted, actor=actor, now=now),
        )
    reason = form.text("pause", "Schrijf op waarop u wacht.", most=500) or ""
    return await _do(
        request,
        municipality,
        (form, "pause", wanted),
        act=lambda one: pause(one, wanted, reason, actor=actor, now=now),
    )


@post(f"{ONE}/release", opt=DECIDE, include_in_schema=False, status_code=200)
async def release_by_officer(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """What is left goes back to the appropriation."""
    form, (wanted, actor, now) = await read_form(request), _who(request, application_id)
    return await _do(
        request,
        municipality,
        (form, "release", wanted),
        act=lambda one: release(one, wanted, actor=actor, now=now),
    )


@post(f"{ONE}/refund", opt=DECIDE, include_in_schema=False, status_code=200)
async def refund_by_officer(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """A child that stopped: a part of what the club stated comes back."""
    form, (wanted, actor, _) = await read_form(request), _who(request, application_id)
    reason = form.text("back_reason", "Schrijf op waarom het terugkomt.", most=300) or "-"
    back = Back(
        id=EntryId(id_in(form)),
        confirmation=EntryId(id_in(form, "confirmation")),
        application=wanted,
        amount_cents=form.parsed("back", "", parse_euros, optional=True),
        reason=reason,
    )
    ring = await ring_of(request, municipality)
    return await _do(
        request,
        municipality,
        (form, "back", wanted),
        act=lambda one: give_back(one, back, ring=ring, actor=actor, now=datetime.now(UTC)),
    )


@post(f"{ONE}/invoice", opt=DECIDE, include_in_schema=False, status_code=200)
async def invoice_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """An invoice of a supplier that will never register, for a second person."""
    form, (wanted, actor, now) = await read_form(request), _who(request, application_id)
    payee = form.parsed("payee", "Kies wie de factuur stuurde.", parse_uuid)
    stated = Stated(
        id=EntryId(id_in(form)),
        application=wanted,
        merchant=MerchantId(payee or UUID(int=0)),
        amount_cents=form.cents("invoice_amount", "Vul het bedrag in.") or NO_CENTS,
        invoice=form.text("invoice", "Vul het nummer van de factuur in.", most=60) or "-",
    )
    reason = form.text("invoice_reason", "Schrijf op waarom deze leverancier.", most=300) or "-"
    if stated.amount_cents <= 0:
        form.refuse("invoice_amount", "Vul een bedrag boven nul in.")
    return await _do(
        request,
        municipality,
        (form, "payee", wanted),
        act=lambda one: propose_invoice(one, stated, reason=reason, actor=actor, now=now),
    )


def _who(request: AppRequest, application_id: UUID) -> tuple[ApplicationId, Actor, datetime]:
    return ApplicationId(application_id), actor_of(request), datetime.now(UTC)


async def _do(
    request: AppRequest,
    municipality: str,
    what: tuple[Form, str, ApplicationId],
    *,
    act: Act,
) -> Response[str] | Redirect:
    """Do it when the form is right; what is refused stands beside the field that asked for it."""
    form, field, wanted = what
    if form.ok:
        try:
            async with connected(request, municipality) as connection:
                await act(connection)
            return done(f"/{municipality}/child-application-queue/{wanted}")
        except ChildApplicationNotFound:
            raise
        except TillRefusal as refusal:
            form.refuse(field, f"{refusal.cashier} {refusal.next_step}")
        except Refusal as refusal:
            form.refuse(field, f"{refusal.detail} {refusal.next_step}")
    context = await case_context(request, municipality, wanted)
    return wrong_form(request, "applications/queue_case.html", form, **context)


routes: list[ControllerRouterHandler] = [
    find_child_by_page,
    child_by_page,
    club_by_page,
    decide_by_page,
    pause_by_page,
    release_by_officer,
    refund_by_officer,
    invoice_by_page,
]
