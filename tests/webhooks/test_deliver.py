"""What waits is sent, signed, and who receives it can check all of it."""

from datetime import UTC, datetime

import msgspec

from delivering import a_courier, is_from, logged
from given.days import NOW
from given.merchants import of_merchant
from given.sandbox import become_sandbox
from given.settlements import Shop, a_shop, sell
from given.webhooks import an_endpoint, filled
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.webhooks.deliver import valid_secrets
from pas.webhooks.model import Due
from pas.webhooks.rotate_secret import OVERLAP, rotate_secret
from pas.webhooks.signing import signed
from receiving import (
    Received,
    Receiver,
    a_post,
    leading_to,
)

VELSEN = MunicipalityName("velsen")


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
