"""The last sales of one till, newest first: what a cashier looks at before undoing one."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.ids import EntryId, TillId
from pas.money import Cents

AT_MOST: Final = 50


class TillSale(msgspec.Struct, frozen=True):
    """One sale or attempt of a till; nothing in it tells who paid."""

    id: EntryId
    recorded_at: datetime
    refusal: str | None
    category: str | None
    price_cents: Cents
    taken_cents: Cents
    reversed_cents: Cents
    visits: int
    sale_id: UUID | None


READ_SALES: Final = Statement(
    """
    SELECT r.entry_id AS id, r.recorded_at, r.refusal, r.category, r.price_cents, r.taken_cents,
        coalesce((SELECT sum(b.amount_cents) FROM redemption_reversal b
            WHERE b.original_id = r.entry_id), 0)::bigint AS reversed_cents,
        r.visits, r.sale_id
    FROM redemption r
    WHERE r.till_id = $1
    ORDER BY r.recorded_at DESC
    LIMIT $2
    """,
    TillSale,
)


async def till_sales(connection: Connection, till_id: TillId) -> list[TillSale]:
    return await READ_SALES.all(connection, till_id, AT_MOST)
