"""What a manager does with an address: choose, switch, try, renew, send again, end."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected, ring_of
from pas.ids import MerchantId
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import done, page, read_form, wrong_form
from pas.webhooks.change_endpoint import choose_events, set_state
from pas.webhooks.deliveries import send_again, send_test
from pas.webhooks.model import ChosenState, EndpointId, MessageId
from pas.webhooks.pages.shown import WEBHOOK, address_of, chosen, one_context, secret_page
from pas.webhooks.rotate_secret import rotate_secret
from pas.webhooks.routes import MANAGE
from pas.webhooks.stored import read_endpoint

ACTS: Final[dict[str, ChosenState]] = {"pause": "paused", "resume": "active"}


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
    """Let it rest or go on, or send something to try it."""
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


@post(f"{WEBHOOK}/end", opt=MANAGE, include_in_schema=False, status_code=303)
async def end_webhook(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    merchant_id: FromPath[UUID],
    endpoint_id: FromPath[UUID],
) -> Redirect:
    which = (MerchantId(merchant_id), EndpointId(endpoint_id))
    async with connected(request, municipality) as connection:
        await set_state(
            connection, *which, state="ended", actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(address_of(municipality, *which))


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


routes: list[ControllerRouterHandler] = [
    change_webhook_events,
    switch_webhook,
    renew_webhook_secret,
    ask_ending,
    end_webhook,
    send_once_more,
]
