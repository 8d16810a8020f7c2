"""What still waits before a year can end: awards, open sales, late uploads, reminders, and the next year."""

from datetime import datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ledger.position import READ_HORIZON
from pas.money import Cents
from pas.years.rules import shown_number
from pas.years.span import YearSpan


class AwardsRow(msgspec.Struct, frozen=True):
    scheme: str
    awards: int
    unanswered: int
    ending: int
    ending_cents: Cents
    going_on_cents: Cents


class AwardsLeft(msgspec.Struct, frozen=True, rename="camel"):
    """Awards with money left; ``unanswered`` is by their clubs, ``ending`` on the last day.

    Small numbers are None.
    """

    scheme: str
    awards: int | None
    unanswered: int | None
    ending: int | None
    ending_cents: Cents
    going_on_cents: Cents


class OpenSales(msgspec.Struct, frozen=True, rename="camel"):
    """What a merchant is owed and is in no payout yet; below zero it owes."""

    merchant: str
    amount_cents: Cents


class LateUploads(msgspec.Struct, frozen=True, rename="camel"):
    """Tills of one merchant that may sell without a network in the year and upload after it.

    They were given leave for at most so much, of which some may be uploaded already.
    """

    merchant: str
    tills: int
    most_cents: Cents


class WaitingRow(msgspec.Struct, frozen=True):
    reminded: int
    coupons: int
    coupon_cents: Cents
    held_cents: Cents
    applications: int


class Waiting(msgspec.Struct, frozen=True, rename="camel"):
    """Budgets whose holder was reminded, paper coupons that may still come, money held, open applications."""

    reminded: int | None
    coupons: int
    coupon_cents: Cents
    held_cents: Cents
    applications: int


class NotReady(msgspec.Struct, frozen=True, rename="camel"):
    """A scheme of this year without a version, or without money, on the first day of the next."""

    scheme: str
    has_version: bool
    has_money: bool


READ_AWARDS: Final = Statement(
    """
    SELECT s.code AS scheme, count(*) AS awards, count(*) FILTER (WHERE c.participation IS NULL) AS unanswered,
        count(*) FILTER (WHERE a.usable_until <= $2) AS ending,
        coalesce(sum(a.amount) FILTER (WHERE a.usable_until <= $2), 0)::bigint AS ending_cents,
        coalesce(sum(a.amount) FILTER (WHERE a.usable_until > $2), 0)::bigint AS going_on_cents
    FROM budget b JOIN child_application c ON c.id = b.application_id
    JOIN balance a ON a.account_id = b.account_id AND a.amount > 0
    JOIN scheme s ON s.id = b.scheme_id
    WHERE b.budget_year = $1 GROUP BY s.code ORDER BY s.code
    """,
    AwardsRow,
)
READ_OPEN_SALES: Final = Statement(
    """
    SELECT m.name AS merchant, sum(o.redeemed_cents - o.reversed_cents + o.returned_cents)::bigint AS amount_cents
    FROM owed_until($1, $2) o JOIN merchant m ON m.id = o.merchant_id
    GROUP BY m.id, m.name HAVING sum(o.redeemed_cents - o.reversed_cents + o.returned_cents) <> 0
    ORDER BY m.name, m.id
    """,
    OpenSales,
)
READ_LATE_UPLOADS: Final = Statement(
    """
    SELECT m.name AS merchant, count(DISTINCT p.till_id) AS tills, sum(p.total_cents)::bigint AS most_cents
    FROM offline_permit p JOIN merchant m ON m.id = p.merchant_id
    WHERE p.valid_until > least($1::timestamptz, $2::timestamptz) AND p.issued_at < $2
    GROUP BY m.id, m.name ORDER BY m.name, m.id
    """,
    LateUploads,
)
READ_WAITING: Final = Statement(
    """
    SELECT (SELECT count(DISTINCT r.account_id) FROM lapse_reminder r JOIN budget b ON b.account_id = r.account_id
            WHERE b.budget_year = $1) AS reminded,
        c.coupons, c.coupon_cents,
        (SELECT coalesce(sum(l.amount), 0)::bigint FROM balance l JOIN account a ON a.id = l.account_id
            WHERE a.kind = 'held' AND a.budget_year = $1) AS held_cents,
        (SELECT count(*) FROM child_application q WHERE q.state IN ('received', 'with_officer', 'waiting_club')
            AND q.received_at < $2) AS applications
    FROM (
        SELECT count(*) AS coupons, coalesce(sum(o.face_cents), 0)::bigint AS coupon_cents
        FROM coupon o WHERE o.budget_year = $1
            AND NOT EXISTS (SELECT 1 FROM coupon_entry e WHERE e.coupon_id = o.id AND e.entry_id IS NOT NULL)
    ) c
    """,
    WaitingRow,
)
READ_NOT_READY: Final = Statement(
    """
    SELECT s.code AS scheme, n.has_version, n.has_money
    FROM scheme s
    JOIN appropriation a ON a.scheme_id = s.id AND a.budget_year = $1
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT 1 FROM scheme_version v WHERE v.scheme_id = s.id AND v.status IN ('in_force', 'pilot')
                AND v.valid_from <= $2 AND (v.valid_until IS NULL OR v.valid_until > $2)) AS has_version,
            EXISTS (SELECT 1 FROM appropriation_line l WHERE l.scheme_id = s.id AND l.budget_year = $1 + 1) AS has_money
    ) n
    WHERE NOT n.has_version OR NOT n.has_money ORDER BY s.code
    """,
    NotReady,
)


async def read_awards(
    connection: Connection, span: YearSpan, *, threshold: int
) -> list[AwardsLeft]:
    return [
        AwardsLeft(
            row.scheme,
            *(
                shown_number(number, threshold=threshold)
                for number in (row.awards, row.unanswered, row.ending)
            ),
            ending_cents=row.ending_cents,
            going_on_cents=row.going_on_cents,
        )
        for row in await READ_AWARDS.all(connection, span.year, span.ends_at)
    ]


async def read_open_sales(connection: Connection) -> list[OpenSales]:
    """Give what merchants are owed by what is decided now, of whatever year."""
    horizon = await READ_HORIZON.one(connection)
    return await READ_OPEN_SALES.all(connection, horizon.epoch, horizon.xid)


async def read_late_uploads(
    connection: Connection, span: YearSpan, *, now: datetime
) -> list[LateUploads]:
    """Give the leaves that hold now or at the end of the year, whichever comes first."""
    return await READ_LATE_UPLOADS.all(connection, now, span.ends_at)


async def read_waiting(connection: Connection, span: YearSpan, *, threshold: int) -> Waiting:
    row = await READ_WAITING.one(connection, span.year, span.ends_at)
    return Waiting(
        reminded=shown_number(row.reminded, threshold=threshold),
        coupons=row.coupons,
        coupon_cents=row.coupon_cents,
        held_cents=row.held_cents,
        applications=row.applications,
    )


async def read_not_ready(connection: Connection, span: YearSpan) -> list[NotReady]:
    return await READ_NOT_READY.all(connection, span.year, span.ends_on)
