"""The log of what was sent to an endpoint; and sending something again, or something to try it."""

from datetime import UTC, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, uuid7
from pas.webhooks.contents import EndpointTest, told
from pas.webhooks.make_endpoint import CHANNEL, TELL
from pas.webhooks.model import TEST_TYPE, Delivery, EndpointId, MessageId
from pas.webhooks.stored import lock_endpoint, read_endpoint

MOST: Final = 100


class DeliveryNotFound(Refusal):
    """Dit bericht is er niet meer."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een bericht uit de lijst. Wij bewaren berichten zes weken."


class WebhookRests(Refusal):
    """Naar dit webadres sturen wij nu niets."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Zet het adres eerst weer aan."


class TooManyTests(Refusal):
    """U stuurde net al veel proefberichten."""

    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Wacht een minuut en probeer het dan opnieuw."


class Count(msgspec.Struct, frozen=True):
    count: int


READ_DELIVERIES: Final = Statement(
    """
    SELECT m.id AS message_id, m.type, m.made_at, d.state, d.tries,
        CASE WHEN d.state = 'waiting' THEN d.next_try_at END AS next_try_at,
        t.tried_at, t.status, t.problem, t.milliseconds, t.answer
    FROM webhook_delivery d JOIN webhook_message m ON m.id = d.message_id
    LEFT JOIN LATERAL (
        SELECT y.tried_at, y.status, y.problem, y.milliseconds, y.answer FROM webhook_try y
        WHERE y.endpoint_id = d.endpoint_id AND y.message_id = d.message_id ORDER BY y.number DESC LIMIT 1
    ) t ON true
    WHERE d.endpoint_id = $1 AND ($2::uuid IS NULL
        OR (m.made_at, m.id) < (SELECT b.made_at, b.id FROM webhook_message b WHERE b.id = $2))
    ORDER BY m.made_at DESC, m.id DESC LIMIT $3
    """,
    Delivery,
)
SEND_AGAIN: Final = Statement(
    """
    WITH again AS (
        UPDATE webhook_delivery SET state = 'waiting', tries_before = tries, next_try_at = $3
        WHERE endpoint_id = $1 AND message_id = $2 AND (lease_until IS NULL OR lease_until < $3)
        RETURNING 1
    )
    SELECT count(*) AS count FROM again
    """,
    Count,
)
COUNT_TESTS: Final = Statement(
    """
    SELECT count(*) AS count FROM webhook_message m
    WHERE m.merchant_id = $1 AND m.type = $2 AND m.made_at > clock_timestamp() - interval '1 minute'
    """,
    Count,
)
INSERT_TEST: Final = Statement(
    "INSERT INTO webhook_message (id, merchant_id, type, content) VALUES ($1, $2, $3, $4)", None
)
INSERT_TEST_DELIVERY: Final = Statement(
    "INSERT INTO webhook_delivery (endpoint_id, message_id, next_try_at) VALUES ($1, $2, $3)", None
)
TESTS_A_MINUTE: Final = 5


async def list_deliveries(
    connection: Connection,
    merchant_id: MerchantId,
    endpoint_id: EndpointId,
    *,
    actor: Actor,
    before: MessageId | None = None,
    limit: int = MOST,
) -> list[Delivery]:
    """The newest first; for the next page, ``before`` is the last of this one."""
    await read_endpoint(connection, merchant_id, endpoint_id, actor=actor)
    return await READ_DELIVERIES.all(connection, endpoint_id, before, min(limit, MOST))


async def send_again(
    connection: Connection,
    merchant_id: MerchantId,
    endpoint_id: EndpointId,
    *,
    message_id: MessageId,
    actor: Actor,
    now: datetime,
) -> None:
    """Send a message once more, under its own id; the one that is on its way now is left alone."""
    async with connection.transaction():
        await lock_endpoint(connection, merchant_id, endpoint_id, actor=actor)
        if (await SEND_AGAIN.one(connection, endpoint_id, message_id, now)).count == 0:
            raise DeliveryNotFound
        await TELL.run(connection, CHANNEL)


async def send_test(
    connection: Connection,
    merchant_id: MerchantId,
    endpoint_id: EndpointId,
    *,
    actor: Actor,
    now: datetime,
) -> MessageId:
    """Send a message that tells of nothing, to see whether messages arrive."""
    message_id = MessageId(uuid7())
    async with connection.transaction():
        endpoint = await lock_endpoint(connection, merchant_id, endpoint_id, actor=actor)
        if endpoint.state != "active":
            raise WebhookRests
        if (await COUNT_TESTS.one(connection, merchant_id, TEST_TYPE)).count >= TESTS_A_MINUTE:
            raise TooManyTests
        data = EndpointTest(merchant_id, endpoint_id)
        content = told(message_id, TEST_TYPE, data, at=now.astimezone(UTC))
        await INSERT_TEST.run(connection, message_id, merchant_id, TEST_TYPE, content)
        await INSERT_TEST_DELIVERY.run(connection, endpoint_id, message_id, now)
        await TELL.run(connection, CHANNEL)
    return message_id
