"""What stands out, the heaviest first; and what was looked at earlier."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.ids import SignalId
from pas.problems.bodies import AppRequest
from pas.signals.model import Signal
from pas.signals.routes import READ
from pas.signals.show import MOST, list_judged, list_open
from pas.signals.words import VERDICTS, WORDS, seen, urgency
from pas.web.dates import day
from pas.web.pages import page

LIST: Final = "/{municipality:str}/signals"


class Tile(msgspec.Struct, frozen=True):
    """A signal in the list."""

    id: SignalId
    title: str
    merchant: str
    text: str
    when: str
    badge: str
    colour: str


@get(LIST, opt=READ, include_in_schema=False)
async def signals_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What should I look at first?"""
    async with connected(request, municipality) as connection:
        found = await list_open(connection)
    return page(
        request,
        "signals/list.html",
        home=f"/{municipality}",
        signals=[open_tile(one) for one in found],
        is_full=len(found) == MOST,
    )


@get(f"{LIST}/judged", opt=READ, include_in_schema=False)
async def judged_page(
    municipality: FromPath[str], request: AppRequest, *, before: FromQuery[UUID | None] = None
) -> Response[str]:
    """What did we find earlier?"""
    last = None if before is None else SignalId(before)
    async with connected(request, municipality) as connection:
        found = await list_judged(connection, before=last)
    return page(
        request,
        "signals/judged.html",
        home=f"/{municipality}",
        signals=[judged_tile(one) for one in found],
        before=found[-1].id if len(found) == MOST else None,
    )


def open_tile(one: Signal) -> Tile:
    badge, colour = urgency(one.weight)
    return tile(one, badge, colour)


def judged_tile(one: Signal) -> Tile:
    assert one.verdict is not None, "only what was judged is listed as judged"
    title, _, colour = VERDICTS[one.verdict]
    return tile(one, title.lower(), colour)


def tile(one: Signal, badge: str, colour: str) -> Tile:
    when = f"Week van {day(one.week)}" + (f", kassa {one.till}" if one.till else "")
    title = WORDS[one.kind].title
    return Tile(one.id, title, one.merchant, seen(one), when=when, badge=badge, colour=colour)


routes: list[ControllerRouterHandler] = [signals_page, judged_page]
