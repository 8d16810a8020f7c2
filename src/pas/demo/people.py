"""The people of the demonstration city: names, birth dates, schools, addresses, citizen numbers."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from stdnum.nl import bsn as eleven_test

from pas.demo.draw import Draw
from pas.demo.figures import AREA_NAMES, assumed, read_table
from pas.demo.homes import Home
from pas.ids import HouseholdNumber
from pas.passes.residents import ADULT_AGE, Resident, SchoolType, age_on

PENSION_AGE: Final = 67
OLDEST: Final = 92
OLDEST_GROWN_UP_CHILD: Final = 27
DAYS_IN_A_YEAR: Final = 365
HIGHEST_HOUSE_NUMBER: Final = 180
ADDITIONS: Final = ("", "", "", "", "", " A", " B", "-2", " rd")
# The 999 series of citizen numbers is kept for tests: no resident has one.
FIRST_CITIZEN_NUMBER: Final = 99_900_000
CITIZEN_NUMBERS: Final = 100_000
STEP_BETWEEN_CITIZEN_NUMBERS: Final = 7

SCHOOLS_BELOW_AGE: Final[tuple[tuple[int, tuple[SchoolType | None, ...]], ...]] = (
    (4, ("none",)),
    (12, ("primary",)),
    (13, ("primary", "secondary", "secondary")),
    (16, ("secondary",)),
    (18, ("secondary", "secondary", "vocational", "vocational", "none")),
    (23, ("vocational", "higher", "none", None)),
)
"""Drawn evenly from what stands behind the first higher age; invented."""


class Names(msgspec.Struct, frozen=True):
    """The names of one origin and how many households in a hundred bear them."""

    share_pct: int
    given: tuple[str, ...]
    family: tuple[str, ...]


class Street(msgspec.Struct, frozen=True):
    area: str
    city: str
    street: str
    postcode: str


def people_of(
    homes: Sequence[Home], draw: Draw, *, reference_date: date
) -> Iterator[tuple[Home, list[Resident]]]:
    """The members of every household as the municipality knows them on the reference date.

    An income that the municipality does not know is empty, and so is its source.
    """
    names, streets = _names(), _streets()
    numbers, citizen_share = citizen_numbers(), assumed()["with_citizen_number_pct"]
    person_number = 100_000
    for home in homes:
        bearing = _chosen(names, draw)
        family = draw.one(bearing.family)
        at = draw.one([street for street in streets if street.area == home.area])
        address = f"{at.street} {draw.between(1, HIGHEST_HOUSE_NUMBER)}{draw.one(ADDITIONS)}"
        members: list[Resident] = []
        for place, age in enumerate(_ages(home, draw)):
            person_number += draw.between(1, 9)
            has_number = draw.chance(citizen_share)
            members.append(
                Resident(
                    person_number=f"P{person_number}",
                    bsn=next(numbers) if has_number else "",
                    given_name=draw.one(bearing.given),
                    family_name=draw.one(bearing.family) if _is_partner(home, place) else family,
                    birth_date=_birth_date(age, draw, reference_date),
                    address=address,
                    postcode=at.postcode,
                    city=at.city,
                    area=AREA_NAMES[home.area],
                    household_number=HouseholdNumber(home.number),
                    household_type=home.type,
                    income=home.income if home.known else None,
                    income_source=home.source if home.known else None,
                    school_type=_school(age, draw),
                    valid_from=reference_date,
                )
            )
        assert sum(age_on(one.birth_date, reference_date) < ADULT_AGE for one in members) == (
            home.children
        )
        yield home, members


def citizen_numbers() -> Iterator[str]:
    """Numbers of the 999 series that pass the eleven-test, each once."""
    for index in range(CITIZEN_NUMBERS):
        prefix = FIRST_CITIZEN_NUMBER + index * STEP_BETWEEN_CITIZEN_NUMBERS % CITIZEN_NUMBERS
        check = sum(int(digit) * (9 - place) for place, digit in enumerate(str(prefix))) % 11
        number = f"{prefix}{check}"
        if eleven_test.is_valid(number):
            yield number


def _is_partner(home: Home, place: int) -> bool:
    return home.partner and place == 1


def _ages(home: Home, draw: Draw) -> list[int]:
    """Head, partner, grown-up child, children; parents are old enough to be parents."""
    children = sorted(draw.shuffled(range(ADULT_AGE))[: home.children], reverse=True)
    grown_up = [draw.between(ADULT_AGE, OLDEST_GROWN_UP_CHILD)] if home.grown_up else []
    if home.source == "aow":
        head = draw.between(PENSION_AGE, OLDEST)
    elif children or grown_up:
        head = min(max([*grown_up, *children]) + draw.between(20, 36), PENSION_AGE - 1)
    else:
        head = draw.between(21, PENSION_AGE - 1)
    partner = [max(21, head - draw.between(0, 6))] if home.partner else []
    return [head, *partner, *grown_up, *children]


def _birth_date(age: int, draw: Draw, reference_date: date) -> date:
    """A day such that somebody is exactly so old on the reference date."""
    birthday = reference_date.replace(year=reference_date.year - age)
    return birthday - timedelta(days=draw.below(DAYS_IN_A_YEAR))


def _school(age: int, draw: Draw) -> SchoolType | None:
    for below, schools in SCHOOLS_BELOW_AGE:
        if age < below:
            return draw.one(schools)
    return None


def _chosen(names: Sequence[Names], draw: Draw) -> Names:
    left = draw.below(100)
    for one in names:
        left -= one.share_pct
        if left < 0:
            return one
    raise AssertionError("the shares of the names add up to a hundred")


def _names() -> list[Names]:
    rows = list(read_table("names.csv"))
    origins = dict.fromkeys((row["origin"], int(row["share_pct"])) for row in rows)
    return [
        Names(
            share,
            tuple(_of(rows, origin, "given")),
            tuple(_of(rows, origin, "family")),
        )
        for origin, share in origins
    ]


def _of(rows: Sequence[dict[str, str]], origin: str, kind: str) -> Iterator[str]:
    for row in rows:
        if row["origin"] == origin and row["kind"] == kind:
            yield row["name"]


def _streets() -> list[Street]:
    return [msgspec.convert(row, Street) for row in read_table("streets.csv")]
