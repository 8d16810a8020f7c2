"""What the merchant of a till offers today, in the merchant's order: one tap instead of typing."""

from datetime import date
from typing import Final

from pas.db import Connection, Statement
from pas.ids import MerchantId, OfferId, TillId
from pas.money import Cents
from pas.redemptions.bodies import Told


class OfferTold(Told, frozen=True):
    """One offer: for a price or for visits. ``conditions`` is what the cashier looks at first."""

    id: OfferId
    title: str
    category: str
    category_title: str
    price_cents: Cents | None
    visits: int | None
    conditions: str | None


class OffersTold(Told, frozen=True):
    """All of them, in the order of the merchant."""

    items: tuple[OfferTold, ...]


READ_TILL_OFFERS: Final = Statement(
    """
    SELECT o.id, v.title, v.category, c.title AS category_title, v.price_cents, v.visits, v.conditions
    FROM till t
    JOIN offer o ON o.merchant_id = CASE t.kind WHEN 'merchant' THEN t.merchant_id ELSE $2 END
    JOIN LATERAL (SELECT * FROM offer_version w WHERE w.offer_id = o.id ORDER BY w.number DESC LIMIT 1) v ON true
    JOIN category c ON c.code = v.category
    WHERE t.id = $1 AND NOT v.is_ended AND v.valid_from <= $3 AND (v.valid_until IS NULL OR v.valid_until > $3)
        AND EXISTS (SELECT 1 FROM agreement a WHERE a.merchant_id = o.merchant_id AND a.category = v.category
            AND a.valid_from <= $3 AND (a.valid_until IS NULL OR a.valid_until > $3))
    ORDER BY o.place, o.id
    """,
    OfferTold,
)


async def offers_of_till(
    connection: Connection, till: TillId, *, payee: MerchantId | None, today: date
) -> list[OfferTold]:
    """Of the till's own merchant; of ``payee`` where the till is of none. Only what is agreed today."""
    return await READ_TILL_OFFERS.all(connection, till, payee, today)
