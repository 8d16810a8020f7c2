"""From the file of residents to the grant: a move to another address gives nothing twice."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from given.assessment import a_member, a_scheme_in_force, a_state, a_task
from given.files import a_file, a_resident_row
from given.logins import a_key_store, an_actor
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.applications import (
    ApplicationNotFound,
    Receipt,
    list_applications,
    read_application,
    withdraw_application,
)
from pas.grants.apply import (
    Application,
    HouseholdHasApplied,
    apply_for_household,
    household_of,
    own_application,
)
from pas.grants.assess import assess_year
from pas.grants.follow_register import follow_register
from pas.grants.record_income import FoundIncome, record_income
from pas.grants.unknown_incomes import applied_households
from pas.ids import ApplicationId, HouseholdNumber, MunicipalityName, ResidentId, uuid7
from pas.money import BasisPoints
from pas.passes.resident_files import COLUMNS
from pas.residents.import_residents import ResidentsFile, import_residents

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
OFFICER = an_actor(Role.OFFICER)


async def reads(
    database: Database, ring: KeyRing, *rows: Mapping[str, str], now: datetime = NOW
) -> None:
    file = ResidentsFile(source=a_file(COLUMNS, *rows), name="r.csv")
    done = await import_residents(
        database, MunicipalityName("velsen"), file, ring=ring, actor=OFFICER, now=now
    )
    assert done.refused == 0


async def test_a_couple_that_moves_within_the_city_keeps_its_one_grant_per_household(
    connection: Connection, database: Database, velsen: MunicipalityName, tmp_path: Path
) -> None:
    ring = a_key_store(tmp_path).ring(velsen)
    await a_scheme_in_force(connection, unit="household", valid_from=date(2026, 1, 1))
    couple = [
        a_resident_row(person_number="1", household_type="couple"),
        a_resident_row(person_number="2", household_type="couple", given_name="Sam"),
    ]
    await reads(database, ring, *couple)
    await assess_year(database, a_task(NOW))

    moved = [one | {"household_number": "H2", "valid_from": "2026-06-10"} for one in couple]
    await reads(database, ring, *moved, now=LATER)
    await follow_register(database, velsen, actor=OFFICER, now=LATER)
    report = await assess_year(database, a_task(LATER))

    (scheme,) = report.schemes
    assert (scheme.granted, scheme.held) == (0, 1)
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


def a_holder_actor(resident: ResidentId) -> Actor:
    return Actor(kind="holder", id=resident)


async def applies(connection: Connection, resident: ResidentId, *, now: datetime = NOW) -> Receipt:
    """The holder applies for the household where they live now."""
    asked = Application(
        id=ApplicationId(uuid7()),
        household=await household_of(connection, resident, now=now),
        year=2026,
        channel="page",
    )
    return await apply_for_household(connection, asked, actor=a_holder_actor(resident), now=now)


async def moves(
    connection: Connection, *residents: ResidentId, to: str, died_on: date | None = None
) -> None:
    for one in residents:
        await a_state(connection, one, to, income=None, since=date(2026, 6, 10), died_on=died_on)


async def test_an_application_moves_along_with_whoever_applied_and_is_answered_there(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    await a_scheme_in_force(connection)
    couple = [await a_member(connection, income=None) for _ in range(2)]
    made = await applies(connection, couple[0])
    await moves(connection, *couple, to="H2")
    await follow_register(database, velsen, actor=OFFICER, now=LATER)

    (waiting,) = await applied_households(connection, year=2026, on=LATER.date())
    for who in couple:
        actor = a_holder_actor(who)
        assert (await own_application(connection, made.id, actor=actor, now=LATER)).id == made.id
    found = FoundIncome(
        household=HouseholdNumber("H2"),
        income=BasisPoints(9_500),
        source="loonstrook",
        assessed_on=LATER.date(),
    )
    await record_income(connection, found, actor=OFFICER, now=LATER)

    assert waiting.household_number == "H2"
    assert (await read_application(connection, made.id)).state == "decided"


async def test_who_lives_at_the_old_number_now_does_not_see_the_application_and_may_apply(
    connection: Connection,
) -> None:
    mover = await a_member(connection, income=None)
    made = await applies(connection, mover)
    await moves(connection, mover, to="H2")
    newcomer = await a_member(connection, income=None, since=date(2026, 6, 11))

    with pytest.raises(ApplicationNotFound):
        await own_application(connection, made.id, actor=a_holder_actor(newcomer), now=LATER)
    assert (await applies(connection, newcomer, now=LATER)).state == "received"


async def test_who_moved_does_not_apply_twice_and_may_after_withdrawing(
    connection: Connection,
) -> None:
    mover = await a_member(connection, income=None)
    made = await applies(connection, mover)
    await moves(connection, mover, to="H2")

    with pytest.raises(HouseholdHasApplied):
        await applies(connection, mover, now=LATER)
    await withdraw_application(connection, made.id, actor=OFFICER, now=LATER)
    again = await applies(connection, mover, now=LATER)

    assert (again.state, again.household_number) == ("received", "H2")


async def test_two_that_applied_apart_and_move_in_together_are_both_answered(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    await a_scheme_in_force(connection)
    one, other = (
        await a_member(connection, income=None),
        await a_member(connection, "H2", income=None),
    )
    made = [await applies(connection, who) for who in (one, other)]
    await moves(connection, one, to="H2")
    await follow_register(database, velsen, actor=OFFICER, now=LATER)
    await a_state(connection, other, "H2", income=9_500, since=date(2026, 6, 11))
    await follow_register(database, velsen, actor=OFFICER, now=LATER)

    states = [(await read_application(connection, receipt.id)).state for receipt in made]
    assert states == ["decided", "decided"]


async def test_when_the_applicant_dies_the_application_goes_on_with_the_oldest_adult(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    applicant, partner = [await a_member(connection, income=None) for _ in range(2)]
    await applies(connection, applicant)
    await moves(connection, applicant, to="H1", died_on=date(2026, 6, 10))
    await follow_register(database, velsen, actor=OFFICER, now=LATER)
    await a_state(connection, partner, "H3", income=None, since=date(2026, 6, 12))
    await follow_register(database, velsen, actor=OFFICER, now=LATER)

    (waiting,) = await list_applications(connection)
    assert waiting.household_number == "H3"


async def test_when_a_household_splits_who_stays_at_the_number_can_be_granted_once(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    await a_scheme_in_force(connection, unit="household", valid_from=date(2026, 1, 1))
    mother = await a_member(connection, born=date(1980, 1, 1))
    father = await a_member(connection, born=date(1985, 1, 1))
    grown = await a_member(connection, born=date(2001, 1, 1))
    await assess_year(database, a_task(NOW))
    await a_state(connection, mother, "H2", born=date(1980, 1, 1), since=date(2026, 6, 10))
    reports = [await assess_year(database, a_task(LATER)) for _ in range(2)]
    await a_state(connection, father, "H3", born=date(1985, 1, 1), since=date(2026, 7, 1))
    await assess_year(database, a_task(LATER + timedelta(days=30)))

    assert [one.schemes[0].granted for one in reports] == [1, 0]
    rows = await connection.fetch("SELECT resident_id, claim_key FROM scheme_grant ORDER BY 2")
    assert [tuple(row) for row in rows] == [
        (mother, "household:H1"),
        (father, "household:H1:2"),
        (grown, "household:H1:3"),
    ]


async def test_two_that_decide_at_once_grant_the_half_that_stays_once(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    await a_scheme_in_force(connection, unit="household", valid_from=date(2026, 1, 1))
    mother = await a_member(connection, born=date(1980, 1, 1))
    await a_member(connection, born=date(1985, 1, 1))
    await assess_year(database, a_task(NOW))
    await a_state(connection, mother, "H2", born=date(1980, 1, 1), since=date(2026, 6, 10))

    async def apply_once() -> None:
        asked = Application(
            id=ApplicationId(uuid7()), household=HouseholdNumber("H1"), year=2026, channel="paper"
        )
        async with database.connection(velsen) as one:
            await apply_for_household(one, asked, actor=OFFICER, now=LATER)

    await asyncio.gather(*(apply_once() for _ in range(3)), return_exceptions=True)

    keys = await connection.fetch("SELECT claim_key FROM scheme_grant ORDER BY claim_key")
    assert [row["claim_key"] for row in keys] == ["household:H1", "household:H1:2"]
