"""What was done with somebody's data, for that person and for whoever answers their questions."""

from datetime import datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ResidentId
from pas.passes.cards import is_own

MOST: Final = 200


class ProcessingLogNotYours(Refusal):
    """Dit logboek is van iemand anders."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Bekijk uw eigen logboek, of dat van een kind dat u beheert."


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """One use of somebody's data, in the words of Logboek Dataverwerkingen 1.0.

    ``organisation`` is the merchant that used them; None is the municipality itself.
    """

    operation_id: UUID | None
    trace_id: str
    processing_activity: str
    start_time: datetime
    end_time: datetime
    status_code: Literal["OK"]
    actor_kind: str
    organisation: str | None


READ: Final = Statement(
    """
    SELECT p.operation_id, p.trace_id, p.activity AS processing_activity, p.recorded_at AS start_time,
        p.recorded_at AS end_time, 'OK' AS status_code, p.actor_kind, m.name AS organisation
    FROM processing_log p
    LEFT JOIN till t ON p.actor_kind = 'till' AND t.id = p.actor_id
    LEFT JOIN login l ON p.actor_kind = 'login' AND l.id = p.actor_id
    LEFT JOIN merchant m ON m.id = coalesce(t.merchant_id, l.merchant_id)
    WHERE p.subject_id = $1 AND ($2::timestamptz IS NULL OR p.recorded_at < $2)
    ORDER BY p.recorded_at DESC, p.operation_id DESC LIMIT $3
    """,
    Operation,
)


async def read_processing_log(
    connection: Connection,
    resident_id: ResidentId,
    *,
    actor: Actor,
    now: datetime,
    before: datetime | None = None,
    limit: int = 50,
) -> list[Operation]:
    """Give what was done, newest first; that somebody of the municipality read it is noted too."""
    async with connection.transaction():
        if actor.kind == "holder" and not await is_own(
            connection, resident_id, actor=actor, now=now
        ):
            raise ProcessingLogNotYours
        if actor.is_noted:
            await note_processing(
                connection, [resident_id], "processing_log.shown", actor=actor, now=now
            )
        return await READ.all(connection, resident_id, before, min(limit, MOST))
