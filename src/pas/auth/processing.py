"""Writes down who used which data of whom, and for what: in the transaction of the use itself.

Of a run over many people it is one row each, in one statement. A person who looks at their own data
needs no row. Rows go on their clock (``pas.retention.clocks``).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, cast

import structlog

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.ids import HouseholdNumber, ResidentId

NOTE: Final = Statement(
    """
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, trace_id, recorded_at)
    SELECT s.id, $2, $3, $4, $5, $6 FROM unnest($1::uuid[]) AS s (id)
    """,
    None,
)
NOTE_HOUSEHOLDS: Final = Statement(
    """
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, trace_id, recorded_at)
    SELECT v.resident_id, $2, $3, $4, $5, $6 FROM resident_version v
    WHERE v.household_number = ANY ($1::text[]) AND v.valid_from <= $7::date
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $7::date)
    """,
    None,
)


async def note_processing(
    connection: Connection,
    residents: Sequence[ResidentId],
    activity: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that data of these residents were used; the trace is that of the request or job."""
    if residents:
        row = (activity, actor.kind, actor.id, trace_id(), now)
        await NOTE.run(connection, list(dict.fromkeys(residents)), *row)


async def note_households(
    connection: Connection,
    numbers: Sequence[HouseholdNumber],
    activity: str,
    *,
    actor: Actor,
    at: tuple[datetime, date],
) -> None:
    """Note it of everybody who is in these households on a day; ``at`` is now and that day."""
    if numbers:
        row = (activity, actor.kind, actor.id, trace_id(), *at)
        await NOTE_HOUSEHOLDS.run(connection, list(dict.fromkeys(numbers)), *row)


def trace_id() -> str:
    return cast("str", structlog.contextvars.get_contextvars().get("trace_id", ""))
