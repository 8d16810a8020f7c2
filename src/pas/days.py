"""A day is the day in Amsterdam: moments are UTC, but dates in decisions are what people live by.

The functions of the database use the same zone.
"""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def day_of(moment: datetime) -> date:
    """The day on which a moment falls."""
    assert moment.tzinfo is not None, "a moment carries its time zone"
    return moment.astimezone(AMSTERDAM).date()


def start_of(day: date) -> datetime:
    """The moment, in UTC, at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC)
