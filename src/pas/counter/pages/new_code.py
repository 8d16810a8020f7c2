"""A new code for a card, as a letter to hand over or to post; the old code opens nothing more."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected, ring_of
from pas.counter.pages.frame import PERSON, card_of, desk_of, frame
from pas.passes.activate import renew_activation_code
from pas.passes.codes import printed
from pas.problems.bodies import AppRequest
from pas.web.pages import page

ISSUE: Final = {"permission": Permission.CARDS_ISSUE}
PAGE: Final = f"{PERSON}/cards/{{card_id:uuid}}/code"


@get(PAGE, opt=ISSUE, include_in_schema=False)
async def code_page(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    card_id: FromPath[UUID],
) -> Response[str]:
    """What it does, and one button."""
    desk = await desk_of(request, municipality, resident_id)
    await card_of(request, municipality, card_id, desk=desk)
    return page(request, "counter/new_code.html", **frame(municipality, desk))


@post(PAGE, opt=ISSUE, include_in_schema=False, status_code=200)
async def make_code(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    card_id: FromPath[UUID],
) -> Response[str]:
    """Show the letter, once."""
    desk = await desk_of(request, municipality, resident_id)
    card = await card_of(request, municipality, card_id, desk=desk)
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        code = await renew_activation_code(
            connection, card.id, ring=ring, actor=desk.actor, now=desk.now
        )
    where = f"{auth_state(request.app.state).origin}/{municipality}/sign-in/card"
    context = {"code": printed(code), "address": where}
    return page(request, "counter/code_letter.html", **frame(municipality, desk), **context)


routes: list[ControllerRouterHandler] = [code_page, make_code]
