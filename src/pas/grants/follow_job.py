"""Lets passes follow the register as a job: after a file of residents, and daily."""

from datetime import UTC, datetime
from typing import Final

from pas.auth.actor import Actor, actor_of_job
from pas.db import Connection, Database
from pas.grants.follow_register import RegisterReport, follow_register
from pas.ids import JobId, MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.jobs.queue import enqueue
from pas.residents.put_resident import FOLLOW

KIND: Final = FOLLOW


async def queue_follow(connection: Connection, *, actor: Actor) -> JobId:
    return await enqueue(
        connection, kind=KIND, arguments={}, actor_kind=actor.kind, actor_id=actor.id
    )


@job_kind(KIND)
async def follow(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
) -> RegisterReport:
    """End and restore passes, assess newcomers, and list children whom nobody manages."""
    return await follow_register(
        database, municipality, actor=actor_of_job(progress.job), now=datetime.now(UTC)
    )
