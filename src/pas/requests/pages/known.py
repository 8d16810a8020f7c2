"""My data: what the municipality knows, each thing with a way to say that it is wrong."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.grants.ground import current_year
from pas.grants.record_diploma import read_diploma
from pas.grants.show_decision import decision_of_today
from pas.ids import ResidentId
from pas.money import BasisPoints, percent
from pas.passes.household import household_people
from pas.passes.residents import (
    ADULT_AGE,
    HouseholdType,
    IncomeSource,
    Resident,
    SchoolType,
    age_on,
)
from pas.problems.bodies import AppRequest
from pas.requests.known import Checked, Known, read_known
from pas.requests.model import Field
from pas.requests.pages.filing import about
from pas.web.dates import day
from pas.web.languages import as_data, left_to_right, mark, said, say
from pas.web.pages import done, page

HOLDER: Final = {"holder": True}
HOUSEHOLDS: Final[dict[HouseholdType, str]] = {
    "alone": mark("Woont alleen."),
    "single_parent": mark("Een ouder met kinderen."),
    "couple": mark("Samen, zonder kinderen."),
    "couple_with_children": mark("Samen, met kinderen."),
    "unknown": mark("Dat weten wij niet."),
}
SOURCES: Final[dict[IncomeSource, str]] = {
    "participatiewet": mark("Dat weten wij van de bijstand, sinds {day}."),
    "aow": mark("Dat weten wij van de AOW, sinds {day}."),
    "other": mark("Dat staat in onze bestanden, sinds {day}."),
}
SCHOOLS: Final[dict[SchoolType, str]] = {
    "none": mark("Niet op school."),
    "primary": mark("Basisschool."),
    "secondary": mark("Middelbare school."),
    "vocational": mark("Mbo."),
    "higher": mark("Hbo of universiteit."),
}


class Fact(msgspec.Struct, frozen=True):
    """One thing that we know, and which field of a correction it is."""

    title: str
    lines: list[Markup | str]
    field: Field


@get("/{municipality:str}/my-data", opt=HOLDER, include_in_schema=False)
async def my_data(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """My own; there I can choose whom I manage."""
    return done(f"/{municipality}/my-data/{actor_of(request).id}")


@get("/{municipality:str}/my-data/{resident_id:uuid}", opt=HOLDER, include_in_schema=False)
async def data_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What is known of me, or of somebody whose pass I manage."""
    actor, now, who = actor_of(request), datetime.now(UTC), ResidentId(resident_id)
    today = day_of(now)
    async with connected(request, municipality) as connection:
        context = await about(connection, request, municipality=municipality, who=who)
        people = await household_people(connection, ResidentId(actor.id), today=today)
        known = await read_known(connection, who, today=today)
        own_child = actor.id == who and age_on(known.state.birth_date, today) < ADULT_AGE
        income = None if own_child else await income_of(connection, who, known.state, now=now)
        diploma = await read_diploma(connection, who)
    facts = facts_of(known, diploma.obtained_on)
    if not own_child:
        facts.append(
            Fact(
                say("Het inkomen van het huishouden"),
                income_lines(income, known.checked, known.state),
                "income",
            )
        )
    return page(
        request,
        "requests/known.html",
        people=people if len(people) > 1 else [],
        facts=facts,
        **context,
    )


async def income_of(
    connection: Connection, who: ResidentId, state: Resident, *, now: datetime
) -> BasisPoints | None:
    """The income that the rules count with today."""
    year = await current_year(connection, now)
    today = await decision_of_today(
        connection, who, state.household_number, year=year, on=day_of(now)
    )
    return today.income


def facts_of(known: Known, diploma_on: date | None) -> list[Fact]:
    state = known.state
    town = " ".join(part for part in (state.postcode, state.city) if part)
    address = ", ".join(part for part in (state.address, town) if part)
    facts = [
        Fact(say("Naam"), [as_data(f"{state.given_name} {state.family_name}")], "name"),
        Fact(
            say("Adres"), [as_data(address) if address else say("Dat weten wij niet.")], "address"
        ),
        Fact(say("Geboren op"), [day(state.birth_date)], "birth_date"),
        Fact(say("Wie er in huis wonen"), [said(HOUSEHOLDS[state.household_type])], "household"),
    ]
    if state.school_type is not None:
        facts.append(Fact(say("School"), [said(SCHOOLS[state.school_type])], "school"))
    if diploma_on is not None:
        got = say("Gehaald op {day}.", day=day(diploma_on))
        facts.append(Fact(say("Zwemdiploma"), [got], "other"))
    if known.managers:
        names: list[Markup | str] = [as_data(one) for one in known.managers]
        facts.append(Fact(say("Wie de pas beheert"), names, "managing_adult"))
    return facts


def income_lines(
    income: BasisPoints | None, checked: Checked | None, state: Resident
) -> list[Markup | str]:
    """Say what we count with, where we have it from, and of which day; never more than that."""
    if income is None:
        return [say("Wij kennen het inkomen niet. Dat is niet erg. U kunt de pas aanvragen.")]
    told: list[Markup | str] = [
        say(
            "Wij rekenen met {income} van het sociaal minimum.",
            income=left_to_right(percent(income)),
        )
    ]
    if checked is not None and checked.income == income:
        since = say("Een medewerker keek dit na op {day}.", day=day(checked.assessed_on))
        return [*told, since]
    if state.income_source is None:
        return [*told, say("Dat staat in onze bestanden.")]
    since_day = day(state.valid_from)
    return [*told, said(SOURCES[state.income_source]).format(day=since_day)]


routes: list[ControllerRouterHandler] = [my_data, data_page]
