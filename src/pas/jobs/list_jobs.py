"""The jobs of late, for whoever watches over the program."""

from typing import Final

from pas.db import Connection, Statement
from pas.jobs.queue import Job

READ_LATEST: Final = Statement(
    """
    SELECT id, kind, arguments, state, done, total, result, problem, attempts, actor_kind, actor_id,
        queued_at, run_after, ended_at
    FROM job ORDER BY (state = 'failed') DESC, queued_at DESC, id DESC LIMIT $1
    """,
    Job,
)


async def list_jobs(connection: Connection, *, limit: int) -> list[Job]:
    """Those that failed first, then the newest."""
    return await READ_LATEST.all(connection, limit)
