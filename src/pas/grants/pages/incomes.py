"""Unknown incomes as pages: who waits, and noting what an officer found out."""

import re
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.errors import Refusal
from pas.grants.ground import current_year
from pas.grants.record_income import FoundIncome, record_income
from pas.grants.unknown_incomes import ON_A_PAGE, applied_households, unknown_households
from pas.ids import HouseholdNumber, ResidentId
from pas.money import BasisPoints
from pas.passes.residents import Resident, newest_state
from pas.problems.bodies import AppRequest
from pas.residents.look_up import note_look, show_resident
from pas.residents.pages.search import look_of, read_day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

RECORD: Final = {"permission": Permission.INCOME_VERDICTS_RECORD}
TEMPLATE: Final = "grants/income.html"
PERCENTAGE: Final = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,2}))?\s*%?")
HIGHEST: Final = BasisPoints(100_000)


@get("/{municipality:str}/assessments/unknown", opt=RECORD, include_in_schema=False)
async def unknown_page(
    municipality: FromPath[str], request: AppRequest, *, after: FromQuery[UUID | None] = None
) -> Response[str]:
    """Whose income must somebody find out? Those who applied stand on top."""
    look = look_of(request)
    today = day_of(look.now)
    async with connected(request, municipality) as connection:
        year = await current_year(connection, look.now)
        applied = await applied_households(connection, year=year, on=today)
        unknown = await unknown_households(
            connection, year=year, on=today, after=after and ResidentId(after)
        )
        everybody = [one.resident_id for one in (*applied, *unknown)]
        await note_look(connection, everybody, look, what="listed")
    waiting = {one.household_number for one in applied}
    return page(
        request,
        "grants/unknown.html",
        home=f"/{municipality}",
        applied=applied,
        unknown=[one for one in unknown if one.household_number not in waiting],
        after=unknown[-1].resident_id if len(unknown) == ON_A_PAGE else None,
    )


@get("/{municipality:str}/residents/{resident_id:uuid}/income", opt=RECORD, include_in_schema=False)
async def income_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What did you find out?"""
    form, today = Form(), day_of(datetime.now(UTC))
    form.typed["assessed_on"] = f"{today.day}-{today.month}-{today.year}"
    state = await state_of(request, municipality, resident_id)
    return page(request, TEMPLATE, form=form, **context_of(municipality, resident_id, state))


@post(
    "/{municipality:str}/residents/{resident_id:uuid}/income",
    opt=RECORD,
    include_in_schema=False,
    status_code=200,
)
async def record(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Note it; the decision follows at once."""
    form = await read_form(request)
    state = await state_of(request, municipality, resident_id)
    found = found_income(form, state.household_number)
    if found is not None:
        try:
            async with connected(request, municipality) as connection:
                _ = await record_income(
                    connection, found, actor=actor_of(request), now=datetime.now(UTC)
                )
            return done(f"/{municipality}/residents/{resident_id}")
        except Refusal as refusal:
            form.refuse("assessed_on", refusal.detail)
    return wrong_form(request, TEMPLATE, form, **context_of(municipality, resident_id, state))


def found_income(form: Form, household: HouseholdNumber) -> FoundIncome | None:
    income = read_percentage(form, "income")
    source = form.text("source", "Vul in waar dit uit blijkt.")
    assessed_on = read_day(form, "assessed_on")
    if assessed_on is None:
        form.refuse("assessed_on", "Vul de dag in waarop u dit vaststelde.")
    if not form.ok or income is None or source is None or assessed_on is None:
        return None
    return FoundIncome(household=household, income=income, source=source, assessed_on=assessed_on)


def read_percentage(form: Form, name: str) -> BasisPoints | None:
    """Read a percentage of the social minimum as people type it: 95 or 95,5."""
    typed = form.text(name, "Vul het percentage in, bijvoorbeeld 95.", most=12)
    if typed is None:
        return None
    found = PERCENTAGE.fullmatch(typed)
    if found is None:
        form.refuse(name, "Typ het percentage zo: 95 of 95,5.")
        return None
    share = BasisPoints(int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")))
    if share > HIGHEST:
        form.refuse(name, "Dit is te hoog. Typ een percentage tot en met 1000.")
        return None
    return share


async def state_of(request: AppRequest, municipality: str, resident_id: UUID) -> Resident:
    look = look_of(request)
    async with connected(request, municipality) as connection:
        shown = await show_resident(connection, ResidentId(resident_id), look=look)
    return newest_state(shown.states, day_of(look.now))


def context_of(municipality: str, resident_id: UUID, state: Resident) -> dict[str, object]:
    return {
        "home": f"/{municipality}",
        "id": resident_id,
        "name": f"{state.given_name} {state.family_name}",
    }


routes: list[ControllerRouterHandler] = [unknown_page, income_page, record]
