"""What a merchant was owed in a calendar year, month by month: it begins and ends with what stood on its account.

An entry is in the month in which it was booked, in Amsterdam, so a year that is over never changes. A
payment is in the month in which it was approved: from then on it is on its way, and what comes back is
owed anew.
"""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId
from pas.merchants.stored import read_merchant
from pas.money import NO_CENTS, Cents

MONTHS: Final = 12
BEFORE: Final = 0
FIRST_YEAR: Final = 2000


class StatementYearAhead(Refusal):
    """Dit jaar is er nog niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies dit jaar of een jaar dat voorbij is."


class TermOfMonth(msgspec.Struct, frozen=True):
    """What one month adds to one term; month 0 is all that was before the year."""

    month: int
    term: str
    amount: Cents


class MonthOfStatement(msgspec.Struct, frozen=True, rename="camel"):
    """One month: what was owed at its start and at its end, and what came between."""

    month: int
    start_cents: Cents
    redeemed_cents: Cents
    reversed_cents: Cents
    corrected_cents: Cents
    paid_cents: Cents
    bounced_cents: Cents
    end_cents: Cents


class YearStatement(msgspec.Struct, frozen=True, rename="camel"):
    """A year of a merchant; of the year that runs, up to now."""

    merchant_id: MerchantId
    merchant: str
    year: int
    until: date
    months: list[MonthOfStatement]
    whole: MonthOfStatement
    """The year as one month, numbered 0."""


READ_YEAR: Final = Statement(
    """
    SELECT CASE WHEN p.recorded_at < $2 THEN 0 ELSE extract(month FROM p.recorded_at AT TIME ZONE 'Europe/Amsterdam')::integer END AS month,
        p.term, sum(p.amount)::bigint AS amount
    FROM equation_part p WHERE p.book = 'merchant' AND p.about = $1 AND p.recorded_at < $3
    GROUP BY 1, 2
    """,
    TermOfMonth,
)


async def read_statement(
    connection: Connection, merchant_id: MerchantId, year: int, *, actor: Actor, now: datetime
) -> YearStatement:
    """Give the months of a year that have begun; each ends with what the account then held."""
    merchant = await read_merchant(connection, merchant_id, actor=actor)
    today = day_of(now)
    if not FIRST_YEAR <= year <= today.year:
        raise StatementYearAhead
    limits = (start_of(date(year, 1, 1)), start_of(date(year + 1, 1, 1)))
    rows = await READ_YEAR.all(connection, merchant_id, *limits)
    sums = {(one.month, one.term): one.amount for one in rows}
    months = list[MonthOfStatement]()
    owed = sums.get((BEFORE, "owed"), NO_CENTS)
    for number in range(1, (today.month if year == today.year else MONTHS) + 1):
        months.append(_month(sums, number, start=owed))
        owed = months[-1].end_cents
    return YearStatement(
        merchant_id=merchant_id,
        merchant=merchant.name,
        year=year,
        until=min(today, date(year, 12, 31)),
        months=months,
        whole=_added(months),
    )


def _month(sums: dict[tuple[int, str], Cents], number: int, *, start: Cents) -> MonthOfStatement:
    amounts = {
        f"{term}_cents": sums.get((number, term), NO_CENTS)
        for term in ("redeemed", "reversed", "corrected", "paid", "bounced")
    }
    end = Cents(start + sums.get((number, "owed"), NO_CENTS))
    made = MonthOfStatement(month=number, start_cents=start, end_cents=end, **amounts)
    assert_adds_up(made)
    return made


def _added(months: list[MonthOfStatement]) -> MonthOfStatement:
    made = MonthOfStatement(
        month=0,
        start_cents=months[0].start_cents,
        redeemed_cents=Cents(sum(one.redeemed_cents for one in months)),
        reversed_cents=Cents(sum(one.reversed_cents for one in months)),
        corrected_cents=Cents(sum(one.corrected_cents for one in months)),
        paid_cents=Cents(sum(one.paid_cents for one in months)),
        bounced_cents=Cents(sum(one.bounced_cents for one in months)),
        end_cents=months[-1].end_cents,
    )
    assert_adds_up(made)
    return made


def assert_adds_up(one: MonthOfStatement) -> None:
    """The two ends are the plain sum of the account; what is between is told apart by kinds of entries."""
    made = one.start_cents + one.redeemed_cents - one.reversed_cents + one.corrected_cents
    assert made - one.paid_cents + one.bounced_cents == one.end_cents, "a statement adds up"
