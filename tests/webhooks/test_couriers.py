"""Couriers share what waits: each message once, none lost to a crash, and nobody waits for a slow one."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from carrying import Task
from delivering import a_courier, a_waiting_message, is_from, logged, went
from given.merchants import of_merchant
from given.settlements import Shop, a_shop, sell
from given.webhooks import an_endpoint, filled
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.webhooks.deliver import LEASE, take_due, write_down
from pas.webhooks.deliveries import send_test
from pas.webhooks.model import Due
from receiving import (
    NAME,
    Receiver,
    a_post,
    authority_pem,
    leading_to,
    receiving,
)
from serving import PATIENCE_SECONDS

VELSEN = MunicipalityName("velsen")


CARRYING = str(Path(__file__).parents[1] / "carrying.py")


async def test_two_who_take_at_once_take_nothing_twice(
    connection: Connection, crowd: Database, shop: Shop, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring)
    now = datetime.now(UTC) + timedelta(seconds=1)

    async def take() -> list[Due]:
        async with crowd.connection(VELSEN) as one:
            return await take_due(one, most=5, now=now)

    async with connection.transaction():
        [taken] = await take_due(connection, most=5, now=now)
        assert await asyncio.wait_for(take(), 5) == []
    assert await take() == []
    assert taken.tries == 1


async def test_an_endpoint_gets_at_most_two_at_once_and_nobody_waits_for_a_slow_one(
    connection: Connection, database: Database, keys: KeyStore, receiver: Receiver
) -> None:
    slow, quick = await a_shop(connection), await a_shop(connection)
    ring = keys.ring(VELSEN)
    await an_endpoint(connection, slow.merchant.id, ring=ring, url="https://traag.nl/")
    await an_endpoint(connection, quick.merchant.id, ring=ring)
    for _ in range(8):
        await sell(connection, slow, 100)
    await sell(connection, quick, 100)
    await filled(connection)
    async with receiving("traag.nl") as slowly:
        slowly.pause = 30
        names = leading_to(receiver)
        names.places |= leading_to(slowly, "traag.nl").places
        stop = asyncio.Event()
        courier = a_courier(database, keys, a_post(names, total_seconds=1.5), at_once=3)
        running = asyncio.create_task(courier.run(stop))
        await asyncio.wait_for(receiver.came.wait(), 1.4)
        stop.set()
        await running
    assert slowly.most_at_once == 2
    assert len(slowly.received) == 2


async def test_after_a_crash_in_the_midst_it_is_sent_again_when_the_minute_is_over(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring)
    now = datetime.now(UTC) + timedelta(seconds=1)
    [lost] = await take_due(connection, most=5, now=now)
    assert await take_due(connection, most=5, now=now + LEASE - timedelta(seconds=1)) == []
    [again] = await take_due(connection, most=5, now=now + LEASE)
    assert again.message_id == lost.message_id
    # The one that was thought lost comes back after all, and changes nothing any more.
    await write_down(connection, lost, went("too-slow"), chance=0, now=now + LEASE)
    assert await take_due(connection, most=5, now=now + LEASE + timedelta(seconds=30)) == []
    assert await connection.fetchval("SELECT failures FROM webhook_endpoint") == 0
    await write_down(connection, again, went(None), chance=0, now=now + LEASE)
    assert await logged(connection) == [(2, 200, None)]


async def test_a_worker_that_is_killed_in_the_midst_loses_no_message(
    access: Access,
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    receiver: Receiver,
) -> None:
    """``kill -9`` while a receiver has a message and has not answered."""
    made = await a_waiting_message(connection, shop, keys.ring(VELSEN))
    receiver.pause = 60
    killed = await asyncio.create_subprocess_exec(
        sys.executable, CARRYING, msgspec.json.encode(a_task(access, keys, receiver)).decode()
    )
    await asyncio.wait_for(receiver.came.wait(), PATIENCE_SECONDS)
    killed.kill()
    await killed.wait()
    assert await logged(connection) == []

    receiver.pause = 0
    courier = a_courier(database, keys, a_post(leading_to(receiver)))
    await courier.run_all_due()
    assert len(receiver.received) == 1, "it is another's for a minute"
    await connection.execute("UPDATE webhook_delivery SET lease_until = clock_timestamp()")
    await courier.run_all_due()
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert is_from(made.secret, second)
    assert await logged(connection) == [(2, 200, None)]


def a_task(access: Access, keys: KeyStore, receiver: Receiver) -> Task:
    return Task(
        url=access.address.url,
        secret=access.address.secret,
        keys=str(keys.folder),
        name=NAME,
        port=receiver.port,
        authority=authority_pem(),
    )


async def test_a_courier_finds_what_waits_by_itself(
    connection: Connection, database: Database, shop: Shop, keys: KeyStore, receiver: Receiver
) -> None:
    await a_waiting_message(connection, shop, keys.ring(VELSEN))
    stop = asyncio.Event()
    courier = a_courier(database, keys, a_post(leading_to(receiver)))
    running = asyncio.create_task(courier.run(stop))
    await asyncio.wait_for(receiver.came.wait(), 10)
    stop.set()
    await running
    assert await logged(connection) == [(1, 200, None)]


async def until_listening(superuser: Connection) -> None:
    """Wait until a courier hears what the database tells it."""
    for _ in range(500):
        if await superuser.fetchval(
            "SELECT bool_or(query LIKE 'LISTEN%') FROM pg_stat_activity WHERE datname = current_database()"
        ):
            return
        await asyncio.sleep(0.02)
    pytest.fail("nobody listens")


async def test_a_test_message_goes_at_once_and_not_without_end(
    superuser: Connection,
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    receiver: Receiver,
) -> None:
    made = await an_endpoint(connection, shop.merchant.id, ring=keys.ring(VELSEN))
    stop = asyncio.Event()
    courier = a_courier(database, keys, a_post(leading_to(receiver)))
    running = asyncio.create_task(courier.run(stop))
    await until_listening(superuser)
    await send_test(
        connection,
        shop.merchant.id,
        made.endpoint.id,
        actor=of_merchant(shop.merchant.id),
        now=datetime.now(UTC),
    )
    await asyncio.wait_for(receiver.came.wait(), 1.5)
    stop.set()
    await running
    [one] = receiver.received
    assert msgspec.json.decode(one.body)["type"] == "endpoint.test"
    assert is_from(made.secret, one)
