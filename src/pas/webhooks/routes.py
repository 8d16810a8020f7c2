"""Endpoints of the API with which a merchant says where messages go, and reads how they went."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.ids import MerchantId
from pas.problems.bodies import AppRequest
from pas.webhooks.change_endpoint import choose_events, set_state
from pas.webhooks.deliveries import list_deliveries, send_again, send_test
from pas.webhooks.make_endpoint import MadeEndpoint, make_endpoint
from pas.webhooks.model import (
    Delivery,
    Endpoint,
    EndpointId,
    Events,
    MessageId,
    NewEndpoint,
    SwitchedState,
)
from pas.webhooks.rotate_secret import rotate_secret
from pas.webhooks.stored import list_endpoints, read_endpoint

ENDPOINTS: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/webhook-endpoints"
ENDPOINT: Final = f"{ENDPOINTS}/{{endpoint_id:uuid}}"
READ: Final = {"permission": Permission.WEBHOOKS_READ}
MANAGE: Final = {"permission": Permission.WEBHOOKS_MANAGE}

Limit = Annotated[int, QueryParameter(ge=1, le=100)]


class Endpoints(msgspec.Struct, frozen=True):
    """Those that have ended come last."""

    items: list[Endpoint]


class Deliveries(msgspec.Struct, frozen=True):
    """The newest first; the next page is before the last message."""

    items: list[Delivery]


class EventsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an endpoint hears of."""

    events: Events


class EndpointStateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether messages go there; what happens while they do not, waits."""

    state: SwitchedState


class Asked(msgspec.Struct, frozen=True, rename="camel"):
    """The message that goes out."""

    message_id: MessageId


@get(ENDPOINTS, opt=READ)
async def list_webhook_endpoints(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Endpoints:
    """Lees naar welke webadressen berichten gaan."""
    async with connected(request, municipality) as connection:
        return Endpoints(
            await list_endpoints(connection, MerchantId(merchant_id), actor=actor_of(request))
        )


@post(ENDPOINTS, opt=MANAGE)
async def make_webhook_endpoint(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[NewEndpoint],
) -> MadeEndpoint:
    """Laat berichten naar een webadres gaan, ondertekend volgens Standard Webhooks.

    Het geheim staat alleen in dit antwoord.
    """
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await make_endpoint(
            connection,
            MerchantId(merchant_id),
            data,
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get(ENDPOINT, opt=READ)
async def read_webhook_endpoint(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> Endpoint:
    """Lees één webadres."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        return await read_endpoint(connection, *which, actor=actor_of(request))


@put(ENDPOINT, opt=MANAGE)
async def change_webhook_endpoint(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
    data: JSONBody[EventsBody],
) -> Endpoint:
    """Kies waarover er berichten gaan. Het adres zelf verandert niet."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        return await choose_events(connection, *which, events=data.events, actor=actor_of(request))


@put(f"{ENDPOINT}/state", opt=MANAGE)
async def set_webhook_endpoint_state(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
    data: JSONBody[EndpointStateBody],
) -> Endpoint:
    """Zet berichten naar een adres stil, of weer aan. Wat intussen gebeurt, wacht."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        return await set_state(
            connection,
            *which,
            state=data.state,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@delete(ENDPOINT, opt=MANAGE)
async def end_webhook_endpoint(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> None:
    """Stop voorgoed met berichten naar een adres. Wat er was, blijft te lezen."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        await set_state(
            connection, *which, state="ended", actor=actor_of(request), now=datetime.now(UTC)
        )


@post(f"{ENDPOINT}/secrets", opt=MANAGE)
async def rotate_webhook_secret(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> MadeEndpoint:
    """Maak een nieuw geheim. Het oude tekent nog een dag mee.

    Het nieuwe geheim staat alleen in dit antwoord.
    """
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await rotate_secret(
            connection, *which, ring=ring, actor=actor_of(request), now=datetime.now(UTC)
        )


@post(f"{ENDPOINT}/test-messages", opt=MANAGE, status_code=202)
async def send_test_message(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> Asked:
    """Stuur een proefbericht."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        return Asked(
            await send_test(connection, *which, actor=actor_of(request), now=datetime.now(UTC))
        )


@get(f"{ENDPOINT}/deliveries", opt=READ)
async def list_webhook_deliveries(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
    before: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Deliveries:
    """Lees wat er naar een adres ging, en hoe het ging. Wij bewaren dit zes weken."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    last = None if before is None else MessageId(before)
    async with connected(request, municipality) as connection:
        return Deliveries(
            await list_deliveries(
                connection, *which, actor=actor_of(request), before=last, limit=limit
            )
        )


@post(f"{ENDPOINT}/deliveries/{{message_id:uuid}}/tries", opt=MANAGE, status_code=202)
async def send_message_again(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
    message_id: FromPath[UUID],
) -> Asked:
    """Stuur een bericht nog een keer, onder hetzelfde nummer."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    again = MessageId(message_id)
    async with connected(request, municipality) as connection:
        await send_again(
            connection,
            *which,
            message_id=again,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Asked(again)


routes: list[ControllerRouterHandler] = [
    list_webhook_endpoints,
    make_webhook_endpoint,
    read_webhook_endpoint,
    change_webhook_endpoint,
    set_webhook_endpoint_state,
    end_webhook_endpoint,
    rotate_webhook_secret,
    send_test_message,
    list_webhook_deliveries,
    send_message_again,
]
