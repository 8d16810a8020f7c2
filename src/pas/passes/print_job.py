"""Makes the cards of a year as a job."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor, actor_of_job
from pas.auth.keys import KeyStore
from pas.db import Connection, Database, Statement
from pas.ids import CardRunId, JobId, MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.jobs.queue import Job, enqueue, read_job
from pas.passes.cards import LastingForm
from pas.passes.make_cards import Press
from pas.passes.print_cards import CardRunReport, begin_card_run, do_card_run
from pas.settings import read_settings

KIND: Final = "passes.print_cards"


class Arguments(msgspec.Struct, frozen=True):
    run_id: CardRunId


class JobRow(msgspec.Struct, frozen=True):
    id: JobId


FIND_JOB: Final = Statement(
    """
    SELECT id FROM job WHERE kind = $1 AND arguments ->> 'run_id' = $2
    ORDER BY queued_at DESC, id DESC LIMIT 1
    """,
    JobRow,
)


async def queue_card_run(
    connection: Connection, *, year: int, form: LastingForm, actor: Actor, now: datetime
) -> tuple[CardRunId, JobId]:
    async with connection.transaction():
        run_id = await begin_card_run(connection, year=year, form=form, actor=actor, now=now)
        job_id = await enqueue(
            connection,
            kind=KIND,
            arguments=Arguments(run_id),
            actor_kind=actor.kind,
            actor_id=actor.id,
        )
    return run_id, job_id


async def job_of_run(connection: Connection, run_id: CardRunId) -> Job | None:
    """Give the newest job that does a run; None once it was cleaned up."""
    found = await FIND_JOB.first(connection, KIND, str(run_id))
    return None if found is None else await read_job(connection, found.id)


@job_kind(KIND)
async def print_cards(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
) -> CardRunReport:
    """Begun again after a crash it goes on with who has no card yet."""
    return await do_card_run(
        database,
        municipality,
        progress.asked(Arguments).run_id,
        press=Press(KeyStore(read_settings().keys).ring(municipality)),
        actor=actor_of_job(progress.job),
        now=datetime.now(UTC),
        told=progress.told,
    )
