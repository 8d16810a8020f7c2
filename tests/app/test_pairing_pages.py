"""The pages with which a manager makes tills, and a device opens the one that it was paired with."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from given.city import Merchant, Till, a_merchant, a_till
from given.merchants import a_device
from pas.auth.cookies import cookie_name
from pas.auth.roles import Role
from pas.auth.till_signature import sign_request
from pas.db import Connection
from pas.ids import MunicipalityName, TillId
from pas.merchants.pair_till import pair_till
from signed_in import Visitor, signed_in
from signing import SigningTill, paired

VELSEN = MunicipalityName("velsen")
SESSION = "/velsen/till/session"


@pytest.fixture
async def merchant(connection: Connection) -> Merchant:
    return await a_merchant(connection)


@pytest.fixture
async def manager(client: httpx.AsyncClient, connection: Connection, merchant: Merchant) -> Visitor:
    return await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=merchant.id)


async def state_of(connection: Connection, till: Till) -> str:
    return await connection.fetchval("SELECT state FROM till WHERE id = $1", till.id)


# --- on the merchant's page ------------------------------------------------------------------


async def test_a_manager_makes_a_till_whose_code_pairs_one_device(
    connection: Connection, manager: Visitor, merchant: Merchant
) -> None:
    tills = f"merchants/{merchant.id}/tills"
    nameless = await manager.send(tills, {"name": " "})
    made = await manager.send(tills, {"name": "bar"})
    code = re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]", made.text)
    assert nameless.status_code == 400
    assert code is not None
    assert "<svg" in made.text
    assert "no-store" in made.headers["cache-control"]
    key = ec.generate_private_key(ec.SECP256R1())
    device = a_device(code[0], key=key)
    done = await pair_till(connection, device, municipality=VELSEN, now=datetime.now(UTC))
    assert done.name == "bar"
    listed = (await manager.look(tills)).text
    assert "in gebruik" in listed
    assert code[0] not in listed


async def test_a_code_that_was_not_used_is_replaced_by_a_new_one(
    manager: Visitor, merchant: Merchant
) -> None:
    tills = f"merchants/{merchant.id}/tills"
    await manager.send(tills, {"name": "bar"})
    renew = re.search(rf"/velsen/({tills}/[0-9a-f-]+/code)", (await manager.look(tills)).text)
    assert renew is not None
    answer = await manager.send(renew[1], {})
    assert "maar één keer" in answer.text


async def test_a_manager_pauses_starts_and_ends_a_till(
    connection: Connection, manager: Visitor, merchant: Merchant
) -> None:
    till = await a_till(connection, merchant)
    at = f"merchants/{merchant.id}/tills"
    states: list[str] = []
    for what in ("pause", "resume", "revoke"):
        assert f"{till.id}/{what}" in (await manager.look(at)).text
        assert (await manager.send(f"{at}/{till.id}/{what}", {})).status_code == 303
        states.append(await state_of(connection, till))
    assert states == ["paused", "active", "revoked"]
    assert "voorgoed" in (await manager.look(f"{at}/{till.id}/revoke")).text
    assert str(till.id) not in (await manager.look(at)).text


async def test_what_the_municipality_paused_a_manager_cannot_start(
    connection: Connection, manager: Visitor, merchant: Merchant
) -> None:
    till = await a_till(connection, merchant)
    await connection.execute("UPDATE till SET state = 'paused', paused_by = 'municipality'")
    listed = (await manager.look(f"merchants/{merchant.id}/tills")).text
    assert "stilgezet door de gemeente" in listed
    assert f"{till.id}/resume" not in listed


async def test_a_manager_of_another_merchant_reaches_no_till(
    client: httpx.AsyncClient, connection: Connection, manager: Visitor, merchant: Merchant
) -> None:
    other = await a_merchant(connection)
    till = await a_till(connection, other)
    theirs, mixed = f"merchants/{other.id}/tills", f"merchants/{merchant.id}/tills/{till.id}"
    registrar = await signed_in(client, connection, Role.REGISTRAR)
    answers = [
        await manager.look(theirs),
        await manager.send(theirs, {"name": "bar"}),
        await manager.send(f"{theirs}/{till.id}/revoke", {}),
        await manager.send(f"{mixed}/revoke", {}),
        await registrar.send(f"{mixed}/revoke", {}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 404, 404]
    assert await state_of(connection, till) == "active"


# --- on the device ---------------------------------------------------------------------------


@pytest.fixture
async def device(
    client: httpx.AsyncClient, connection: Connection, merchant: Merchant
) -> SigningTill:
    return await paired(client, connection, await a_till(connection, merchant))


async def page_token(client: httpx.AsyncClient) -> str:
    """Open the page that pairs, in a new browser."""
    client.cookies.clear()
    shown = (await client.get("/velsen/till/pair", headers={"accept": "text/html"})).text
    return shown.partition('data-token="')[2].partition('"')[0]


def signed(device: SigningTill, token: str) -> tuple[dict[str, str], bytes]:
    body = urlencode({"csrf_token": token}).encode()
    headers = sign_request(
        device.key,
        till_id=TillId(device.till.id),
        method="POST",
        target=SESSION,
        body=body,
        now=datetime.now(UTC),
    )
    return headers | {"content-type": "application/x-www-form-urlencoded"}, body


async def opened(client: httpx.AsyncClient, device: SigningTill) -> httpx.Response:
    headers, body = signed(device, await page_token(client))
    return await client.post(SESSION, content=body, headers=headers)


async def test_a_device_opens_its_till_until_it_is_revoked(
    client: httpx.AsyncClient, connection: Connection, device: SigningTill
) -> None:
    html = {"accept": "text/html"}
    assert (await opened(client, device)).status_code == 204
    assert "Kassa bar" in (await client.get("/velsen/till", headers=html)).text

    await connection.execute("UPDATE till SET state = 'revoked'")
    again = await client.get("/velsen/till", headers=html)
    assert again.headers["location"] == "/velsen/sign-in?returnTo=%2Fvelsen%2Ftill"
    assert "/velsen/till/pair" in (await client.get(again.headers["location"])).text
    refused = await opened(client, device)
    assert (refused.status_code, refused.json()["code"]) == (409, "till-is-revoked")


async def test_a_copied_request_opens_nothing_in_another_browser(
    client: httpx.AsyncClient, device: SigningTill
) -> None:
    headers, body = signed(device, await page_token(client))
    own = await page_token(client)
    for more in ({}, {"x-csrf-token": own}):
        copied = await client.post(SESSION, content=body, headers=headers | more)
        assert (copied.status_code, copied.json()["code"]) == (403, "form-expired")
        assert cookie_name("session", VELSEN, over_tls=False) not in client.cookies


async def test_nobody_opens_a_till_without_its_key(
    client: httpx.AsyncClient, device: SigningTill
) -> None:
    token = await page_token(client)
    bare = await client.post(SESSION, data={"csrf_token": token})
    stranger = SigningTill(client, device.till, ed25519.Ed25519PrivateKey.generate())
    headers, body = signed(stranger, token)
    wrong = await client.post(SESSION, content=body, headers=headers)
    assert (bare.status_code, wrong.status_code) == (401, 401)
