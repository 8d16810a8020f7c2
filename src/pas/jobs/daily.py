"""What runs every day: each worker puts what is due in line, and the database lets one of them.

A turn is a row per kind and day. Whoever was not there at the hour makes the newest turn up once;
older ones that were missed are not run again, because each job looks at everything there is.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import uuid7


class Daily(msgspec.Struct, frozen=True):
    """A kind of job that is put in line each day, from this hour in Amsterdam on."""

    kind: str
    hour: int


QUEUE_DUE: Final = Statement(
    """
    WITH turn AS (
        INSERT INTO scheduled_turn (kind, day, job_id)
        SELECT d.kind, (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam' - d.hour * interval '1 hour')::date, d.job_id
        FROM unnest($1::text[], $2::int[], $3::uuid[]) AS d (kind, hour, job_id)
        ORDER BY d.kind
        ON CONFLICT DO NOTHING
        RETURNING kind, job_id
    )
    INSERT INTO job (id, kind, arguments, actor_kind, actor_id, queued_at, run_after)
    SELECT job_id, kind, '{}', 'system', '00000000-0000-0000-0000-000000000000', clock_timestamp(), clock_timestamp()
    FROM turn
    """,
    None,
)


async def queue_due(connection: Connection, daily: Sequence[Daily]) -> None:
    """Put in line what is due today and nobody put in line yet."""
    if daily:
        kinds, hours = [one.kind for one in daily], [one.hour for one in daily]
        await QUEUE_DUE.run(connection, kinds, hours, [uuid7() for _ in daily])
