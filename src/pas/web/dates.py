"""Dates and times in words, in the language that is spoken; UTC inside, the clock of Amsterdam outside."""

from datetime import date, datetime
from typing import Final

from babel.dates import format_date

from pas.days import AMSTERDAM
from pas.web.languages import DUTCH, language, say

MONTHS: Final = tuple(
    format_date(date(2000, month, 1), "MMMM", locale=DUTCH) for month in range(1, 13)
)
DAY: Final = "d MMMM y"
"""Without the point that CLDR puts behind the day in some languages: as the letters have it."""


def day(value: date) -> str:
    """``3 november 2026``; a moment in time must say in which zone first: use ``moment``."""
    assert not isinstance(value, datetime), "a datetime has no day without a time zone"
    return format_date(value, DAY, locale=language())


def moment(value: datetime) -> str:
    """``3 november 2026, 14.05 uur``, on the clock that a day here is counted by."""
    assert value.tzinfo is not None, "a moment carries its time zone"
    local = value.astimezone(AMSTERDAM)
    clock = f"{local:%H.%M}"
    return say("{day}, {clock} uur", day=day(local.date()), clock=clock)


def day_at(value: datetime) -> str:
    """``3 november 2026``: the day that a moment is on here."""
    assert value.tzinfo is not None, "a moment carries its time zone"
    return day(value.astimezone(AMSTERDAM).date())
