"""Endpoints: the yearly assessment, what it did, and whose income is unknown."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.grants.assess import Task
from pas.grants.assessment_job import queue_assessment
from pas.grants.ground import current_year
from pas.grants.report import AssessmentReport, read_report
from pas.grants.routes.fields import Limit, QueuedJob, Year, YearAsked
from pas.grants.runs import read_runs
from pas.grants.unknown_incomes import WaitingHousehold, unknown_households
from pas.ids import AssessmentId, MunicipalityName, ResidentId
from pas.problems.bodies import AppRequest
from pas.residents.look_up import note_look
from pas.residents.pages.search import look_of

READ: Final = {"permission": Permission.ASSESSMENTS_READ}
RUN: Final = {"permission": Permission.ASSESSMENTS_RUN}
RECORD: Final = {"permission": Permission.INCOME_VERDICTS_RECORD}


class AssessmentBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Which pass year; a dry run says what would happen and writes nothing."""

    year: Year
    dry_run: bool = False


class AssessmentTold(msgspec.Struct, frozen=True, rename="camel"):
    """An assessment without the household it has come to: who counts needs nobody's number."""

    id: AssessmentId
    year: int
    assessed_on: date
    started_at: datetime
    ended_at: datetime | None
    broken_off_at: datetime | None
    households: int
    unknown_households: int
    persons: int
    persons_granted: int
    passes: int


class Assessments(msgspec.Struct, frozen=True):
    """The newest first; one that has neither ended nor was broken off goes on, if it is of today."""

    items: list[AssessmentTold]


class UnknownIncomes(msgspec.Struct, frozen=True):
    """Households by number; the next page starts after the ``residentId`` of the last one."""

    year: int
    items: list[WaitingHousehold]


@get("/v1/{municipality:str}/assessments", opt=READ)
async def list_all_assessments(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Assessments:
    """Lees welke toekenningsrondes er waren."""
    async with connected(request, municipality) as connection:
        runs = await read_runs(connection, year=year or None)
    return Assessments([msgspec.convert(run, AssessmentTold, from_attributes=True) for run in runs])


@post("/v1/{municipality:str}/assessments", opt=RUN, status_code=202)
async def assess_everybody(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[AssessmentBody]
) -> QueuedJob:
    """Bekijk van iedereen wat hij of zij krijgt, en ken het toe.

    Wie al iets kreeg, krijgt het niet nog eens. Een proef (dryRun) kent niets toe. Het verslag is
    het resultaat van de taak.
    """
    task = Task(
        municipality=MunicipalityName(municipality),
        year=data.year,
        actor=actor_of(request),
        now=datetime.now(UTC),
    )
    async with connected(request, municipality) as connection:
        return QueuedJob(await queue_assessment(connection, task, dry_run=data.dry_run))


@get("/v1/{municipality:str}/assessments/{assessment_id:uuid}", opt=READ)
async def read_one_assessment(
    municipality: FromPath[str], assessment_id: FromPath[UUID], request: AppRequest
) -> AssessmentReport:
    """Lees wat een ronde deed: per regeling de personen, de euro's en wat er over is."""
    async with connected(request, municipality) as connection:
        return await read_report(connection, AssessmentId(assessment_id))


@get("/v1/{municipality:str}/assessments/unknown-incomes", opt=RECORD)
async def list_unknown_incomes(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> UnknownIncomes:
    """Lees van welke huishoudens het inkomen onbekend is. Zij zijn niet toegekend en niet afgewezen."""
    look = look_of(request)
    async with connected(request, municipality) as connection:
        wanted = year or await current_year(connection, look.now)
        found = await unknown_households(
            connection,
            year=wanted,
            on=day_of(look.now),
            after=after and ResidentId(after),
            limit=limit,
        )
        await note_look(connection, [one.resident_id for one in found], look, what="listed")
    return UnknownIncomes(wanted, found)


handlers: list[ControllerRouterHandler] = [
    list_all_assessments,
    assess_everybody,
    list_unknown_incomes,
    read_one_assessment,
]
