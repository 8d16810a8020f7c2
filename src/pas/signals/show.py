"""Signals for whoever looks at them: the open ones by weight, those that were judged, one with its sales."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.days import start_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import EntryId, ResidentId, SignalId
from pas.money import Cents
from pas.signals.model import Signal

MOST: Final = 100
MOST_OF_WEEK: Final = 1_000


class SignalNotFound(Refusal):
    """Dit is er niet, of het is al opgeruimd."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies er een uit de lijst."


class SignalSale(msgspec.Struct, frozen=True, rename="camel"):
    """One sale of a signal; nothing in it tells who paid."""

    id: EntryId
    happened_at: datetime
    merchant: str
    till: str | None
    category: str | None
    price_cents: Cents
    taken_cents: Cents
    reversed_cents: Cents
    visits: int


class Whose(msgspec.Struct, frozen=True):
    resident_id: ResidentId


LIST_OPEN: Final = Statement(
    """
    SELECT s.id, s.kind, s.merchant_id, m.name AS merchant, s.till_id, t.name AS till, s.week, s.number, s.counted,
        s.out_of, s.different, s.cents, s.first_at, s.last_at, s.weight, s.found_at, NULL::text AS verdict,
        NULL::text AS reason, NULL::uuid AS judged_by, NULL::timestamptz AS judged_at
    FROM signal s JOIN merchant m ON m.id = s.merchant_id LEFT JOIN till t ON t.id = s.till_id
    WHERE NOT EXISTS (SELECT 1 FROM signal_verdict v WHERE v.signal_id = s.id)
    ORDER BY s.weight DESC, s.found_at DESC, s.id DESC LIMIT $1
    """,
    Signal,
)
LIST_JUDGED: Final = Statement(
    """
    SELECT s.id, s.kind, s.merchant_id, m.name AS merchant, s.till_id, t.name AS till, s.week, s.number, s.counted,
        s.out_of, s.different, s.cents, s.first_at, s.last_at, s.weight, s.found_at, v.verdict, v.reason, v.judged_by,
        v.judged_at
    FROM signal s JOIN merchant m ON m.id = s.merchant_id LEFT JOIN till t ON t.id = s.till_id
    CROSS JOIN LATERAL (
        SELECT v.verdict, v.reason, v.judged_by, v.judged_at FROM signal_verdict v WHERE v.signal_id = s.id
        ORDER BY v.judged_at DESC, v.id DESC LIMIT 1
    ) v
    WHERE $1::uuid IS NULL OR (s.found_at, s.id) < (SELECT a.found_at, a.id FROM signal a WHERE a.id = $1)
    ORDER BY s.found_at DESC, s.id DESC LIMIT $2
    """,
    Signal,
)
READ_SIGNAL: Final = Statement(
    """
    SELECT s.id, s.kind, s.merchant_id, m.name AS merchant, s.till_id, t.name AS till, s.week, s.number, s.counted,
        s.out_of, s.different, s.cents, s.first_at, s.last_at, s.weight, s.found_at, v.verdict, v.reason, v.judged_by,
        v.judged_at
    FROM signal s JOIN merchant m ON m.id = s.merchant_id LEFT JOIN till t ON t.id = s.till_id
    LEFT JOIN LATERAL (
        SELECT v.verdict, v.reason, v.judged_by, v.judged_at FROM signal_verdict v WHERE v.signal_id = s.id
        ORDER BY v.judged_at DESC, v.id DESC LIMIT 1
    ) v ON true
    WHERE s.id = $1
    """,
    Signal,
)
READ_SALES: Final = Statement(
    """
    SELECT r.entry_id AS id, e.occurred_at AS happened_at, m.name AS merchant, t.name AS till, c.title AS category,
        r.price_cents, r.taken_cents,
        coalesce((SELECT sum(b.amount_cents) FROM redemption_reversal b WHERE b.original_id = r.entry_id), 0)::bigint AS reversed_cents,
        r.visits
    FROM signal_sale s JOIN redemption r ON r.entry_id = s.entry_id JOIN entry e ON e.id = r.entry_id
    JOIN merchant m ON m.id = r.merchant_id LEFT JOIN till t ON t.id = r.till_id LEFT JOIN category c ON c.code = r.category
    WHERE s.signal_id = $1
    ORDER BY e.occurred_at, r.entry_id
    """,
    SignalSale,
)
READ_SALES_OF_WEEK: Final = Statement(
    """
    SELECT r.entry_id AS id, e.occurred_at AS happened_at, m.name AS merchant, t.name AS till, c.title AS category,
        r.price_cents, r.taken_cents,
        coalesce((SELECT sum(b.amount_cents) FROM redemption_reversal b WHERE b.original_id = r.entry_id), 0)::bigint AS reversed_cents,
        r.visits
    FROM merchant m
    JOIN redemption r ON r.merchant_id = m.id AND r.recorded_at >= $2
    JOIN entry e ON e.id = r.entry_id
    LEFT JOIN till t ON t.id = r.till_id LEFT JOIN category c ON c.code = r.category
    WHERE m.id = $1 AND r.refusal IS NULL AND e.occurred_at >= $2 AND e.occurred_at < $3
    ORDER BY e.occurred_at, r.entry_id LIMIT $4
    """,
    SignalSale,
)
READ_WHOSE: Final = Statement(
    """
    SELECT c.resident_id FROM signal s JOIN signal_sale p ON p.signal_id = s.id
    JOIN processing_log l ON l.entry_id = p.entry_id AND l.activity = 'redemption'
        AND l.recorded_at >= s.week::timestamp AT TIME ZONE 'Europe/Amsterdam'
    JOIN card c ON c.id = l.card_id
    WHERE s.id = $1 AND s.kind = 'two_places'
    ORDER BY s.week LIMIT 1
    """,
    Whose,
)


async def list_open(connection: Connection, *, limit: int = MOST) -> list[Signal]:
    """Give what nobody judged yet, the heaviest first."""
    return await LIST_OPEN.all(connection, min(limit, MOST))


async def list_judged(
    connection: Connection, *, before: SignalId | None = None, limit: int = MOST
) -> list[Signal]:
    """Give what was judged, the newest first; for the next page, ``before`` is the last of this one."""
    return await LIST_JUDGED.all(connection, before, min(limit, MOST))


async def read_signal(connection: Connection, signal_id: SignalId) -> Signal:
    found = await READ_SIGNAL.first(connection, signal_id)
    if found is None:
        raise SignalNotFound
    return found


async def read_signal_sales(connection: Connection, signal_id: SignalId) -> list[SignalSale]:
    """The sales it is about, in the order in which they happened; of very many the first."""
    await read_signal(connection, signal_id)
    return await READ_SALES.all(connection, signal_id)


async def read_sales_of_week(connection: Connection, signal: Signal) -> list[SignalSale]:
    """Everything that the merchant sold in the week of a signal, in the order in which it happened."""
    begins, ends = start_of(signal.week), start_of(signal.week + timedelta(days=7))
    return await READ_SALES_OF_WEEK.all(connection, signal.merchant_id, begins, ends, MOST_OF_WEEK)


async def whose_card(connection: Connection, signal_id: SignalId) -> ResidentId | None:
    """Whose card was in two places: the processing log knows, the signal does not."""
    found = await READ_WHOSE.first(connection, signal_id)
    return None if found is None else found.resident_id
