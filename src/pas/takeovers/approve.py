"""A second person looks at a list and lets it be booked, or turns it down.

The database adds the rows up once more and refuses whoever proposed it.
"""

from datetime import datetime
from typing import Final

import asyncpg

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import TakeoverId
from pas.takeovers.model import OwnTakeover, Takeover, TakeoverJudged, TakeoverTotalsDiffer
from pas.takeovers.show import read_takeover

DIFFERS: Final = "PA329"

LOCK: Final = Statement("SELECT FROM takeover WHERE id = $1 FOR UPDATE", None)
APPROVE: Final = Statement(
    "UPDATE takeover SET approved_at = $2, approved_by = $3 WHERE id = $1", None
)
REJECT: Final = Statement(
    "UPDATE takeover SET ended_at = $2, outcome = 'rejected', because = $3 WHERE id = $1", None
)
FORGET_ROWS: Final = Statement("DELETE FROM takeover_row WHERE takeover_id = $1", None)


async def approve_takeover(
    connection: Connection, takeover_id: TakeoverId, *, actor: Actor, now: datetime
) -> Takeover:
    """Let it be booked; again by the same person changes nothing."""
    refuse_programs(actor)
    try:
        async with connection.transaction():
            stored = await _locked(connection, takeover_id)
            if stored.approved_by == actor.id:
                return stored
            _refuse_judged(stored)
            if stored.proposed_by == actor.id:
                raise OwnTakeover
            await APPROVE.run(connection, takeover_id, now, actor.id)
            await _record(connection, "takeover.approved", stored, actor=actor)
            return await read_takeover(connection, takeover_id)
    except asyncpg.PostgresError as error:
        if error.sqlstate != DIFFERS:
            raise
        raise TakeoverTotalsDiffer from error


async def reject_takeover(
    connection: Connection, takeover_id: TakeoverId, because: str, *, actor: Actor, now: datetime
) -> Takeover:
    """Turn it down, also for whoever proposed it; what was kept of people goes at once."""
    async with connection.transaction():
        stored = await _locked(connection, takeover_id)
        _refuse_judged(stored)
        await REJECT.run(connection, takeover_id, now, because)
        await FORGET_ROWS.run(connection, takeover_id)
        await _record(connection, "takeover.rejected", stored, actor=actor, reason=because)
        return await read_takeover(connection, takeover_id)


async def _locked(connection: Connection, takeover_id: TakeoverId) -> Takeover:
    await LOCK.run(connection, takeover_id)
    return await read_takeover(connection, takeover_id)


def _refuse_judged(stored: Takeover) -> None:
    if stored.state != "proposed":
        raise TakeoverJudged


async def _record(
    connection: Connection,
    kind: str,
    stored: Takeover,
    *,
    actor: Actor,
    reason: str | None = None,
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="takeover",
        subject_id=stored.id,
        actor=actor,
        after={"supplier": stored.supplier, "rows": stored.waiting},
        reason=reason,
    )
