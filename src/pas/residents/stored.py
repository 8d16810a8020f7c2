"""Residents as they are stored, in the shape in which rows of a file are compared with them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import HouseholdNumber, ResidentId
from pas.money import BasisPoints
from pas.passes.residents import HouseholdType, IncomeSource, Resident, SchoolType


class StateRow(msgspec.Struct, frozen=True):
    """What is known of a resident from ``valid_from`` on."""

    id: ResidentId
    person_number: str
    has_citizen_number: bool
    valid_from: date
    given_name: str
    family_name: str
    birth_date: date
    address: str | None
    postcode: str | None
    city: str | None
    area: str | None
    household_number: HouseholdNumber
    household_type: HouseholdType
    income: BasisPoints | None
    income_source: IncomeSource | None
    school_type: SchoolType | None
    left_on: date | None
    died_on: date | None
    guardian_number: str | None


class HashRow(msgspec.Struct, frozen=True):
    """Whose citizen number has this hash."""

    id: ResidentId
    person_number: str
    bsn_hash: bytes | None


READ_STATES: Final = Statement(
    """
    SELECT r.id, r.person_number, r.bsn_hash IS NOT NULL AS has_citizen_number, v.valid_from,
        v.given_name, v.family_name, v.birth_date, v.address, v.postcode, v.city, v.area,
        v.household_number, v.household_type, v.income, v.income_source, v.school_type, v.left_on,
        v.died_on, v.guardian_number
    FROM resident r JOIN resident_version v ON v.resident_id = r.id
    WHERE r.person_number = ANY ($1::text[])
    ORDER BY r.id, v.valid_from
    """,
    StateRow,
)
READ_HASHES: Final = Statement(
    """
    SELECT id, person_number, bsn_hash FROM resident WHERE person_number = ANY ($1::text[])
    UNION
    SELECT id, person_number, bsn_hash FROM resident WHERE bsn_hash = ANY ($2::bytea[])
    """,
    HashRow,
)


class Person(msgspec.Struct):
    """Somebody whose rows are being taken: grows with every row that is kept."""

    id: ResidentId
    is_new: bool
    bsn_hash: bytes | None = None
    states: list[Resident] = []


class Known(msgspec.Struct, frozen=True):
    """Everybody that a chunk of rows is about, and who has its citizen numbers."""

    people: dict[str, Person]
    owner_of_hash: dict[bytes, str]


async def read_known(
    connection: Connection, numbers: Sequence[str], hashes: Sequence[bytes]
) -> Known:
    people: dict[str, Person] = {}
    owners: dict[bytes, str] = {}
    for row in await READ_HASHES.all(connection, numbers, hashes):
        people[row.person_number] = Person(row.id, is_new=False, bsn_hash=row.bsn_hash)
        if row.bsn_hash is not None:
            owners[row.bsn_hash] = row.person_number
    for row in await READ_STATES.all(connection, numbers):
        people[row.person_number].states.append(resident_of(row))
    return Known(people, owners)


def resident_of(row: StateRow) -> Resident:
    """Without the citizen number, which is stored so that nobody can read it here."""
    return Resident(
        person_number=row.person_number,
        given_name=row.given_name,
        family_name=row.family_name,
        birth_date=row.birth_date,
        address=row.address or "",
        postcode=row.postcode or "",
        city=row.city or "",
        area=row.area or "",
        household_number=row.household_number,
        household_type=row.household_type,
        income=row.income,
        income_source=row.income_source,
        school_type=row.school_type,
        valid_from=row.valid_from,
        left_on=row.left_on,
        died_on=row.died_on,
        guardian_number=row.guardian_number or "",
    )
