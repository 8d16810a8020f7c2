"""When people spend what for: clubs in autumn and January, bicycles in spring, museums in holidays.

Pure. The habits are invented and stand in habits.csv; the day is drawn by the weight that a purpose
has on it: of its month, of the school holidays and of the day of the week.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import Final, Literal

import msgspec

from pas.days import AMSTERDAM
from pas.demo.draw import Draw
from pas.demo.figures import read_table
from pas.demo.holidays import is_holiday

MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
WEEKS: Final[dict[str, tuple[int, ...]]] = {
    "shop": (2, 3, 4, 4, 4, 9, 2),
    "office": (5, 5, 6, 5, 4, 0, 0),
    "evening": (4, 4, 9, 4, 3, 8, 1),
    "visit": (1, 2, 7, 2, 3, 9, 7),
}
"""From Monday to Sunday: Wednesday afternoon is free of school, Saturday of nearly everything."""
IN_HOLIDAYS: Final[dict[str, tuple[int, int]]] = {
    "same": (4, 4),
    "less": (1, 4),
    "none": (0, 4),
    "more": (12, 2),
}
"""How much a day weighs in the school holidays, and outside them."""
WEDNESDAY, SATURDAY, SUNDAY = 2, 5, 6
FREE_FROM: Final = 13
"""The hour at which primary schools end on a Wednesday."""
LATEST_IN_THE_WEEKEND: Final = 17
DEAR: Final = 10_000
SMALL_STEP, LARGE_STEP = 50, 500
"""In cents: what prices are a multiple of, below a hundred euros and above."""


class Habit(msgspec.Struct, frozen=True):
    """How one purpose is spent on in a year, by one person who does."""

    category: str
    months: tuple[int, ...]
    in_holidays: Literal["same", "less", "none", "more"]
    week: str
    opens: int
    closes: int
    least: int
    most: int
    from_cents: int
    until_cents: int


@cache
def habits() -> dict[str, Habit]:
    found: dict[str, Habit] = {}
    for row in read_table("habits.csv"):
        months = [int(row[month]) for month in MONTHS]
        habit = msgspec.convert({**row, "months": months}, Habit, strict=False)
        found[habit.category] = habit
    return found


def weight(habit: Habit, day: date) -> int:
    inside, outside = IN_HOLIDAYS[habit.in_holidays]
    of_period = inside if is_holiday(day) else outside
    return habit.months[day.month - 1] * of_period * WEEKS[habit.week][day.weekday()]


class Calendar:
    """The days of a period, each with its weight: ``draw`` finds one in a moment."""

    def __init__(self, habit: Habit, first: date, until: date) -> None:
        self._first = first
        days = (first + timedelta(days=n) for n in range((until - first).days))
        self._sums: Sequence[int] = list(accumulate(weight(habit, day) for day in days))

    def drawn(self, draw: Draw) -> date | None:
        """A day, or None where the purpose has no season in the period."""
        if not self._sums or not self._sums[-1]:
            return None
        place = bisect_right(self._sums, draw.below(self._sums[-1]))
        return self._first + timedelta(days=place)


def moment_on(habit: Habit, day: date, draw: Draw) -> datetime:
    """An hour at which somebody is served there: in the afternoon on a Wednesday."""
    opens, closes = habit.opens, habit.closes
    if day.weekday() == WEDNESDAY and not is_holiday(day):
        opens = max(opens, FREE_FROM)
    if day.weekday() in {SATURDAY, SUNDAY}:
        opens, closes = min(opens, 10), min(closes, LATEST_IN_THE_WEEKEND)
    seconds = draw.below((closes - opens) * 3600)
    at = time(opens + seconds // 3600, seconds // 60 % 60, seconds % 60)
    return datetime.combine(day, at, tzinfo=AMSTERDAM)


def price_of(habit: Habit, draw: Draw) -> int:
    """A price in cents, as a cashier types it."""
    step = SMALL_STEP if habit.until_cents < DEAR else LARGE_STEP
    return draw.between(habit.from_cents // step, habit.until_cents // step) * step
