"""Applying for a child in three steps: what for, which club, which child; then the receipt."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.applications.apply import apply_for_child, check
from pas.applications.asked import AgreedHow, Agreement, Asked, NewClub, TypedChild
from pas.applications.organisations import membership
from pas.applications.pages.fields import application_in, parse_uuid
from pas.applications.purposes import Purpose, purposes_on
from pas.applications.queue import find_clubs
from pas.applications.words import HOW
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.days import day_of
from pas.db import Connection
from pas.errors import TillRefusal
from pas.ids import ApplicationId, MerchantId, uuid7
from pas.merchants.stored import MerchantNotFound, read_merchant
from pas.money import parse_euros
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.residents.pages.search import read_day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

MAKE: Final = {"permission": Permission.APPLICATIONS_MAKE}
NEW: Final = "/{municipality:str}/child-applications/new"
POSTCODE: Final = re.compile(r"([1-9][0-9]{3})\s?([A-Za-z]{2})")
NO_POSTCODE: Final = "1000 AA"
"""Stands in for a postcode that was wrong, and of which the form says so already."""
Text = Annotated[str, QueryParameter(max_length=140)]


@get(NEW, opt=MAKE, include_in_schema=False)
async def choose_purpose(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What do you apply for?"""
    async with connected(request, municipality) as connection:
        await membership(connection, actor_of(request))
        purposes = await purposes_on(connection, day_of(datetime.now(UTC)), "intermediary")
    return page(
        request,
        "applications/new_purpose.html",
        form=Form(),
        home=f"/{municipality}",
        purposes=purposes,
    )


@get(f"{NEW}/club", opt=MAKE, include_in_schema=False)
async def choose_club(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    scheme: Text = "",
    search: Text = "",
) -> Response[str] | Redirect:
    """At which club?"""
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        await membership(connection, actor_of(request))
        purpose = await _purpose(connection, scheme, now)
        if purpose is None:
            return done(f"/{municipality}/child-applications/new")
        clubs = await find_clubs(connection, search, scheme, now=now)
    return page(
        request,
        "applications/new_club.html",
        form=Form({"search": search}),
        home=f"/{municipality}",
        purpose=purpose,
        clubs=clubs,
    )


@get(f"{NEW}/child", opt=MAKE, include_in_schema=False)
async def name_child(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    scheme: Text = "",
    club: Text = "",
) -> Response[str] | Redirect:
    """Which child, and who agreed?"""
    async with connected(request, municipality) as connection:
        await membership(connection, actor_of(request))
        context = await _context(
            connection, request, municipality, typed=(scheme, club, str(uuid7()))
        )
    if context is None:
        return done(f"/{municipality}/child-applications/new")
    today = day_of(datetime.now(UTC))
    form = Form({"agreed_on": f"{today.day}-{today.month}-{today.year}"})
    return page(request, "applications/new_child.html", form=form, **context)


@post(f"{NEW}/child", opt=MAKE, include_in_schema=False, status_code=200)
async def apply_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Send it; the answer tells nothing about the child."""
    form, now = await read_form(request), datetime.now(UTC)
    asked = read_asked(form, application_in(form), now=now)
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        _, faults = await check(connection, asked, now=now)
        for fault in faults:
            form.refuse(fault.field, fault.message)
        if form.ok:
            try:
                await apply_for_child(
                    connection, asked, ring=ring, actor=actor_of(request), now=now
                )
                return done(f"/{municipality}/child-applications/{asked.id}")
            except TillRefusal as refusal:
                form.refuse("scanned", f"{refusal.cashier} {refusal.next_step}")
        typed = (form.value("scheme"), form.value("club"), str(asked.id))
        context = await _context(connection, request, municipality, typed=typed)
    if context is None:
        raise NotFound
    return wrong_form(request, "applications/new_child.html", form, **context)


def read_asked(form: Form, application_id: ApplicationId, *, now: datetime) -> Asked:
    """Everything that was typed; what could not be read is in the form's errors."""
    today = day_of(now)
    scanned = form.text("scanned", "", most=300, optional=True)
    hows: dict[str, AgreedHow] = {how: how for how in HOW}
    club = form.value("club")
    asked = Asked(
        id=application_id,
        scheme=form.value("scheme"),
        scanned=scanned,
        child=None if scanned else _read_child(form, now=now),
        club=None if club == "new" else MerchantId(parse_uuid(club)),
        new_club=_read_club(form) if club == "new" else None,
        amount_cents=form.parsed("amount", "", parse_euros, optional=True),
        what_for=form.text("what_for", "", most=300, optional=True) or "",
        own_reference=form.text("own_reference", "", most=40, optional=True) or "",
        agreement=Agreement(
            by=form.text("agreed_by", "Vul in welke ouder het goed vindt.", most=140) or "",
            how=form.choice("agreed_how", "Kies hoe de ouder het zei.", hows) or "present",
            on=read_day(form, "agreed_on") or today,
            not_own_child=form.ticked("not_own_child"),
        ),
    )
    if not form.value("agreed_on").strip():
        form.refuse("agreed_on", "Vul in wanneer de ouder het goed vond.")
    return asked


def _read_child(form: Form, *, now: datetime) -> TypedChild:
    given = form.text("given_name", "Vul de voornaam van het kind in.", most=100)
    family = form.text("family_name", "Vul de achternaam van het kind in.", most=100)
    born = read_day(form, "birth_date")
    if born is None:
        form.refuse("birth_date", "Vul de geboortedatum in, bijvoorbeeld 17-5-2017.")
    typed = form.text("postcode", "Vul de postcode in, bijvoorbeeld 1971 AB.", most=10)
    postcode = None if typed is None else POSTCODE.fullmatch(typed)
    if postcode is None:
        form.refuse("postcode", "Typ de postcode zo: 1971 AB.")
    return TypedChild(
        given_name=given or "-",
        family_name=family or "-",
        birth_date=born or day_of(now),
        postcode=f"{postcode[1]} {postcode[2].upper()}" if postcode else NO_POSTCODE,
    )


def _read_club(form: Form) -> NewClub:
    return NewClub(
        name=form.text("club_name", "Vul de naam van de club in.", most=140) or "",
        email=form.text("club_email", "", most=320, optional=True) or "",
        phone=form.text("club_phone", "", most=40, optional=True) or "",
        place=form.text("club_place", "", most=80, optional=True) or "",
    )


async def _context(
    connection: Connection, request: AppRequest, municipality: str, *, typed: tuple[str, str, str]
) -> dict[str, object] | None:
    """What the last step shows; None when its address names no purpose or club."""
    scheme, club, application_id = typed
    purpose = await _purpose(connection, scheme, datetime.now(UTC))
    if purpose is None or not club:
        return None
    name = ""
    if club != "new":
        try:
            chosen = MerchantId(UUID(club))
            name = (await read_merchant(connection, chosen, actor=actor_of(request))).name
        except (ValueError, MerchantNotFound):
            return None
    return {
        "home": f"/{municipality}",
        "purpose": purpose,
        "club": club,
        "club_name": name,
        "application_id": application_id,
        "hows": list(HOW.items()),
    }


async def _purpose(connection: Connection, scheme: str, now: datetime) -> Purpose | None:
    known = await purposes_on(connection, day_of(now), "intermediary")
    return next((one for one in known if one.code == scheme), None)


routes: list[ControllerRouterHandler] = [
    choose_purpose,
    choose_club,
    name_child,
    apply_by_page,
]
