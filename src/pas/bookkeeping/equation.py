"""The equation at the end of a day, and what each of its terms is made of: months, entries, one entry.

Per scheme, year and unit: granted + shortfall = spent - reversed + held + lapsed + open; per merchant what
is owed. In it is what was recorded before the end of the day, below a position under which every transaction
has ended. Whoever keeps the position with the day reads the same figures for ever, so a total and what it is
made of are equal to the cent. Here all is summed from the transfers; the proof of the books compares those
with the balances (``pas.ledger.prove``). Nobody is named: holders are numbers of accounts.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.days import day_of, start_of
from pas.db import Connection, Statement, take_long
from pas.errors import Refusal
from pas.ledger.position import READ_HORIZON, Position
from pas.ledger.prove import (
    MerchantEquation,
    MerchantSums,
    SchemeEquation,
    SchemeSums,
    merchant_equation,
    scheme_equation,
)

Book = Literal["scheme", "merchant"]
TERM: Final = re.compile(
    r"(scheme|merchant)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9]{1,4})\.(cents|visits)\.([a-z]+)"
)
PLACE: Final = re.compile(r"([0-9]{1,9})\.([0-9]{1,18})")
TERMS: Final = {
    "scheme": ("granted", "opening", "shortfall", "spent", "reversed", "held", "lapsed", "open"),
    "merchant": ("redeemed", "reversed", "corrected", "paid", "bounced", "owed"),
}


class EquationDayAhead(Refusal):
    """Deze dag is er nog niet."""

    next_step: ClassVar[str] = "Kies vandaag of een dag die voorbij is."


class EquationTermNotFound(Refusal):
    """Dit getal staat niet in de vergelijking."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een getal uit de vergelijking."


class PositionUnreadable(Refusal):
    """Dit is geen plaats in de boeken."""

    next_step: ClassVar[str] = "Schrijf hem zoals het programma hem noemt, bijvoorbeeld 1.8812."


class Cut(msgspec.Struct, frozen=True, rename="camel"):
    """What is counted: recorded before the end of ``day``, and before the position."""

    day: date
    epoch: int
    xid: int

    @property
    def until(self) -> datetime:
        return start_of(self.day + timedelta(days=1))

    @property
    def made_at(self) -> datetime:
        """The moment that a paper of it bears: the last second of its day, whenever it is printed."""
        return self.until - timedelta(seconds=1)

    @property
    def place(self) -> str:
        """The position, as addresses write it."""
        return f"{self.epoch}.{self.xid}"


class Term(msgspec.Struct, frozen=True):
    """One number of the equation; a merchant has no year, so its year is 0."""

    book: Book
    about: UUID
    budget_year: int
    unit: str
    term: str

    def text(self) -> str:
        """Write it as addresses do: ``scheme.0197….2026.cents.spent``."""
        return f"{self.book}.{self.about}.{self.budget_year}.{self.unit}.{self.term}"


class TermSum(msgspec.Struct, frozen=True):
    book: str
    about: UUID
    budget_year: int
    unit: str
    term: str
    amount: int


class Equation(msgspec.Struct, frozen=True, rename="camel"):
    """All of it; ``closes`` is false when it differs by one cent anywhere."""

    cut: Cut
    closes: bool
    schemes: list[SchemeEquation]
    merchants: list[MerchantEquation]


class MonthOfTerm(msgspec.Struct, frozen=True, rename="camel"):
    """What a month of the journal adds to a number, in cents or visits."""

    period: date
    entries: int
    amount: int


class EntryOfTerm(msgspec.Struct, frozen=True, rename="camel"):
    """What one entry adds to a number, in cents or visits."""

    entry_id: UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    merchant: str | None
    amount: int


READ_SUMS: Final = Statement(
    """
    SELECT p.book, p.about, p.budget_year, p.unit, p.term, sum(p.amount)::bigint AS amount
    FROM equation_part p WHERE p.recorded_at < $1 AND (p.epoch, p.xid) < ($2::int, $3::bigint)
    GROUP BY 1, 2, 3, 4, 5
    """,
    TermSum,
)
READ_MONTHS: Final = Statement(
    """
    SELECT p.period, count(DISTINCT p.entry_id)::integer AS entries, sum(p.amount)::bigint AS amount
    FROM equation_part p
    WHERE p.book = $1 AND p.about = $2 AND p.budget_year = $3 AND p.unit = $4 AND p.term = $5
        AND p.recorded_at < $6 AND (p.epoch, p.xid) < ($7::int, $8::bigint)
    GROUP BY 1 ORDER BY 1 DESC
    """,
    MonthOfTerm,
)
READ_ENTRIES: Final = Statement(
    """
    WITH moved AS (
        SELECT p.entry_id, p.kind, p.occurred_at, p.recorded_at, sum(p.amount)::bigint AS amount,
            (array_agg(p.merchant_id) FILTER (WHERE p.merchant_id IS NOT NULL))[1] AS merchant_id
        FROM equation_part p
        WHERE p.book = $1 AND p.about = $2 AND p.budget_year = $3 AND p.unit = $4 AND p.term = $5
            AND p.recorded_at < $6 AND (p.epoch, p.xid) < ($7::int, $8::bigint) AND p.period = $9
            AND ($10::uuid IS NULL OR (p.recorded_at, p.entry_id) < (SELECT b.recorded_at, b.id FROM entry b WHERE b.id = $10))
        GROUP BY 1, 2, 3, 4
        ORDER BY p.recorded_at DESC, p.entry_id DESC LIMIT $11
    )
    SELECT m.entry_id, m.kind, m.occurred_at, m.recorded_at, o.name AS merchant, m.amount
    FROM moved m LEFT JOIN merchant o ON o.id = m.merchant_id
    ORDER BY m.recorded_at DESC, m.entry_id DESC
    """,
    EntryOfTerm,
)


def read_term(text: str) -> Term:
    """Read a number of the equation from its address, or raise EquationTermNotFound."""
    found = TERM.fullmatch(text)
    if found is None:
        raise EquationTermNotFound
    book: Book = "scheme" if found[1] == "scheme" else "merchant"
    term = Term(book, UUID(found[2]), int(found[3]), found[4], found[5])
    if term.term not in TERMS[book]:
        raise EquationTermNotFound
    return term


def read_position(text: str) -> Position:
    """Read a position from an address, or raise PositionUnreadable."""
    found = PLACE.fullmatch(text)
    if found is None:
        raise PositionUnreadable
    return Position(int(found[1]), int(found[2]))


async def make_cut(
    connection: Connection, *, day: date | None, position: Position | None, now: datetime
) -> Cut:
    """Say what is counted: up to the end of a day, never above what is decided now."""
    today = day_of(now)
    if day is not None and day > today:
        raise EquationDayAhead
    horizon = await READ_HORIZON.one(connection)
    at = horizon if position is None else min(position, horizon, key=lambda one: one.key)
    return Cut(day or today, at.epoch, at.xid)


async def read_equation(connection: Connection, cut: Cut) -> Equation:
    """Add up every term; a matter of seconds for a million entries."""
    async with connection.transaction(readonly=True):
        await take_long(connection)
        sums = await READ_SUMS.all(connection, cut.until, cut.epoch, cut.xid)
    schemes = [scheme_equation(one) for one in _schemes(sums)]
    merchants = [merchant_equation(one) for one in _merchants(sums)]
    closes = all(one.difference == 0 for one in (*schemes, *merchants))
    return Equation(cut, closes, schemes, merchants)


async def read_months(connection: Connection, cut: Cut, term: Term) -> list[MonthOfTerm]:
    """Take a number apart by the months of the journal, newest first."""
    async with connection.transaction(readonly=True):
        await take_long(connection)
        return await READ_MONTHS.all(connection, *_wanted(term, cut))


async def read_entries(
    connection: Connection,
    cut: Cut,
    term: Term,
    *,
    period: date,
    before: UUID | None = None,
    limit: int,
) -> list[EntryOfTerm]:
    """Give the entries of a month that a number is made of, newest first; the next page is ``before`` the last."""
    async with connection.transaction(readonly=True):
        await take_long(connection)
        return await READ_ENTRIES.all(connection, *_wanted(term, cut), period, before, limit)


def _wanted(term: Term, cut: Cut) -> tuple[object, ...]:
    who = (term.book, term.about, term.budget_year, term.unit, term.term)
    return (*who, cut.until, cut.epoch, cut.xid)


def _schemes(sums: Iterable[TermSum]) -> list[SchemeSums]:
    found: dict[tuple[int, UUID, str], dict[str, int]] = {}
    for one in sums:
        if one.book == "scheme":
            key = (one.budget_year, one.about, one.unit)
            found.setdefault(key, dict.fromkeys(TERMS["scheme"], 0))[one.term] = one.amount
    return [
        SchemeSums(scheme_id=scheme, budget_year=year, unit=unit, **amounts)
        for (year, scheme, unit), amounts in sorted(found.items())
    ]


def _merchants(sums: Iterable[TermSum]) -> list[MerchantSums]:
    found: dict[UUID, dict[str, int]] = {}
    for one in sums:
        if one.book == "merchant":
            found.setdefault(one.about, dict.fromkeys(TERMS["merchant"], 0))[one.term] = one.amount
    return [MerchantSums(merchant_id=who, **amounts) for who, amounts in sorted(found.items())]
