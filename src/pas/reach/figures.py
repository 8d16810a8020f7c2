"""Who was granted and who used it, counted once over the whole database at one position.

A person counts once per scheme however often they spend, with what was known of them on the day of
the grant; so does the household that the grant names. All schemes together count everybody once
more, so users over schemes never add up to people. A redemption that was taken back whole is no use,
and one that was taken back later counts as what is left of it on the day of the sale. Whoever brings
a voucher of the neighbourhood team is known to nobody, and is not among the people of all together.

The ledger is read below a horizon under which every transaction is decided, so the same position
gives the same figures for as long as the links to persons are there. What it gives back names
nobody: numbers by scheme and quarter, with one property of people at a time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.days import start_of
from pas.db import Connection, Statement
from pas.grants.ground import calendar_of
from pas.grants.periods import pass_year
from pas.ledger.position import READ_HORIZON, Position
from pas.money import Cents

Level = Literal["persons", "households"]
WORK_MEMORY: Final = "128MB"
"""For one statement at a time; below it a million redemptions go by way of the disk."""
MONTHS_OF_A_QUARTER: Final = 3


class Count(msgspec.Struct, frozen=True):
    """So many people or households with these quarters; ``value`` None is the total.

    ``granted`` and ``used`` hold a bit for each quarter of the pass year.
    """

    scheme_id: UUID | None
    level: Level
    child: bool
    dimension: str
    value: str
    granted: int
    used: int
    count: int
    spent_cents: Cents


class GrantCount(msgspec.Struct, frozen=True):
    """Grants that were given in one quarter."""

    scheme_id: UUID
    quarter: int
    count: int
    granted_cents: Cents


class Figures(msgspec.Struct, frozen=True):
    """All that was counted of a year."""

    year: int
    position: Position
    counted_at: datetime
    starts_on: date
    counts: list[Count]
    grants: list[GrantCount]


class Bands(msgspec.Struct, frozen=True):
    """Where one group of ages ends and the next begins; and of incomes, which are inclusive."""

    ages: tuple[int, ...]
    incomes: tuple[int, ...]


GIVE_MEMORY: Final = Statement("SELECT set_config('work_mem', $1, true)", None)
# Positions are compared in full words: the planner takes a comparison of rows for one row.
COUNT: Final = Statement(
    """
    WITH moved AS (
        SELECT t.debit AS account, t.amount, e.occurred_at
        FROM entry e JOIN transfer t ON t.entry_id = e.id
        WHERE e.kind IN ('redeem', 'confirm', 'offline') AND e.total > 0 AND (e.epoch < $7 OR e.epoch = $7 AND e.xid < $2)
            AND t.debit_turn IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM appropriation a WHERE a.account_id = t.credit)
        UNION ALL
        SELECT t.credit, -t.amount, o.occurred_at
        FROM entry e JOIN transfer t ON t.entry_id = e.id JOIN entry o ON o.id = e.reverses
        WHERE e.reverses IS NOT NULL AND e.total > 0 AND (e.epoch < $7 OR e.epoch = $7 AND e.xid < $2)
            AND o.kind IN ('redeem', 'confirm', 'offline')
            AND t.reversed_line IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM appropriation a WHERE a.account_id = t.debit)
    ), spent AS (
        SELECT m.account, width_bucket(m.occurred_at, $4::timestamptz[]) AS quarter, sum(m.amount) AS cents
        FROM moved m GROUP BY 1, 2 HAVING sum(m.amount) > 0
    ), used AS (
        SELECT b.scheme_id, p.resident_id, bit_or(1 << s.quarter) AS quarters, sum(s.cents)::bigint AS cents
        FROM spent s JOIN budget b ON b.account_id = s.account AND b.budget_year = $1
        JOIN pass p ON p.id = b.pass_id GROUP BY 1, 2
    ), given AS (
        SELECT g.scheme_id, g.resident_id, bit_or(1 << width_bucket(g.granted_on, $3::date[])) AS quarters,
            min(g.granted_on) AS first_on, (array_agg(g.household_number ORDER BY g.granted_on, g.id))[1] AS household
        FROM scheme_grant g
        WHERE g.budget_year = $1 AND (g.epoch IS NULL OR g.epoch < $7 OR g.epoch = $7 AND g.xid < $2) GROUP BY 1, 2
    ), person AS (
        SELECT g.scheme_id, g.resident_id, g.household, g.quarters AS granted, coalesce(u.quarters, 0) AS used,
            coalesce(u.cents, 0) AS cents, coalesce(v.area, 'unknown') AS area,
            coalesce(v.household_type, 'unknown') AS household_type,
            coalesce(v.income_source, 'unknown') AS income_source, coalesce(v.school_type, 'unknown') AS school_type,
            coalesce(extract(year FROM age(g.first_on, v.birth_date))::int, -1) AS age,
            coalesce((v.income + 99) / 100, -1) AS income
        FROM given g
        LEFT JOIN used u ON u.scheme_id = g.scheme_id AND u.resident_id = g.resident_id
        LEFT JOIN LATERAL (
            SELECT w.area, w.household_type, w.income_source, w.school_type, w.birth_date, w.income
            FROM resident_version w WHERE w.resident_id = g.resident_id AND w.valid_from <= g.first_on
            ORDER BY w.valid_from DESC LIMIT 1
        ) v ON true
    ), counted AS (
        SELECT p.scheme_id, 'persons' AS level, bit_or(p.granted) AS granted, bit_or(p.used) AS used, sum(p.cents) AS cents,
            min(p.area) AS area, min(p.household_type) AS household_type, min(p.income_source) AS income_source,
            min(p.school_type) AS school_type, min(p.age) AS age, min(p.income) AS income
        FROM person p GROUP BY GROUPING SETS ((p.scheme_id, p.resident_id), (p.resident_id))
        HAVING grouping(p.scheme_id) = 0 OR min(p.household) NOT LIKE 'bearer-%'
        UNION ALL
        SELECT p.scheme_id, 'households', bit_or(p.granted), bit_or(p.used), sum(p.cents), min(p.area), min(p.household_type),
            min(p.income_source), NULL, NULL, min(p.income)
        FROM person p GROUP BY GROUPING SETS ((p.scheme_id, p.household), (p.household))
        HAVING grouping(p.scheme_id) = 0 OR p.household NOT LIKE 'bearer-%'
    ), banded AS (
        SELECT c.scheme_id, c.level, coalesce(c.age BETWEEN 0 AND 17, false) AS child, c.granted, c.used, c.cents, c.area,
            c.household_type, c.income_source, c.school_type,
            CASE WHEN c.age < 0 THEN -1 ELSE width_bucket(c.age, $5::int[]) END AS age_band,
            CASE WHEN c.income < 0 THEN -1 ELSE width_bucket(c.income - 1, $6::int[]) END AS income_band
        FROM counted c
    )
    SELECT b.scheme_id, b.level, b.child,
        CASE WHEN grouping(b.area) = 0 THEN 'area' WHEN grouping(b.household_type) = 0 THEN 'household_type'
            WHEN grouping(b.income_source) = 0 THEN 'income_source' WHEN grouping(b.school_type) = 0 THEN 'school_type'
            WHEN grouping(b.age_band) = 0 THEN 'age_band' WHEN grouping(b.income_band) = 0 THEN 'income_band'
            ELSE '' END AS dimension,
        coalesce(b.area, b.household_type, b.income_source, b.school_type, b.age_band::text, b.income_band::text, '') AS value,
        b.granted, b.used, count(*) AS count, sum(b.cents)::bigint AS spent_cents
    FROM banded b
    GROUP BY b.scheme_id, b.level, b.child, b.granted, b.used, GROUPING SETS ((), (b.area), (b.household_type),
        (b.income_source), (b.school_type), (b.age_band), (b.income_band))
    """,
    Count,
)
COUNT_GRANTS: Final = Statement(
    """
    SELECT g.scheme_id, width_bucket(g.granted_on, $3::date[]) AS quarter, count(*) AS count,
        sum(g.amount_cents)::bigint AS granted_cents
    FROM scheme_grant g
    WHERE g.budget_year = $1 AND (g.epoch IS NULL OR g.epoch < $4 OR g.epoch = $4 AND g.xid < $2) GROUP BY 1, 2
    """,
    GrantCount,
)


async def count_figures(
    connection: Connection, *, year: int, bands: Bands, now: datetime
) -> Figures:
    """Count a year in one snapshot; who was granted before it or spends after it is in its edges."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        starts_on = pass_year(await calendar_of(connection), year).starts_on
        at = await READ_HORIZON.one(connection)
        await GIVE_MEMORY.run(connection, WORK_MEMORY)
        days = quarters_from(starts_on)
        counts = await COUNT.all(
            connection,
            year,
            at.xid,
            days,
            [start_of(day) for day in days],
            list(bands.ages),
            list(bands.incomes),
            at.epoch,
        )
        grants = await COUNT_GRANTS.all(connection, year, at.xid, days, at.epoch)
    return Figures(
        year=year,
        position=at,
        counted_at=now,
        starts_on=starts_on,
        counts=counts,
        grants=grants,
    )


def quarters_from(starts_on: date) -> list[date]:
    """Give the first days of the second, third and fourth quarter."""
    return [first_of_quarter(starts_on, number) for number in (1, 2, 3)]


def first_of_quarter(starts_on: date, number: int) -> date:
    """Give the first day of a quarter, counted from 0; of number 4 that of the next year."""
    month = starts_on.month - 1 + number * MONTHS_OF_A_QUARTER
    return date(starts_on.year + month // 12, month % 12 + 1, 1)


def in_quarters(counts: Sequence[Count], quarters: int) -> tuple[int, int]:
    """How many were granted, and how many used it, in any of these quarters."""
    granted = sum(one.count for one in counts if one.granted & quarters)
    return granted, sum(one.count for one in counts if one.used & quarters)
