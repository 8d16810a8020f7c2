"""Reads what the rules look at: which weeks have something new in the books, and a week's sales.

Up to a position below which every transaction has ended, so that nothing is looked at halfway and
nothing that is booked meanwhile is passed over. Nothing is locked.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from pas.days import start_of
from pas.db import Connection, Statement
from pas.ids import CardId, EntryId, ResidentId
from pas.ledger.position import Position
from pas.signals.model import SaleFacts
from pas.signals.offline.read_offline import odd_weeks

WORTH_EMPTYING_CENTS: Final = 2_500
"""Who uses up what is left of a budget for a few euros does what it is for."""
SOLD: Final = ("redeem", "offline", "void", "refund")
"""The kinds of entries after which a week looks different."""


class LookedUpTo(Position, frozen=True):
    """Up to where the last look went, and when that was."""

    looked_at: datetime


class Week(msgspec.Struct, frozen=True):
    monday: date


class Paid(msgspec.Struct, frozen=True):
    """Which card paid a sale, for as long as the processing log knows."""

    sale_id: EntryId
    card_id: CardId


class Subject(msgspec.Struct, frozen=True):
    id: ResidentId


READ_POSITION: Final = Statement("SELECT epoch, xid, looked_at FROM signal_position", LookedUpTo)
MOVE_POSITION: Final = Statement(
    """
    INSERT INTO signal_position (epoch, xid, looked_at) VALUES ($1, $2, $3)
    ON CONFLICT (only_one) DO UPDATE SET epoch = excluded.epoch, xid = excluded.xid, looked_at = excluded.looked_at
    """,
    None,
)
READ_WEEKS: Final = Statement(
    """
    SELECT DISTINCT date_trunc('week', o.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date AS monday
    FROM entry e JOIN entry o ON o.id = coalesce(e.reverses, e.id)
    WHERE e.xid >= $1 AND (e.xid < $2 OR e.epoch < $3) AND e.kind = ANY ($4::text[]) AND e.refusal IS NULL
        AND o.occurred_at >= $5
    ORDER BY 1
    """,
    Week,
)
READ_SALES: Final = Statement(
    """
    SELECT r.entry_id AS id, r.merchant_id, r.till_id, e.occurred_at AS at, r.price_cents, r.taken_cents, r.visits, NULL::uuid AS card_id,
        left(c.postcode, 4) AS place,
        CASE WHEN r.visits > 0 OR r.taken_cents < greatest(r.price_cents, $3::bigint) THEN 0 ELSE (
            SELECT coalesce(sum(x.amount), 0) FROM transfer x JOIN account a ON a.id = x.debit AND a.kind = 'budget' AND a.unit = 'cents'
            WHERE x.entry_id = r.entry_id AND x.credit = m.account_id
                AND NOT EXISTS (SELECT 1 FROM transfer f WHERE f.entry_id = x.entry_id AND f.debit = x.debit AND f.line <> x.line)
                AND (SELECT coalesce(sum(i.amount), 0) FROM transfer i WHERE i.credit = x.debit AND i.credit_number < x.debit_number)
                    = (SELECT sum(d.amount) FROM transfer d WHERE d.debit = x.debit AND d.debit_number <= x.debit_number)
        ) END::bigint AS emptied_cents,
        coalesce((SELECT sum(b.amount_cents) FROM redemption_reversal b WHERE b.original_id = r.entry_id), 0) >= r.taken_cents AS is_undone,
        EXISTS (SELECT 1 FROM redemption_reversal b WHERE b.original_id = r.entry_id AND b.kind = 'void') AS is_voided,
        e.kind = 'redeem' AS is_online
    FROM merchant m
    JOIN redemption r ON r.merchant_id = m.id AND r.recorded_at >= $1
    JOIN entry e ON e.id = r.entry_id
    LEFT JOIN location c ON c.id = r.location_id
    WHERE r.refusal IS NULL AND r.taken_cents > 0 AND r.till_id IS NOT NULL
        AND e.occurred_at >= $1 AND e.occurred_at < $2
    ORDER BY e.occurred_at, r.entry_id
    """,
    SaleFacts,
)
READ_CARDS: Final = Statement(
    """
    SELECT l.entry_id AS sale_id, l.card_id FROM processing_log l
    WHERE l.recorded_at >= $1 AND l.activity = 'redemption' AND l.entry_id IS NOT NULL AND l.card_id IS NOT NULL
    """,
    Paid,
)
READ_SUBJECTS: Final = Statement(
    """
    SELECT DISTINCT l.subject_id AS id FROM processing_log l
    WHERE l.recorded_at >= $2 AND l.entry_id = ANY ($1::uuid[]) AND l.activity = 'redemption'
    """,
    Subject,
)


async def changed_weeks(connection: Connection, until: Position, *, since: datetime) -> list[date]:
    """The Mondays of the weeks with sales that were booked or undone since the last look."""
    last = await READ_POSITION.first(connection)
    # Numbers of another server are no guide: then everything counts as new, and is found as the same.
    from_xid = last.xid if last is not None and last.epoch == until.epoch else 0
    weeks = await READ_WEEKS.all(connection, from_xid, until.xid, until.epoch, list(SOLD), since)
    odd = await odd_weeks(connection, looked_at=last and last.looked_at, since=since)
    return sorted({*(week.monday for week in weeks), *odd})


async def sales_of_week(connection: Connection, monday: date) -> list[SaleFacts]:
    """All sales of a week at tills, in the order in which they happened, each with its card.

    The cards are read once and put beside them here: the log has no index by sale, and joined to it
    each sale could read the log of the whole week.
    """
    begins, ends = start_of(monday), start_of(monday + timedelta(days=7))
    sales = await READ_SALES.all(connection, begins, ends, WORTH_EMPTYING_CENTS)
    if not sales:
        return []
    cards = {paid.sale_id: paid.card_id for paid in await READ_CARDS.all(connection, begins)}
    return [msgspec.structs.replace(sale, card_id=cards.get(sale.id)) for sale in sales]


async def subjects_of(
    connection: Connection, sales: Sequence[EntryId], *, since: datetime
) -> list[ResidentId]:
    """Whose sales these were, for as long as the processing log knows."""
    return [one.id for one in await READ_SUBJECTS.all(connection, list(sales), since)]
