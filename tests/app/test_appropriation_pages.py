"""The money of a year on a page: what is short is said first."""

import httpx

from given.assessment import a_member, a_scheme_in_force
from given.days import NEW_YEAR, NOW, YEAR
from pas.auth.actor import SYSTEM
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_year
from pas.ids import MunicipalityName
from signed_in import signed_in


async def test_finance_sees_what_is_overspent_and_what_was_a_year_before(
    client: httpx.AsyncClient, connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    await a_member(connection, since=NEW_YEAR)
    task = Task(municipality=MunicipalityName("velsen"), year=YEAR, actor=SYSTEM, now=NOW)
    await assess_year(database, task)
    finance = await signed_in(client, connection, Role.FINANCE)

    shown = (await finance.look("appropriations")).text
    before = (await finance.look(f"appropriations?year={YEAR - 1}")).text

    assert "Er is €\u00a0200,00 meer toegekend dan begroot" in shown
    assert "€\u00a0200,00 te kort" in shown
    assert "Er is voor dit jaar nog geen geld" in before
    assert 'href="/velsen/appropriations"' in (await finance.look("")).text
