"""Returns what is left of budgets as a job: of a year, or says what that would be; daily of all years."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor, actor_of_job
from pas.db import Connection, Database
from pas.grants.assess import Task
from pas.grants.lapse import LapseReport, lapse_ended, lapse_year
from pas.ids import JobId, MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.jobs.queue import enqueue

KIND: Final = "grants.lapse"
DAILY_KIND: Final = "grants.lapse_ended"


class Arguments(msgspec.Struct, frozen=True, rename="camel"):
    """Which year; a try writes nothing."""

    year: int
    dry_run: bool


async def queue_lapse(connection: Connection, *, year: int, dry_run: bool, actor: Actor) -> JobId:
    return await enqueue(
        connection,
        kind=KIND,
        arguments=Arguments(year, dry_run),
        actor_kind=actor.kind,
        actor_id=actor.id,
    )


@job_kind(KIND)
async def lapse(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
) -> LapseReport:
    asked = progress.asked(Arguments)
    task = Task(
        municipality=municipality,
        year=asked.year,
        actor=actor_of_job(progress.job),
        now=datetime.now(UTC),
    )
    return await lapse_year(
        database, task, dry_run=asked.dry_run, run=progress.job.id, told=progress.told
    )


@job_kind(DAILY_KIND)
async def lapse_daily(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
) -> list[LapseReport]:
    return await lapse_ended(
        database,
        municipality,
        actor=actor_of_job(progress.job),
        now=datetime.now(UTC),
        run=progress.job.id,
        told=progress.told,
    )
