"""Reads endpoints of a merchant; somebody of another merchant is told that there is none."""

from typing import ClassVar, Final

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId
from pas.merchants.stored import read_merchant
from pas.webhooks.model import Endpoint, EndpointId


class WebhookNotFound(Refusal):
    """Deze berichten naar een webadres zijn er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een webadres uit de lijst."


class WebhookHasEnded(Refusal):
    """Naar dit webadres sturen wij niets meer."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Geef het adres opnieuw op. U krijgt dan een nieuw geheim."


READ_ENDPOINTS: Final = Statement(
    """
    SELECT id, merchant_id, url, events, state, state_since, arrived_at, created_at
    FROM webhook_endpoint WHERE merchant_id = $1 ORDER BY state = 'ended', created_at, id
    """,
    Endpoint,
)
READ_ENDPOINT: Final = Statement(
    """
    SELECT id, merchant_id, url, events, state, state_since, arrived_at, created_at
    FROM webhook_endpoint WHERE id = $1 AND merchant_id = $2
    """,
    Endpoint,
)
LOCK_ENDPOINT: Final = Statement(
    """
    SELECT id, merchant_id, url, events, state, state_since, arrived_at, created_at
    FROM webhook_endpoint WHERE id = $1 AND merchant_id = $2 FOR NO KEY UPDATE
    """,
    Endpoint,
)


async def list_endpoints(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> list[Endpoint]:
    """Those that have ended come last."""
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ_ENDPOINTS.all(connection, merchant_id)


async def read_endpoint(
    connection: Connection, merchant_id: MerchantId, endpoint_id: EndpointId, *, actor: Actor
) -> Endpoint:
    actor.require_merchant(merchant_id)
    return _found(await READ_ENDPOINT.first(connection, endpoint_id, merchant_id))


async def lock_endpoint(
    connection: Connection, merchant_id: MerchantId, endpoint_id: EndpointId, *, actor: Actor
) -> Endpoint:
    """Until the end of the transaction nobody else changes it; one that has ended is refused."""
    actor.require_merchant(merchant_id)
    found = _found(await LOCK_ENDPOINT.first(connection, endpoint_id, merchant_id))
    if found.state == "ended":
        raise WebhookHasEnded
    return found


def _found(endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None:
        raise WebhookNotFound
    return endpoint
