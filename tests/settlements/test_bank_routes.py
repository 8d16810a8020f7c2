"""Answers of the bank over HTTP: who may do what, and what they hear."""

import httpx
import pytest

from given.bank import Move, a_statement
from given.bank_world import WHOLE, World
from given.merchants import OTHER_IBAN
from pas.auth.csrf import csrf_token
from pas.auth.roles import Role
from pas.db import Connection
from signed_in import Visitor, signed_in

MATCH = {"reference": "velsen-1-F1", "because": "Zonder kenmerk geboekt"}


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


async def sent(who: Visitor, content: bytes) -> httpx.Response:
    headers = {"cookie": who._cookie, "x-csrf-token": csrf_token(who.token)}
    return await who.client.post(
        "/v1/velsen/bank-files?fileName=afschrift.xml", content=content, headers=headers
    )


async def test_a_file_goes_in_and_says_what_came_of_it(world: World, finance: Visitor) -> None:
    answer = await sent(finance, a_statement(WHOLE))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["booked"], said["open"], said["name"]) == (1, 0, "afschrift.xml")
    assert (await finance.ask(f"bank-files/{said['id']}")).json() == said
    [listed] = (await finance.ask("bank-files")).json()["items"]
    assert listed == said
    [item] = (await finance.ask(f"bank-files/{said['id']}/items")).json()["items"]
    assert (item["outcome"], item["runNumber"], item["fileNumber"]) == ("booked", 1, 1)
    assert await world.states() == ["paid"] * 3


async def test_two_people_match_over_http(
    world: World, finance: Visitor, approver: Visitor
) -> None:
    await sent(finance, a_statement(Move(cents=2_100)))
    [item] = (await approver.ask("bank-items")).json()["items"]
    path = f"bank-items/{item['id']}"
    assert item["why"] == "no_id"
    assert (await approver.tell(f"{path}/match", MATCH, method="PUT")).status_code == 403
    assert (await finance.tell(f"{path}/match", MATCH, method="PUT")).status_code == 200
    assert (await finance.tell(f"{path}/confirmation", {}, method="PUT")).status_code == 403
    assert (await approver.tell(f"{path}/refusal", {}, method="PUT")).status_code == 200
    dismissal = {"because": "Huur van de bibliotheek"}
    assert (await finance.tell(f"{path}/dismissal", dismissal, method="PUT")).status_code == 200
    assert (await finance.tell(f"{path}/refusal", {}, method="PUT")).status_code == 200
    assert (await finance.tell(f"{path}/match", MATCH, method="PUT")).status_code == 200
    assert (await approver.tell(f"{path}/confirmation", {}, method="PUT")).status_code == 200
    assert (await finance.ask("bank-items")).json()["items"] == []
    assert await world.states() == ["paid"] * 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing-body"),
        (b"Beste bank", "bank-file-unreadable"),
        (a_statement(WHOLE, closing=1), "statement-does-not-add-up"),
        (a_statement(WHOLE, account=OTHER_IBAN), "not-our-account"),
    ],
)
async def test_a_wrong_file_is_refused_with_what_to_do(
    world: World, finance: Visitor, content: bytes, code: str
) -> None:
    answer = await sent(finance, content)
    assert (answer.json()["code"], answer.json()["nextStep"] != "") == (code, True)
    assert (await finance.ask("bank-files")).json()["items"] == []


async def test_who_approves_takes_in_no_file(world: World, approver: Visitor) -> None:
    assert (await sent(approver, a_statement(WHOLE))).status_code == 403
    assert await world.states() == ["approved"] * 3


async def test_what_is_not_there_is_not_there(world: World, finance: Visitor) -> None:
    assert (await finance.ask(f"bank-files/{world.run}")).json()["code"] == "bank-answer-not-found"
