"""Jobs as rows of the municipality: put in line, read, taken with a lease, ended.

A worker takes a job for the time of a lease and renews it while it works. After a crash the lease
runs out and another worker takes the job again. ``attempts`` is also the fence: a worker that lost
its lease writes nothing any more. Time is the database's, so clocks of workers may differ.
"""

from datetime import datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import JobId, uuid7

JobState = Literal["queued", "running", "done", "failed"]

CHANNEL: Final = "pas_job"
LEASE_SECONDS: Final = 30
MOST_ATTEMPTS: Final = 5
FIRST_BACKOFF_SECONDS: Final = 5
"""Doubled with each attempt: 5, 10, 20 and 40 seconds."""


class JobNotFound(Refusal):
    """Deze taak kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Controleer het nummer van de taak."


class Job(msgspec.Struct, frozen=True):
    """A job as it is now; arguments, result and problem are JSON."""

    id: JobId
    kind: str
    arguments: str
    state: JobState
    done: int
    total: int | None
    result: str | None
    problem: str | None
    attempts: int
    actor_kind: str
    actor_id: UUID
    queued_at: datetime
    run_after: datetime
    ended_at: datetime | None


class _Count(msgspec.Struct, frozen=True):
    count: int


class _Due(msgspec.Struct, frozen=True):
    seconds: int | None


ENQUEUE = Statement(
    """
    INSERT INTO job (id, kind, arguments, actor_kind, actor_id, queued_at, run_after)
    VALUES ($1, $2, $3::text::jsonb, $4, $5, clock_timestamp(), coalesce($6, clock_timestamp()))
    """,
    None,
)
TELL = Statement("SELECT pg_notify($1, current_schema())", None)
READ = Statement(
    """
    SELECT id, kind, arguments, state, done, total, result, problem, attempts, actor_kind, actor_id,
        queued_at, run_after, ended_at
    FROM job WHERE id = $1
    """,
    Job,
)
TAKE = Statement(
    """
    UPDATE job SET state = 'running', attempts = attempts + 1,
        lease_until = clock_timestamp() + $1 * interval '1 second'
    WHERE id = (
        SELECT j.id FROM job j
        WHERE (j.state = 'queued' AND j.run_after <= clock_timestamp())
            OR (j.state = 'running' AND j.lease_until < clock_timestamp() AND j.attempts < $2)
        ORDER BY j.run_after, j.id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    RETURNING id, kind, arguments, state, done, total, result, problem, attempts, actor_kind,
        actor_id, queued_at, run_after, ended_at
    """,
    Job,
)
GIVE_UP_LOST = Statement(
    """
    UPDATE job SET state = 'failed', problem = $2::text::jsonb, lease_until = NULL,
        ended_at = clock_timestamp()
    WHERE state = 'running' AND lease_until < clock_timestamp() AND attempts >= $1
    """,
    None,
)
RENEW = Statement(
    """
    WITH renewed AS (
        UPDATE job SET lease_until = clock_timestamp() + $3 * interval '1 second', done = $4,
            total = $5
        WHERE id = $1 AND attempts = $2 AND state = 'running'
        RETURNING 1
    )
    SELECT count(*) AS count FROM renewed
    """,
    _Count,
)
END = Statement(
    """
    WITH ended AS (
        UPDATE job SET state = $3, done = $4, total = $5, result = $6::text::jsonb,
            problem = $7::text::jsonb, lease_until = NULL, ended_at = clock_timestamp()
        WHERE id = $1 AND attempts = $2 AND state = 'running'
        RETURNING 1
    )
    SELECT count(*) AS count FROM ended
    """,
    _Count,
)
PUT_BACK = Statement(
    """
    UPDATE job SET state = 'queued', attempts = $3, lease_until = NULL, problem = $5::text::jsonb,
        run_after = clock_timestamp() + $4 * interval '1 second'
    WHERE id = $1 AND attempts = $2 AND state = 'running'
    """,
    None,
)
NEXT_DUE = Statement(
    """
    SELECT ceil(extract(epoch FROM min(
        CASE state WHEN 'queued' THEN run_after ELSE lease_until END
    ) - clock_timestamp()))::bigint AS seconds
    FROM job WHERE state IN ('queued', 'running')
    """,
    _Due,
)


async def enqueue(
    connection: Connection,
    *,
    kind: str,
    arguments: object,
    actor_kind: str,
    actor_id: UUID,
    run_after: datetime | None = None,
) -> JobId:
    """Put work in line, in the caller's transaction if it has one; a worker hears of it at commit."""
    job_id = JobId(uuid7())
    text = msgspec.json.encode(arguments).decode()
    async with connection.transaction():
        await ENQUEUE.run(connection, job_id, kind, text, actor_kind, actor_id, run_after)
        await TELL.run(connection, CHANNEL)
    return job_id


async def read_job(connection: Connection, job_id: JobId) -> Job:
    found = await READ.first(connection, job_id)
    if found is None:
        raise JobNotFound
    return found


async def take_job(connection: Connection) -> Job | None:
    """Take the job that has waited longest, also one whose worker is gone."""
    await GIVE_UP_LOST.run(
        connection, MOST_ATTEMPTS, _problem("job-lost", "De taak viel steeds stil.")
    )
    return await TAKE.first(connection, LEASE_SECONDS, MOST_ATTEMPTS)


async def renew_lease(connection: Connection, job: Job, *, done: int, total: int | None) -> bool:
    """Keep a job for another lease and note how far it is; False when somebody else has it."""
    renewed = await RENEW.one(connection, job.id, job.attempts, LEASE_SECONDS, done, total)
    return renewed.count == 1


async def end_job(
    connection: Connection, job: Job, *, result: object, done: int, total: int | None
) -> bool:
    text = msgspec.json.encode(result).decode()
    ended = await END.one(connection, job.id, job.attempts, "done", done, total, text, None)
    return ended.count == 1


async def fail_job(
    connection: Connection, job: Job, refusal: Refusal, *, done: int, total: int | None
) -> bool:
    """End a job that was refused: trying again would be refused again."""
    problem = _problem(refusal.code(), refusal.detail)
    ended = await END.one(connection, job.id, job.attempts, "failed", done, total, None, problem)
    return ended.count == 1


async def retry_job(connection: Connection, job: Job) -> None:
    """After an error of ours: try again later, and at last give up."""
    problem = _problem("unexpected-error", "Er ging bij ons iets mis.")
    if job.attempts >= MOST_ATTEMPTS:
        await END.one(
            connection, job.id, job.attempts, "failed", job.done, job.total, None, problem
        )
        return
    wait = FIRST_BACKOFF_SECONDS * 2 ** (job.attempts - 1)
    await PUT_BACK.run(connection, job.id, job.attempts, job.attempts, wait, problem)


async def put_back(connection: Connection, job: Job) -> None:
    """This worker stops: another takes the job at once, and it does not count as an attempt."""
    await PUT_BACK.run(connection, job.id, job.attempts, job.attempts - 1, 0, None)


async def seconds_until_due(connection: Connection) -> int | None:
    """How long until there is something to do here; None when nothing waits."""
    return (await NEXT_DUE.one(connection)).seconds


def _problem(code: str, detail: str) -> str:
    return msgspec.json.encode({"code": code, "detail": detail}).decode()
