"""Where do messages go, and what was sent: looking, and making one whose secret is shown once."""

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected, ring_of
from pas.ids import MerchantId
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import page, read_form, wrong_form
from pas.webhooks.make_endpoint import make_endpoint
from pas.webhooks.model import Endpoint, NewEndpoint
from pas.webhooks.pages.shown import (
    WEBHOOK,
    WEBHOOKS,
    chosen,
    list_context,
    one_context,
    secret_page,
)
from pas.webhooks.routes import MANAGE, READ
from pas.webhooks.rules import fit_url


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


routes: list[ControllerRouterHandler] = [webhooks_page, make_webhook, webhook_page]
