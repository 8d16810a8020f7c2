"""Endpoints: a household applies, and an officer records its income; the decision follows at once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.processing import note_households
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.grants.applications import (
    ApplicationState,
    Channel,
    Receipt,
    list_applications,
    read_application,
    withdraw_application,
)
from pas.grants.apply import Application, apply_for_household, household_of, own_application
from pas.grants.record_income import FoundIncome, record_income
from pas.grants.routes.decisions import DecisionTold, decision_told
from pas.grants.routes.fields import Limit, Number, Year, YearAsked
from pas.ids import ApplicationId, HouseholdNumber, ResidentId
from pas.money import BasisPoints
from pas.problems.bodies import AppRequest, Fault, invalid

APPLY: Final = {"permission": Permission.APPLICATIONS_SUBMIT, "holder": True}
READ: Final = {"permission": Permission.APPLICATIONS_READ}
READ_ONE: Final = {"permission": Permission.APPLICATIONS_READ, "holder": True}
SUBMIT: Final = {"permission": Permission.APPLICATIONS_SUBMIT}
RECORD: Final = {"permission": Permission.INCOME_VERDICTS_RECORD}
StateQuery = Annotated[ApplicationState, QueryParameter(name="state")]


class ApplicationBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """For which household, named by its number or by one of its members; the id is the sender's."""

    id: UUID
    year: Year
    channel: Channel
    household_number: Number | None = None
    resident_id: UUID | None = None


class Applications(msgspec.Struct, frozen=True):
    """The longest waiting first; the next page starts after the last id."""

    items: list[Receipt]


class IncomeBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What an officer found out: ``income`` in hundredths of a percent of the social minimum."""

    household_number: Number
    income: Annotated[int, Meta(ge=0, le=1_000_000)]
    source: Annotated[str, Meta(min_length=1, max_length=200)]
    assessed_on: date


class IncomeAnswer(msgspec.Struct, frozen=True):
    """What the rules say of each member and year; what is news in it was written down."""

    decisions: list[DecisionTold]


@post("/v1/{municipality:str}/household-applications", opt=APPLY)
async def apply_once(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[ApplicationBody]
) -> Receipt:
    """Vraag één keer de pas aan, voor het hele huishouden.

    U krijgt een ontvangstbewijs met de tijd en een controlegetal van de inhoud.
    """
    now, actor = datetime.now(UTC), actor_of(request)
    if (data.household_number is None) == (data.resident_id is None):
        message = "Noem een huishouden of een bewoner, niet allebei."
        raise invalid([Fault(field="householdNumber", message=message)])
    async with connected(request, municipality) as connection:
        if data.resident_id is not None:
            household = await household_of(connection, ResidentId(data.resident_id), now=now)
        else:
            household = HouseholdNumber(data.household_number or "")
        application = Application(
            id=ApplicationId(data.id),
            household=household,
            year=data.year,
            channel=data.channel,
            resident=None if data.resident_id is None else ResidentId(data.resident_id),
        )
        return await apply_for_household(connection, application, actor=actor, now=now)


@get("/v1/{municipality:str}/household-applications", opt=READ)
async def list_all_applications(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    state_is: StateQuery = "received",
    year: YearAsked = 0,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Applications:
    """Lees de aanvragen; wie het langst wacht, staat bovenaan."""
    async with connected(request, municipality) as connection, connection.transaction():
        found = await list_applications(
            connection,
            state=state_is,
            year=year or None,
            after=None if after is None else ApplicationId(after),
            limit=limit,
        )
        await note_shown(connection, found, "application.listed", actor=actor_of(request))
    return Applications(found)


@get("/v1/{municipality:str}/household-applications/{application_id:uuid}", opt=READ_ONE)
async def read_one_application(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Receipt:
    """Lees een aanvraag. Een pashouder leest die van het eigen huishouden."""
    asked, actor = ApplicationId(application_id), actor_of(request)
    async with connected(request, municipality) as connection, connection.transaction():
        if actor.kind == "holder":
            return await own_application(connection, asked, actor=actor, now=datetime.now(UTC))
        found = await read_application(connection, asked)
        await note_shown(connection, [found], "application.shown", actor=actor)
    return found


async def note_shown(
    connection: Connection, shown: Sequence[Receipt], activity: str, *, actor: Actor
) -> None:
    now = datetime.now(UTC)
    numbers = [one.household_number for one in shown]
    await note_households(connection, numbers, activity, actor=actor, at=(now, day_of(now)))


@post(
    "/v1/{municipality:str}/household-applications/{application_id:uuid}/withdrawal",
    opt=SUBMIT,
    status_code=200,
)
async def withdraw_one_application(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Receipt:
    """Trek een aanvraag in, omdat het huishouden dat wil. Opnieuw aanvragen kan altijd."""
    async with connected(request, municipality) as connection:
        return await withdraw_application(
            connection,
            ApplicationId(application_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post("/v1/{municipality:str}/income-verdicts", opt=RECORD)
async def record_one_income(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[IncomeBody]
) -> IncomeAnswer:
    """Leg het inkomen van een huishouden vast, met bron en datum. Het besluit volgt meteen."""
    found = FoundIncome(
        household=HouseholdNumber(data.household_number),
        income=BasisPoints(data.income),
        source=data.source,
        assessed_on=data.assessed_on,
    )
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        rounds = await record_income(connection, found, actor=actor_of(request), now=now)
    return IncomeAnswer([decision_told(one.decision) for done in rounds for one in done.decided])


handlers: list[ControllerRouterHandler] = [
    apply_once,
    list_all_applications,
    read_one_application,
    withdraw_one_application,
    record_one_income,
]
