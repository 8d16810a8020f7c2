"""The money of a scheme and year by month, and what is expected of the rest of the year."""

from datetime import date
from typing import Literal

import msgspec

from pas.money import NO_CENTS, Cents

Outlook = Literal["unknown", "fine", "lapses", "short", "nearly_empty", "overspent"]
"""``nearly_empty`` is of a closed pot: then somebody gets nothing. ``short`` stops nobody."""


class MonthOfMoney(msgspec.Struct, frozen=True, rename="camel"):
    """What a month did: granted less what was taken back, spent less what was reversed, lapsed."""

    period: date
    granted_cents: Cents = NO_CENTS
    spent_cents: Cents = NO_CENTS
    lapsed_cents: Cents = NO_CENTS


class Forecast(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the year comes to; None as long as no month of it is over.

    ``by_last_year`` says that the year before showed how a year goes; otherwise each month is alike.
    """

    granted_cents: Cents | None
    spent_cents: Cents | None
    by_last_year: bool = False
    empty_in: date | None = None
    """The month in which an appropriation runs out, at this pace."""
    outlook: Outlook = "unknown"


class MoneyOfYear(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One scheme: set aside, granted, spent and lapsed until now, by month, with what is expected.

    The months are those of the pass year; ``later`` is what came in after it.
    """

    scheme: str
    title: str
    year: int
    closed_pot: bool
    appropriated_cents: Cents
    left_cents: Cents
    granted_cents: Cents
    spent_cents: Cents
    lapsed_cents: Cents
    months: list[MonthOfMoney]
    later: MonthOfMoney
    forecast: Forecast
