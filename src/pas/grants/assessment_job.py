"""The yearly assessment as a job: it takes longer than a request, and goes on after a crash.

A real one is begun with the request, so that a job that is done again finishes the same run.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.auth.actor import actor_of_job
from pas.days import day_of
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_dry, begin_assessment, run_assessment
from pas.grants.ground import read_ground
from pas.grants.report import AssessmentReport
from pas.ids import AssessmentId, JobId, MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.jobs.queue import enqueue

KIND: Final = "grants.assess"


class Arguments(msgspec.Struct, frozen=True, rename="camel"):
    """Which run; without one it is a try that writes nothing."""

    year: int
    assessment_id: AssessmentId | None = None


async def queue_assessment(connection: Connection, task: Task, *, dry_run: bool) -> JobId:
    """Put an assessment in line, begun unless it is a try; raises PassYearOver."""
    async with connection.transaction():
        if dry_run:
            _ = await read_ground(connection, year=task.year, on=day_of(task.now))
            arguments = Arguments(task.year)
        else:
            arguments = Arguments(task.year, (await begin_assessment(connection, task)).id)
        return await enqueue(
            connection,
            kind=KIND,
            arguments=arguments,
            actor_kind=task.actor.kind,
            actor_id=task.actor.id,
        )


@job_kind(KIND)
async def assess(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
) -> AssessmentReport:
    """Assess a year, or say what that would do."""
    asked = progress.asked(Arguments)
    task = Task(
        municipality=municipality,
        year=asked.year,
        actor=actor_of_job(progress.job),
        now=datetime.now(UTC),
    )
    if asked.assessment_id is None:
        return await assess_dry(database, task, told=progress.told)
    return await run_assessment(database, task, asked.assessment_id, told=progress.told)
