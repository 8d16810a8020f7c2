"""Figures about applications of a period: rows in, counts and euros out; pure.

Applications count on the day they came in, decisions on the day they were taken, euros on the day they were
booked. So what is counted of two halves adds up to the year. Children do not: a child with an award in both
halves is one child of the year, and the report says how many those are.

Small cells are kept back, and so is what would tell one: in its table, or beside the year and its halves.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from statistics import median_high
from typing import Final

import msgspec

from pas.applications.open_cases import State
from pas.applications.rules import DAYS_TO_DECIDE, RefusalCode
from pas.applications.small_cells import hide_together
from pas.ids import ResidentId
from pas.money import WHOLE, BasisPoints, Cents
from pas.passes.residents import age_on

BANDS: Final = ((0, 4), (4, 6), (6, 8), (8, 12), (12, 18))
UNKNOWN: Final = "onbekend"


class Span(msgspec.Struct, frozen=True):
    """Days, half open."""

    first: date
    end: date

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day < self.end


class Row(msgspec.Struct, frozen=True):
    """One application, with what of the child counts on the day of the award."""

    scheme: str
    fund: str
    profession: str
    received_on: date
    decided_on: date | None
    paused_days: int
    state: State
    refusal: RefusalCode | None
    awarded_cents: Cents | None
    resident_id: ResidentId | None
    birth_date: date | None
    area: str | None
    used: bool = False
    """Something was spent of the award, and not given back: reach tells how many those are."""


class _Spans(msgspec.Struct, frozen=True):
    """Of which span it is, whose reports are there beside it, and below what a cell is small."""

    own: Span
    all: Sequence[Span]
    smallest: int

    def hidden(self, rows: Sequence[Row], key: Callable[[Row], str]) -> frozenset[str]:
        """The cells to keep back of the children with an award, in a table by this key."""
        groups = [_by(_awarded(rows, span), key) for span in self.all]
        tables = [{name: len(_children(some)) for name, some in one.items()} for one in groups]
        besides = [
            {name for name, some in one.items() if self._tells_who_never_used(some)}
            for one in groups
        ]
        together = hide_together(tables, smallest=self.smallest, besides=besides)
        return together[list(self.all).index(self.own)]

    def _tells_who_never_used(self, rows: Sequence[Row]) -> bool:
        """Beside the users of reach, the children here would be few more."""
        users = _children([one for one in rows if one.used])
        return 0 < len(_children(rows)) - len(users) < self.smallest


class Money(msgspec.Struct, frozen=True):
    """What the books say of a scheme in the period."""

    confirmed_cents: Cents = Cents(0)
    released_cents: Cents = Cents(0)


class PurposeLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One cell of a breakdown; what tells how many children there are is kept back together as None.

    What was applied for, refused, booked and given back stands in full: it is accounted for.
    """

    key: str
    applications: int
    awarded: int | None
    refused: int
    children: int | None
    awarded_cents: Cents | None
    confirmed_cents: Cents
    released_cents: Cents


class SmallLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A cell about children: all of it is kept back together."""

    key: str
    children: int | None
    awarded: int | None
    awarded_cents: Cents | None


class Figures(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Everything that is reported of one period."""

    applications: int
    awarded: int
    refused: int
    withdrawn: int
    refused_by: dict[RefusalCode, int]
    children: int
    awarded_cents: Cents
    confirmed_cents: Cents
    released_cents: Cents
    decided_in_time: int
    in_time_share: BasisPoints | None
    median_days: int | None
    open: int
    overdue: int
    by_purpose: list[PurposeLine]
    by_fund: list[PurposeLine]
    by_profession: list[SmallLine]
    by_age: list[SmallLine]
    by_area: list[SmallLine]


def figures(
    rows: Sequence[Row],
    money: Mapping[str, Money],
    span: Span,
    *,
    today: date,
    funds: Mapping[str, str],
    smallest: int,
    beside: Sequence[Span] = (),
) -> Figures:
    """Count; ``funds`` names the executor of each scheme that has money in the period.

    Cells of fewer children than ``smallest`` are kept back. ``beside`` are the spans whose reports
    everybody has as well, this one included.
    """
    spans = _Spans(span, beside or (span,), smallest)
    purposes = spans.hidden(rows, lambda one: one.scheme)
    # A fund says no more than its purposes do, so it is told only where all of them are.
    of_purposes = {one.fund for one in rows if one.scheme in purposes}
    fund_names = spans.hidden(rows, lambda one: one.fund) | of_purposes
    decided = [one for one in rows if span.has(one.decided_on) and one.state != "withdrawn"]
    awarded = [one for one in decided if one.state == "awarded"]
    days = [days_taken(one) for one in decided]
    in_time = sum(day <= DAYS_TO_DECIDE for day in days)
    still_open = [one for one in rows if one.decided_on is None]
    return Figures(
        applications=sum(span.has(one.received_on) for one in rows),
        awarded=len(awarded),
        refused=sum(one.state == "refused" for one in decided),
        withdrawn=sum(one.state == "withdrawn" and span.has(one.decided_on) for one in rows),
        refused_by=dict(Counter(one.refusal for one in decided if one.refusal is not None)),
        children=len(_children(awarded)),
        awarded_cents=_cents(awarded),
        confirmed_cents=Cents(sum(one.confirmed_cents for one in money.values())),
        released_cents=Cents(sum(one.released_cents for one in money.values())),
        decided_in_time=in_time,
        in_time_share=share(in_time, len(decided)),
        median_days=median_high(days) if days else None,
        open=len(still_open),
        overdue=sum(_days_open(one, today) > DAYS_TO_DECIDE for one in still_open),
        by_purpose=_lines(rows, lambda one: one.scheme, money, span=span, hidden=purposes),
        by_fund=_lines(
            rows, lambda one: one.fund, _of_funds(money, funds), span=span, hidden=fund_names
        ),
        by_profession=_small(rows, lambda one: one.profession, spans),
        by_age=_small(rows, age_band, spans),
        by_area=_small(rows, lambda one: one.area or UNKNOWN, spans),
    )


def share(part: int, whole: int) -> BasisPoints | None:
    """In hundredths of a percent, half up; None of nothing."""
    return BasisPoints((2 * part * WHOLE + whole) // (2 * whole)) if whole else None


def days_taken(one: Row) -> int:
    """Days from receipt to decision, without those on which the clock stood still."""
    assert one.decided_on is not None, "of what was decided"
    return _days_open(one, one.decided_on)


def age_band(one: Row) -> str:
    if one.birth_date is None or one.decided_on is None:
        return UNKNOWN
    age = age_on(one.birth_date, one.decided_on)
    found = next(((low, high) for low, high in BANDS if low <= age < high), None)
    return UNKNOWN if found is None else f"{found[0]} tot {found[1]} jaar"


def _days_open(one: Row, today: date) -> int:
    return (today - one.received_on).days - one.paused_days


def _children(rows: Iterable[Row]) -> set[ResidentId]:
    return {one.resident_id for one in rows if one.resident_id is not None}


def _cents(rows: Iterable[Row]) -> Cents:
    return Cents(sum(one.awarded_cents or 0 for one in rows))


def _of_funds(money: Mapping[str, Money], funds: Mapping[str, str]) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for scheme, one in money.items():
        fund = funds.get(scheme, UNKNOWN)
        before = found.get(fund, Money())
        found[fund] = Money(
            Cents(before.confirmed_cents + one.confirmed_cents),
            Cents(before.released_cents + one.released_cents),
        )
    return found


def _awarded(rows: Iterable[Row], span: Span) -> list[Row]:
    return [one for one in rows if one.state == "awarded" and span.has(one.decided_on)]


def _by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for one in rows:
        groups.setdefault(key(one), []).append(one)
    return groups


def _lines(
    rows: Sequence[Row],
    key: Callable[[Row], str],
    money: Mapping[str, Money],
    *,
    span: Span,
    hidden: Collection[str],
) -> list[PurposeLine]:
    groups: dict[str, list[Row]] = {**{name: [] for name in money}, **_by(rows, key)}
    return [
        PurposeLine(
            key=name,
            applications=sum(span.has(one.received_on) for one in some),
            awarded=None if name in hidden else len(awards),
            refused=sum(one.state == "refused" and span.has(one.decided_on) for one in some),
            children=None if name in hidden else len(_children(awards)),
            awarded_cents=None if name in hidden else _cents(awards),
            confirmed_cents=money.get(name, Money()).confirmed_cents,
            released_cents=money.get(name, Money()).released_cents,
        )
        for name, some in sorted(groups.items())
        for awards in [_awarded(some, span)]
    ]


def _order(cell: tuple[str, object]) -> tuple[int, str]:
    """Ages by their number, all else by name."""
    name = cell[0]
    first = name.split(" ")[0]
    return (int(first) if first.isdigit() else 0, name)


def _small(rows: Sequence[Row], key: Callable[[Row], str], spans: _Spans) -> list[SmallLine]:
    hidden = spans.hidden(rows, key)
    return [
        SmallLine(
            key=name,
            children=None if name in hidden else len(_children(some)),
            awarded=None if name in hidden else len(some),
            awarded_cents=None if name in hidden else _cents(some),
        )
        for name, some in sorted(_by(_awarded(rows, spans.own), key).items(), key=_order)
    ]
