"""Where a merchant's messages go, as pages: make one, see its secret once, look at what was sent."""

from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import MerchantId
from pas.merchants.stored import read_merchant
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form
from pas.webhooks.change_endpoint import choose_events, set_state
from pas.webhooks.deliveries import list_deliveries, send_again, send_test
from pas.webhooks.make_endpoint import MadeEndpoint, make_endpoint
from pas.webhooks.model import (
    EVENT_TYPES,
    ChosenState,
    Endpoint,
    EndpointId,
    EventType,
    MessageId,
    NewEndpoint,
)
from pas.webhooks.rotate_secret import rotate_secret
from pas.webhooks.routes import MANAGE, READ, ring_of
from pas.webhooks.rules import fit_url
from pas.webhooks.stored import list_endpoints, read_endpoint
from pas.webhooks.words import STATES, DeliveryLine, line_of, types_in_words

WEBHOOKS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/webhooks"
WEBHOOK: Final = f"{WEBHOOKS}/{{endpoint_id:uuid}}"
ON_A_PAGE: Final = 50
NOTHING_CHOSEN: Final = "Kies waarover u berichten wilt."
ACTS: Final[dict[str, ChosenState]] = {"pause": "paused", "resume": "active", "end": "ended"}


class EndpointTile(msgspec.Struct, frozen=True):
    """One endpoint in the list."""

    id: EndpointId
    url: str
    state: str
    kind: str
    about: str


@get(WEBHOOKS, opt=READ, include_in_schema=False)
async def webhooks_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Where do messages go, and a form for another address."""
    context = await list_context(request, municipality, merchant_id)
    return page(request, "webhooks/list.html", form=Form(), **context)


@post(WEBHOOKS, opt=MANAGE, include_in_schema=False, status_code=200)
async def make_webhook(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Make one and show its secret, this once."""
    form = await read_form(request)
    url = form.parsed("url", "Vul het webadres in.", fit_url)
    events = chosen(form)
    if url is None or not events:
        context = await list_context(request, municipality, merchant_id)
        return wrong_form(request, "webhooks/list.html", form, **context)
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        made = await make_endpoint(
            connection,
            MerchantId(merchant_id),
            NewEndpoint(url=url, events=events),
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return secret_page(request, municipality, made, renewed=False)


@get(WEBHOOK, opt=READ, include_in_schema=False)
async def webhook_page(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> Response[str]:
    """One address: how it stands, what it hears of, and what was sent."""
    context = await one_context(request, municipality, (merchant_id, endpoint_id))
    form = Form(dict.fromkeys(cast("Endpoint", context["endpoint"]).events, "ja"))
    return page(request, "webhooks/endpoint.html", form=form, **context)


@post(f"{WEBHOOK}/events", opt=MANAGE, include_in_schema=False, status_code=303)
async def change_webhook_events(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> Response[str] | Redirect:
    form = await read_form(request)
    events = chosen(form)
    if not events:
        context = await one_context(request, municipality, (merchant_id, endpoint_id))
        return wrong_form(request, "webhooks/endpoint.html", form, **context)
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        await choose_events(connection, *which, events=events, actor=actor_of(request))
    return done(address_of(municipality, *which))


@post(f"{WEBHOOK}/{{act:str}}", opt=MANAGE, include_in_schema=False, status_code=303)
async def switch_webhook(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
    act: FromPath[str],
) -> Redirect:
    """Let it rest, go on or end, or send something to try it."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        if act == "test":
            await send_test(connection, *which, actor=actor, now=now)
        elif act in ACTS:
            await set_state(connection, *which, state=ACTS[act], actor=actor, now=now)
        else:
            raise NotFound
    return done(address_of(municipality, *which))


@post(f"{WEBHOOK}/secret", opt=MANAGE, include_in_schema=False, status_code=200)
async def renew_webhook_secret(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> Response[str]:
    """A new secret, shown once; the old one signs along for a day."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        made = await rotate_secret(
            connection, *which, ring=ring, actor=actor_of(request), now=datetime.now(UTC)
        )
    return secret_page(request, municipality, made, renewed=True)


@get(f"{WEBHOOK}/end", opt=MANAGE, include_in_schema=False)
async def ask_ending(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> Response[str]:
    """Ask once more: what has ended stays so."""
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        endpoint = await read_endpoint(connection, *which, actor=actor_of(request))
    return page(
        request,
        "webhooks/end.html",
        endpoint=endpoint,
        here=address_of(municipality, *which),
        home=f"/{municipality}",
    )


@post(
    f"{WEBHOOK}/messages/{{message_id:uuid}}", opt=MANAGE, include_in_schema=False, status_code=303
)
async def send_once_more(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
    message_id: FromPath[UUID],
) -> Redirect:
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        await send_again(
            connection,
            *which,
            message_id=MessageId(message_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(address_of(municipality, *which))


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


routes: list[ControllerRouterHandler] = [
    webhooks_page,
    make_webhook,
    webhook_page,
    change_webhook_events,
    switch_webhook,
    renew_webhook_secret,
    ask_ending,
    send_once_more,
]
