"""What one does with a month: close it, propose to open it again, and decide on that."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.bookkeeping.close_period import close_period
from pas.bookkeeping.pages.period import PERIOD
from pas.bookkeeping.periods import Closing, name_of, period_in
from pas.bookkeeping.reopen_period import confirm_reopening, propose_reopening, reject_reopening
from pas.bookkeeping.routes import CLOSE, JUDGE, REOPEN
from pas.bookkeeping.words import month_in_words
from pas.problems.bodies import AppRequest
from pas.web.pages import Why, done, reason_page, with_reason

TEXTS: Final = {
    "reopening-proposal": (
        "weer openen",
        "De vastgelegde regels blijven bewaard. Een ander beslist of de maand open mag.",
        "Stel voor om te openen",
    ),
    "reopening-rejection": ("blijft dicht", "De maand blijft dan zoals hij is.", "Laat dicht"),
}


@post(f"{PERIOD}/closing", opt=CLOSE, include_in_schema=False, status_code=303)
async def close(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await close_period(
            connection, period_in(period), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/periods/{period}")


@post(f"{PERIOD}/reopening", opt=REOPEN, include_in_schema=False, status_code=303)
async def reopen(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await confirm_reopening(
            connection, period_in(period), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/periods/{period}")


@get(f"{PERIOD}/reopening-proposal", opt=CLOSE, include_in_schema=False)
async def proposal_page(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str]:
    """Why is the month to be opened again?"""
    return reason_page(request, why_of(municipality, period, "proposal"))


@get(f"{PERIOD}/reopening-rejection", opt=JUDGE, include_in_schema=False)
async def rejection_page(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str]:
    """Why does the month stay closed?"""
    return reason_page(request, why_of(municipality, period, "rejection"))


@post(f"{PERIOD}/reopening-proposal", opt=CLOSE, include_in_schema=False, status_code=200)
async def propose(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> Closing:
        async with connected(request, municipality) as connection:
            return await propose_reopening(
                connection,
                period_in(period),
                reason=reason,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )

    return await with_reason(request, why_of(municipality, period, "proposal"), act)


@post(f"{PERIOD}/reopening-rejection", opt=JUDGE, include_in_schema=False, status_code=200)
async def reject(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> Closing:
        async with connected(request, municipality) as connection:
            return await reject_reopening(
                connection,
                period_in(period),
                reason=reason,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )

    return await with_reason(request, why_of(municipality, period, "rejection"), act)


def why_of(municipality: str, period: str, act: str) -> Why:
    month = period_in(period)
    title, text, button = TEXTS[f"reopening-{act}"]
    months, words = f"/{municipality}/periods", month_in_words(month)
    return Why(
        municipality,
        title=f"{words} {title}",
        text=text,
        button=button,
        back=f"{months}/{name_of(month)}",
        crumbs=[("Maanden", months), (words, f"{months}/{name_of(month)}")],
    )


routes: list[ControllerRouterHandler] = [
    close,
    reopen,
    proposal_page,
    rejection_page,
    propose,
    reject,
]
