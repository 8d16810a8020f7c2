"""The swimming diploma as a page: recorded, seen with the person, withdrawn."""

from datetime import date, timedelta

import httpx
import pytest

from given.assessment import a_member
from given.days import NEW_YEAR, TODAY, YEAR
from page_forms import form_in
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import ResidentId
from signed_in import Visitor, signed_in


@pytest.fixture
async def child(connection: Connection) -> ResidentId:
    await a_member(connection, since=NEW_YEAR)
    return await a_member(connection, born=date(YEAR - 10, 1, 1), since=NEW_YEAR)


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


async def test_an_officer_records_a_diploma_and_withdraws_it(
    officer: Visitor, connection: Connection, child: ResidentId
) -> None:
    person, path = f"residents/{child}", f"residents/{child}/swimming-diploma"
    assert path in (await officer.look(person)).text
    assert form_in((await officer.look(path)).text, "")["obtained_on"] == ""
    recorded = await officer.send(path, {"obtained_on": f"17-5-{YEAR - 1}"})
    assert recorded.headers["location"] == f"/velsen/{person}"
    assert f"gehaald op 17 mei {YEAR - 1}" in (await officer.look(person)).text
    form = form_in((await officer.look(path)).text, "")
    assert form["obtained_on"] == f"17-5-{YEAR - 1}"
    withdrawn = await officer.send(path, {"obtained_on": ""})
    assert withdrawn.status_code == 303
    assert "Zwemdiploma" not in (await officer.look(person)).text
    events = await connection.fetch("SELECT actor_id FROM event WHERE kind LIKE 'swimming%'")
    assert [row["actor_id"] for row in events] == [officer.login] * 2


@pytest.mark.parametrize(
    "typed", ["17 mei", "31-2-2024", str(TODAY + timedelta(days=2)), f"1-1-{YEAR - 11}"]
)
async def test_a_day_that_cannot_be_stands_beside_the_field_as_it_was_typed(
    officer: Visitor, child: ResidentId, typed: str
) -> None:
    answer = await officer.send(f"residents/{child}/swimming-diploma", {"obtained_on": typed})
    assert answer.status_code == 400
    assert 'id="obtained_on-fout"' in answer.text
    assert form_in(answer.text, "")["obtained_on"] == typed


async def test_only_who_may_records_a_diploma(
    client: httpx.AsyncClient, connection: Connection, officer: Visitor, child: ResidentId
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)
    path, form = f"residents/{child}/swimming-diploma", {"obtained_on": f"17-5-{YEAR - 1}"}
    assert path not in (await counter.look(f"residents/{child}")).text
    assert (await counter.look(path)).status_code == 403
    assert (await counter.send(path, form)).status_code == 403
    assert (await officer.send(path, form, csrf=False)).status_code == 403
    assert "Zwemdiploma" not in (await officer.look(f"residents/{child}")).text
