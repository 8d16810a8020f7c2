"""Reads what tills handed in afterwards: a week of it for the rules, and what of it one signal shows."""

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from pas.days import start_of
from pas.db import Connection, Statement
from pas.money import Cents
from pas.redemptions.offline.stored import Bearer
from pas.signals.model import Signal
from pas.signals.offline.rules import COMPLETE_AFTER, OfflineFacts

MOST: Final = 300


class Week(msgspec.Struct, frozen=True):
    monday: date


class OfflineSale(msgspec.Struct, frozen=True, rename="camel"):
    """One sale without a network, as far as it stands out; nothing in it tells who paid."""

    happened_at: datetime
    sequence: int
    till: str
    price_cents: Cents
    bearer: Bearer
    reason: str | None
    is_alone: bool
    is_forged: bool


READ_WEEKS: Final = Statement(
    """
    SELECT DISTINCT date_trunc('week', s.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date AS monday
    FROM (
        SELECT b.occurred_at FROM offline_sale b WHERE b.recorded_at >= $1 AND b.bearer <> 'budget'
        UNION ALL
        SELECT c.occurred_at FROM offline_sale c WHERE c.recorded_at >= $1 AND c.chain <> 'whole'
    ) s
    WHERE s.occurred_at >= $2
    ORDER BY 1
    """,
    Week,
)
READ_OFFLINE: Final = Statement(
    """
    SELECT s.id, s.merchant_id, s.till_id, s.occurred_at AS at, s.recorded_at, s.outcome = 'booked' AS is_booked,
        s.outcome = 'declined' AS is_declined,
        s.chain = 'hole' AND NOT EXISTS (
            SELECT 1 FROM offline_sale p WHERE p.till_id = s.till_id AND p.sequence = s.sequence - 1 AND p.holds_number) AS is_alone,
        s.chain = 'fork' OR NOT s.holds_number AS is_forged, s.price_cents, s.risk_cents
    FROM merchant m
    JOIN offline_sale s ON s.merchant_id = m.id AND s.recorded_at >= $1
    WHERE s.occurred_at >= $1 AND s.occurred_at < $2 AND s.outcome <> 'replay'
    ORDER BY s.occurred_at, s.till_id, s.sequence, s.digest
    """,
    OfflineFacts,
)
READ_OF_SIGNAL: Final = Statement(
    """
    SELECT f.happened_at, f.sequence, t.name AS till, f.price_cents, f.bearer, f.reason, f.is_alone, f.is_forged
    FROM (
        SELECT s.occurred_at AS happened_at, s.sequence, s.till_id, s.price_cents, s.bearer, s.reason, s.digest, s.outcome,
            s.risk_cents, s.chain = 'hole' AND NOT EXISTS (
                SELECT 1 FROM offline_sale p WHERE p.till_id = s.till_id AND p.sequence = s.sequence - 1 AND p.holds_number) AS is_alone,
            s.chain = 'fork' OR NOT s.holds_number AS is_forged
        FROM offline_sale s
        WHERE s.merchant_id = $2 AND ($3::uuid IS NULL OR s.till_id = $3) AND s.recorded_at >= $4
            AND s.occurred_at >= $4 AND s.occurred_at < $5 AND s.outcome <> 'replay'
    ) f JOIN till t ON t.id = f.till_id
    WHERE CASE $1::text WHEN 'broken_chain' THEN f.is_alone OR f.is_forged
        WHEN 'borne_by_municipality' THEN f.risk_cents > 0
        WHEN 'declined_offline' THEN f.outcome = 'declined' AND NOT f.is_forged ELSE false END
    ORDER BY f.happened_at, f.till_id, f.sequence, f.digest LIMIT $6
    """,
    OfflineSale,
)


async def odd_weeks(
    connection: Connection, *, looked_at: datetime | None, since: datetime
) -> list[date]:
    """The Mondays of the weeks in which something handed in lately stands out by itself.

    What is refused leaves nothing in the books, and a hole becomes one only when nothing filled it:
    so for some days longer than since the last look.
    """
    from_then = since if looked_at is None else max(since, looked_at - 2 * COMPLETE_AFTER)
    weeks = await READ_WEEKS.all(connection, from_then, since)
    return [week.monday for week in weeks]


async def offline_of_week(connection: Connection, monday: date) -> list[OfflineFacts]:
    """What happened in a week without a network, in the order in which it happened."""
    begins, ends = start_of(monday), start_of(monday + timedelta(days=7))
    return await READ_OFFLINE.all(connection, begins, ends)


async def offline_of_signal(connection: Connection, signal: Signal) -> list[OfflineSale]:
    """The sales of a signal about sales without a network, also those that nobody was paid for."""
    begins, ends = start_of(signal.week), start_of(signal.week + timedelta(days=7))
    of_till = signal.till_id if signal.kind != "borne_by_municipality" else None
    scope = (signal.kind, signal.merchant_id, of_till)
    return await READ_OF_SIGNAL.all(connection, *scope, begins, ends, MOST)
