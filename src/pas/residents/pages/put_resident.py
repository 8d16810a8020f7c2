"""Adding or correcting one resident, as a page: by the rules of a file, said beside each field.

What is wrong is found by the same function as for a file or the API, all of it in one go.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.csvfile import Row
from pas.days import day_of
from pas.ids import MunicipalityName, ResidentId
from pas.money import percent
from pas.passes.resident_files import COLUMNS, row_of
from pas.passes.residents import Resident, newest_state
from pas.problems.bodies import AppRequest
from pas.residents.look_up import Look, show_resident
from pas.residents.pages.search import look_of, read_day
from pas.residents.put_resident import PutResident, ResidentWrong, put_resident
from pas.residents.words import HOUSEHOLDS, SCHOOLS, SOURCES, beside_field
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

WRITE: Final = {"permission": Permission.RESIDENTS_IMPORT}
TEMPLATE: Final = "residents/put_resident.html"
DAYS: Final = ("birth_date", "valid_from", "left_on", "died_on")


@get("/{municipality:str}/residents/new", opt=WRITE, include_in_schema=False)
async def new_resident_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Who has come?"""
    form = Form({"valid_from": typed_day(day_of(look_of(request).now))})
    return page(request, TEMPLATE, form=form, **await context_of(request, municipality))


@post("/{municipality:str}/residents/new", opt=WRITE, include_in_schema=False, status_code=200)
async def add_resident(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Add somebody; a number that somebody has already is refused."""
    form = await read_form(request)
    made = await put(request, municipality, form)
    if made is None:
        return wrong_form(request, TEMPLATE, form, **await context_of(request, municipality))
    return after(request, municipality, made)


@get(
    "/{municipality:str}/residents/{resident_id:uuid}/correction",
    opt=WRITE,
    include_in_schema=False,
)
async def correction_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What holds today, to be changed."""
    state = await state_of(request, municipality, resident_id)
    known: dict[str, str] = dict(zip(COLUMNS, row_of(state), strict=True))
    known |= {column: typed_day(getattr(state, column)) for column in DAYS}
    known["income_pct"] = "" if state.income is None else percent(state.income).removesuffix("%")
    known["valid_from"] = typed_day(day_of(look_of(request).now))
    context = await context_of(request, municipality, state=state, resident_id=resident_id)
    return page(request, TEMPLATE, form=Form(known), **context)


@post(
    "/{municipality:str}/residents/{resident_id:uuid}/correction",
    opt=WRITE,
    include_in_schema=False,
    status_code=200,
)
async def correct_resident(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Take it from its day on; passes follow."""
    form = await read_form(request)
    state = await state_of(request, municipality, resident_id)
    made = await put(request, municipality, form, known=state.person_number)
    if made is None:
        context = await context_of(request, municipality, state=state, resident_id=resident_id)
        return wrong_form(request, TEMPLATE, form, **context)
    return after(request, municipality, made)


async def put(
    request: AppRequest, municipality: str, form: Form, *, known: str | None = None
) -> PutResident | None:
    """Take what was typed; None when something is wrong, and then the form says what."""
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    look = look_of(request)
    try:
        async with connected(request, municipality) as connection:
            return await put_resident(
                connection,
                row_from(form, known or form.value("person_number")),
                ring=ring,
                actor=look.actor,
                now=look.now,
                is_new=known is None,
                wipes_bsn=form.ticked("wipe_bsn"),
            )
    except ResidentWrong as refusal:
        for fault in cast("list[dict[str, str]]", refusal.extra["errors"]):
            form.refuse(fault["field"], beside_field(fault["field"], fault["message"]))
    return None


def row_from(form: Form, person_number: str) -> Row:
    """Write a form as the one row of a file; a day that cannot be read stays as it was typed."""
    cells = {column: form.value(column) for column in COLUMNS}
    for column in DAYS:
        found = read_day(form, column)
        cells[column] = str(found) if found else form.value(column)
    return Row(0, {**cells, "person_number": person_number})


def after(request: AppRequest, municipality: str, made: PutResident) -> Response[str] | Redirect:
    """Go back to the person, past what somebody should look at."""
    person = f"/{municipality}/residents/{made.id}"
    if made.remark is None:
        return done(person)
    return page(
        request,
        "residents/remark.html",
        home=f"/{municipality}",
        person=person,
        remark=made.remark,
    )


async def state_of(request: AppRequest, municipality: str, resident_id: UUID) -> Resident:
    look: Look = msgspec.structs.replace(look_of(request), purpose="correction")
    async with connected(request, municipality) as connection:
        shown = await show_resident(connection, ResidentId(resident_id), look=look)
    return newest_state(shown.states, day_of(look.now))


async def context_of(
    request: AppRequest,
    municipality: str,
    *,
    state: Resident | None = None,
    resident_id: UUID | None = None,
) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        areas = sorted((await read_municipality_settings(connection)).areas)
    return {
        "home": f"/{municipality}",
        "id": resident_id,
        "name": None if state is None else f"{state.given_name} {state.family_name}",
        "number": None if state is None else state.person_number,
        "since": None if state is None else day(state.valid_from),
        "areas": [(area, area) for area in areas],
        "households": options(HOUSEHOLDS.items()),
        "sources": options(SOURCES.items()),
        "schools": options(SCHOOLS.items()),
    }


def options(words: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Offer what can be known; unknown is to choose nothing."""
    known = [(value, text) for value, text in words if value != "unknown"]
    return [(value, text[:1].upper() + text[1:]) for value, text in known]


def typed_day(value: date | None) -> str:
    """Write a day as people type it."""
    return "" if value is None else f"{value.day}-{value.month}-{value.year}"


routes: list[ControllerRouterHandler] = [
    new_resident_page,
    add_resident,
    correction_page,
    correct_resident,
]
