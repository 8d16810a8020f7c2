"""The years of the books, newest first, and how each stands."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.web.pages import page
from pas.years.routes.fields import READ
from pas.years.stored import YearClosing, read_closings
from pas.years.words import STATES
from pas.years.years import read_years

OVERVIEW: Final = "/{municipality:str}/years"


@get(OVERVIEW, opt=READ, include_in_schema=False)
async def years_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which year runs, and which are closed?"""
    async with connected(request, municipality) as connection:
        years = await read_years(connection, now=datetime.now(UTC))
        closings = await read_closings(connection)
    newest: dict[int, YearClosing] = {}
    for closing in closings:
        newest.setdefault(closing.year, closing)
    home = f"/{municipality}"
    return page(
        request,
        "years/years.html",
        home=home,
        tiles=[(str(one), state_of(newest.get(one)), f"{home}/years/{one}") for one in years],
    )


def state_of(closing: YearClosing | None) -> str:
    return STATES["open" if closing is None else closing.state][0]


routes: list[ControllerRouterHandler] = [years_page]
