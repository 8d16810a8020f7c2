"""Money set aside opens the accounts of a year as the year begins: a closed pot or open."""

from datetime import UTC, date, datetime

from given.assessment import a_member, a_scheme_in_force
from given.logins import an_actor
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.appropriations import Appropriation, CoverLine, set_aside
from pas.grants.assess import Task, assess_year
from pas.ids import EntryId, MunicipalityName, uuid7
from pas.money import Cents
from pas.schemes.model import Status

JANUARY = datetime(2026, 1, 15, 12, tzinfo=UTC)
OFFICER, FINANCE = an_actor(Role.OFFICER), an_actor(Role.FINANCE)
TURN = date(2026, 9, 1)


async def closed_until_september(connection: Connection, *, then: Status = "proposed") -> None:
    await a_scheme_in_force(connection, closed_pot=True, valid_until=TURN)
    await a_scheme_in_force(connection, valid_from=TURN, status=then)


async def money(
    connection: Connection, cents: int, *, year: int = 2026, now: datetime = JANUARY
) -> Appropriation:
    line = CoverLine(
        id=EntryId(uuid7()),
        scheme="sport_kinderen",
        year=year,
        cover_line="minimabeleid",
        amount_cents=Cents(cents),
    )
    return await set_aside(connection, line, actor=FINANCE, now=now)


async def test_a_pot_that_is_closed_when_the_year_begins_is_not_overspent_whatever_comes_later(
    connection: Connection, database: Database
) -> None:
    await closed_until_september(connection)
    await money(connection, 30_000)
    for number in range(3):
        await a_member(connection, f"H{number}")
    task = Task(municipality=MunicipalityName("velsen"), year=2026, actor=OFFICER, now=JANUARY)

    report = await assess_year(database, task)

    (scheme,) = report.schemes
    assert (scheme.granted, scheme.refused, scheme.granted_cents) == (1, 2, 20_000)


async def test_money_for_a_year_to_come_looks_at_its_first_day(connection: Connection) -> None:
    await closed_until_september(connection, then="in_force")

    assert (await money(connection, 100)).closed_pot
    assert not (await money(connection, 100, year=2027)).closed_pot


async def test_a_year_begins_in_the_month_that_the_municipality_chose(
    connection: Connection,
) -> None:
    await closed_until_september(connection, then="in_force")
    await change_municipality_settings(connection, {"passYearStartMonth": 9}, actor=OFFICER)

    assert not (await money(connection, 100)).closed_pot
    assert (await money(connection, 100, year=2025)).closed_pot


async def test_where_nothing_holds_yet_the_first_version_that_will_decides(
    connection: Connection,
) -> None:
    await a_scheme_in_force(connection, status="ended", valid_until=date(2026, 1, 2))
    await a_scheme_in_force(
        connection, closed_pot=True, valid_from=date(2026, 3, 1), valid_until=TURN
    )
    await a_scheme_in_force(connection, valid_from=TURN)

    assert (await money(connection, 100)).closed_pot
