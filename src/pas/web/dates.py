"""Dates and times the way Dutch people write them; UTC inside, the municipality's clock outside."""

from datetime import date, datetime

from pas.days import AMSTERDAM

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def day(value: date) -> str:
    """``3 november 2026``; a moment in time must say in which zone first: use ``moment``."""
    assert not isinstance(value, datetime), "a datetime has no day without a time zone"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """``3 november 2026, 14.05 uur``, on the clock that a day here is counted by."""
    assert value.tzinfo is not None, "a moment carries its time zone"
    local = value.astimezone(AMSTERDAM)
    return f"{day(local.date())}, {local:%H.%M} uur"


def day_at(value: datetime) -> str:
    """``3 november 2026``: the day that a moment is on here."""
    assert value.tzinfo is not None, "a moment carries its time zone"
    return day(value.astimezone(AMSTERDAM).date())
