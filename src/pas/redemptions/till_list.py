"""Sales to look back at, newest first: what a cashier looks at before undoing one.

A till sees its own; a merchant's till or manager finds any of that merchant; a counter finds all.
"""

from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import EntryId, MerchantId, TillId
from pas.money import Cents

AT_MOST: Final = 50


class SaleNotFound(Refusal):
    """Deze verkoop vinden wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kijk het nummer na. Of zoek op de dag van de verkoop."


class PayeeNotChosen(Refusal):
    """Van wie wilt u de verkopen zien?"""

    next_step: ClassVar[str] = "Kies eerst een club of winkel."


class TillSale(msgspec.Struct, frozen=True):
    """One sale or attempt; nothing in it tells who paid."""

    id: EntryId
    till_id: TillId | None
    merchant_id: MerchantId | None
    merchant: str | None
    recorded_at: datetime
    refusal: str | None
    category: str | None
    price_cents: Cents
    taken_cents: Cents
    reversed_cents: Cents
    visits: int
    sale_id: UUID | None


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks: a till, somebody of a merchant, or (``everywhere``) a counter."""

    till: TillId | None = None
    merchant: MerchantId | None = None
    everywhere: bool = False

    @property
    def has_sales(self) -> bool:
        """Whether there are sales to show before anything is chosen."""
        return self.till is not None or self.merchant is not None

    def may_see(self, sale: TillSale) -> bool:
        of_merchant = self.merchant is not None and sale.merchant_id == self.merchant
        own = self.till is not None and sale.till_id == self.till
        return self.everywhere or of_merchant or own


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the sales: of one day, or all; before a sale that was shown last."""

    day: date | None = None
    before: EntryId | None = None


READ_SALE: Final = Statement(
    """
    SELECT r.entry_id AS id, r.till_id, r.merchant_id, m.name AS merchant, r.recorded_at, r.refusal,
        r.category, r.price_cents, r.taken_cents,
        coalesce((SELECT sum(b.amount_cents) FROM redemption_reversal b
            WHERE b.original_id = r.entry_id), 0)::bigint AS reversed_cents,
        r.visits, r.sale_id
    FROM redemption r LEFT JOIN merchant m ON m.id = r.merchant_id
    WHERE r.entry_id = $1
    """,
    TillSale,
)
READ_SALES_OF_TILL: Final = Statement(
    """
    SELECT r.entry_id AS id, r.till_id, r.merchant_id, m.name AS merchant, r.recorded_at, r.refusal,
        r.category, r.price_cents, r.taken_cents,
        coalesce((SELECT sum(b.amount_cents) FROM redemption_reversal b
            WHERE b.original_id = r.entry_id), 0)::bigint AS reversed_cents,
        r.visits, r.sale_id
    FROM redemption r LEFT JOIN merchant m ON m.id = r.merchant_id
    WHERE r.till_id = $1 AND r.recorded_at >= $2 AND (r.recorded_at, r.entry_id) < ($3, $4)
    ORDER BY r.recorded_at DESC, r.entry_id DESC
    LIMIT $5
    """,
    TillSale,
)
READ_SALES_OF_MERCHANT: Final = Statement(
    """
    SELECT r.entry_id AS id, r.till_id, r.merchant_id, m.name AS merchant, r.recorded_at, r.refusal,
        r.category, r.price_cents, r.taken_cents,
        coalesce((SELECT sum(b.amount_cents) FROM redemption_reversal b
            WHERE b.original_id = r.entry_id), 0)::bigint AS reversed_cents,
        r.visits, r.sale_id
    FROM redemption r LEFT JOIN merchant m ON m.id = r.merchant_id
    WHERE r.merchant_id = $1 AND r.recorded_at >= $2 AND (r.recorded_at, r.entry_id) < ($3, $4)
    ORDER BY r.recorded_at DESC, r.entry_id DESC
    LIMIT $5
    """,
    TillSale,
)

FIRST_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(2200, 1, 1, tzinfo=UTC)
LEAST_ID: Final = UUID(int=0)
EVERYTHING: Final = Part()


async def find_sale(connection: Connection, sale_id: EntryId, viewer: Viewer) -> TillSale | None:
    """Find a sale by its number; another's is not there."""
    found = await READ_SALE.first(connection, sale_id)
    return found if found is not None and viewer.may_see(found) else None


async def read_sale(connection: Connection, sale_id: EntryId, viewer: Viewer) -> TillSale:
    found = await find_sale(connection, sale_id, viewer)
    if found is None:
        raise SaleNotFound
    return found


async def sales_of(
    connection: Connection,
    viewer: Viewer,
    part: Part,
    *,
    payee: MerchantId | None = None,
) -> list[TillSale]:
    """At most fifty: of the viewer's own till, else of the merchant that they may look at."""
    merchant = payee if viewer.everywhere else viewer.merchant
    if merchant is not None and (payee is not None or viewer.till is None):
        return await of_merchant(connection, merchant, part)
    if viewer.till is None:
        raise PayeeNotChosen
    return await till_sales(connection, viewer.till, part)


async def till_sales(
    connection: Connection, till_id: TillId, part: Part = EVERYTHING
) -> list[TillSale]:
    window = await window_of(connection, part)
    return await READ_SALES_OF_TILL.all(connection, till_id, *window, AT_MOST)


async def of_merchant(
    connection: Connection, merchant_id: MerchantId, part: Part
) -> list[TillSale]:
    window = await window_of(connection, part)
    return await READ_SALES_OF_MERCHANT.all(connection, merchant_id, *window, AT_MOST)


async def window_of(connection: Connection, part: Part) -> tuple[datetime, datetime, UUID]:
    """From which moment on, and before which sale; sales of one batch share their moment."""
    since, until, least = FIRST_MOMENT, LAST_MOMENT, LEAST_ID
    if part.day is not None:
        day = min(max(part.day, day_of(FIRST_MOMENT)), day_of(LAST_MOMENT))
        since, until = start_of(day), start_of(day + timedelta(days=1))
    if part.before is not None:
        last = await READ_SALE.first(connection, part.before)
        if last is None:
            raise SaleNotFound
        until, least = last.recorded_at, last.id
    return since, until, least
