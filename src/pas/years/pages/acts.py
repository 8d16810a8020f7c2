"""What one does with a year: propose to close it, close it, and open it again, always with two."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.web.pages import Why, done, reason_page, with_reason
from pas.years.close_year import confirm_closing, propose_closing, reject_closing
from pas.years.pages.year import YEAR
from pas.years.reopen_year import (
    confirm_year_reopening,
    propose_year_reopening,
    reject_year_reopening,
)
from pas.years.routes.closings import CLOSE, DECIDE, JUDGE
from pas.years.stored import YearClosing

TEXTS: Final = {
    "closing-rejection": ("blijft open", "Het voorstel vervalt dan.", "Laat open"),
    "reopening-proposal": (
        "weer openen",
        "Wat vastligt, blijft bewaard. Een ander beslist of het jaar open mag.",
        "Stel voor om te openen",
    ),
    "reopening-rejection": ("blijft dicht", "Het jaar blijft dan zoals het is.", "Laat dicht"),
}


@post(f"{YEAR}/closing-proposal", opt=CLOSE, include_in_schema=False, status_code=303)
async def propose(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await propose_closing(connection, year, actor=actor_of(request), now=datetime.now(UTC))
    return done(f"/{municipality}/years/{year}")


@post(f"{YEAR}/closing", opt=DECIDE, include_in_schema=False, status_code=303)
async def close(municipality: FromPath[str], year: FromPath[int], request: AppRequest) -> Redirect:
    async with connected(request, municipality) as connection:
        await confirm_closing(connection, year, actor=actor_of(request), now=datetime.now(UTC))
    return done(f"/{municipality}/years/{year}")


@post(f"{YEAR}/reopening", opt=DECIDE, include_in_schema=False, status_code=303)
async def reopen(municipality: FromPath[str], year: FromPath[int], request: AppRequest) -> Redirect:
    async with connected(request, municipality) as connection:
        await confirm_year_reopening(
            connection, year, actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/years/{year}")


@get(f"{YEAR}/closing-rejection", opt=JUDGE, include_in_schema=False)
async def rejection_page(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str]:
    """Why does the year stay open?"""
    return reason_page(request, why_of(municipality, year, "closing-rejection"))


@get(f"{YEAR}/reopening-proposal", opt=CLOSE, include_in_schema=False)
async def reopening_page(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str]:
    """Why is the year to be opened again?"""
    return reason_page(request, why_of(municipality, year, "reopening-proposal"))


@get(f"{YEAR}/reopening-rejection", opt=JUDGE, include_in_schema=False)
async def keep_closed_page(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str]:
    """Why does the year stay closed?"""
    return reason_page(request, why_of(municipality, year, "reopening-rejection"))


@post(f"{YEAR}/closing-rejection", opt=JUDGE, include_in_schema=False, status_code=200)
async def keep_open(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> YearClosing:
        async with connected(request, municipality) as connection:
            return await reject_closing(
                connection, year, reason=reason, actor=actor_of(request), now=datetime.now(UTC)
            )

    return await with_reason(request, why_of(municipality, year, "closing-rejection"), act)


@post(f"{YEAR}/reopening-proposal", opt=CLOSE, include_in_schema=False, status_code=200)
async def propose_reopening(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> YearClosing:
        async with connected(request, municipality) as connection:
            return await propose_year_reopening(
                connection, year, reason=reason, actor=actor_of(request), now=datetime.now(UTC)
            )

    return await with_reason(request, why_of(municipality, year, "reopening-proposal"), act)


@post(f"{YEAR}/reopening-rejection", opt=JUDGE, include_in_schema=False, status_code=200)
async def keep_closed(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> YearClosing:
        async with connected(request, municipality) as connection:
            return await reject_year_reopening(
                connection, year, reason=reason, actor=actor_of(request)
            )

    return await with_reason(request, why_of(municipality, year, "reopening-rejection"), act)


def why_of(municipality: str, year: int, act: str) -> Why:
    title, text, button = TEXTS[act]
    years = f"/{municipality}/years"
    return Why(
        municipality,
        title=f"{year} {title}",
        text=text,
        button=button,
        back=f"{years}/{year}",
        crumbs=[("Jaren", years), (str(year), f"{years}/{year}")],
    )


routes: list[ControllerRouterHandler] = [
    propose,
    close,
    reopen,
    rejection_page,
    reopening_page,
    keep_closed_page,
    keep_open,
    propose_reopening,
    keep_closed,
]
