"""A till that stands still says why to its cashier, and whom to ask.

Read only where a sale was refused for it or a till's first page is opened: what is scanned at a
till that works costs nothing more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.ids import TillId
from pas.merchants.model import PausedBy, TillKind
from pas.merchants.paused import NOT_THE_HOLDER, words_of
from pas.redemptions.refusals import TillPaused
from pas.redemptions.sale import Answer


class PauseTold(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Why a till stands still: ``by`` whom and ``because`` of what in their own words, if they said.

    ``happened``, ``holder`` and ``nextStep`` are sentences for the cashier; ``telephone`` is that of
    the municipality.
    """

    by: PausedBy
    since: datetime
    because: str | None
    happened: str
    holder: str
    next_step: str
    telephone: str


class PauseRow(msgspec.Struct, frozen=True):
    kind: TillKind
    by: PausedBy | None
    since: datetime
    because: str | None


READ_PAUSE: Final = Statement(
    """
    SELECT kind, paused_by AS by, state_since AS since,
        CASE WHEN paused_by <> 'program' THEN paused_because END AS because
    FROM till WHERE id = $1 AND state = 'paused'
    """,
    PauseRow,
)


async def read_pause(connection: Connection, till_id: TillId) -> PauseTold | None:
    """Why this till stands still; None where it does not."""
    row = await READ_PAUSE.first(connection, till_id)
    if row is None:
        return None
    words = words_of(row.by, row.kind)
    return PauseTold(
        by=row.by or "municipality",
        since=row.since,
        because=row.because,
        happened=words.happened,
        holder=NOT_THE_HOLDER,
        next_step=words.cashier,
        telephone=(await read_municipality_settings(connection)).telephone,
    )


def is_paused(answers: Sequence[Answer]) -> bool:
    """Whether any of these was refused because the till stands still."""
    return any(answer.reason is TillPaused for answer in answers)
