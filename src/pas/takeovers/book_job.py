"""Books an approved take-over as a job."""

from datetime import UTC, datetime
from typing import Final

from pas.auth.actor import Actor
from pas.db import Connection, Database
from pas.ids import MunicipalityName, TakeoverId
from pas.jobs.kinds import Progress, job_kind
from pas.jobs.queue import enqueue
from pas.takeovers.approve import approve_takeover
from pas.takeovers.book import book_takeover
from pas.takeovers.model import Takeover

KIND: Final = "takeovers.book"


async def approve_and_queue(
    connection: Connection, takeover_id: TakeoverId, *, actor: Actor, now: datetime
) -> Takeover:
    """Approve it, and put the booking in line in the same transaction."""
    async with connection.transaction():
        approved = await approve_takeover(connection, takeover_id, actor=actor, now=now)
        if approved.state == "booking":
            await enqueue(
                connection, kind=KIND, arguments={}, actor_kind=actor.kind, actor_id=actor.id
            )
    return approved


@job_kind(KIND)
async def run_booking(
    database: Database, municipality: MunicipalityName, progress: Progress
) -> Takeover:
    """Begun again after a crash it goes on where it was."""
    return await book_takeover(database, municipality, now=datetime.now(UTC), told=progress.told)
