"""A merchant's manager says where messages go; nobody of another merchant sees it, or its secret twice."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec
import pytest

from given.city import a_merchant
from given.days import NOW
from given.logins import an_actor
from given.merchants import of_merchant
from given.webhooks import an_endpoint
from pas.auth.actor import OtherMerchant
from pas.auth.events import read_events
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.merchants.rules import MerchantHasEnded
from pas.webhooks.change_endpoint import choose_events, set_state
from pas.webhooks.deliveries import (
    DeliveryNotFound,
    TooManyTests,
    WebhookRests,
    list_deliveries,
    send_again,
    send_test,
)
from pas.webhooks.make_endpoint import TooManyWebhooks
from pas.webhooks.model import Endpoint, MessageId
from pas.webhooks.rotate_secret import rotate_secret
from pas.webhooks.stored import WebhookHasEnded, WebhookNotFound, list_endpoints, read_endpoint

VELSEN = MunicipalityName("velsen")


async def test_the_secret_is_in_no_table_and_in_no_event(
    connection: Connection, superuser: Connection, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id
    made = await an_endpoint(connection, merchant, ring=ring)
    actor = of_merchant(merchant)
    again = await rotate_secret(
        connection, merchant, made.endpoint.id, ring=ring, actor=actor, now=NOW
    )
    tables = await superuser.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'velsen' ORDER BY 1"
    )
    for (table,) in tables:
        rows = await superuser.fetch(f"SELECT t::text FROM velsen.{table} t")
        text = " ".join(row[0] for row in rows)
        for secret in (made.secret, again.secret):
            assert secret.removeprefix("whsec_").rstrip("=") not in text, table
            assert msgspec.json.decode(f'"{secret[6:]}"', type=bytes).hex() not in text, table


async def test_every_endpoint_and_every_rotation_has_a_secret_of_its_own(
    connection: Connection, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id
    made = [await an_endpoint(connection, merchant, ring=ring) for _ in range(2)]
    made += [
        await rotate_secret(
            connection,
            merchant,
            made[0].endpoint.id,
            ring=ring,
            actor=of_merchant(merchant),
            now=NOW,
        )
    ]
    assert len({one.secret for one in made}) == 3
    assert all(one.secret.startswith("whsec_") for one in made)


async def test_a_merchant_has_five_at_most_also_when_made_at_once(
    connection: Connection, crowd: Database, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id

    async def make() -> None:
        async with crowd.connection(VELSEN) as one:
            await an_endpoint(one, merchant, ring=ring)

    tried = await asyncio.gather(*(make() for _ in range(8)), return_exceptions=True)
    assert [type(one) for one in tried if one is not None] == [TooManyWebhooks] * 3
    found = await list_endpoints(connection, merchant, actor=of_merchant(merchant))
    assert len(found) == 5


async def test_the_database_has_no_sixth_place(connection: Connection, ring: KeyRing) -> None:
    made = await an_endpoint(connection, (await a_merchant(connection)).id, ring=ring)
    copy = """
        INSERT INTO webhook_endpoint (id, merchant_id, place, url, events, state, state_since, created_at, created_by, epoch)
        SELECT gen_random_uuid(), merchant_id, $2, url, events, state, state_since, created_at, created_by, epoch
        FROM webhook_endpoint WHERE id = $1
    """
    for place, error in ((6, asyncpg.CheckViolationError), (1, asyncpg.UniqueViolationError)):
        with pytest.raises(error):
            await connection.execute(copy, made.endpoint.id, place)


async def test_after_an_end_there_is_room_again_and_the_end_is_kept(
    connection: Connection, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id
    actor = of_merchant(merchant)
    made = [await an_endpoint(connection, merchant, ring=ring) for _ in range(5)]
    which = (merchant, made[2].endpoint.id)
    await set_state(connection, *which, state="ended", actor=actor, now=NOW)
    await an_endpoint(connection, merchant, ring=ring)
    listed = await list_endpoints(connection, merchant, actor=actor)
    assert len(listed) == 6
    assert (listed[-1].id, listed[-1].state) == (made[2].endpoint.id, "ended")
    for refused in (
        set_state(connection, *which, state="active", actor=actor, now=NOW),
        rotate_secret(connection, *which, ring=ring, actor=actor, now=NOW),
        send_test(connection, *which, actor=actor, now=NOW),
    ):
        with pytest.raises(WebhookHasEnded):
            await refused


@pytest.mark.parametrize(
    "change",
    [
        "state = 'active'",
        "failures = 3",
    ],
)
async def test_the_database_lets_nothing_begin_again_that_has_ended(
    connection: Connection, ring: KeyRing, change: str
) -> None:
    merchant = (await a_merchant(connection)).id
    made = await an_endpoint(connection, merchant, ring=ring)
    await set_state(
        connection,
        merchant,
        made.endpoint.id,
        state="ended",
        actor=of_merchant(merchant),
        now=NOW,
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(f"UPDATE webhook_endpoint SET {change}")
    assert refused.value.sqlstate == "PA258"


async def test_an_endpoint_moves_to_no_other_address_or_merchant(
    connection: Connection, owner: Connection, ring: KeyRing
) -> None:
    await an_endpoint(connection, (await a_merchant(connection)).id, ring=ring)
    other = (await a_merchant(connection)).id
    for change, value in (("url", "https://elders.nl/"), ("merchant_id", other)):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await owner.execute(f"UPDATE webhook_endpoint SET {change} = $1", value)
        assert refused.value.sqlstate == "PA258"
    with pytest.raises(asyncpg.PostgresError):
        await owner.execute("DELETE FROM webhook_endpoint")


@pytest.mark.parametrize(
    "url",
    [
        "http://kassa.nl/",
        "https://127.0.0.1/",
        "https://a@kassa.nl/",
        "https://kassa.nl:8443/",
        "https://kassa.nl",
        "https://kassa.nl/#x",
        "https://KASSA.nl/",
        "https://[::1]/",
        "https://localhost/",
    ],
)
async def test_the_database_keeps_no_other_kind_of_address(
    connection: Connection, owner: Connection, ring: KeyRing, url: str
) -> None:
    merchant = (await a_merchant(connection)).id
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(
            """
            INSERT INTO webhook_endpoint (id, merchant_id, place, url, events, state, state_since, created_at, created_by, epoch)
            VALUES ($1, $1, 1, $2, '{till.paused}', 'active', $3, $3, $1, 1)
            """,
            *(merchant, url, NOW),
        )


async def test_somebody_of_another_merchant_finds_nothing_by_any_way(
    connection: Connection, ring: KeyRing
) -> None:
    merchant, other = (await a_merchant(connection)).id, (await a_merchant(connection)).id
    theirs = (await an_endpoint(connection, merchant, ring=ring)).endpoint
    actor, registrar = of_merchant(other), an_actor(Role.REGISTRAR)
    for of in (merchant, other):
        expected = OtherMerchant if of == merchant else WebhookNotFound
        for refused in (
            read_endpoint(connection, of, theirs.id, actor=actor),
            choose_events(connection, of, theirs.id, events=["till.paused"], actor=actor),
            set_state(connection, of, theirs.id, state="paused", actor=actor, now=NOW),
            rotate_secret(connection, of, theirs.id, ring=ring, actor=actor, now=NOW),
            send_test(connection, of, theirs.id, actor=actor, now=NOW),
            list_deliveries(connection, of, theirs.id, actor=actor),
        ):
            with pytest.raises(expected):
                await refused
    with pytest.raises(WebhookNotFound):
        await read_endpoint(connection, other, theirs.id, actor=registrar)
    assert await list_endpoints(connection, other, actor=actor) == []


async def test_what_is_chosen_switched_and_renewed_is_written_down(
    connection: Connection, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id
    actor = of_merchant(merchant)
    made = (await an_endpoint(connection, merchant, ring=ring, events=["till.paused"])).endpoint
    which = (merchant, made.id)
    await choose_events(connection, *which, events=["till.revoked"], actor=actor)
    await choose_events(connection, *which, events=["till.revoked"], actor=actor)
    for state in ("paused", "paused", "active", "ended"):
        await set_state(connection, *which, state=state, actor=actor, now=NOW)
    events = await read_events(connection, subject_kind="webhook", subject_id=made.id)
    assert [one.kind for one in reversed(events)] == [
        "webhook.created",
        "webhook.changed",
        "webhook.paused",
        "webhook.resumed",
        "webhook.ended",
    ]
    assert {one.actor_id for one in events[:-1]} == {actor.id}


async def test_a_merchant_that_has_ended_gets_no_endpoint(
    connection: Connection, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id
    await connection.execute("UPDATE merchant SET state = 'ended'")
    with pytest.raises(MerchantHasEnded):
        await an_endpoint(connection, merchant, ring=ring)


async def test_tests_are_five_a_minute_and_none_to_what_rests(
    connection: Connection, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id
    made, actor = (
        (await an_endpoint(connection, merchant, ring=ring)).endpoint,
        of_merchant(merchant),
    )
    now = datetime.now(UTC)
    for _ in range(5):
        await send_test(connection, merchant, made.id, actor=actor, now=now)
    with pytest.raises(TooManyTests):
        await send_test(connection, merchant, made.id, actor=actor, now=now)
    await set_state(connection, merchant, made.id, state="paused", actor=actor, now=now)
    with pytest.raises(WebhookRests):
        await send_test(connection, merchant, made.id, actor=actor, now=now)
    log = await list_deliveries(connection, merchant, made.id, actor=actor, limit=3)
    rest = await list_deliveries(
        connection, merchant, made.id, actor=actor, before=log[-1].message_id
    )
    assert len({one.message_id for one in [*log, *rest]}) == 5


async def test_what_was_never_sent_to_this_endpoint_is_not_sent_again(
    connection: Connection, ring: KeyRing
) -> None:
    merchant = (await a_merchant(connection)).id
    actor = of_merchant(merchant)
    made: list[Endpoint] = [
        (await an_endpoint(connection, merchant, ring=ring)).endpoint for _ in range(2)
    ]
    sent = await send_test(connection, merchant, made[0].id, actor=actor, now=NOW)
    for endpoint, message in ((made[1].id, sent), (made[0].id, MessageId(UUID(int=1)))):
        with pytest.raises(DeliveryNotFound):
            await send_again(
                connection, merchant, endpoint, message_id=message, actor=actor, now=NOW
            )
