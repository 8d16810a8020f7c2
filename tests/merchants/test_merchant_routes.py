"""Merchants over HTTP: who may, what is refused with which words, and the whole road of a till."""

import base64
import re
from uuid import uuid4

import httpx
import msgspec
import pytest

from given.days import YEAR
from given.merchants import IBAN, OTHER_IBAN, a_device, a_registration, the_categories
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import MerchantId
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from pas.merchants.import_job import KIND
from pas.merchants.merchant_files import COLUMNS
from people import Person, Town

MERCHANTS = "/v1/velsen/merchants"
REGISTRATION = msgspec.to_builtins(a_registration())


@pytest.fixture
async def registrar(town: Town, connection: Connection) -> Person:
    await the_categories(connection)
    return await town.officer(connection, Role.REGISTRAR)


@pytest.fixture
async def approver(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.APPROVER)


async def registered(registrar: Person, **parts: object) -> str:
    answer = await registrar.post(MERCHANTS, {**REGISTRATION, **parts})
    assert answer.status_code == 201, answer.text
    return f"{MERCHANTS}/{answer.json()['id']}"


def pairing_of(invitation: httpx.Response) -> dict[str, str]:
    """What a device sends that scanned the QR code."""
    code = invitation.json()["pairingCode"]
    device = a_device(code)
    return {
        "code": code,
        "algorithm": device.algorithm,
        "publicKey": base64.b64encode(device.public_key).decode(),
        "signature": base64.urlsafe_b64encode(device.signature).decode().rstrip("="),
    }


async def test_a_merchant_is_registered_approved_and_found(
    registrar: Person, approver: Person
) -> None:
    merchant = await registered(registrar, payoutAccount={"iban": IBAN, "holder": "Bad"})
    approved = await approver.put(f"{merchant}/state", {"state": "approved"})
    shown = (await registrar.get(merchant)).json()
    listed = (await registrar.get(f"{MERCHANTS}?search=heeren&state=approved")).json()

    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert shown["accountWaiting"]["iban"] == "NL91 •••• 4300"
    assert [one["visitPriceCents"] for one in shown["agreements"]] == [None, 450]
    assert [one["categories"] for one in listed["items"]] == [["sport", "swimming"]]


async def test_who_registers_does_not_approve(registrar: Person) -> None:
    merchant = await registered(registrar)
    refused = await registrar.put(f"{merchant}/state", {"state": "approved"})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission-missing")


async def test_suspending_needs_a_reason(registrar: Person, approver: Person) -> None:
    merchant = await registered(registrar)
    refused = await approver.put(f"{merchant}/state", {"state": "ended"})
    assert refused.status_code == 400
    assert refused.json()["errors"] == [{"field": "reason", "message": "Schrijf op waarom."}]


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"details": {"name": "x", "kvkNumber": "1"}}, 400, "merchant-details-wrong"),
        ({"details": {"name": ""}}, 400, "invalid-input"),
        ({"details": {"name": "x" * 141}}, 400, "invalid-input"),
        ({"details": {"name": " "}}, 400, "merchant-details-wrong"),
        ({"details": {"name": "x"}, "extra": 1}, 400, "invalid-input"),
        ({"agreements": [{"category": "vliegen", "validFrom": "2026-01-01"}]}, 400, "category-not-known"),
        ({"agreements": [{"category": "sport", "validFrom": "gisteren"}]}, 400, "invalid-input"),
        (
            {"agreements": [{"category": "sport", "validFrom": "2026-01-01", "visitPriceCents": 4.5}]},
            400,
            "invalid-input",
        ),
        (
            {"agreements": [{"category": "sport", "validFrom": "2026-01-01", "visitPriceCents": 0}]},
            400,
            "invalid-input",
        ),
        ({"agreements": [{"category": "sport", "validFrom": "2026-01-01"}] * 2}, 409, "agreement-overlaps"),
        ({"payoutAccount": {"iban": "NL00X", "holder": "x"}}, 400, "merchant-details-wrong"),
    ],
)  # fmt: skip
async def test_bad_input_has_its_own_answer_and_leaves_nothing(
    registrar: Person, connection: Connection, *, wrong: dict[str, object], status: int, code: str
) -> None:
    answer = await registrar.post(MERCHANTS, {**REGISTRATION, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["nextStep"]
    assert await connection.fetchval("SELECT count(*) FROM merchant") == 0


async def test_the_same_merchant_twice_is_refused(registrar: Person) -> None:
    await registered(registrar)
    again = await registrar.post(MERCHANTS, REGISTRATION)
    assert (again.status_code, again.json()["code"]) == (409, "merchant-exists")


async def test_locations_and_agreements_over_http(registrar: Person) -> None:
    merchant = await registered(registrar)
    hall = (await registrar.post(f"{merchant}/locations", {"name": "Hal"})).json()["id"]
    renamed = await registrar.put(f"{merchant}/locations/{hall}", {"name": "Hal 2"})
    closed = await registrar.patch(f"{merchant}/locations/{hall}", {"endedOn": f"{YEAR + 1}-01-01"})
    early = await registrar.patch(f"{merchant}/locations/{hall}", {"endedOn": "2020-01-01"})
    shown = (await registrar.get(merchant)).json()
    agreement = shown["agreements"][0]["id"]
    ended = await registrar.patch(
        f"{merchant}/agreements/{agreement}", {"validUntil": f"{YEAR + 1}-01-01"}
    )

    assert (renamed.status_code, closed.status_code, ended.status_code) == (200, 200, 200)
    assert early.json()["code"] == "ends-before-today"
    assert "Hal 2" in {one["name"] for one in shown["locations"]}


async def test_an_account_is_proposed_by_one_and_approved_by_another(
    town: Town, registrar: Person, approver: Person, connection: Connection
) -> None:
    merchant = await registered(registrar)
    manager = await town.manager(connection, MerchantId(merchant.rpartition("/")[2]))  # pyright: ignore[reportArgumentType]
    proposed = await manager.post(
        f"{merchant}/payout-accounts", {"iban": "nl91 abna 0417 1643 00", "holder": "Bad"}
    )
    account = f"{merchant}/payout-accounts/{proposed.json()['id']}"
    own = await manager.put(f"{account}/approval")
    checked = await approver.put(f"{account}/payee-check", {"outcome": "match"})
    approved = await approver.put(f"{account}/approval")
    late = await approver.put(f"{account}/rejection", {"reason": "te laat"})
    listed = (await registrar.get(f"{merchant}/payout-accounts")).json()["items"]

    assert proposed.status_code == 201
    assert (own.status_code, own.json()["code"]) == (403, "permission-missing")
    assert (checked.status_code, approved.status_code) == (200, 200)
    assert late.json()["code"] == "payout-account-judged"
    assert (listed[0]["iban"], listed[0]["payeeCheck"]) == (IBAN, "match")


async def test_a_proposal_can_be_withdrawn(registrar: Person) -> None:
    merchant = await registered(registrar)
    body = {"iban": OTHER_IBAN, "holder": "Bad"}
    account = (await registrar.post(f"{merchant}/payout-accounts", body)).json()["id"]
    gone = await registrar.put(f"{merchant}/payout-accounts/{account}/withdrawal")
    assert gone.json()["rejectedAt"] is not None


async def test_a_manager_reaches_its_own_merchant_and_no_other(
    town: Town, registrar: Person, connection: Connection
) -> None:
    own = await registered(registrar)
    other = await registered(registrar, details={"name": "Ander", "kvkNumber": "87654321"})
    till = (await registrar.post(f"{other}/tills", {"name": "bar"})).json()["till"]["id"]
    manager = await town.manager(connection, MerchantId(own.rpartition("/")[2]))  # pyright: ignore[reportArgumentType]

    assert (await manager.get(own)).status_code == 200
    assert len((await manager.get(MERCHANTS)).json()["items"]) == 1
    for answer in (
        await manager.get(other),
        await manager.get(f"{other}/tills"),
        await manager.get(f"{other}/payout-accounts"),
        await manager.post(f"{other}/payout-accounts", {"iban": IBAN, "holder": "x"}),
        await manager.post(f"{other}/tills", {"name": "bar"}),
        await manager.get("/v1/velsen/tills"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "other-merchant")
    for answer in (
        await manager.get(f"/v1/velsen/tills/{till}"),
        await manager.put(f"/v1/velsen/tills/{till}", {"name": "mijn"}),
        await manager.put(f"/v1/velsen/tills/{till}/state", {"state": "paused"}),
        await manager.put(f"/v1/velsen/tills/{till}/revocation", {}),
        await manager.post(f"/v1/velsen/tills/{till}/pairing-codes"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "till-not-found")


async def test_a_device_pairs_by_its_qr_code_and_then_signs(
    town: Town, registrar: Person, connection: Connection
) -> None:
    merchant = await registered(registrar)
    manager = await town.manager(connection, MerchantId(merchant.rpartition("/")[2]))  # pyright: ignore[reportArgumentType]
    invitation = await manager.post(f"{merchant}/tills", {"name": "bar", "saleLimitCents": 5000})
    body = pairing_of(invitation)
    paired = await town.client.post("/v1/velsen/pairings", json=body)
    again = await town.client.post("/v1/velsen/pairings", json=body)
    till = (await manager.get(f"{merchant}/tills")).json()["items"][0]

    assert invitation.status_code == 201
    assert re.match(r"<svg ", invitation.json()["pairingQrSvg"])
    assert paired.json()["merchantName"] == "Zwembad De Heerenduinen"
    assert (again.status_code, again.json()["code"]) == (409, "pairing-code-used")
    assert (till["state"], till["saleLimitCents"]) == ("active", 5000)
    assert "pairingHash" not in till
    assert "publicKey" not in till


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"code": "hallo"}, 400, "pairing-code-unreadable"),
        ({"code": "0" * 26}, 404, "pairing-code-unknown"),
        ({"publicKey": "A" * 43}, 400, "pairing-proof-wrong"),
        ({"publicKey": "A" * 80}, 400, "device-key-wrong"),
        ({"publicKey": "*" * 44}, 400, "device-key-wrong"),
        ({"signature": "A" * 88}, 400, "pairing-proof-wrong"),
        ({"signature": "*" * 88}, 400, "pairing-proof-wrong"),
        ({"algorithm": "RS256"}, 400, "invalid-input"),
    ],
)
async def test_a_wrong_pairing_has_its_own_answer(
    town: Town, registrar: Person, *, wrong: dict[str, str], status: int, code: str
) -> None:
    merchant = await registered(registrar)
    body = pairing_of(await registrar.post(f"{merchant}/tills", {"name": "bar"}))
    answer = await town.client.post("/v1/velsen/pairings", json={**body, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await town.client.post("/v1/velsen/pairings", json=body)).status_code == 201


@pytest.mark.usefixtures("almere")
async def test_a_code_of_one_municipality_is_worth_nothing_in_another(
    town: Town, registrar: Person
) -> None:
    merchant = await registered(registrar)
    body = pairing_of(await registrar.post(f"{merchant}/tills", {"name": "bar"}))
    answer = await town.client.post("/v1/almere/pairings", json=body)
    assert answer.json()["code"] == "pairing-code-unknown"


async def test_a_till_is_paused_started_and_revoked_over_http(registrar: Person) -> None:
    merchant = await registered(registrar)
    invitation = await registrar.post(f"{merchant}/tills", {"name": "bar"})
    till = f"/v1/velsen/tills/{invitation.json()['till']['id']}"
    waiting = await registrar.put(f"{till}/state", {"state": "paused"})
    await registrar.client.post("/v1/velsen/pairings", json=pairing_of(invitation))
    states = [
        (await registrar.put(f"{till}/state", {"state": state})).json()["state"]
        for state in ("paused", "paused", "active")
    ]
    revoked = await registrar.put(f"{till}/revocation", {"reason": "gestolen"})
    after = await registrar.put(f"{till}/state", {"state": "active"})

    assert waiting.json()["code"] == "till-not-paired"
    assert states == ["paused", "paused", "active"]
    assert revoked.json()["state"] == "revoked"
    assert (after.status_code, after.json()["code"]) == (409, "till-is-revoked")


async def test_a_counter_gets_a_till_over_http(
    town: Town, registrar: Person, connection: Connection
) -> None:
    desk = await town.officer(connection, Role.COUNTER)
    bound = await registrar.post(
        "/v1/velsen/tills", {"kind": "counter", "loginId": str(desk.id), "name": "balie"}
    )
    stranger = await registrar.post(
        "/v1/velsen/tills", {"kind": "counter", "loginId": str(uuid4()), "name": "balie"}
    )
    assert (bound.status_code, bound.json()["loginId"]) == (201, str(desk.id))
    assert stranger.json()["code"] == "login-cannot-scan"
    assert len((await registrar.get("/v1/velsen/tills")).json()["items"]) == 1


async def test_a_file_is_taken_in_by_a_job(
    registrar: Person, connection: Connection, database: Database
) -> None:
    row = ["SV Velsen", "12345678", *[""] * 7, "sport", "", IBAN, "SV"]
    file = ";".join(COLUMNS) + "\n" + ";".join(row) + "\n" + ";".join(["x", "1", *[""] * 11])
    queued = await registrar.post("/v1/velsen/merchant-imports?fileName=m.csv", file.encode())
    assert queued.status_code == 202
    worker = Worker(database, {KIND: job_kinds()[KIND]})
    assert await worker.run_all_due() == 1
    found = (await registrar.get(f"/v1/velsen/merchant-imports/{queued.json()['importId']}")).json()

    assert (found["summary"]["added"], found["summary"]["refused"]) == (1, 1)
    assert [one["outcome"] for one in found["rows"]] == ["added", "refused"]
    assert await connection.fetchval("SELECT count(*) FROM upload") == 0


async def test_an_empty_file_is_refused_at_once(registrar: Person) -> None:
    answer = await registrar.post("/v1/velsen/merchant-imports", b"")
    assert (answer.status_code, answer.json()["code"]) == (400, "missing-body")


async def test_nobody_without_a_token_reaches_anything(town: Town) -> None:
    for target in (MERCHANTS, "/v1/velsen/tills", f"{MERCHANTS}/{uuid4()}/payout-accounts"):
        assert (await town.client.get(target)).status_code == 401


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=201", "limit=x", "after=x", "state=x", f"search={'x' * 141}"],
)
async def test_a_query_that_cannot_be_is_refused(registrar: Person, query: str) -> None:
    answer = await registrar.get(f"{MERCHANTS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
