"""What a till refused of a pass lately, with what its holder can do; what went well since is not told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import TillRefusal
from pas.ids import ResidentId

TOLD_FOR: Final = timedelta(days=7)
MOST: Final = 3


class RefusedRow(msgspec.Struct, frozen=True):
    merchant_name: str
    refusal: str
    refused_at: datetime


READ_REFUSED: Final = Statement(
    """
    SELECT m.name AS merchant_name, s.refusal, s.refused_at
    FROM refused_scan s JOIN merchant m ON m.id = s.merchant_id
    WHERE s.resident_id = $1 AND s.refused_at > $2 AND NOT EXISTS (
        SELECT 1 FROM processing_log l JOIN redemption r ON r.entry_id = l.entry_id
        WHERE l.subject_id = $1 AND l.recorded_at > s.refused_at AND l.taken_cents > 0 AND r.merchant_id = s.merchant_id)
    ORDER BY s.refused_at DESC LIMIT $3
    """,
    RefusedRow,
)


async def lately_refused(
    connection: Connection, resident: ResidentId, *, now: datetime
) -> list[tuple[RefusedRow, type[TillRefusal]]]:
    """The newest first, each with the words for it."""
    rows = await READ_REFUSED.all(connection, resident, now - TOLD_FOR, MOST)
    words = words_of(TillRefusal)
    return [(row, words[row.refusal]) for row in rows if row.refusal in words]


def words_of(root: type[TillRefusal]) -> Mapping[str, type[TillRefusal]]:
    return {one.code(): one for one in all_below(root)}


def all_below(root: type[TillRefusal]) -> Sequence[type[TillRefusal]]:
    return [found for child in root.__subclasses__() for found in (child, *all_below(child))]
