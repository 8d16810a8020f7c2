"""What the pages of webhooks show, and where they are."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import MerchantId
from pas.merchants.stored import read_merchant
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import page
from pas.webhooks.deliveries import list_deliveries
from pas.webhooks.make_endpoint import MadeEndpoint
from pas.webhooks.model import EVENT_TYPES, Endpoint, EndpointId, EventType
from pas.webhooks.stored import list_endpoints, read_endpoint
from pas.webhooks.words import STATES, DeliveryLine, line_of, types_in_words

WEBHOOKS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/webhooks"
WEBHOOK: Final = f"{WEBHOOKS}/{{endpoint_id:uuid}}"
ON_A_PAGE: Final = 50
NOTHING_CHOSEN: Final = "Kies waarover u berichten wilt."


class EndpointTile(msgspec.Struct, frozen=True):
    """One endpoint in the list."""

    id: EndpointId
    url: str
    state: str
    kind: str
    about: str


def chosen(form: Form) -> list[EventType]:
    """What was ticked; nothing is told beside the first box."""
    found: list[EventType] = [kind for kind in EVENT_TYPES if form.ticked(kind)]
    if not found:
        form.refuse(next(iter(EVENT_TYPES)), NOTHING_CHOSEN)
    return found


def address_of(municipality: str, merchant_id: UUID, endpoint_id: UUID) -> str:
    return f"/{municipality}/merchants/{merchant_id}/webhooks/{endpoint_id}"


def secret_page(
    request: AppRequest, municipality: str, made: MadeEndpoint, *, renewed: bool
) -> Response[str]:
    """Show a secret; it is kept nowhere, so it is never shown again."""
    endpoint = made.endpoint
    return page(
        request,
        "webhooks/secret.html",
        endpoint=endpoint,
        secret=made.secret,
        renewed=renewed,
        back=address_of(municipality, endpoint.merchant_id, endpoint.id),
        home=f"/{municipality}",
    )


async def list_context(
    request: AppRequest, municipality: str, merchant_id: UUID
) -> dict[str, object]:
    actor, wanted = actor_of(request), MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, wanted, actor=actor)
        found = await list_endpoints(connection, wanted, actor=actor)
    return {
        "home": f"/{municipality}",
        "merchant": merchant,
        "here": f"/{municipality}/merchants/{merchant_id}/webhooks",
        "endpoints": [tile_of(one) for one in found],
        "types": list(EVENT_TYPES.items()),
        "may_manage": actor.may(Permission.WEBHOOKS_MANAGE),
    }


async def one_context(
    request: AppRequest, municipality: str, which: tuple[UUID, UUID]
) -> dict[str, object]:
    actor, now = actor_of(request), datetime.now(UTC)
    merchant_id, endpoint_id = MerchantId(which[0]), EndpointId(which[1])
    async with connected(request, municipality) as connection:
        endpoint = await read_endpoint(connection, merchant_id, endpoint_id, actor=actor)
        sent = await list_deliveries(
            connection, merchant_id, endpoint_id, actor=actor, limit=ON_A_PAGE
        )
    state, kind = STATES[endpoint.state]
    lines: list[DeliveryLine] = [line_of(one, now=now) for one in sent]
    may_manage = actor.may(Permission.WEBHOOKS_MANAGE) and endpoint.state != "ended"
    return {
        "home": f"/{municipality}",
        "here": address_of(municipality, merchant_id, endpoint_id),
        "list": f"/{municipality}/merchants/{merchant_id}/webhooks",
        "endpoint": endpoint,
        "state": state,
        "kind": kind,
        "about": types_in_words(endpoint.events),
        "types": list(EVENT_TYPES.items()),
        "lines": lines,
        "may_manage": may_manage,
    }


def tile_of(endpoint: Endpoint) -> EndpointTile:
    state, kind = STATES[endpoint.state]
    return EndpointTile(endpoint.id, endpoint.url, state, kind, types_in_words(endpoint.events))
