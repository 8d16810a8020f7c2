"""What does not arrive is tried again, for three days, and then left to whoever manages it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from delivering import a_courier, a_waiting_message, logged, went
from given.merchants import of_merchant
from given.settlements import Shop, sell
from given.webhooks import filled
from pas.auth.events import read_events
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.webhooks.change_endpoint import set_state
from pas.webhooks.deliver import take_due, write_down
from pas.webhooks.deliveries import list_deliveries, send_again
from pas.webhooks.model import Problem
from pas.webhooks.rules import PAUSES
from receiving import (
    Receiver,
    a_post,
    leading_to,
)

VELSEN = MunicipalityName("velsen")


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
