"""Looking somebody up, as a page: by name and birth date, by number, or by card.

What was typed never stands in an address: the form is posted and answered at once. The page of the
resident that was found belongs to the slice of grants, which can also say what was decided.
"""

import re
from datetime import UTC, date, datetime
from typing import Final, cast

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.processing import note_processing
from pas.auth.state import auth_state, connected
from pas.days import day_of
from pas.errors import TillRefusal
from pas.ids import MunicipalityName, ResidentId
from pas.passes.find import find_card
from pas.problems.bodies import AppRequest
from pas.residents.look_up import (
    SHORTEST_NAME,
    FoundResident,
    Look,
    Purpose,
    Search,
    search_residents,
)
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.RESIDENTS_READ}
TEMPLATE: Final = "residents/search.html"
DUTCH_DAY: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class FoundLine(msgspec.Struct, frozen=True):
    """One person who was found, with enough to recognise them."""

    id: ResidentId
    name: str
    birth: str
    where: str
    note: str


@get("/{municipality:str}/residents", opt=READ, include_in_schema=False)
async def search_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Whom are you looking for?"""
    return page(request, TEMPLATE, form=Form(), found=None, **context_of(request, municipality))


@post("/{municipality:str}/residents", opt=READ, include_in_schema=False, status_code=200)
async def found_page(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Who it may be; everybody on the screen is noted in the processing log."""
    form, context = await read_form(request), context_of(request, municipality)
    search = read_search(form)
    if search is None and form.ok:
        holder = await holder_of_card(request, form, municipality)
        if holder is not None:
            return done(f"/{municipality}/residents/{holder}")
    found: list[FoundResident] = []
    if search is not None:
        found = await find(request, municipality, search)
    if not form.ok:
        return wrong_form(request, TEMPLATE, form, found=None, **context)
    return page(request, TEMPLATE, form=form, found=[line_of(one) for one in found], **context)


def context_of(request: AppRequest, municipality: str) -> dict[str, object]:
    may_add = actor_of(request).may(Permission.RESIDENTS_IMPORT)
    return {"home": f"/{municipality}", "may_add": may_add}


def read_search(form: Form) -> Search | None:
    """Read the form; None when there is a card to look up, or something is wrong."""
    number = form.text("person_number", "", most=40, optional=True)
    card = form.text("card", "", most=300, optional=True)
    name = form.text("family_name", "", most=100, optional=True)
    born = read_day(form, "birth_date")
    if not form.ok or (card and not number):
        return None
    if number:
        return Search(person_number=number)
    if name is None and born is None:
        form.refuse("family_name", "Vul een naam en geboortedatum in. Of een nummer.")
    elif name is None or len(name) < SHORTEST_NAME:
        form.refuse("family_name", f"Vul ook de achternaam in, minstens {SHORTEST_NAME} letters.")
    elif born is None:
        form.refuse("birth_date", "Vul ook de geboortedatum in.")
    return Search(family_name=name, birth_date=born) if form.ok else None


def read_day(form: Form, name: str) -> date | None:
    """Read a day as people type it, 17-5-1990, or as other programs do, 1990-05-17."""
    typed = form.text(name, "", most=20, optional=True)
    if typed is None:
        return None
    if found := DUTCH_DAY.fullmatch(typed):
        parts = (int(found[3]), int(found[2]), int(found[1]))
    elif found := ISO_DAY.fullmatch(typed):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    else:
        form.refuse(name, "Typ de datum zo: 17-5-1990.")
        return None
    try:
        return date(*parts)
    except ValueError:
        form.refuse(name, "Deze dag bestaat niet. Typ de datum zo: 17-5-1990.")
        return None


async def holder_of_card(request: AppRequest, form: Form, municipality: str) -> ResidentId | None:
    """Find whose card it is; what is wrong with it stands beside the field."""
    name = MunicipalityName(municipality)
    ring = await auth_state(request.app.state).ring(name)
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection, connection.transaction():
        try:
            card = await find_card(connection, form.value("card"), ring=ring, municipality=name)
        except TillRefusal as refusal:
            form.refuse("card", refusal.title())
            return None
        await note_processing(
            connection, [card.resident_id], "card.looked_up", actor=actor, now=now
        )
    return card.resident_id


async def find(
    request: AppRequest, municipality: str, search: Search, *, purpose: Purpose = "question"
) -> list[FoundResident]:
    """Find whom it may be; everybody who was found is noted, with what they were looked for."""
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    look = look_of(request, purpose)
    async with connected(request, municipality) as connection:
        return await search_residents(
            connection, search, ring=ring, look=look, today=day_of(look.now)
        )


def look_of(request: AppRequest, purpose: Purpose = "question") -> Look:
    """Who looks, for the processing log."""
    return Look(
        actor=actor_of(request),
        purpose=purpose,
        trace_id=cast("str", request.state.get("trace_id", "")),
        now=datetime.now(UTC),
    )


def line_of(one: FoundResident) -> FoundLine:
    note = ""
    if one.left_on is not None:
        note = f"Verhuisd op {day(one.left_on)}."
    if one.died_on is not None:
        note = f"Overleden op {day(one.died_on)}."
    return FoundLine(
        id=one.id,
        name=f"{one.given_name} {one.family_name}",
        birth=day(one.birth_date),
        where=one.postcode or "postcode onbekend",
        note=note,
    )


routes: list[ControllerRouterHandler] = [search_page, found_page]
