"""Reads what a year's money did, by the month in which it happened: a sale counts when it was made."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from pas.bookkeeping.periods import after, month_of
from pas.bookkeeping.spending.model import MoneyOfYear, MonthOfMoney
from pas.bookkeeping.spending.rules import expect
from pas.db import Connection, Statement, take_long
from pas.grants.appropriations import Appropriation, read_appropriations
from pas.grants.ground import calendar_of
from pas.grants.periods import pass_year
from pas.money import Cents

TO_MERCHANTS: Final = frozenset({"merchant", "payee"})
OF_HOLDERS: Final = frozenset({"budget", "held"})
SPENT_FROM: Final = OF_HOLDERS | {"offline_risk"}
MONTHS_OF_A_YEAR: Final = 12
Months = dict[tuple[str, int], dict[date, MonthOfMoney]]
"""By scheme and budget year."""


class Moved(msgspec.Struct, frozen=True):
    """All cents of a month that one kind of entry moved between two kinds of account of a scheme and year."""

    period: date
    scheme: str
    budget_year: int
    kind: str
    debit: str
    credit: str
    amount_cents: Cents


READ_MOVED: Final = Statement(
    """
    SELECT m.period, s.code AS scheme, m.budget_year, m.kind, m.debit, m.credit, m.amount_cents
    FROM (
        SELECT date_trunc('month', e.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date AS period,
            coalesce(d.scheme_id, c.scheme_id) AS scheme_id, coalesce(d.budget_year, c.budget_year) AS budget_year,
            e.kind, d.kind AS debit, c.kind AS credit, sum(t.amount)::bigint AS amount_cents
        FROM transfer t JOIN entry e ON e.id = t.entry_id
        JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
        WHERE d.unit = 'cents' AND coalesce(d.budget_year, c.budget_year) BETWEEN $1 AND $2
        GROUP BY 1, 2, 3, 4, 5, 6
    ) m JOIN scheme s ON s.id = m.scheme_id
    """,
    Moved,
)


async def read_spending(connection: Connection, *, year: int, now: datetime) -> list[MoneyOfYear]:
    """Give every scheme that has money in a year, by code; all in cents."""
    calendar = await calendar_of(connection)
    span, previous = pass_year(calendar, year), pass_year(calendar, year - 1)
    by_month = await _read_months(connection, year)
    found = await read_appropriations(connection, year=year)
    return [
        _of_scheme(
            one,
            by_month.get((one.scheme, year), {}),
            by_month.get((one.scheme, year - 1), {}),
            spans=(_months_of(span.starts_on), _months_of(previous.starts_on)),
            running=month_of(now),
        )
        for one in found
    ]


async def _read_months(connection: Connection, year: int) -> Months:
    """Give the months of a budget year and of the one before."""
    months: Months = {}
    async with connection.transaction():
        await take_long(connection)
        rows = await READ_MOVED.all(connection, year - 1, year)
    for moved in rows:
        of_scheme = months.setdefault((moved.scheme, moved.budget_year), {})
        so_far = of_scheme.get(moved.period, MonthOfMoney(moved.period))
        of_scheme[moved.period] = added(so_far, moved)
    return months


def added(month: MonthOfMoney, moved: Moved) -> MonthOfMoney:
    """Add what moved; from holders to merchants is spending, and the way back is less of it."""
    granted, spent, lapsed = month.granted_cents, month.spent_cents, month.lapsed_cents
    amount = moved.amount_cents
    if moved.credit in TO_MERCHANTS and moved.debit in SPENT_FROM:
        spent += amount
    elif moved.debit in TO_MERCHANTS and moved.credit in SPENT_FROM:
        spent -= amount
    elif moved.debit == "appropriation" and moved.credit in OF_HOLDERS:
        granted += amount
    elif moved.credit == "appropriation" and moved.debit in OF_HOLDERS:
        if moved.kind == "correct":
            granted -= amount
        else:
            lapsed += amount
    return MonthOfMoney(month.period, Cents(granted), Cents(spent), Cents(lapsed))


def _of_scheme(
    of: Appropriation,
    found: dict[date, MonthOfMoney],
    before: dict[date, MonthOfMoney],
    *,
    spans: tuple[Sequence[date], Sequence[date]],
    running: date,
) -> MoneyOfYear:
    months = [found.get(period, MonthOfMoney(period)) for period in spans[0]]
    all_months = list(found.values())
    total = _sum(all_months, spans[0][0])
    return MoneyOfYear(
        scheme=of.scheme,
        title=of.title,
        year=of.year,
        closed_pot=of.closed_pot,
        appropriated_cents=of.appropriated_cents,
        left_cents=of.left_cents,
        granted_cents=total.granted_cents,
        spent_cents=total.spent_cents,
        lapsed_cents=total.lapsed_cents,
        months=months,
        later=_sum((one for one in all_months if one.period not in spans[0]), after(spans[0][-1])),
        forecast=expect(
            months,
            [before.get(period, MonthOfMoney(period)) for period in spans[1]],
            running=running,
            appropriated_cents=of.appropriated_cents,
            closed_pot=of.closed_pot,
        ),
    )


def _sum(months: Iterable[MonthOfMoney], period: date) -> MonthOfMoney:
    some = list(months)
    return MonthOfMoney(
        period,
        Cents(sum(one.granted_cents for one in some)),
        Cents(sum(one.spent_cents for one in some)),
        Cents(sum(one.lapsed_cents for one in some)),
    )


def _months_of(starts_on: date) -> list[date]:
    months = [starts_on]
    while len(months) < MONTHS_OF_A_YEAR:
        months.append(after(months[-1]))
    return months
