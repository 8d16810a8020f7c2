"""Unknown incomes: who waits, what an officer records, and the decision that follows at once."""

from datetime import UTC, date, datetime

import asyncpg
import pytest

from given.assessment import a_member, a_scheme_in_force, a_state
from given.logins import an_actor
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.applications import read_application
from pas.grants.apply import Application, HouseholdUnknown, apply_for_household
from pas.grants.assess import Task, assess_year
from pas.grants.decide import Round
from pas.grants.record_income import FoundIncome, IncomeDateWrong, record_income
from pas.grants.unknown_incomes import applied_households, unknown_households
from pas.ids import ApplicationId, HouseholdNumber, MunicipalityName, uuid7
from pas.money import BasisPoints

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
OFFICER = an_actor(Role.OFFICER)


async def recorded(
    connection: Connection, income: int, *, household: str = "H1", on: date = TODAY
) -> list[Round]:
    found = FoundIncome(
        household=HouseholdNumber(household),
        income=BasisPoints(income),
        source="loonstrook",
        assessed_on=on,
    )
    return await record_income(connection, found, actor=OFFICER, now=NOW)


async def applied(connection: Connection, year: int = 2026) -> ApplicationId:
    application = Application(
        id=ApplicationId(uuid7()), household=HouseholdNumber("H1"), year=year, channel="paper"
    )
    made = await apply_for_household(connection, application, actor=OFFICER, now=NOW)
    return made.id


async def test_an_application_is_decided_for_the_whole_household_with_the_income(
    connection: Connection,
) -> None:
    await a_scheme_in_force(connection)
    await a_scheme_in_force(connection, "school", unit="child")
    await a_member(connection, income=None)
    await a_member(connection, income=None, born=date(2016, 1, 1))
    application = await applied(connection)

    (made,) = await recorded(connection, 11_000)

    assert sorted(len(one.decision.granted) for one in made.decided) == [1, 2]
    assert await connection.fetchval("SELECT count(*) FROM pass") == 2
    assert await connection.fetch("SELECT DISTINCT cause FROM decision") == [("application",)]
    assert (await read_application(connection, application)).state == "decided"


async def test_an_income_that_is_too_high_is_answered_too_and_may_be_asked_again(
    connection: Connection,
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection, income=None)
    for _ in range(2):
        application = await applied(connection)
        await recorded(connection, 11_001)
        assert (await read_application(connection, application)).state == "decided"

    assert await connection.fetchval("SELECT count(*) FROM decision") == 2
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 0


async def test_a_year_to_come_that_was_applied_for_is_decided_too(connection: Connection) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection, income=None)
    await applied(connection, 2027)

    rounds = await recorded(connection, 10_000)

    assert [one.decided[0].decision.year for one in rounds] == [2026, 2027]
    rows = await connection.fetch("SELECT year, cause FROM decision ORDER BY year")
    assert [tuple(row) for row in rows] == [(2026, "assessment"), (2027, "application")]


async def test_what_an_officer_found_moves_along_with_the_adults_it_is_about(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    mother, father = [await a_member(connection, income=None) for _ in range(2)]
    child = await a_member(connection, income=None, born=date(2012, 1, 1))
    await recorded(connection, 9_500)
    await a_scheme_in_force(connection)
    for who, home in ((mother, "H2"), (child, "H2"), (father, "H3")):
        born = date(2012, 1, 1) if who == child else date(1990, 5, 17)
        await a_state(connection, who, home, born=born, income=None, since=date(2026, 6, 2))
    stranger = await a_member(connection, "H1", income=None, since=date(2026, 6, 2))
    later = Task(
        municipality=velsen, year=2026, actor=OFFICER, now=datetime(2026, 6, 9, 12, tzinfo=UTC)
    )

    await assess_year(database, later)

    rows = await connection.fetch("SELECT resident_id FROM scheme_grant")
    assert {row["resident_id"] for row in rows} == {mother, child, father}
    waiting = await unknown_households(connection, year=2026, on=date(2026, 6, 9))
    assert [one.resident_id for one in waiting] == [stranger]


async def test_an_income_verdict_is_never_changed(connection: Connection) -> None:
    await a_member(connection, income=None)
    await recorded(connection, 10_000)

    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("UPDATE income_verdict SET income = 1")


@pytest.mark.parametrize(
    ("on", "said"),
    [(date(2026, 6, 2), "komen"), (date(2024, 12, 31), "te ver terug")],
)
async def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(
    connection: Connection, on: date, said: str
) -> None:
    await a_member(connection, income=None)

    with pytest.raises(IncomeDateWrong, match=said):
        await recorded(connection, 10_000, on=on)
    assert await connection.fetchval("SELECT count(*) FROM income_verdict") == 0


async def test_an_income_older_than_the_files_is_refused(connection: Connection) -> None:
    resident = await a_member(connection, income=9_000)
    await a_state(connection, resident, income=9_500, since=date(2026, 5, 1))

    with pytest.raises(IncomeDateWrong, match="nieuwer"):
        await recorded(connection, 12_000, on=date(2026, 4, 30))
    with pytest.raises(HouseholdUnknown):
        await recorded(connection, 12_000, household="H9")


async def test_whose_income_is_unknown_is_listed_until_somebody_knows(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection, "H0", income=9_500)
    await a_member(connection, "H1", income=None)
    await a_member(connection, "H2", income=None)
    await a_member(connection, "H3", income=None, left_on=date(2026, 2, 1))
    await applied(connection)
    task = Task(municipality=MunicipalityName("velsen"), year=2026, actor=OFFICER, now=NOW)
    await assess_year(database, task)

    waiting = await unknown_households(connection, year=2026, on=TODAY)
    assert [(one.household_number, one.received_at) for one in waiting] == [
        ("H1", NOW),
        ("H2", None),
    ]
    assert [
        one.household_number for one in await applied_households(connection, year=2026, on=TODAY)
    ] == ["H1"]
    behind = await unknown_households(connection, year=2026, on=TODAY, after=waiting[0].resident_id)
    assert [one.household_number for one in behind] == ["H2"]

    await recorded(connection, 20_000)
    left = await unknown_households(connection, year=2026, on=TODAY)
    assert [one.household_number for one in left] == ["H2"]
