"""What waits is sent, signed, until it has arrived; and who receives it can check all of it."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from carrying import Task
from given.days import NOW
from given.merchants import of_merchant
from given.sandbox import become_sandbox
from given.settlements import Shop, a_shop, sell
from given.webhooks import an_endpoint, filled
from pas.auth.events import read_events
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.webhooks.change_endpoint import set_state
from pas.webhooks.courier import Courier
from pas.webhooks.deliver import LEASE, take_due, valid_secrets, write_down
from pas.webhooks.deliveries import list_deliveries, send_again, send_test
from pas.webhooks.make_endpoint import MadeEndpoint
from pas.webhooks.model import Due, Problem, Sent
from pas.webhooks.post import Post
from pas.webhooks.rotate_secret import OVERLAP, rotate_secret
from pas.webhooks.rules import PAUSES
from pas.webhooks.signing import signed
from receiving import (
    NAME,
    Received,
    Receiver,
    a_post,
    authority_pem,
    leading_to,
    receiving,
)
from serving import PATIENCE_SECONDS

VELSEN = MunicipalityName("velsen")
CARRYING = str(Path(__file__).parents[1] / "carrying.py")


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    return await a_shop(connection)


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def a_courier(database: Database, keys: KeyStore, post: Post, *, at_once: int = 32) -> Courier:
    return Courier(database, keys=keys, post=post, at_once=at_once)


def is_from(secret: str, one: Received) -> bool:
    """Whether the library of Standard Webhooks, which is not ours, says that this secret signed it."""
    try:
        Webhook(secret).verify(one.body, one.headers)
    except WebhookVerificationError:
        return False
    return True


async def logged(connection: Connection) -> list[tuple[int, int | None, str | None]]:
    rows = await connection.fetch(
        "SELECT number, status, problem FROM webhook_try ORDER BY message_id, number"
    )
    return [tuple(row) for row in rows]


# --- sending ---------------------------------------------------------------------------------


async def test_a_sale_arrives_signed_so_that_another_library_says_yes(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    receiver: Receiver,
) -> None:
    made = await an_endpoint(connection, shop.merchant.id, ring=keys.ring(VELSEN))
    sale = await sell(connection, shop, 1_250)
    await filled(connection)
    await a_courier(database, keys, a_post(leading_to(receiver))).run_all_due()

    [one] = receiver.received
    body = msgspec.json.decode(one.body)
    assert is_from(made.secret, one)
    assert (body["type"], body["id"]) == ("redemption.booked", one.id)
    assert body["data"]["redemptionId"] == str(sale)
    assert await logged(connection) == [(1, 200, None)]
    assert "sandbox" not in one.headers


async def test_a_message_of_a_sandbox_says_so(
    migrator: Connection,
    connection: Connection,
    database: Database,
    keys: KeyStore,
    receiver: Receiver,
) -> None:
    await become_sandbox(migrator)
    shop = await a_shop(connection)
    await an_endpoint(connection, shop.merchant.id, ring=keys.ring(VELSEN))
    await sell(connection, shop, 1_250)
    await filled(connection)
    await a_courier(database, keys, a_post(leading_to(receiver))).run_all_due()
    assert [one.headers["sandbox"] for one in receiver.received] == ["?1"]


async def test_another_body_another_time_or_another_secret_is_not_ours(
    connection: Connection,
    database: Database,
    shop: Shop,
    keys: KeyStore,
    receiver: Receiver,
) -> None:
    ring = keys.ring(VELSEN)
    made = await an_endpoint(connection, shop.merchant.id, ring=ring)
    other = await an_endpoint(connection, (await a_shop(connection)).merchant.id, ring=ring)
    await sell(connection, shop, 1_250)
    await filled(connection)
    await a_courier(database, keys, a_post(leading_to(receiver))).run_all_due()
    [one] = receiver.received
    changed = msgspec.structs.replace(one, body=one.body.replace(b"1250", b"9250"))
    later = {**one.headers, "webhook-timestamp": str(int(one.headers["webhook-timestamp"]) + 1)}
    assert is_from(made.secret, one)
    assert not is_from(made.secret, changed)
    assert not is_from(made.secret, msgspec.structs.replace(one, headers=later))
    assert not is_from(other.secret, one)


async def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_only_the_new_one(
    connection: Connection, shop: Shop, keys: KeyStore
) -> None:
    ring = keys.ring(VELSEN)
    merchant, actor = shop.merchant.id, of_merchant(shop.merchant.id)
    first = await an_endpoint(connection, merchant, ring=ring)
    now = datetime.now(UTC)
    endpoint = first.endpoint.id
    second = await rotate_secret(
        connection, merchant, endpoint, ring=ring, actor=actor, now=now - OVERLAP / 2
    )

    async def signers(at: datetime, *secrets: str) -> list[bool]:
        valid = await valid_secrets(connection, endpoint, ring=ring, now=at)
        headers = signed(valid, due.message_id, due.content, now=now)
        one = Received("/", headers, due.content.encode())
        return [is_from(secret, one) for secret in secrets]

    due = Due(endpoint, first.endpoint.id, "", "{}", 1, 0)  # pyright: ignore[reportArgumentType]
    assert first.secret != second.secret
    assert await signers(now, first.secret, second.secret) == [True, True]
    assert await signers(now + OVERLAP, first.secret, second.secret) == [False, True]

    third = await rotate_secret(connection, merchant, endpoint, ring=ring, actor=actor, now=now)
    of_three = (first.secret, second.secret, third.secret)
    assert await signers(now, *of_three) == [False, True, True]


async def test_a_new_key_of_the_municipality_changes_no_secret_that_is_in_use(
    connection: Connection, shop: Shop, keys: KeyStore
) -> None:
    made = await an_endpoint(connection, shop.merchant.id, ring=keys.ring(VELSEN))
    before = await valid_secrets(connection, made.endpoint.id, ring=keys.ring(VELSEN), now=NOW)
    rotate_key(keys, VELSEN, purpose=Purpose.WEBHOOK_SIGNING, now=NOW)
    after = await valid_secrets(connection, made.endpoint.id, ring=keys.ring(VELSEN), now=NOW)
    assert before == after


# --- again, until it has arrived ---------------------------------------------------------------


async def a_waiting_message(connection: Connection, shop: Shop, ring: KeyRing) -> MadeEndpoint:
    made = await an_endpoint(connection, shop.merchant.id, ring=ring)
    await sell(connection, shop, 100)
    await filled(connection)
    return made


def went(problem: Problem | None) -> Sent:
    return Sent(None if problem else 200, problem, 12, "")


async def try_at(connection: Connection, now: datetime, problem: Problem | None) -> bool:
    """Send what is due at a moment, with this result; says whether anything was."""
    found = await take_due(connection, most=1, now=now)
    for due in found:
        await write_down(connection, due, went(problem), chance=0, now=now)
    return bool(found)


async def test_what_does_not_arrive_is_tried_again_after_growing_pauses(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring)
    now = datetime.now(UTC) + timedelta(seconds=1)
    for pause in PAUSES[:5]:
        assert await try_at(connection, now, "no-connection")
        assert not await try_at(connection, now + pause - timedelta(seconds=1), None)
        now += max(pause, timedelta(minutes=10))
    assert await try_at(connection, now, None)
    assert not await try_at(connection, now + timedelta(days=30), None)
    problems = [problem for _, _, problem in await logged(connection)]
    assert problems == ["no-connection"] * 5 + [None]


async def test_after_three_days_in_vain_the_endpoint_is_left_to_its_manager(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    made = await a_waiting_message(connection, shop, ring)
    merchant, actor = shop.merchant.id, of_merchant(shop.merchant.id)
    begun = now = datetime.now(UTC) + timedelta(seconds=1)
    state = ""
    while await try_at(connection, now, "too-slow"):
        state = await connection.fetchval("SELECT state FROM webhook_endpoint")
        now = await connection.fetchval("SELECT next_try_at FROM webhook_delivery")
        now = max(now, await connection.fetchval("SELECT quiet_until FROM webhook_endpoint"))
    assert state == "failing"
    assert timedelta(days=2.9) < now - begun < timedelta(days=3.2)
    [event, *_] = await read_events(connection, subject_kind="webhook", subject_id=made.endpoint.id)
    assert event.kind == "webhook.failed"

    await sell(connection, shop, 200)
    await filled(connection)
    assert not await try_at(connection, now + timedelta(days=1), None)
    await set_state(connection, merchant, made.endpoint.id, state="active", actor=actor, now=now)
    assert await try_at(connection, now + timedelta(days=1), None)


async def test_one_message_that_is_never_taken_stops_no_endpoint_that_takes_others(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring)
    now = datetime.now(UTC) + timedelta(seconds=1)
    while await try_at(connection, now, "not-accepted"):
        await connection.execute(
            "UPDATE webhook_endpoint SET arrived_at = $1, quiet_until = NULL", now
        )
        now = await connection.fetchval("SELECT next_try_at FROM webhook_delivery")
    states = "SELECT w.state, d.state FROM webhook_endpoint w, webhook_delivery d"
    assert tuple(await connection.fetchrow(states) or ()) == ("active", "given_up")


async def test_an_endpoint_that_fails_is_not_tried_for_each_message_that_waits(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await a_waiting_message(connection, shop, ring)
    await sell(connection, shop, 200)
    await filled(connection)
    now = datetime.now(UTC) + timedelta(seconds=1)
    [one, two] = await take_due(connection, most=5, now=now)
    for due in (one, two):
        await write_down(connection, due, went("no-connection"), chance=0, now=now)
    await sell(connection, shop, 300)
    await filled(connection)
    quiet = await connection.fetchval("SELECT quiet_until FROM webhook_endpoint")
    assert quiet > now
    assert await take_due(connection, most=5, now=quiet - timedelta(milliseconds=1)) == []
    assert len(await take_due(connection, most=5, now=quiet)) == 1


async def test_what_was_given_up_is_sent_again_when_somebody_asks_under_its_own_id(
    connection: Connection, database: Database, shop: Shop, keys: KeyStore, receiver: Receiver
) -> None:
    made = await a_waiting_message(connection, shop, keys.ring(VELSEN))
    merchant, actor = shop.merchant.id, of_merchant(shop.merchant.id)
    courier = a_courier(database, keys, a_post(leading_to(receiver)))
    await courier.run_all_due()
    [delivery] = await list_deliveries(connection, merchant, made.endpoint.id, actor=actor)
    assert delivery.state == "arrived"
    await send_again(
        connection,
        merchant,
        made.endpoint.id,
        message_id=delivery.message_id,
        actor=actor,
        now=datetime.now(UTC),
    )
    await courier.run_all_due()
    assert [UUID(one.id) for one in receiver.received] == [delivery.message_id] * 2
    assert receiver.received[0].body == receiver.received[1].body
    assert [number for number, *_ in await logged(connection)] == [1, 2]


# --- several at once, and a crash ----------------------------------------------------------------


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


async def test_a_test_message_goes_at_once_and_not_without_end(
    connection: Connection, database: Database, shop: Shop, keys: KeyStore, receiver: Receiver
) -> None:
    made = await an_endpoint(connection, shop.merchant.id, ring=keys.ring(VELSEN))
    stop = asyncio.Event()
    courier = a_courier(database, keys, a_post(leading_to(receiver)))
    running = asyncio.create_task(courier.run(stop))
    await asyncio.sleep(0.5)
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
