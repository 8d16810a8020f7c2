"""Who carries messages in tests, and what the log says of it."""

from standardwebhooks import Webhook, WebhookVerificationError

from given.settlements import Shop, sell
from given.webhooks import an_endpoint, filled
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection, Database
from pas.outgoing.post import Post, Problem, Sent
from pas.webhooks.courier import Courier
from pas.webhooks.make_endpoint import MadeEndpoint
from receiving import (
    Received,
)


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


def went(problem: Problem | None) -> Sent:
    return Sent(None if problem else 200, problem, 12, "")


async def a_waiting_message(connection: Connection, shop: Shop, ring: KeyRing) -> MadeEndpoint:
    made = await an_endpoint(connection, shop.merchant.id, ring=ring)
    await sell(connection, shop, 100)
    await filled(connection)
    return made
