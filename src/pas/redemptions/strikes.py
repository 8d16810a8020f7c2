"""Unknown cards are counted against the till that tries them: five in ten minutes pause it.

Also a quote counts, or a stolen till could try numbers without end by only asking.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import TillId

NOTE_SCANS: Final = Statement(
    "INSERT INTO unknown_scan (till_id, tried_at) SELECT unnest($1::uuid[]), $2", None
)
PAUSE_TILL: Final = Statement(
    "UPDATE till SET state = 'paused', paused_by = 'program', state_since = $2 WHERE id = $1 AND state = 'active'",
    None,
)


async def note_unknown_cards(
    connection: Connection, tried: Sequence[tuple[TillId, bool]], now: datetime
) -> None:
    """Write down each unknown card with its till, and pause the till whose last strike it was."""
    await NOTE_SCANS.run(connection, [till for till, _ in tried], now)
    for till in {till for till, is_last in tried if is_last}:
        await pause(connection, till, now)


async def pause(connection: Connection, till: TillId, now: datetime) -> None:
    async with connection.transaction():
        await PAUSE_TILL.run(connection, till, now)
        await record_event(
            connection,
            kind="till.paused",
            subject_kind="till",
            subject_id=till,
            actor=Actor(kind="till", id=till),
            before={"state": "active"},
            after={"state": "paused"},
            reason="Te veel onbekende passen achter elkaar",
        )
