"""The swimming diploma: recorded by an officer, it ends the budget for lessons and nothing else."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from given.assessment import a_member, a_scheme_in_force, a_state, a_task
from given.logins import an_actor
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import assess_year
from pas.grants.follow_register import follow_register
from pas.grants.lapse import lapse_year
from pas.grants.record_diploma import (
    DiplomaDateWrong,
    DiplomaHolderUnknown,
    SwimmingDiploma,
    record_diploma,
)
from pas.ids import MunicipalityName, ResidentId
from pas.ledger.prove import prove
from people import Town

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
TODAY = datetime(2026, 5, 31, 22, tzinfo=UTC)
OFFICER = an_actor(Role.OFFICER)
BORN = date(2016, 6, 1)
EIGHTEEN = datetime(2034, 5, 31, 22, tzinfo=UTC)
YEAR_ENDS = datetime(2026, 12, 31, 23, tzinfo=UTC)


@pytest.fixture
async def child(connection: Connection, database: Database) -> ResidentId:
    """A child with a budget for lessons, one for the lessons after, and one for a pool."""
    lessons = {"unit": "child", "period": "once_per_child", "categories": ["zwemdiploma"]}
    await a_scheme_in_force(connection, "first", **lessons)
    await a_scheme_in_force(connection, "next", precondition="diploma", **lessons)
    await a_scheme_in_force(connection, "pool", precondition="diploma", categories=["swimming"])
    child = await a_member(connection, born=BORN)
    await assess_year(database, a_task())
    return child


async def ends(connection: Connection) -> dict[str, datetime]:
    rows = await connection.fetch(
        """
        SELECT s.code, a.usable_until FROM budget b JOIN scheme s ON s.id = b.scheme_id
        JOIN balance a ON a.account_id = b.account_id
        """
    )
    return {row["code"]: row["usable_until"] for row in rows}


async def records(
    connection: Connection, child: ResidentId, day: date | None, now: datetime = NOW
) -> None:
    await record_diploma(connection, child, SwimmingDiploma(day), actor=OFFICER, now=now)


async def test_the_budget_for_lessons_ends_at_the_diploma_never_in_the_past_and_returns(
    connection: Connection, database: Database, child: ResidentId
) -> None:
    await records(connection, child, date(2026, 5, 1))
    await records(connection, child, date(2026, 5, 1), LATER)

    assert await ends(connection) == {"first": TODAY, "next": EIGHTEEN, "pool": YEAR_ENDS}
    assert await connection.fetchval("SELECT count(*) FROM event WHERE kind LIKE 'swim%'") == 1
    report = await lapse_year(database, a_task(NOW + timedelta(days=1)))
    assert [one.scheme for one in report.schemes] == ["first"]
    assert (await prove(connection, NOW)).closes


async def test_a_diploma_that_was_recorded_by_mistake_gives_the_budget_back(
    connection: Connection, child: ResidentId
) -> None:
    await records(connection, child, date(2026, 5, 1))
    await records(connection, child, None)

    assert await ends(connection) == {"first": EIGHTEEN, "next": EIGHTEEN, "pool": YEAR_ENDS}


async def test_who_moves_away_and_back_does_not_have_the_lessons_back(
    connection: Connection, database: Database, child: ResidentId
) -> None:
    velsen = MunicipalityName("velsen")
    await records(connection, child, date(2026, 5, 1))
    await a_state(connection, child, born=BORN, since=date(2026, 6, 2), left_on=date(2026, 6, 2))
    await follow_register(database, velsen, actor=OFFICER, now=NOW + timedelta(days=2))
    gone = await ends(connection)
    await a_state(connection, child, born=BORN, since=date(2026, 6, 9))
    await follow_register(database, velsen, actor=OFFICER, now=LATER)

    assert set(gone.values()) == {TODAY, datetime(2026, 6, 2, 22, tzinfo=UTC)}
    assert await ends(connection) == {"first": TODAY, "next": EIGHTEEN, "pool": YEAR_ENDS}


async def test_lessons_that_began_before_the_diploma_may_be_paid_in_the_run_out(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(
        connection,
        unit="child",
        period="once_per_child",
        categories=["zwemdiploma"],
        run_out_days=30,
    )
    child = await a_member(connection, born=BORN)
    await assess_year(database, a_task())

    await records(connection, child, date(2026, 6, 1))

    assert list((await ends(connection)).values()) == [TODAY + timedelta(days=30)]


@pytest.mark.parametrize("day", [date(2026, 6, 2), date(2016, 5, 31)])
async def test_a_diploma_of_a_day_to_come_or_before_the_birth_is_refused(
    connection: Connection, child: ResidentId, day: date
) -> None:
    with pytest.raises(DiplomaDateWrong):
        await records(connection, child, day)
    with pytest.raises(DiplomaHolderUnknown):
        await records(connection, ResidentId(uuid4()), date(2026, 5, 1))


async def test_an_officer_records_a_diploma_over_http(town: Town, connection: Connection) -> None:
    child = await a_member(connection, born=BORN)
    officer = await town.officer(connection, Role.OFFICER)
    path = f"/v1/velsen/residents/{child}/swimming-diploma"

    kept = await officer.put(path, {"obtainedOn": "2025-05-01"})
    wrong = await officer.put(path, {"obtainedOn": "2999-01-01"})
    gone = await officer.put(path, {"obtainedOn": None})

    assert (kept.status_code, kept.json()) == (200, {"obtainedOn": "2025-05-01"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "diploma-date-wrong")
    assert gone.json() == {"obtainedOn": None}
