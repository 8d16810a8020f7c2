"""Figures about applications of a period: rows in, counts and euros out; pure.

Applications count on the day they came in, decisions on the day they were taken, euros on the day they were
booked. So what is counted of two halves adds up to the year. Children do not: a child with an award in both
halves is one child of the year, and the report says how many those are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from statistics import median_high
from typing import Final

import msgspec

from pas.applications.open_cases import State
from pas.applications.rules import DAYS_TO_DECIDE, RefusalCode
from pas.ids import ResidentId
from pas.money import WHOLE, BasisPoints, Cents
from pas.passes.residents import age_on

SMALLEST_CELL: Final = 10
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


class Money(msgspec.Struct, frozen=True):
    """What the books say of a scheme in the period."""

    confirmed_cents: Cents = Cents(0)
    released_cents: Cents = Cents(0)


class PurposeLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One cell of a breakdown; ``children`` None is fewer than ten, or kept back to hide such a cell."""

    key: str
    applications: int
    awarded: int
    refused: int
    children: int | None
    awarded_cents: Cents
    confirmed_cents: Cents | None = None
    released_cents: Cents | None = None


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
) -> Figures:
    """Count; ``funds`` names the executor of each scheme that has money in the period."""
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
        by_purpose=_lines(rows, lambda one: one.scheme, money, span=span),
        by_fund=_lines(rows, lambda one: one.fund, _of_funds(money, funds), span=span),
        by_profession=_small(awarded, lambda one: one.profession),
        by_age=_small(awarded, age_band),
        by_area=_small(awarded, lambda one: one.area or UNKNOWN),
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


def suppressed(cells: Mapping[str, int]) -> frozenset[str]:
    """Cells below ten; and one more where a single one could be told from the total."""
    small = {key for key, number in cells.items() if 0 < number < SMALLEST_CELL}
    others = [key for key in cells if key not in small and cells[key]]
    if len(small) == 1 and others:
        small.add(min(others, key=lambda key: (cells[key], key)))
    return frozenset(small)


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


def _lines(
    rows: Sequence[Row], key: Callable[[Row], str], money: Mapping[str, Money], *, span: Span
) -> list[PurposeLine]:
    """By purpose or fund: counts and euros in full, because they are accounted for; children not."""
    groups: dict[str, list[Row]] = {name: [] for name in money}
    for one in rows:
        groups.setdefault(key(one), []).append(one)
    awards = {
        name: [one for one in some if one.state == "awarded" and span.has(one.decided_on)]
        for name, some in groups.items()
    }
    children = {name: len(_children(some)) for name, some in awards.items()}
    hidden = suppressed(children)
    return [
        PurposeLine(
            key=name,
            applications=sum(span.has(one.received_on) for one in groups[name]),
            awarded=len(awards[name]),
            refused=sum(
                one.state == "refused" and span.has(one.decided_on) for one in groups[name]
            ),
            children=None if name in hidden else children[name],
            awarded_cents=_cents(awards[name]),
            confirmed_cents=money.get(name, Money()).confirmed_cents,
            released_cents=money.get(name, Money()).released_cents,
        )
        for name in sorted(groups)
    ]


def _small(awarded: Sequence[Row], key: Callable[[Row], str]) -> list[SmallLine]:
    groups: dict[str, list[Row]] = {}
    for one in awarded:
        groups.setdefault(key(one), []).append(one)
    children = {name: len(_children(some)) for name, some in groups.items()}
    hidden = suppressed(children)
    return [
        SmallLine(
            key=name,
            children=None if name in hidden else children[name],
            awarded=None if name in hidden else len(some),
            awarded_cents=None if name in hidden else _cents(some),
        )
        for name, some in sorted(groups.items())
    ]
