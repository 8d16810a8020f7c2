"""To whom the letter about somebody goes, and where: a household gets one letter.

What is about a child goes to the adult who manages its pass, one of its own household first. An
administrator (bewindvoerder) gets the letters of the people he manages, each household's apart from
those of others. A child whom no adult manages gets a letter for its parents or carers. Somebody
without an address to send it to gets none, and stands on a list.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from pas.db import Connection, Statement
from pas.ids import HouseholdNumber, ResidentId
from pas.letters.language_of import Choice, choice_of
from pas.press.printable import is_printable

Why = Literal["no-address", "unprintable"]
MOST_NAMES: Final = 2
FOR_CARERS: Final = "Aan de ouders of verzorgers van"
"""Dutch in every language: whoever brings the letter reads it."""


class ResidentRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId


class Key(msgspec.Struct, frozen=True, order=True):
    """Which people get a letter together: whose household it goes to, and whose it is about."""

    to: HouseholdNumber
    about: HouseholdNumber


class Place(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    to_household: HouseholdNumber
    about_household: HouseholdNumber


class Person(msgspec.Struct, frozen=True):
    """Somebody a letter is about, and who gets it as of a day."""

    resident_id: ResidentId
    name: str
    birth_date: date
    is_child: bool
    about_household: HouseholdNumber
    to_id: ResidentId
    to_name: str
    to_birth_date: date
    to_household: HouseholdNumber
    to_is_child: bool
    address: str
    postcode: str
    city: str
    language: str | None = None
    large_print: bool = False

    def key(self) -> Key:
        return Key(self.to_household, self.about_household)


class Recipient(msgspec.Struct, frozen=True):
    """One envelope: who gets it, and all whom it is about, the eldest first."""

    people: tuple[Person, ...]

    def first(self) -> Person:
        return self.people[0]

    def names(self) -> list[str]:
        """Name the adults who get it; two of them both."""
        adults = {one.to_id: one for one in sorted(self.people, key=lambda one: one.to_birth_date)}
        return [one.to_name for one in adults.values()][:MOST_NAMES]

    def is_for_carers(self) -> bool:
        return all(one.to_is_child for one in self.people)

    def lines(self) -> list[str]:
        """Write the address as it stands on the letter; the country of one abroad too."""
        whom = [FOR_CARERS] if self.is_for_carers() else []
        one = self.first()
        return [*whom, *self.names(), *_street(one), *_town(one)]

    def why_not(self) -> Why | None:
        """Say why no letter can be sent."""
        one = self.first()
        if not (one.address and (one.city or len(_street(one)) > 1)):
            return "no-address"
        printed = [*self.names(), one.address, one.city, *(person.name for person in self.people)]
        return None if all(map(is_printable, printed)) else "unprintable"

    def choice(self) -> Choice:
        """In which language and how large: as the eldest adult who gets it chose."""
        one = min(self.people, key=lambda one: (one.to_birth_date, one.to_id))
        return choice_of(one.language, large_print=one.large_print)


READ_KEYS: Final = Statement(
    """
    SELECT w.id AS resident_id, coalesce(a.household_number, v.household_number) AS to_household,
        v.household_number AS about_household
    FROM unnest($1::uuid[]) AS w (id)
    CROSS JOIN LATERAL (
        SELECT n.* FROM resident_version n WHERE n.resident_id = w.id
        ORDER BY n.valid_from <= $2::date DESC, abs(n.valid_from - $2::date) LIMIT 1
    ) v
    LEFT JOIN LATERAL (
        SELECT n.* FROM resident_version n
        WHERE n.resident_id = manages_letters_of(w.id, v.birth_date, v.household_number, $2::date) AND n.valid_from <= $2::date
        ORDER BY n.valid_from DESC LIMIT 1
    ) a ON true
    ORDER BY 2, 3, v.birth_date, w.id
    """,
    Place,
)
READ_PEOPLE: Final = Statement(
    """
    SELECT w.id AS resident_id, v.given_name || ' ' || v.family_name AS name, v.birth_date,
        v.birth_date > $2::date - interval '18 years' AS is_child, v.household_number AS about_household,
        t.resident_id AS to_id, t.given_name || ' ' || t.family_name AS to_name, t.birth_date AS to_birth_date,
        t.household_number AS to_household, t.birth_date > $2::date - interval '18 years' AS to_is_child,
        coalesce(t.address, '') AS address, coalesce(t.postcode, '') AS postcode, coalesce(t.city, '') AS city,
        h.language, coalesce(h.large_print, false) AS large_print
    FROM unnest($1::uuid[]) AS w (id)
    CROSS JOIN LATERAL (
        SELECT n.* FROM resident_version n WHERE n.resident_id = w.id
        ORDER BY n.valid_from <= $2::date DESC, abs(n.valid_from - $2::date) LIMIT 1
    ) v
    CROSS JOIN LATERAL (
        SELECT n.* FROM resident_version n
        WHERE n.resident_id = coalesce(manages_letters_of(w.id, v.birth_date, v.household_number, $2::date), w.id)
        ORDER BY n.valid_from <= $2::date DESC, abs(n.valid_from - $2::date) LIMIT 1
    ) t
    LEFT JOIN holder_preference h ON h.resident_id = t.resident_id
    ORDER BY v.birth_date, w.id
    """,
    Person,
)


async def grouped_residents(
    connection: Connection, residents: Sequence[ResidentId], *, on: date
) -> list[list[ResidentId]]:
    """Give who get a letter together, in an order that stays; only ids, so that a city fits."""
    groups: dict[Key, list[ResidentId]] = {}
    for row in await READ_KEYS.all(connection, residents, on):
        groups.setdefault(Key(row.to_household, row.about_household), []).append(row.resident_id)
    return list(groups.values())


async def read_recipients(
    connection: Connection, residents: Iterable[ResidentId], *, on: date
) -> list[Recipient]:
    people: dict[Key, list[Person]] = {}
    for person in await READ_PEOPLE.all(connection, list(residents), on):
        people.setdefault(person.key(), []).append(person)
    return [Recipient(tuple(people[key])) for key in sorted(people)]


def _street(person: Person) -> list[str]:
    """The lines of an address; one abroad, without a Dutch postcode, has them between commas."""
    cut = r"\n" if person.postcode else r"\n|,"
    return [line.strip() for line in re.split(cut, person.address) if line.strip()]


def _town(person: Person) -> list[str]:
    line = "  ".join(part for part in (person.postcode, person.city) if part)
    return [line] if line else []
