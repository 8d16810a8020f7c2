"""Races over HTTP: a real server with two workers, tills in several processes, one worker killed."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from given import Holder, Scheme, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.installation import Access
from pas.ledger.prove import prove
from serving import Served, serving
from tellers import Heard, Order, sell_all

pytestmark = pytest.mark.slow
YEAR = datetime.now(UTC).year
KEY = ed25519.Ed25519PrivateKey.generate()


@pytest.fixture
def served(access: Access, tmp_path: Path) -> Iterator[Served]:
    keys = KeyStore(tmp_path / "keys")
    make_keys(keys, MunicipalityName("velsen"), demo=False, now=datetime.now(UTC))
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "key_dir": str(tmp_path / "keys"),
        "workers": "2",
    }
    with serving(tmp_path, **settings) as served:
        yield served


@pytest.fixture
async def till(connection: Connection) -> Till:
    till = await a_till(connection, await a_merchant(connection))
    public = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    await connection.execute("UPDATE till SET public_key = $2 WHERE id = $1", till.id, public)
    return till


@pytest.fixture
async def scheme(connection: Connection) -> Scheme:
    return await a_scheme(connection, year=YEAR)


async def rich(connection: Connection, scheme: Scheme, cents: int) -> Holder:
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, scheme, holder, cents=cents)
    return holder


def orders(holder: Holder, count: int, *, cents: int = 100) -> list[Order]:
    return [Order(str(uuid7()), holder.token.text(), cents) for _ in range(count)]


async def sold(served: Served, till: Till, some: list[Order]) -> list[Heard]:
    return await asyncio.to_thread(sell_all, served.url, till, KEY.private_bytes_raw(), some)


async def assert_books_agree(connection: Connection, heard: list[Heard], granted: int) -> None:
    """What was acknowledged is there once, nothing else is, and not a cent is missing."""
    rows = await connection.fetch(
        "SELECT entry_id, taken_cents FROM redemption WHERE refusal IS NULL"
    )
    booked = {one.id for one in heard if one.outcome == "booked"}
    assert {str(row["entry_id"]) for row in rows} == booked
    assert len(rows) == len(booked)
    left = await connection.fetchval("SELECT sum(amount) FROM balance")
    assert left == granted - sum(row["taken_cents"] for row in rows)
    proof = await prove(connection, datetime.now(UTC))
    assert proof.closes, proof


async def test_two_hundred_sales_on_one_budget_and_one_sale_fifty_times(
    served: Served, connection: Connection, till: Till, scheme: Scheme
) -> None:
    poor, calm = await rich(connection, scheme, 2_000), await rich(connection, scheme, 2_000)
    again = orders(calm, 1) * 50
    every = [order for pair in zip(orders(poor, 200), again * 4, strict=True) for order in pair]
    some = every[:100] + [order for order in every[100:] if order not in again]

    heard = await sold(served, till, some)

    counts = Counter((one.outcome, one.code) for one in heard if one.id != again[0].id)
    assert counts == {("booked", ""): 20, ("declined", "budget-empty"): 180}
    assert Counter(one.outcome for one in heard if one.id == again[0].id) == {"booked": 50}
    await assert_books_agree(connection, heard, 4_000)


async def test_a_worker_killed_under_load_loses_and_doubles_nothing(
    served: Served, connection: Connection, till: Till, scheme: Scheme
) -> None:
    holders = [await rich(connection, scheme, 1_500) for _ in range(16)]
    some = [order for holder in holders for order in orders(holder, 20)]
    selling = asyncio.create_task(sold(served, till, some))
    until_some = "SELECT count(*) > 25 FROM redemption"
    async with asyncio.timeout(120):
        while not await connection.fetchval(until_some):  # noqa: ASYNC110 (others fill the table)
            await asyncio.sleep(0.01)
    victim, *_ = workers_of(served)
    os.kill(victim, 9)

    heard = await selling

    assert victim not in workers_of(served)
    assert Counter(one.outcome for one in heard) == {"booked": 240, "declined": 80}
    assert max(one.asked for one in heard) > 1
    await assert_books_agree(connection, heard, 16 * 1_500)


def workers_of(served: Served) -> list[int]:
    children = psutil.Process(served.process.pid).children()
    return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]
