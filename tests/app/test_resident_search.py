"""Looking somebody up: every way finds, every mistake stands beside its field, every look is noted."""

from datetime import date

import httpx
import pytest

from given.cards import a_resident
from pas.auth.roles import Role
from pas.db import Connection
from signed_in import signed_in


async def test_somebody_is_found_by_name_and_birth_date_and_the_look_is_noted(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    resident = await a_resident(connection, birth_date=date(1990, 5, 17))
    officer = await signed_in(client, connection, Role.OFFICER)
    form = {"family_name": "de w", "birth_date": "17-5-1990"}
    answer = await officer.send("residents", form)
    assert answer.status_code == 200
    assert f"/velsen/residents/{resident}" in answer.text
    noted = await connection.fetch("SELECT subject_id, activity, actor_id FROM processing_log")
    assert [tuple(row) for row in noted] == [
        (resident, "resident.searched.question", officer.login)
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Vul een naam en geboortedatum in."),
        ({"family_name": "de Wit"}, "Vul ook de geboortedatum in."),
        ({"birth_date": "17-5-1990"}, "Vul ook de achternaam in"),
        ({"family_name": "de Wit", "birth_date": "17 mei"}, "Typ de datum zo: 17-5-1990."),
        ({"family_name": "de Wit", "birth_date": "31-2-1990"}, "Deze dag bestaat niet."),
        ({"card": "12"}, 'id="card-fout"'),
    ],
)
async def test_what_is_wrong_stands_beside_the_field(
    client: httpx.AsyncClient, connection: Connection, typed: dict[str, str], sentence: str
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    answer = await officer.send("residents", typed)
    assert answer.status_code == 400
    assert sentence in answer.text


async def test_nobody_found_says_what_to_do(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    answer = await officer.send("residents", {"person_number": "999"})
    assert "Er is niemand gevonden" in answer.text


async def test_the_form_needs_its_token_and_the_permission(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    policy = await signed_in(client, connection, Role.POLICY)
    form = {"person_number": "1001"}
    assert (await officer.send("residents", form, csrf=False)).status_code == 403
    assert (await policy.send("residents", form)).status_code == 403
