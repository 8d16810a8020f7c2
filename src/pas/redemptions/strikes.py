"""Unknown cards are counted against the till that tries them: five in ten minutes pause it.

Also a quote counts, or a stolen till could try numbers without end by only asking. They are noted,
counted and answered under a lock on the till, so that all its requests together get five, in one
array or over all workers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import TillId


class Noted(msgspec.Struct, frozen=True):
    """Per try whether the till may hear of it, and the tills that were paused by them."""

    told: list[bool]
    paused: list[TillId]


NOTE: Final = Statement("SELECT told, paused FROM note_unknown_cards($1, $2, $3)", Noted)


async def note_unknown_cards(
    connection: Connection, tried: Sequence[TillId], *, now: datetime, most: int
) -> list[bool]:
    """Write down the tills that tried an unknown card; say of each try whether it still counted."""
    async with connection.transaction():
        noted = await NOTE.one(connection, tried, now, most)
        for till in noted.paused:
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
    return noted.told
