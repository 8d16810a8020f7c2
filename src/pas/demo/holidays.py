"""School holidays of the north of the country: published dates, and a calculation for other years.

What is calculated is marked as assumed. It keeps the demonstration going in years whose dates nobody
has published, or that this program was not told of.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

import msgspec

from pas.demo.figures import read_table

SATURDAY: Final = 5
DAYS_OF_A_WEEK: Final = 7

Name = Literal["spring", "may", "summer", "autumn", "christmas"]
Source = Literal["published", "assumed"]


class Holiday(msgspec.Struct, frozen=True):
    """From a Saturday to a Sunday; both are part of it."""

    name: Name
    first: date
    last: date
    source: Source

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class _Published(msgspec.Struct, frozen=True):
    holiday: Name
    first: date
    last: date
    status: Literal["published"]


def holidays_of(year: int) -> tuple[Holiday, ...]:
    """Give the holidays that begin in a year, and the Christmas that it begins in."""
    found = (christmas(year - 1), *(beginning_in(year, name) for name in RULES))
    return tuple(sorted(found, key=lambda one: one.first))


def is_holiday(day: date) -> bool:
    return any(day in one for one in _cached(day.year))


def christmas(year: int) -> Holiday:
    return beginning_in(year, "christmas")


def beginning_in(year: int, name: Name) -> Holiday:
    """Give what was published, else what the calendar makes likely."""
    for one in _published():
        if (one.holiday, one.first.year) == (name, year):
            return Holiday(name, one.first, one.last, "published")
    first, days = RULES[name]
    begins = first(year)
    return Holiday(name, begins, begins + timedelta(days=days - 1), "assumed")


def saturday_until(day: date) -> date:
    """The last Saturday up to a day."""
    return day - timedelta(days=(day.weekday() - SATURDAY) % DAYS_OF_A_WEEK)


RULES: Final[dict[Name, tuple[Callable[[int], date], int]]] = {
    "spring": (lambda year: saturday_until(date(year, 2, 21)), 9),
    "may": (lambda year: saturday_until(date(year, 4, 27)), 9),
    "summer": (lambda year: saturday_until(date(year, 7, 13)), 44),
    "autumn": (lambda year: saturday_until(date(year, 10, 20)), 9),
    "christmas": (lambda year: saturday_until(date(year, 12, 25)), 16),
}
"""When each begins and how many days it lasts, where nothing is published."""


@cache
def _published() -> tuple[_Published, ...]:
    rows = read_table("school_holidays.csv")
    return tuple(msgspec.convert(row, _Published, strict=False) for row in rows)


@cache
def _cached(year: int) -> tuple[Holiday, ...]:
    return holidays_of(year)
