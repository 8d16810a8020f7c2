"""Pass years, school years and what a period is called, so that nothing is granted twice in it."""

from datetime import date, timedelta
from typing import Final

import msgspec

from pas.errors import Refusal
from pas.grants.facts import PersonFacts
from pas.passes.residents import ADULT_AGE, birthday
from pas.schemes.model import SchemeVersion

ONCE: Final = "once"


class PassYearOver(Refusal):
    """Dit pasjaar is voorbij."""

    status = 409


class PassYearTooFar(Refusal):
    """Dit pasjaar is nog te ver weg."""

    status = 409
    next_step = "Kies dit pasjaar of het volgende."


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """What a municipality chose; a year starts on the first of its month."""

    pass_year_month: int = 1
    school_year_month: int = 8
    once_per_child_until: date | None = None


class Span(msgspec.Struct, frozen=True):
    """A period, half open, and the key under which a grant is given once."""

    key: str
    starts_on: date
    ends_on: date


def pass_year(calendar: Calendar, year: int) -> Span:
    month = calendar.pass_year_month
    return Span(str(year), date(year, month, 1), date(year + 1, month, 1))


def school_year_of(calendar: Calendar, on: date) -> Span:
    month = calendar.school_year_month
    year = on.year if on.month >= month else on.year - 1
    return Span(f"{year}/{year + 1}", date(year, month, 1), date(year + 1, month, 1))


def effective_on(calendar: Calendar, *, year: int, on: date) -> date:
    """The day whose facts and versions count: the assessment, or the start of the year to come.

    Raises PassYearOver, or PassYearTooFar for a year after the next.
    """
    span = pass_year(calendar, year)
    if on >= span.ends_on:
        raise PassYearOver(f"Pasjaar {year} is voorbij. Kies een later jaar.")
    if on < pass_year(calendar, year - 1).starts_on:
        first = pass_year(calendar, year - 1).starts_on
        raise PassYearTooFar(
            f"Toekennen voor {year} kan vanaf {first.day}-{first.month}-{first.year}. "
            "Kies dit pasjaar of het volgende."
        )
    return max(on, span.starts_on)


def span_of(version: SchemeVersion, *, calendar: Calendar, year: int, effective: date) -> Span:
    """From the day a grant takes effect to the end of the pass year or school year."""
    assert version.period != "once_per_child", "ends on a day of the child's own"
    by_school = version.period == "school_year"
    whole = school_year_of(calendar, effective) if by_school else pass_year(calendar, year)
    return Span(whole.key, effective, whole.ends_on)


def once_per_child(person: PersonFacts, *, calendar: Calendar, year: int, effective: date) -> Span:
    """A grant that does not lapse at a year's end: to eighteen, or an earlier day of the municipality."""
    ends = [birthday(person.birth_date, ADULT_AGE), calendar.once_per_child_until]
    ahead = [day for day in ends if day and day > effective]
    # Nobody is left out but by a deviation for somebody who is of age: that one ends with the year.
    return Span(ONCE, effective, min(ahead, default=pass_year(calendar, year).ends_on))


def lapses_on(version: SchemeVersion, ends_on: date) -> date:
    return ends_on + timedelta(days=version.run_out_days)


def pass_ends_on(person: PersonFacts, *, recorded_on: date) -> date | None:
    """The day from which a pass no longer works after a move or a death; never a day in the past.

    A spending between the event and the day it became known stays what it was.
    """
    days = [day for day in (person.left_on, person.died_on) if day is not None]
    return max(min(days), recorded_on) if days else None
