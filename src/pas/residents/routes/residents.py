"""Endpoints: look residents up. What is looked for is in the body, never in the address."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, cast
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.days import day_of
from pas.ids import HouseholdNumber, MunicipalityName, ResidentId
from pas.money import BasisPoints
from pas.passes.residents import HouseholdType, IncomeSource, Resident, SchoolType
from pas.problems.bodies import AppRequest
from pas.residents.look_up import (
    FoundResident,
    Look,
    Purpose,
    Search,
    possible_duplicates,
    search_residents,
    show_resident,
)
from pas.residents.managing_adults import ManagingAdult

READ: Final = {"permission": Permission.RESIDENTS_READ}


class SearchBody(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """Why somebody looks, and what they know: a number, or a birth date with a name or postcode."""

    purpose: Purpose
    person_number: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    household_number: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    citizen_number: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    family_name: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    birth_date: date | None = None
    postcode: Annotated[str, Meta(min_length=1, max_length=12)] | None = None


class Found(msgspec.Struct, frozen=True):
    """At most fifty residents, by family name."""

    items: list[FoundResident]


class PossibleDuplicates(msgspec.Struct, frozen=True):
    """Who share a name, a birth date and a household, at most fifty at once, side by side."""

    items: list[FoundResident]


class StateTold(msgspec.Struct, frozen=True, rename="camel"):
    """What is known from a day on; ``income`` in hundredths of a percent, null is unknown."""

    valid_from: date
    person_number: str
    given_name: str
    family_name: str
    birth_date: date
    address: str
    postcode: str
    city: str
    area: str
    household_number: HouseholdNumber
    household_type: HouseholdType
    income: BasisPoints | None
    income_source: IncomeSource | None
    school_type: SchoolType | None
    left_on: date | None
    died_on: date | None
    guardian_number: str


class ResidentTold(msgspec.Struct, frozen=True, rename="camel"):
    """A resident, the newest state first."""

    id: ResidentId
    has_citizen_number: bool
    states: list[StateTold]
    managing_adults: list[ManagingAdult]


def state_told(state: Resident) -> StateTold:
    return StateTold(*(getattr(state, field) for field in StateTold.__struct_fields__))


def look_of(request: AppRequest, purpose: Purpose) -> Look:
    trace_id = cast("str", request.state.get("trace_id", ""))
    return Look(actor=actor_of(request), purpose=purpose, trace_id=trace_id, now=datetime.now(UTC))


@post("/v1/{municipality:str}/resident-searches", opt=READ, status_code=200)
async def search_all_residents(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[SearchBody]
) -> Found:
    """Zoek inwoners.

    Iedereen die u vindt, komt in het verwerkingslogboek: wie keek, wanneer, en waarvoor.
    """
    look = look_of(request, data.purpose)
    search = Search(
        person_number=data.person_number,
        household_number=data.household_number,
        citizen_number=data.citizen_number,
        family_name=data.family_name,
        birth_date=data.birth_date,
        postcode=data.postcode,
    )
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        return Found(
            await search_residents(connection, search, ring=ring, look=look, today=day_of(look.now))
        )


@get("/v1/{municipality:str}/possible-duplicates", opt=READ)
async def list_possible_duplicates(
    municipality: FromPath[str], request: AppRequest
) -> PossibleDuplicates:
    """Lees wie er misschien met twee nummers in staan. Ook dit komt in het verwerkingslogboek."""
    look = look_of(request, "correction")
    async with connected(request, municipality) as connection:
        return PossibleDuplicates(
            await possible_duplicates(connection, look=look, today=day_of(look.now))
        )


@get("/v1/{municipality:str}/residents/{resident_id:uuid}", opt=READ)
async def read_one_resident(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    purpose: FromQuery[Purpose],
) -> ResidentTold:
    """Lees wat er over een inwoner bekend is, van nu en van vroeger. Zeg erbij waarvoor."""
    async with connected(request, municipality) as connection:
        shown = await show_resident(
            connection, ResidentId(resident_id), look=look_of(request, purpose)
        )
    return ResidentTold(
        shown.id,
        shown.has_citizen_number,
        [state_told(state) for state in shown.states],
        shown.managing_adults,
    )


handlers: list[ControllerRouterHandler] = [
    search_all_residents,
    list_possible_duplicates,
    read_one_resident,
]
