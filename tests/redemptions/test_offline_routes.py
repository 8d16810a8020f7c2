"""The endpoints of sales without a network: signed by the till itself, cut and repeated at will."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from given.city import Budget, Merchant, a_budget, a_holder, a_merchant, a_scheme
from given.days import YEAR
from given.offline import Item, OfflineTill, an_offline_till
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import uuid7
from signed_in import behind, signed_in
from signing import SigningTill

PERMITS, SALES = "/v1/velsen/offline-permits", "/v1/velsen/offline-sales"


class Device(msgspec.Struct, frozen=True):
    """A device with its queue, and its way to the server."""

    till: OfflineTill
    sends: SigningTill
    merchant: Merchant

    async def permit(self, **ask: object) -> httpx.Response:
        body = {"lastSequence": self.till.sequence, "lastHash": self.till.hash, **ask}
        return await self.sends.post(PERMITS, body)

    async def hand_in(self, *items: Item) -> list[Item]:
        answer = await self.sends.post(SALES, {"items": items or self.till.queue})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


@pytest.fixture
async def device(client: httpx.AsyncClient, connection: Connection) -> Device:
    merchant = await a_merchant(connection)
    till = await an_offline_till(connection, merchant)
    return Device(till, SigningTill(client, till.till, till.key), merchant)


@pytest.fixture
async def budget(connection: Connection) -> Budget:
    holder = await a_holder(connection, year=YEAR)
    return await a_budget(connection, await a_scheme(connection, year=YEAR), holder, cents=1000)


async def test_a_till_sells_without_a_network_and_hears_what_became_of_it(
    device: Device, budget: Budget
) -> None:
    told = (await device.permit()).json()
    assert set(told) == {
        *("permit", "text", "signature", "keyId", "publicKey", "serverTime", "blocked")
    }
    assert set(told["blocked"]) == {"salt", "tokens", "numbers"}
    now, scanned = datetime.now(UTC), budget.holder.token.text()
    sale = device.till.sell(told["permit"]["id"], scanned, 400, at=now)
    [answer] = await device.hand_in()
    assert answer == {
        "sequence": 1,
        "id": sale["id"],
        "outcome": "booked",
        "bearer": "budget",
        "takeCents": 400,
        "riskCents": 0,
        "reason": None,
        "recordedAt": answer["recordedAt"],
        "receipt": answer["receipt"],
    }
    listed = await device.sends.send("GET", SALES)
    assert listed.json() == {"items": [answer]}
    assert (await device.sends.send("GET", f"{SALES}?after=1")).json() == {"items": []}


async def test_what_is_refused_says_why_to_everybody(device: Device) -> None:
    told = (await device.permit()).json()
    device.till.sell(told["permit"]["id"], "onzin", 400, at=datetime.now(UTC))
    [answer] = await device.hand_in()
    reason = answer["reason"]
    assert isinstance(reason, dict)
    assert set(reason) == {"code", "title", "cashier", "holder", "nextStep"}
    assert (answer["outcome"], answer["bearer"]) == ("declined", "merchant")


async def test_a_till_that_was_revoked_hands_in_and_gets_no_permit(
    device: Device, budget: Budget, connection: Connection
) -> None:
    told = (await device.permit()).json()
    now, scanned = datetime.now(UTC), budget.holder.token.text()
    device.till.sell(told["permit"]["id"], scanned, 400, at=now)
    later = now + timedelta(seconds=1)
    await connection.execute("UPDATE till SET state = 'revoked', state_since = $1", later)
    [answer] = await device.hand_in()
    assert answer["outcome"] == "booked"
    assert (await device.sends.send("GET", SALES)).status_code == 200
    refused = await device.permit()
    assert (refused.status_code, refused.json()["code"]) == (403, "till-revoked")


@pytest.mark.parametrize("path", [PERMITS, SALES])
async def test_nobody_but_the_till_itself_asks_or_hands_in(
    client: httpx.AsyncClient, connection: Connection, device: Device, path: str
) -> None:
    body: object = {"items": [{}]} if path == SALES else {}
    officer = await signed_in(client, connection, Role.COUNTER)
    manager = await signed_in(
        client, connection, Role.MERCHANT_MANAGER, merchant=device.merchant.id
    )
    browser = await behind(client, connection, device.till.till.id)
    for visitor, status in ((officer, 403), (manager, 403), (browser, 401)):
        assert (await visitor.tell(path.removeprefix("/v1/velsen/"), body)).status_code == status
    assert (await client.post(path, json=body)).status_code == 401


async def test_a_queue_is_handed_in_fifty_at_a_time(device: Device, budget: Budget) -> None:
    told = (await device.permit()).json()
    now, scanned = datetime.now(UTC), budget.holder.token.text()
    for _ in range(51):
        device.till.sell(told["permit"]["id"], scanned, 1, at=now)
    for items, status in ((device.till.queue, 400), ([], 400), (device.till.queue[:50], 200)):
        answer = await device.sends.post(SALES, {"items": items})
        assert answer.status_code == status


async def test_no_till_stands_before_all_others(
    client: httpx.AsyncClient, connection: Connection, device: Device, budget: Budget
) -> None:
    """Uploads wait for each other; those of one till fill no more than a few of the places."""
    till = await an_offline_till(connection, device.merchant)
    other = Device(till, SigningTill(client, till.till, till.key), device.merchant)
    other.till.sell(str(uuid7()), budget.holder.token.text(), 100, at=datetime.now(UTC))
    junk = {"items": [{"sequence": n, "id": str(uuid7())} for n in range(1, 6)]}
    greedy, answers = await asyncio.gather(
        asyncio.gather(*(device.sends.post(SALES, junk) for _ in range(10))), other.hand_in()
    )
    assert {one.status_code for one in greedy} == {200, 503}
    assert len(answers) == 1
    assert (await device.sends.post(SALES, junk)).status_code == 200


async def test_an_upload_that_was_cut_goes_on_where_it_was(device: Device, budget: Budget) -> None:
    told = (await device.permit()).json()
    now, scanned = datetime.now(UTC), budget.holder.token.text()
    for _ in range(6):
        device.till.sell(told["permit"]["id"], scanned, 100, at=now)
    first = await device.hand_in(*device.till.queue[:3])
    again = await device.hand_in(*device.till.queue[2:])
    both = await device.hand_in()
    assert both == [*first[:2], *again]
    assert (await device.sends.send("GET", SALES)).json()["items"] == both


async def test_a_manager_chooses_on_the_page_of_the_tills(
    client: httpx.AsyncClient, connection: Connection, device: Device
) -> None:
    merchant = device.merchant.id
    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=merchant)
    here = f"merchants/{merchant}/tills"
    assert "Zet verkopen zonder internet uit" in (await manager.look(here)).text
    await manager.send(f"{here}/offline", {"wanted": "no"})
    assert "Zet verkopen zonder internet aan" in (await manager.look(here)).text
    assert (await device.permit()).json()["code"] == "offline-not-allowed"
    await manager.send(f"{here}/offline", {"wanted": "yes"})
    assert (await device.permit()).status_code == 200


async def test_a_manager_chooses_for_no_other_merchant(
    client: httpx.AsyncClient, connection: Connection, device: Device
) -> None:
    other = await a_merchant(connection)
    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=other.id)
    here = f"merchants/{device.merchant.id}/tills/offline"
    assert (await manager.send(here, {"wanted": "no"})).status_code == 403
