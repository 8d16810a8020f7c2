"""The parts of a pass year: halves and quarters, and when each is over."""

from datetime import date, timedelta
from typing import Final

import msgspec

from pas.reach.figures import first_of_quarter
from pas.reach.model import PeriodName
from pas.web.dates import day

QUARTERS: Final[dict[PeriodName, tuple[int, int]]] = {
    "year": (0, 4),
    "h1": (0, 2),
    "h2": (2, 4),
    "q1": (0, 1),
    "q2": (1, 2),
    "q3": (2, 3),
    "q4": (3, 4),
}
NAMES: Final[dict[PeriodName, str]] = {
    "year": "heel",
    "h1": "eerste halfjaar",
    "h2": "tweede halfjaar",
    "q1": "eerste kwartaal",
    "q2": "tweede kwartaal",
    "q3": "derde kwartaal",
    "q4": "vierde kwartaal",
}
BEFORE: Final[dict[PeriodName, PeriodName]] = {
    "year": "year",
    "h1": "h2",
    "h2": "h1",
    "q1": "q4",
    "q2": "q1",
    "q3": "q2",
    "q4": "q3",
}
IN_THE_SAME_YEAR: Final = frozenset(("h2", "q2", "q3", "q4"))


class Days(msgspec.Struct, frozen=True):
    """A period, half open."""

    starts_on: date
    ends_on: date


def days_of(starts_on: date, period: PeriodName) -> Days:
    """Give the days of a part of the year that starts on a day."""
    first, last = QUARTERS[period]
    return Days(first_of_quarter(starts_on, first), first_of_quarter(starts_on, last))


def before(year: int, period: PeriodName) -> tuple[int, PeriodName]:
    """Give the period of the same length just before."""
    return year if period in IN_THE_SAME_YEAR else year - 1, BEFORE[period]


def name_of(year: int, period: PeriodName) -> str:
    """``heel 2026``, ``tweede kwartaal 2026``."""
    return f"{NAMES[period]} {year}"


def in_words(days: Days) -> str:
    return f"{day(days.starts_on)} tot en met {day(days.ends_on - timedelta(days=1))}"
