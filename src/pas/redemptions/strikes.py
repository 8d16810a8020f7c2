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
from pas.redemptions.judge import Judged
from pas.redemptions.refusals import CardUnknown
from pas.redemptions.sale import SaleItem

NOTE_SCANS: Final = Statement(
    "INSERT INTO unknown_scan (till_id, tried_at) SELECT unnest($1::uuid[]), $2", None
)
PAUSE_TILL: Final = Statement(
    "UPDATE till SET state = 'paused', state_since = $2 WHERE id = $1 AND state = 'active'", None
)


async def note_unknown_cards(
    connection: Connection, sales: Sequence[SaleItem], judged: Sequence[Judged], now: datetime
) -> None:
    """Write down each unknown card, and pause the till whose last strike it was."""
    tried = [
        (sale.till_id, verdict.pause_till)
        for sale, verdict in zip(sales, judged, strict=True)
        if verdict.answer.reason is CardUnknown
    ]
    if not tried:
        return
    await NOTE_SCANS.run(connection, [till for till, _ in tried], now)
    for till in {till for till, pause in tried if pause}:
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
