"""What was sent: to somebody, for an officer, and what a demonstration would have sent."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.demo_login import refuse_outside_demo
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.ids import MunicipalityName, ResidentId
from pas.messages.show import SentMessage, kept_messages, last_messages
from pas.messages.words import CHANNELS, PROBLEMS, REASONS, STATES
from pas.problems.bodies import AppRequest
from pas.web.dates import moment
from pas.web.pages import page

READ: Final = {"permission": Permission.PASSES_READ}
PUBLIC: Final = {"public": True}


@get("/{municipality:str}/residents/{resident_id:uuid}/messages", opt=READ, include_in_schema=False)
async def messages_of_holder(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """When something was sent, by which way, and how that ended; never what, and never where to."""
    async with connected(request, municipality) as connection:
        found = await last_messages(
            connection,
            ResidentId(resident_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return page(
        request,
        "messages/sent.html",
        home=f"/{municipality}",
        resident_id=resident_id,
        lines=[line(one) for one in found],
    )


@get("/{municipality:str}/demo/messages", opt=PUBLIC, include_in_schema=False)
async def messages_of_demo(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What would have been sent: a demonstration has no mail server, and everybody in it is invented."""
    await refuse_outside_demo(request, MunicipalityName(municipality))
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        found = await kept_messages(connection, ring=ring)
    return page(
        request,
        "messages/kept.html",
        home=f"/{municipality}",
        messages=[(CHANNELS[one.channel], moment(one.made_at), one.letter) for one in found],
    )


def line(one: SentMessage) -> list[str]:
    how = PROBLEMS.get(one.problem or "", "")
    return [
        moment(one.made_at),
        REASONS[one.reason],
        CHANNELS[one.channel],
        f"{STATES[one.state]}. {how}".strip() if how else STATES[one.state],
    ]


routes: list[ControllerRouterHandler] = [messages_of_holder, messages_of_demo]
