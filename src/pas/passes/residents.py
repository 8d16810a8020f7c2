"""A resident as the municipality knows it from a day on."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from pas.ids import HouseholdNumber
from pas.money import BasisPoints

HouseholdType = Literal["alone", "single_parent", "couple", "couple_with_children", "unknown"]
IncomeSource = Literal["participatiewet", "aow", "other"]
SchoolType = Literal["none", "primary", "secondary", "vocational", "higher"]

HOUSEHOLD_TYPES: Final[tuple[HouseholdType, ...]] = (
    "alone",
    "single_parent",
    "couple",
    "couple_with_children",
    "unknown",
)
INCOME_SOURCES: Final[tuple[IncomeSource, ...]] = ("participatiewet", "aow", "other")
SCHOOL_TYPES: Final[tuple[SchoolType, ...]] = (
    "none",
    "primary",
    "secondary",
    "vocational",
    "higher",
)
ADULT_AGE: Final = 18


class Resident(msgspec.Struct, frozen=True, kw_only=True):
    """One person from ``valid_from`` on, until a later row says otherwise.

    ``income`` is the income of the household in hundredths of a percent of the social
    minimum; None means that the municipality does not know it. An empty area, source or
    school type is unknown; school type ``none`` is known: not at school. A guardian is named by
    their person number, and may live elsewhere.
    """

    person_number: str
    bsn: str = ""
    given_name: str
    family_name: str
    birth_date: date
    address: str = ""
    postcode: str = ""
    city: str = ""
    area: str = ""
    household_number: HouseholdNumber
    household_type: HouseholdType = "unknown"
    income: BasisPoints | None = None
    income_source: IncomeSource | None = None
    school_type: SchoolType | None = None
    guardian_number: str = ""
    valid_from: date
    left_on: date | None = None
    died_on: date | None = None

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return f"Resident(valid_from={self.valid_from})"


def age_on(birth_date: date, on: date) -> int:
    """Full years; who was born on 29 February turns a year older on 1 March of other years."""
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (not had_birthday)


def birthday(birth_date: date, age: int) -> date:
    """The day somebody reaches an age."""
    year = birth_date.year + age
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def newest_state(states: Sequence[Resident], today: date) -> Resident:
    """What holds today, of states newest first; of somebody yet to come, what will be first."""
    return next((one for one in states if one.valid_from <= today), states[-1])
