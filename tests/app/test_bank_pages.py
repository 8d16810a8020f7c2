"""The pages of the bank lead: hand over a file, see what it did, and say with two what was not recognised."""

import re
from pathlib import Path
from secrets import token_hex

import httpx
import pytest

from given.bank import Move, a_statement
from given.bank_world import WHOLE, World
from given.logins import a_key_store
from given.settlements import VELSEN
from pas.auth.csrf import csrf_token
from pas.auth.roles import Role
from pas.db import Connection
from signed_in import Visitor, signed_in

BANK = "settlements/bank"


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


@pytest.fixture
async def world(connection: Connection, tmp_path: Path) -> World:
    ring = a_key_store(tmp_path / "of-bank", cities=("velsen",)).ring(VELSEN)
    return await World(connection, ring).laid_out()


async def sent(who: Visitor, content: bytes | None) -> httpx.Response:
    """Choose a file in the form, as a browser does."""
    edge, token = token_hex(8), csrf_token(who.token)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'.encode()
    ]
    if content is not None:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="afschrift.xml"\r\nContent-Type: text/xml\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    headers = {
        "cookie": who._cookie,
        "accept": "text/html",
        "content-type": f"multipart/form-data; boundary={edge}",
    }
    body = b"".join([*parts, f"--{edge}--\r\n".encode()])
    return await who.client.post(f"/velsen/{BANK}", content=body, headers=headers)


async def test_a_file_is_handed_over_and_says_what_it_did(world: World, finance: Visitor) -> None:
    assert "Lees het bestand in" in (await finance.look(BANK)).text
    answer = await sent(finance, a_statement(WHOLE, Move(cents=1)))
    assert answer.status_code == 303, answer.text
    told = (await finance.look(answer.headers["location"].removeprefix("/velsen/"))).text
    assert "velsen-1-F1" in told
    assert "Niet alles is herkend" in told
    assert "Er staat geen kenmerk van ons bij." in (await finance.look(BANK)).text
    assert await world.states() == ["paid"] * 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Kies een bestand van de bank."),
        (b"Beste bank", "Dit is geen heel XML-bestand."),
        (a_statement(WHOLE, closing=1), "maken niet"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said_at_the_field(
    world: World, finance: Visitor, content: bytes | None, said: str
) -> None:
    answer = await sent(finance, content)
    assert answer.status_code == 400
    assert said in answer.text


async def test_two_people_say_what_it_is(world: World, finance: Visitor, approver: Visitor) -> None:
    await sent(finance, a_statement(Move(cents=2_100, words="Huur zaal")))
    found = re.search(r"settlements/bank/items/[0-9a-f-]{36}", (await finance.look(BANK)).text)
    assert found is not None
    item = found[0]
    assert "Huur zaal" in (await approver.look(item)).text
    wrong = {"kind": "match", "reference": "iets", "because": "Dag klopt"}
    assert "niet van een betaling bij de bank" in (await finance.send(f"{item}/match", wrong)).text
    right = wrong | {"reference": "velsen-1-F1"}
    assert (await finance.send(f"{item}/match", right)).status_code == 303
    own, other = (await finance.look(item)).text, (await approver.look(item)).text
    assert "Trek mijn voorstel in" in own
    assert "boek het" not in own
    assert "velsen-1-F1 is betaald." in other
    assert "Wacht op een tweede persoon" in (await approver.look(BANK)).text
    assert (await approver.send(f"{item}/confirmation", {})).status_code == 303
    assert "Geboekt door twee mensen" in (await approver.look(item)).text
    assert await world.states() == ["paid"] * 3


async def test_who_approves_sees_no_form_for_a_file(world: World, approver: Visitor) -> None:
    assert "Lees het bestand in" not in (await approver.look(BANK)).text
    assert (await sent(approver, a_statement(WHOLE))).status_code == 403


async def test_the_answers_of_the_demonstration_are_in_the_demonstration_alone(
    world: World, finance: Visitor
) -> None:
    assert "bank-answers" not in (await finance.look(f"settlements/{world.run}")).text
    answer = await finance.look(f"settlements/{world.run}/bank-answers/camt.053.xml")
    assert answer.status_code == 404
