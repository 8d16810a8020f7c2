"""Every answer that was stored carries its receipt, the same for a retry, and the books keep each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from given.city import Budget, Merchant, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from given.logins import without_a_key
from given.offline import OfflineTill, an_offline_till
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.seals.check_receipts import check_receipts
from pas.seals.receipts import read_receipt
from pas.seals.seal import note_keys
from sealing import seal_all
from signing import SigningTill, paired

VELSEN = MunicipalityName("velsen")
SALES = "/v1/velsen/redemptions"
Answer = dict[str, Any]


@pytest.fixture
def store(client: httpx.AsyncClient, tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys")


@pytest.fixture
async def merchant(connection: Connection) -> Merchant:
    return await a_merchant(connection)


@pytest.fixture
async def till(
    client: httpx.AsyncClient, connection: Connection, merchant: Merchant
) -> SigningTill:
    return await paired(client, connection, await a_till(connection, merchant))


@pytest.fixture
async def budget(connection: Connection) -> Budget:
    """€ 10."""
    holder = await a_holder(connection, year=YEAR)
    return await a_budget(connection, await a_scheme(connection, year=YEAR), holder, cents=1000)


def an_item(budget: Budget, cents: int) -> Answer:
    scanned = budget.holder.token.text()
    return {"id": str(uuid7()), "scanned": scanned, "priceCents": cents, "takeCents": cents}


async def sell(till: SigningTill, *items: Answer) -> list[Answer]:
    return (await till.post(SALES, {"items": items})).json()["items"]


async def undo(till: SigningTill, sale: str, kind: str, **body: object) -> Answer:
    asked = {"id": str(uuid7()), "reason": "Verkeerd bedrag", **body}
    return (await till.post(f"{SALES}/{sale}/{kind}s", asked)).json()


async def promised(connection: Connection, ring: KeyRing, *answers: Answer) -> list[str]:
    """Seal everything, and say what became of each receipt."""
    await note_keys(connection, ring)
    await seal_all(connection, ring)
    held = [read_receipt(answer["receipt"]) for answer in answers]
    assert [str(one.entry_id) for one, _ in held] == [answer["id"] for answer in answers]
    late = datetime.now(UTC) + timedelta(days=2)
    return [one.verdict for one in await check_receipts(connection, held, now=late)]


async def test_a_sale_a_void_and_a_refund_have_receipts_that_are_kept(
    connection: Connection, store: KeyStore, till: SigningTill, budget: Budget
) -> None:
    one, other = await sell(till, an_item(budget, 300), an_item(budget, 400))
    void = await undo(till, one["id"], "void")
    refund = await undo(till, other["id"], "refund", amountCents=150)
    answers = (one, other, void, refund)
    cents = [read_receipt(answer["receipt"])[0].cents for answer in answers]
    assert cents == [300, 400, -300, -150]
    assert await promised(connection, store.ring(VELSEN), *answers) == ["kept"] * 4


async def test_a_final_no_has_a_receipt_and_what_is_not_stored_has_none(
    connection: Connection, store: KeyStore, till: SigningTill, budget: Budget
) -> None:
    asked = (await till.post("/v1/velsen/quotes", {"items": [scanned(budget)]})).json()["items"]
    (emptied,) = await sell(till, an_item(budget, 1000))
    (declined,) = await sell(till, an_item(budget, 100))
    (reused,) = await sell(till, {**an_item(budget, 100), "id": emptied["id"]})
    assert [asked[0]["receipt"], reused["receipt"]] == [None, None]
    assert declined["outcome"] == "declined"
    assert await promised(connection, store.ring(VELSEN), emptied, declined) == ["kept"] * 2


def scanned(budget: Budget) -> Answer:
    return {"scanned": budget.holder.token.text(), "priceCents": 100}


async def test_a_retry_gets_the_same_receipt(till: SigningTill, budget: Budget) -> None:
    item = an_item(budget, 300)
    (first,), (again,) = await sell(till, item), await sell(till, item)
    assert first["receipt"] == again["receipt"] is not None
    back = {"id": str(uuid7())}
    first, again = [await undo(till, item["id"], "void", **back) for _ in range(2)]
    assert first["receipt"] == again["receipt"] is not None


async def test_sales_without_a_network_have_receipts_that_are_kept(
    client: httpx.AsyncClient,
    connection: Connection,
    store: KeyStore,
    merchant: Merchant,
    budget: Budget,
) -> None:
    device = await an_offline_till(connection, merchant)
    sends = SigningTill(client, device.till, device.key)
    (known,) = await sell(sends, an_item(budget, 200))
    await sell_offline(device, sends, budget, known["id"])
    first = (await sends.post("/v1/velsen/offline-sales", {"items": device.queue})).json()["items"]
    again = (await sends.post("/v1/velsen/offline-sales", {"items": device.queue})).json()["items"]
    assert first == again
    booked, risked, declined, reused, replay = first
    assert risked["riskCents"] > 0
    assert (reused["receipt"], replay["outcome"], replay["receipt"]) == (None, "replay", None)
    held = (booked, risked, declined)
    assert await promised(connection, store.ring(VELSEN), *held) == ["kept"] * 3


async def sell_offline(device: OfflineTill, sends: SigningTill, budget: Budget, known: str) -> None:
    """A sale, one that the budget cannot bear, one that nobody pays, a known id, and one that was booked."""
    ask = {"lastSequence": device.sequence, "lastHash": device.hash}
    permit = (await sends.post("/v1/velsen/offline-permits", ask)).json()["permit"]["id"]
    now, text = datetime.now(UTC), budget.holder.token.text()
    device.sell(permit, text, 700, at=now)
    device.sell(permit, text, 400, at=now)
    device.sell(permit, "onzin", 400, at=now)
    device.sell(permit, text, 100, at=now, id=known)
    device.sell(permit, text, 200, at=now, replaces=known)


async def test_without_the_key_of_receipts_a_till_sells_on(
    store: KeyStore, till: SigningTill, budget: Budget
) -> None:
    without_a_key(store, Purpose.RECEIPT)
    (sold,) = await sell(till, an_item(budget, 300))
    assert (sold["outcome"], sold["receipt"]) == ("booked", None)
