"""A till gets in by its signature, and where tills may."""

from datetime import UTC, datetime

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from doors import BODY, a_session, cookie
from given.city import a_merchant, a_till
from given.logins import a_login
from pas.auth.csrf import csrf_token
from pas.auth.roles import Role
from pas.auth.till_signature import sign_request
from pas.db import Connection
from pas.ids import TillId, uuid7


class Device:
    """A till with its private key."""

    def __init__(self, till: TillId) -> None:
        self.till = till
        self.key = ed25519.Ed25519PrivateKey.generate()

    def signed(self, path: str, body: bytes = BODY) -> dict[str, str]:
        return {
            "content-type": "application/json",
            **sign_request(
                self.key,
                till_id=self.till,
                method="POST",
                target=path,
                body=body,
                now=datetime.now(UTC),
            ),
        }


@pytest.fixture
async def device(connection: Connection) -> Device:
    till = await a_till(connection, await a_merchant(connection))
    device = Device(till.id)
    public = device.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    await connection.execute("UPDATE till SET public_key = $2 WHERE id = $1", till.id, public)
    return device


async def test_a_till_gets_in_by_its_signature(browser: httpx.AsyncClient, device: Device) -> None:
    path = "/v1/velsen/tills-only"
    answer = await browser.post(path, headers=device.signed(path), content=BODY)
    assert answer.text == str(device.till)


async def test_a_till_gets_in_nowhere_else(browser: httpx.AsyncClient, device: Device) -> None:
    path = "/v1/velsen/officers-only"
    answer = await browser.post(path, headers=device.signed(path), content=BODY)
    assert answer.status_code == 401


async def test_a_copied_signature_is_refused_with_another_body(
    browser: httpx.AsyncClient, device: Device
) -> None:
    path = "/v1/velsen/tills-only"
    answer = await browser.post(path, headers=device.signed(path), content=BODY.replace(b"1", b"9"))
    assert (answer.status_code, answer.json()["code"]) == (401, "till-signature-wrong")


@pytest.mark.usefixtures("almere")
async def test_a_tills_signature_is_worth_nothing_in_another_municipality(
    browser: httpx.AsyncClient, device: Device
) -> None:
    here = "/v1/velsen/tills-only"
    assert (await browser.post(here, headers=device.signed(here), content=BODY)).is_success
    headers = device.signed("/v1/almere/tills-only")
    answer = await browser.post("/v1/almere/tills-only", headers=headers, content=BODY)
    assert (answer.status_code, answer.json()["code"]) == (401, "till-unknown")


async def test_a_till_that_was_never_paired_is_refused(browser: httpx.AsyncClient) -> None:
    path = "/v1/velsen/tills-only"
    stranger = Device(TillId(uuid7()))
    answer = await browser.post(path, headers=stranger.signed(path), content=BODY)
    assert (answer.status_code, answer.json()["code"]) == (401, "till-unknown")


async def test_a_route_for_tills_or_the_counter_takes_both_and_nobody_else(
    browser: httpx.AsyncClient, connection: Connection, device: Device
) -> None:
    path = "/v1/velsen/tills-or-counter"
    assert (await browser.post(path, headers=device.signed(path), content=BODY)).is_success
    for role, status in ((Role.COUNTER, 201), (Role.OFFICER, 403)):
        token = await a_session(connection, await a_login(connection, role))
        headers = {**cookie(token), "x-csrf-token": csrf_token(token)}
        assert (await browser.post(path, headers=headers, json={})).status_code == status


async def test_the_tills_key_is_read_once(
    browser: httpx.AsyncClient, connection: Connection, device: Device
) -> None:
    path = "/v1/velsen/tills-only"
    assert (await browser.post(path, headers=device.signed(path), content=BODY)).is_success
    await connection.execute("UPDATE till SET state = 'revoked'")
    # Its state is for the use case to judge: here only the signature counts.
    assert (await browser.post(path, headers=device.signed(path), content=BODY)).is_success
