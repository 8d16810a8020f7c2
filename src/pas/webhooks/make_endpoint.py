"""A merchant says where messages go and what of, and gets the secret, this once.

The name in the address is looked up only when something is sent: what it leads to then is what
counts, and looking now would prove nothing about later.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, uuid7
from pas.merchants.stored import lock_present_merchant
from pas.webhooks.model import Endpoint, EndpointId, NewEndpoint
from pas.webhooks.rules import fit_url
from pas.webhooks.signing import derived, shown
from pas.webhooks.stored import read_endpoint

MOST: Final = 5
CHANNEL: Final = "pas_webhook"
"""On which is told that a municipality has something to send sooner than its turn."""


class TooManyWebhooks(Refusal):
    """U heeft al vijf webadressen waar berichten heen gaan."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stop eerst met een adres dat u niet meer gebruikt."


class Place(msgspec.Struct, frozen=True):
    place: int


class MadeEndpoint(msgspec.Struct, frozen=True):
    """The secret is shown once; nothing keeps it."""

    endpoint: Endpoint
    secret: str


READ_PLACES: Final = Statement(
    "SELECT place FROM webhook_endpoint WHERE merchant_id = $1 AND state <> 'ended'", Place
)
INSERT_ENDPOINT: Final = Statement(
    """
    INSERT INTO webhook_endpoint (id, merchant_id, place, url, events, state, state_since, created_at,
        created_by, epoch)
    SELECT $1, $2, $3, $4, $5, 'active', $6, $6, $7, max(number) FROM epoch
    """,
    None,
)
INSERT_SECRET: Final = Statement(
    "INSERT INTO webhook_secret (endpoint_id, number, key_id, made_at) VALUES ($1, $2, $3, $4)",
    None,
)
TELL: Final = Statement("SELECT pg_notify($1, current_schema())", None)


async def make_endpoint(
    connection: Connection,
    merchant_id: MerchantId,
    new: NewEndpoint,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> MadeEndpoint:
    endpoint_id, url = EndpointId(uuid7()), fit_url(new.url)
    key = ring.current(Purpose.WEBHOOK_SIGNING)
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        place = free_place([one.place for one in await READ_PLACES.all(connection, merchant_id)])
        await INSERT_ENDPOINT.run(
            connection,
            *(endpoint_id, merchant_id, place, url, sorted(set(new.events)), now, actor.id),
        )
        await INSERT_SECRET.run(connection, endpoint_id, 1, key.key_id, now)
        made = await read_endpoint(connection, merchant_id, endpoint_id, actor=actor)
        await record_event(
            connection,
            kind="webhook.created",
            subject_kind="webhook",
            subject_id=endpoint_id,
            actor=actor,
            after=made,
        )
        await TELL.run(connection, CHANNEL)
    return MadeEndpoint(made, shown(derived(key, endpoint_id, 1)))


def free_place(taken: Sequence[int]) -> int:
    """Give the first place that no endpoint has."""
    free = [place for place in range(1, MOST + 1) if place not in taken]
    if not free:
        raise TooManyWebhooks
    return free[0]
