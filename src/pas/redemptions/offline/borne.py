"""Sales without a network that a pass did not pay whole: what the municipality bore, or the merchant.

Counted by the day of the sale and the merchant, and listed one by one with the reason; of the holder
nothing is told.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import EntryId, MerchantId
from pas.money import Cents
from pas.redemptions.offline.stored import Bearer

DAYS_SHOWN: Final = 14
MOST_LISTED: Final = 500
LAST_DAY: Final = date(2200, 1, 1)


class BorneDay(msgspec.Struct, frozen=True):
    """One merchant on one day; ``refused_cents`` is what nobody pays the merchant for."""

    day: date
    merchant_id: MerchantId
    merchant: str
    risk_sales: int
    risk_cents: Cents
    refused_sales: int
    refused_cents: Cents


class BorneSale(msgspec.Struct, frozen=True):
    """One sale, as far as the pass did not pay it."""

    id: EntryId
    occurred_at: datetime
    till: str
    bearer: Bearer
    price_cents: Cents
    take_cents: Cents
    risk_cents: Cents
    reason: str


READ_DAYS: Final = Statement(
    """
    WITH borne AS (
        SELECT s.*, (s.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date AS day
        FROM offline_sale s
        WHERE s.bearer <> 'budget' AND ($1::uuid IS NULL OR s.merchant_id = $1)
    )
    SELECT b.day, b.merchant_id, m.name AS merchant,
        count(*) FILTER (WHERE b.outcome = 'booked') AS risk_sales, coalesce(sum(b.risk_cents), 0)::bigint AS risk_cents,
        count(*) FILTER (WHERE b.outcome = 'declined') AS refused_sales,
        coalesce(sum(b.price_cents) FILTER (WHERE b.outcome = 'declined'), 0)::bigint AS refused_cents
    FROM borne b JOIN merchant m ON m.id = b.merchant_id
    WHERE b.day < $2 AND b.day >= (
        SELECT min(d.day) FROM (SELECT DISTINCT n.day FROM borne n WHERE n.day < $2 ORDER BY n.day DESC LIMIT $3) d)
    GROUP BY b.day, b.merchant_id, m.name
    ORDER BY b.day DESC, m.name, b.merchant_id LIMIT $4
    """,
    BorneDay,
)
READ_SALES: Final = Statement(
    """
    SELECT s.id, s.occurred_at, t.name AS till, s.bearer, s.price_cents, s.take_cents, s.risk_cents, s.reason
    FROM offline_sale s JOIN till t ON t.id = s.till_id
    WHERE s.merchant_id = $1 AND s.bearer <> 'budget' AND (s.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date = $2
    ORDER BY s.occurred_at, s.sequence, s.digest LIMIT $3
    """,
    BorneSale,
)


async def borne_days(
    connection: Connection, *, merchant: MerchantId | None = None, before: date = LAST_DAY
) -> list[BorneDay]:
    """The last days before one on which there was something, of one merchant or of all."""
    return await READ_DAYS.all(connection, merchant, before, DAYS_SHOWN, MOST_LISTED)


async def borne_sales(connection: Connection, merchant: MerchantId, day: date) -> list[BorneSale]:
    return await READ_SALES.all(connection, merchant, day, MOST_LISTED)
