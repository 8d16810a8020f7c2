"""A temporary pass on paper: printed here, works at once, for a few weeks."""

from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected, ring_of
from pas.counter.pages.frame import HELP, PERSON, desk_of, frame
from pas.days import day_of
from pas.passes.cards import read_card
from pas.passes.codes import grouped
from pas.passes.make_cards import Press
from pas.passes.qr import card_svg
from pas.passes.replace import issue_temporary_card
from pas.problems.bodies import AppRequest
from pas.web.pages import page


@post(f"{PERSON}/temporary-pass", opt=HELP, include_in_schema=False, status_code=200)
async def print_temporary(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Make it and show it once, ready to print; one from before works no more."""
    desk = await desk_of(request, municipality, resident_id)
    press = Press(await ring_of(request, municipality))
    async with connected(request, municipality) as connection:
        made = await issue_temporary_card(
            connection, desk.who.id, press=press, actor=desk.actor, now=desk.now
        )
        card = await read_card(connection, made.card_id, actor=desk.actor, now=desk.now)
    assert card.expires_at is not None, "a temporary card ends"
    return page(
        request,
        "counter/temporary.html",
        **frame(municipality, desk),
        code=card_svg(made.codes.token),
        digits=grouped(made.codes.number),
        until=day_of(card.expires_at),
    )


routes: list[ControllerRouterHandler] = [print_temporary]
