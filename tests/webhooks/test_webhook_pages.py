"""Webhooks over HTTP: the manager's pages and the API, with the secret once and a log in words."""

import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import httpx
import pytest

from browsing import browsing
from given.city import Merchant, a_merchant
from given.merchants import of_merchant
from given.webhooks import URL, an_endpoint
from pas.auth.keys import KeyRing, KeyStore
from pas.auth.roles import Role
from pas.db import Connection
from pas.installation import Access
from pas.outgoing.post import Problem, Sent
from pas.settings import Settings
from pas.webhooks.deliver import take_due, write_down
from pas.webhooks.deliveries import send_test
from pas.webhooks.model import Endpoint
from signed_in import Visitor, signed_in

SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
TICKED = {"redemption.booked": "ja", "till.paused": "ja"}


@pytest.fixture
async def client(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client


@pytest.fixture
async def merchant(connection: Connection) -> Merchant:
    return await a_merchant(connection)


@pytest.fixture
async def manager(client: httpx.AsyncClient, connection: Connection, merchant: Merchant) -> Visitor:
    return await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=merchant.id)


async def tried(
    connection: Connection, endpoint: Endpoint, problem: Problem | None, answer: str
) -> None:
    """Send a test message, with this result."""
    await connection.execute("UPDATE webhook_endpoint SET quiet_until = NULL")
    actor, now = of_merchant(endpoint.merchant_id), datetime.now(UTC)
    await send_test(connection, endpoint.merchant_id, endpoint.id, actor=actor, now=now)
    [due] = await take_due(connection, most=1, now=now)
    status = 200 if problem is None else 500
    sent = Sent(status, problem, 34, answer)
    await write_down(connection, due, sent, chance=0, now=now)


async def test_a_manager_makes_an_endpoint_and_sees_its_secret_this_once(
    manager: Visitor, merchant: Merchant
) -> None:
    at = f"merchants/{merchant.id}/webhooks"
    made = await manager.send(at, {"url": URL, **TICKED})
    secrets = SECRET.findall(made.text)
    listed = (await manager.look(at)).text
    one = re.search(rf"/velsen/({at}/[0-9a-f-]{{36}})", listed)
    assert one is not None
    shown = (await manager.look(one[1])).text
    assert len(secrets) == 1
    assert "maar één keer" in made.text
    assert "no-store" in made.headers["cache-control"]
    assert SECRET.findall(listed + shown) == []
    assert URL in shown

    renewed = await manager.send(f"{one[1]}/secret", {})
    assert SECRET.findall(renewed.text) not in ([], secrets)
    assert "nog een dag" in renewed.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"url": "", **TICKED}, "Vul het webadres in."),
        ({"url": "http://kassa.nl", **TICKED}, "Het adres moet met https:// beginnen."),
        ({"url": "https://127.0.0.1/", **TICKED}, "Gebruik de naam van uw server"),
        ({"url": URL}, "Kies waarover u berichten wilt."),
    ],
)
async def test_what_is_wrong_in_the_form_is_said(
    manager: Visitor, merchant: Merchant, fields: dict[str, str], sentence: str
) -> None:
    answer = await manager.send(f"merchants/{merchant.id}/webhooks", fields)
    assert answer.status_code == 400
    assert sentence in answer.text


async def test_the_log_says_how_each_message_went_and_shows_answers_as_text(
    connection: Connection, manager: Visitor, merchant: Merchant, ring: KeyRing
) -> None:
    made = (await an_endpoint(connection, merchant.id, ring=ring)).endpoint
    await tried(connection, made, None, "ok")
    await tried(connection, made, "not-accepted", "<script>alert(1)</script>")
    shown = (await manager.look(f"merchants/{merchant.id}/webhooks/{made.id}")).text
    assert "aangekomen" in shown
    assert "Uw server nam het niet aan." in shown
    assert "Volgende poging" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown


async def test_a_manager_switches_tries_chooses_and_ends_by_pages(
    connection: Connection, manager: Visitor, merchant: Merchant, ring: KeyRing
) -> None:
    made = (await an_endpoint(connection, merchant.id, ring=ring)).endpoint
    at = f"merchants/{merchant.id}/webhooks/{made.id}"
    states: list[str] = []
    for act in ("test", "pause", "resume", "end"):
        assert f"{made.id}/{act}" in (await manager.look(at)).text
        assert (await manager.send(f"{at}/{act}", {})).status_code == 303
        states.append(await connection.fetchval("SELECT state FROM webhook_endpoint"))
        if act == "resume":
            await manager.send(f"{at}/events", {"till.revoked": "ja"})
            assert (await manager.send(f"{at}/events", {})).status_code == 400
    assert states == ["active", "paused", "active", "ended"]
    assert await connection.fetchval("SELECT events FROM webhook_endpoint") == ["till.revoked"]
    assert (await manager.send(f"{at}/erase", {})).status_code == 404
    assert "Zet weer aan" not in (await manager.look(at)).text


async def test_the_api_does_the_same_and_shows_a_secret_once(
    connection: Connection, manager: Visitor, merchant: Merchant
) -> None:
    at = f"merchants/{merchant.id}/webhook-endpoints"
    made = await manager.tell(at, {"url": URL, "events": ["till.paused"]})
    assert made.status_code == 201, made.text
    one = f"{at}/{made.json()['endpoint']['id']}"
    changed = await manager.tell(one, {"events": ["till.revoked"]}, method="PUT")
    paused = await manager.tell(f"{one}/state", {"state": "paused"}, method="PUT")
    refused = await manager.tell(f"{one}/test-messages", {})
    await manager.tell(f"{one}/state", {"state": "active"}, method="PUT")
    asked = await manager.tell(f"{one}/test-messages", {})
    log = await manager.ask(f"{one}/deliveries")
    again = await manager.tell(f"{one}/deliveries/{asked.json()['messageId']}/tries", {})
    renewed = await manager.tell(f"{one}/secrets", {})
    ended = await manager.tell(one, {}, method="DELETE")
    read = [await manager.ask(path) for path in (at, one)]

    assert SECRET.fullmatch(made.json()["secret"])
    assert SECRET.fullmatch(renewed.json()["secret"])
    assert changed.json()["events"] == ["till.revoked"]
    assert paused.json()["state"] == "paused"
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook-rests")
    assert [item["type"] for item in log.json()["items"]] == ["endpoint.test"]
    assert (asked.status_code, again.status_code, ended.status_code) == (202, 202, 204)
    assert read[1].json()["state"] == "ended"
    assert not any(SECRET.search(answer.text) for answer in [*read, log, changed, paused])


@pytest.mark.parametrize(
    "body",
    [
        {"url": "https://10.0.0.1/", "events": ["till.paused"]},
        {"url": URL, "events": []},
        {"url": URL, "events": ["resident.changed"]},
        {"url": URL, "events": ["till.paused"], "secret": "whsec_mine"},
    ],
)
async def test_the_api_refuses_what_cannot_be(
    manager: Visitor, merchant: Merchant, body: dict[str, object]
) -> None:
    answer = await manager.tell(f"merchants/{merchant.id}/webhook-endpoints", body)
    assert answer.status_code == 400, answer.text


async def test_a_manager_of_another_merchant_reaches_no_endpoint(
    connection: Connection, manager: Visitor, merchant: Merchant, ring: KeyRing
) -> None:
    other = await a_merchant(connection)
    theirs = (await an_endpoint(connection, other.id, ring=ring)).endpoint
    pages, api = "merchants/{}/webhooks/{}", "merchants/{}/webhook-endpoints/{}"
    answers = [
        await manager.look(pages.format(other.id, theirs.id)),
        await manager.look(pages.format(merchant.id, theirs.id)),
        await manager.send(pages.format(merchant.id, theirs.id) + "/secret", {}),
        await manager.ask(api.format(other.id, theirs.id)),
        await manager.ask(api.format(merchant.id, theirs.id)),
        await manager.ask(api.format(merchant.id, theirs.id) + "/deliveries"),
        await manager.tell(api.format(merchant.id, theirs.id) + "/secrets", {}),
    ]
    assert [one.status_code for one in answers] == [403, 404, 404, 403, 404, 404, 404]


async def test_a_failing_endpoint_waits_on_the_managers_first_page(
    connection: Connection, manager: Visitor, merchant: Merchant, ring: KeyRing
) -> None:
    made = (await an_endpoint(connection, merchant.id, ring=ring)).endpoint
    await connection.execute("UPDATE webhook_endpoint SET state = 'failing'")
    first = (await manager.look("")).text
    shown = (await manager.look(f"merchants/{merchant.id}/webhooks/{made.id}")).text
    assert "1 webadres krijgt onze berichten niet meer" in first
    assert "drie dagen lang niets" in shown
