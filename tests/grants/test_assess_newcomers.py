"""Births, arrivals and incomes that become known after the assessment of a year."""

from datetime import UTC, date, datetime, timedelta

from assessing import NOW, OFFICER, follow
from given.assessment import a_member, a_scheme_in_force, a_state, a_task
from pas.db import Connection, Database
from pas.grants.assess import assess_year
from pas.grants.record_income import FoundIncome, record_income
from pas.ids import HouseholdNumber, ResidentId
from pas.money import BasisPoints


async def test_births_and_arrivals_after_the_assessment_are_assessed_with_their_household(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection)
    await assess_year(database, a_task())
    baby = await a_member(connection, born=date(2026, 6, 2), since=date(2026, 6, 2))
    arrived = await a_member(connection, "H2", since=date(2026, 6, 2))
    await a_member(connection, "H3", since=date(2026, 6, 2), income=None)

    report = await follow(database, NOW + timedelta(days=2))
    again = await follow(database, NOW + timedelta(days=3))

    assert (report.households_assessed, report.persons_granted) == (3, 2)
    assert again.persons_granted == 0
    rows = await connection.fetch(
        "SELECT resident_id, cause FROM decision WHERE cause <> 'assessment'"
    )
    assert {row["resident_id"]: row["cause"] for row in rows} == {baby: "birth", arrived: "arrival"}


async def test_before_the_first_assessment_nobody_is_a_newcomer(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection)

    assert (await follow(database)).households_assessed == 0


async def recorded_before_the_assessment(superuser: Connection, who: ResidentId) -> None:
    day_before = NOW - timedelta(days=1)
    await superuser.execute("UPDATE resident SET created_at = $2 WHERE id = $1", who, day_before)
    await superuser.execute(
        "UPDATE resident_version SET recorded_at = $2 WHERE resident_id = $1", who, day_before
    )


async def test_who_was_away_on_the_day_of_the_assessment_is_assessed_after_coming_back(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    who = await a_member(connection, left_on=date(2026, 5, 1))
    await recorded_before_the_assessment(superuser, who)
    await assess_year(database, a_task())
    await a_state(connection, who, since=date(2026, 6, 10))

    before = await follow(database, NOW + timedelta(days=2))
    report = await follow(database, NOW + timedelta(days=9))
    again = await follow(database, NOW + timedelta(days=10))

    assert (before.persons_granted, report.persons_granted) == (0, 1)
    assert (again.households_assessed, again.persons_granted) == (0, 0)


async def test_who_was_filed_before_the_assessment_and_came_after_it_is_assessed_on_that_day(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    who = await a_member(connection, since=date(2026, 6, 10))
    stayed = await a_member(connection, "H2", income=None)
    for one in (who, stayed):
        await recorded_before_the_assessment(superuser, one)
    await assess_year(database, a_task())

    early = await follow(database, NOW + timedelta(days=2))
    report = await follow(database, NOW + timedelta(days=9))

    assert early.households_assessed == 0
    assert (report.households_assessed, report.persons_granted) == (1, 1)
    assert await connection.fetchval("SELECT cause FROM decision") == "arrival"


async def causes_of(connection: Connection) -> list[tuple[int, str]]:
    rows = await connection.fetch("SELECT year, cause FROM decision ORDER BY decided_at, year")
    return [(row["year"], row["cause"]) for row in rows]


async def test_an_income_that_a_file_brings_after_the_assessment_is_decided_about_once(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    who = await a_member(connection, income=None)
    still_unknown = await a_member(connection, "H2", income=None)
    for one in (who, still_unknown):
        await recorded_before_the_assessment(superuser, one)
    await assess_year(database, a_task())
    await a_state(connection, who, since=date(2026, 6, 2), income=9_000)

    reports = [await follow(database, NOW + timedelta(days=days)) for days in (2, 3)]

    assert [(one.households_assessed, one.persons_granted) for one in reports] == [(1, 1), (0, 0)]
    assert await causes_of(connection) == [(2026, "income")]


async def test_an_income_that_becomes_known_is_decided_about_beside_what_is_held_already(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    born = date(2016, 6, 1)
    await a_scheme_in_force(connection, "swim", unit="child", period="once_per_child")
    child = await a_member(connection, born=born)
    await recorded_before_the_assessment(superuser, child)
    await assess_year(database, a_task())
    await a_state(connection, child, born=born, since=date(2026, 7, 1), income=None)
    await a_scheme_in_force(connection, "sport", valid_from=date(2027, 1, 1))
    await superuser.execute("UPDATE resident_version SET recorded_at = $1", NOW)
    await assess_year(database, a_task(datetime(2027, 1, 5, 12, tzinfo=UTC), year=2027))
    await a_state(connection, child, born=born, since=date(2027, 1, 6), income=9_000)

    report = await follow(database, datetime(2027, 1, 7, 12, tzinfo=UTC))

    assert report.persons_granted == 1
    assert (await causes_of(connection))[1:] == [(2027, "assessment"), (2027, "income")]


async def test_a_rise_or_a_move_of_a_household_that_was_decided_about_is_no_news(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    rises, moves = await a_member(connection), await a_member(connection, "H2", income=14_000)
    for one in (rises, moves):
        await recorded_before_the_assessment(superuser, one)
    await assess_year(database, a_task())
    await a_state(connection, rises, since=date(2026, 6, 2), income=14_000)
    await a_state(connection, moves, "H3", since=date(2026, 6, 2), income=14_000)

    report = await follow(database, NOW + timedelta(days=2))

    assert report.households_assessed == 0
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


async def test_who_moves_in_does_not_keep_an_income_from_being_decided_about(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    known, unknown = await a_member(connection), await a_member(connection, "H2", income=None)
    for one in (known, unknown):
        await recorded_before_the_assessment(superuser, one)
    await assess_year(database, a_task())
    await a_state(connection, known, "H2", since=date(2026, 6, 2))

    report = await follow(database, NOW + timedelta(days=2))

    assert (report.households_assessed, report.persons_granted) == (1, 1)


async def test_who_moves_alone_into_a_household_that_was_decided_about_is_decided_about_once(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    known, alone = await a_member(connection), await a_member(connection, "H2", income=None)
    for one in (known, alone):
        await recorded_before_the_assessment(superuser, one)
    await assess_year(database, a_task())
    await a_state(connection, alone, "H1", since=date(2026, 6, 2), income=None)

    report = await follow(database, NOW + timedelta(days=2))
    again = await follow(database, NOW + timedelta(days=3))

    assert (report.households_assessed, report.persons_granted) == (1, 1)
    assert (again.households_assessed, again.persons_granted) == (0, 0)


async def test_an_income_found_while_the_next_year_is_assessed_already_is_decided_for_both(
    connection: Connection, database: Database
) -> None:
    december = datetime(2026, 12, 1, 12, tzinfo=UTC)
    await a_scheme_in_force(connection)
    await a_member(connection, income=None)
    await assess_year(database, a_task(december, year=2027))
    found = FoundIncome(
        household=HouseholdNumber("H1"),
        income=BasisPoints(9_000),
        source="loonstrook",
        assessed_on=date(2026, 12, 9),
    )

    await record_income(connection, found, actor=OFFICER, now=december + timedelta(days=9))
    report = await follow(database, december + timedelta(days=10))

    years = await connection.fetch("SELECT budget_year FROM scheme_grant ORDER BY budget_year")
    assert [row["budget_year"] for row in years] == [2026, 2027]
    assert report.households_assessed == 0


async def test_a_birth_does_not_overrule_the_income_that_an_officer_found(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection, income=14_000, since=date(2025, 1, 1))
    april = datetime(2026, 4, 1, 12, tzinfo=UTC)
    await assess_year(database, a_task(april - timedelta(days=30)))
    found = FoundIncome(
        household=HouseholdNumber("H1"),
        income=BasisPoints(9_500),
        source="loonstrook",
        assessed_on=date(2026, 4, 1),
    )
    await record_income(connection, found, actor=OFFICER, now=april)
    baby = await a_member(
        connection, born=date(2026, 5, 20), since=date(2026, 5, 20), income=14_000
    )

    await follow(database)

    rows = await connection.fetch("SELECT resident_id FROM scheme_grant")
    assert baby in {row["resident_id"] for row in rows}
