"""What an assessment looks at: versions, persons and households, as facts and in the tables."""

from datetime import date, datetime
from typing import Final

import msgspec

from given.logins import NOON, OFFICER, an_actor
from pas.auth.actor import SYSTEM
from pas.auth.roles import Role
from pas.db import Connection
from pas.grants.assess import Task
from pas.grants.facts import Decision, EarlierGrant, HouseholdFacts, PersonFacts
from pas.ids import (
    HouseholdNumber,
    MunicipalityName,
    ResidentId,
    SchemeVersionId,
    uuid7,
)
from pas.money import BasisPoints, Cents
from pas.schemes.keep_version import add_version
from pas.schemes.model import Amount, SchemeVersion, StoredVersion

_VERSIONS: Final[dict[SchemeVersionId, SchemeVersion]] = {}


def a_version(code: str = "sport_kinderen", **fields: object) -> StoredVersion:
    """A version in force since 2026, € 200 for everybody up to 110 %, unless said otherwise."""
    defaults: dict[str, object] = {
        "code": code,
        "title": code.replace("_", " "),
        "status": "in_force",
        "valid_from": date(2026, 1, 1),
        "categories": frozenset(("sport",)),
        "allowance": Amount(Cents(20_000)),
        "unit": "person",
        "income_limit": BasisPoints(11_000),
        "period": "pass_year",
    }
    # convert, not the constructor: a builder takes fields by name, of any type.
    version = msgspec.convert(
        msgspec.to_builtins({**defaults, **fields}), SchemeVersion, strict=True
    )
    stored = StoredVersion(id=SchemeVersionId(uuid7()), version=version)
    _VERSIONS[stored.id] = version
    return stored


def a_person(birth_date: date = date(1990, 5, 17), **fields: object) -> PersonFacts:
    defaults: dict[str, object] = {"resident": uuid7(), "birth_date": birth_date}
    defaults["here_from"] = birth_date
    return msgspec.convert({**defaults, **fields}, PersonFacts)


def a_household(
    *members: PersonFacts, income: int | None = 9_500, number: str = "H1"
) -> HouseholdFacts:
    return HouseholdFacts(
        number=HouseholdNumber(number),
        income=None if income is None else BasisPoints(income),
        members=members or (a_person(),),
    )


def earlier_grants(*decisions: Decision) -> list[EarlierGrant]:
    """What was granted, as the next assessment sees it."""
    return [
        EarlierGrant(
            version=_VERSIONS[one.version],
            resident=decision.resident,
            claim_key=one.award.claim_key,
            period_key=one.award.period_key,
            starts_on=one.award.starts_on,
            ends_on=one.award.ends_on,
        )
        for decision in decisions
        for one in decision.granted
        if one.award
    ]


async def a_scheme_in_force(
    connection: Connection, code: str = "sport_kinderen", **fields: object
) -> SchemeVersionId:
    """A version as ``a_version`` makes it, stored."""
    return await add_version(connection, a_version(code, **fields).version, actor=SYSTEM)


async def a_member(
    connection: Connection,
    household: str = "H1",
    *,
    born: date = date(1990, 5, 17),
    income: int | None = 9_500,
    since: date = date(2026, 1, 1),
    left_on: date | None = None,
) -> ResidentId:
    """A resident, member of a household from a day on."""
    resident = ResidentId(uuid7())
    await connection.execute(
        "INSERT INTO resident (id, person_number) VALUES ($1, $2)", resident, resident.hex
    )
    await a_state(
        connection, resident, household, born=born, income=income, since=since, left_on=left_on
    )
    return resident


async def a_state(
    connection: Connection,
    resident: ResidentId,
    household: str = "H1",
    *,
    born: date = date(1990, 5, 17),
    income: int | None = 9_500,
    since: date = date(2026, 1, 1),
    left_on: date | None = None,
    died_on: date | None = None,
    school_type: str | None = None,
) -> None:
    """What is known of a resident from a day on."""
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, school_type, left_on, died_on, recorded_by)
        VALUES ($1, $2, 'Sanne', 'de Wit', $3, $4, 'unknown', $5, $6, $7, $8, $9)
        """,
        *(resident, since, born, household, income, school_type, left_on, died_on, OFFICER),
    )


def a_task(now: datetime = NOON, *, year: int = 2026) -> Task:
    """An assessment or a lapse of Velsen, asked for by an officer."""
    return Task(
        municipality=MunicipalityName("velsen"), year=year, actor=an_actor(Role.OFFICER), now=now
    )
