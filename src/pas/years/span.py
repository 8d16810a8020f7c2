"""A year as it is closed: the pass year, with the twelve months of the books from its first month on."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.bookkeeping.periods import after
from pas.days import start_of
from pas.db import Connection
from pas.errors import Refusal
from pas.grants.ground import calendar_of
from pas.grants.periods import pass_year

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199


class YearNotFound(Refusal):
    """Dit jaar is er niet in de boeken."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een jaar uit de lijst."


class YearSpan(msgspec.Struct, frozen=True):
    """From its first day to the first day of the next."""

    year: int
    starts_on: date
    ends_on: date

    @property
    def ends_at(self) -> datetime:
        """The moment at which it is over, in UTC."""
        return start_of(self.ends_on)

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def months(self) -> list[date]:
        found = [self.starts_on]
        while (following := after(found[-1])) < self.ends_on:
            found.append(following)
        return found


async def span_of_year(connection: Connection, year: int) -> YearSpan:
    """Give the days of a year, as the municipality chose its months; raises YearNotFound."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearNotFound
    whole = pass_year(await calendar_of(connection), year)
    return YearSpan(year, whole.starts_on, whole.ends_on)
