"""What one does with a month: close it, propose to open it again, and decide on that."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
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
from pas.errors import Refusal
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

REASON: Final = "bookkeeping/reason.html"
LONGEST: Final = 300
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
    return page(request, REASON, form=Form(), **context_of(municipality, period, "proposal"))


@get(f"{PERIOD}/reopening-rejection", opt=JUDGE, include_in_schema=False)
async def rejection_page(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str]:
    """Why does the month stay closed?"""
    return page(request, REASON, form=Form(), **context_of(municipality, period, "rejection"))


@post(f"{PERIOD}/reopening-proposal", opt=CLOSE, include_in_schema=False, status_code=200)
async def propose(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    async def act(month: date, reason: str) -> Closing:
        async with connected(request, municipality) as connection:
            return await propose_reopening(
                connection, month, reason=reason, actor=actor_of(request), now=datetime.now(UTC)
            )

    return await with_reason(request, context_of(municipality, period, "proposal"), act)


@post(f"{PERIOD}/reopening-rejection", opt=JUDGE, include_in_schema=False, status_code=200)
async def reject(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    async def act(month: date, reason: str) -> Closing:
        async with connected(request, municipality) as connection:
            return await reject_reopening(
                connection, month, reason=reason, actor=actor_of(request), now=datetime.now(UTC)
            )

    return await with_reason(request, context_of(municipality, period, "rejection"), act)


async def with_reason(
    request: AppRequest,
    context: dict[str, str],
    act: Callable[[date, str], Awaitable[Closing]],
) -> Response[str] | Redirect:
    form = await read_form(request)
    reason = form.text("reason", "Schrijf op waarom.", most=LONGEST)
    if form.ok and reason:
        try:
            await act(period_in(context["name"]), reason)
            return done(f"{context['home']}/periods/{context['name']}")
        except Refusal as refusal:
            form.refuse("reason", refusal.detail)
    return wrong_form(request, REASON, form, **context)


def context_of(municipality: str, period: str, act: str) -> dict[str, str]:
    month = period_in(period)
    title, text, button = TEXTS[f"reopening-{act}"]
    return {
        "home": f"/{municipality}",
        "name": name_of(month),
        "month": month_in_words(month),
        "title": f"{month_in_words(month)} {title}",
        "text": text,
        "button": button,
    }


routes: list[ControllerRouterHandler] = [
    close,
    reopen,
    proposal_page,
    rejection_page,
    propose,
    reject,
]
