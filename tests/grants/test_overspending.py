"""Over-spending blocks nobody and is told each time that it grows: in the log, a gauge and a page."""

from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from given.assessment import a_member, a_scheme_in_force
from given.days import NEW_YEAR, NOW, TODAY, YEAR
from given.logins import an_actor
from pas.app.gauges import Gauges
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.apply import Application, apply_for_household
from pas.grants.appropriations import CoverLine, set_aside
from pas.grants.assess import Task, assess_year
from pas.grants.deviate import Proposal, confirm_deviation, propose_deviation
from pas.grants.follow_register import follow_register
from pas.grants.record_income import FoundIncome, record_income
from pas.ids import (
    ApplicationId,
    EntryId,
    HouseholdNumber,
    MunicipalityName,
    SchemeVersionId,
    uuid7,
)
from pas.money import BasisPoints, Cents

VELSEN = MunicipalityName("velsen")
OFFICER, APPROVER = an_actor(Role.OFFICER), an_actor(Role.APPROVER)


async def gauge(database: Database) -> str:
    told = (await Gauges(database).exposition()).decode()
    labels = f'municipality="velsen",scheme="sport_kinderen",year="{YEAR}"'
    (line,) = [one for one in told.splitlines() if one.startswith("pas_overspent_cents{" + labels)]
    return line.split()[-1]


def assess(database: Database) -> Awaitable[object]:
    task = Task(municipality=VELSEN, year=YEAR, actor=OFFICER, now=NOW)
    return assess_year(database, task)


async def by_application(connection: Connection, _d: Database, _v: SchemeVersionId) -> None:
    await a_member(connection, "H2", since=NEW_YEAR)
    asked = Application(
        id=ApplicationId(uuid7()), household=HouseholdNumber("H2"), year=YEAR, channel="counter"
    )
    await apply_for_household(connection, asked, actor=OFFICER, now=NOW)


async def by_an_income(connection: Connection, _d: Database, _v: SchemeVersionId) -> None:
    await a_member(connection, "H2", income=None, since=NEW_YEAR)
    found = FoundIncome(
        household=HouseholdNumber("H2"),
        income=BasisPoints(9_000),
        source="loonstrook",
        assessed_on=TODAY,
    )
    await record_income(connection, found, actor=OFFICER, now=NOW)


async def by_a_deviation(connection: Connection, _d: Database, version: SchemeVersionId) -> None:
    resident = await a_member(connection, "H2", income=99_000, since=NEW_YEAR)
    proposal = Proposal(
        resident=resident, version=version, year=YEAR, effect="grant", reason="Nodig voor school."
    )
    made = await propose_deviation(connection, proposal, actor=OFFICER, now=NOW)
    await confirm_deviation(connection, made.id, actor=APPROVER, now=NOW)


async def by_an_arrival(connection: Connection, database: Database, _v: SchemeVersionId) -> None:
    await a_member(connection, "H2", since=NEW_YEAR)
    await follow_register(database, VELSEN, actor=OFFICER, now=NOW)


async def by_an_assessment(connection: Connection, database: Database, _v: SchemeVersionId) -> None:
    await a_member(connection, "H2", since=NEW_YEAR)
    await assess(database)


@pytest.mark.parametrize(
    "grant", [by_application, by_an_income, by_a_deviation, by_an_arrival, by_an_assessment]
)
async def test_each_way_of_granting_raises_the_alarm_once_and_money_takes_it_back(
    connection: Connection,
    database: Database,
    grant: Callable[[Connection, Database, SchemeVersionId], Awaitable[None]],
) -> None:
    version = await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    await assess(database)
    assert await gauge(database) == "0.0"

    with capture_logs() as logs:
        await grant(connection, database, version)
        await follow_register(database, VELSEN, actor=OFFICER, now=NOW)

    alarms = [one for one in logs if one["event"] == "appropriation-overspent"]
    assert [(one["scheme"], one["overspent_cents"]) for one in alarms] == [
        ("sport_kinderen", 20_000)
    ]
    assert await gauge(database) == "20000.0"

    line = CoverLine(
        id=EntryId(uuid7()),
        scheme="sport_kinderen",
        year=YEAR,
        cover_line="reserve",
        amount_cents=Cents(20_000),
    )
    await set_aside(connection, line, actor=OFFICER, now=NOW)
    assert await gauge(database) == "0.0"


async def test_money_that_came_back_by_a_refund_is_seen_with_the_next_look_at_the_register(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    await assess(database)
    await connection.execute("UPDATE appropriation SET overspent_cents = 100")
    assert await gauge(database) == "100.0"

    await follow_register(database, VELSEN, actor=OFFICER, now=NOW)

    assert await gauge(database) == "0.0"
