"""Frozen figures as a page: which there are, and freezing a period that is over."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.grants.ground import calendar_of, current_year
from pas.grants.periods import pass_year
from pas.problems.bodies import AppRequest
from pas.reach.freeze import FrozenPeriod, freeze_period, list_frozen
from pas.reach.model import PERIODS, PeriodName
from pas.reach.pages.frame import READ
from pas.reach.periods import days_of, name_of
from pas.web.dates import moment
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

FREEZE: Final = {"permission": Permission.REACH_FREEZE}
PAGE: Final = "reach/frozen.html"
YEARS_BACK: Final = 2


@get("/{municipality:str}/reach/frozen", opt=READ, include_in_schema=False)
async def frozen_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which figures never change any more, and which could be frozen now?"""
    context = await context_of(request, municipality)
    return page(request, PAGE, form=Form(), **context)


@post("/{municipality:str}/reach/frozen", opt=FREEZE, include_in_schema=False, status_code=200)
async def freeze(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Freeze one period; the figures of afterwards are those of now."""
    form, now = await read_form(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        offered = await periods_to_freeze(connection, now)
    named: dict[str, tuple[int, PeriodName]] = {
        f"{year}-{period}": (year, period) for year, period in offered
    }
    chosen = form.choice("period", "Kies een periode.", named)
    if form.ok and chosen:
        year, period = chosen
        try:
            async with connected(request, municipality) as connection:
                await freeze_period(
                    connection, year=year, period=period, actor=actor_of(request), now=now
                )
            return done(f"/{municipality}/reach?year={year}&period={period}")
        except Refusal as refusal:
            form.refuse("period", refusal.detail)
    context = await context_of(request, municipality)
    return wrong_form(request, PAGE, form, **context)


async def context_of(request: AppRequest, municipality: str) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        frozen = await list_frozen(connection)
        offered = await periods_to_freeze(connection, datetime.now(UTC))
    return {
        "home": f"/{municipality}",
        "may_freeze": actor_of(request).may(Permission.REACH_FREEZE),
        "offered": [(f"{year}-{period}", name_of(year, period)) for year, period in offered],
        "rows": [cells_of(one) for one in frozen],
    }


async def periods_to_freeze(connection: Connection, now: datetime) -> list[tuple[int, PeriodName]]:
    """Periods of this year and the ones before that are over and not frozen, the newest first."""
    calendar, year = await calendar_of(connection), await current_year(connection, now)
    frozen = {(one.year, one.period) for one in await list_frozen(connection)}
    found: list[tuple[int, PeriodName]] = []
    for earlier in range(year, year - YEARS_BACK - 1, -1):
        starts_on = pass_year(calendar, earlier).starts_on
        for period in PERIODS:
            over = days_of(starts_on, period).ends_on <= day_of(now)
            if over and not {(earlier, period), (earlier, "year")} & frozen:
                found.append((earlier, period))
    return found


def cells_of(one: FrozenPeriod) -> list[str]:
    by = "vanzelf" if one.frozen_by_kind in {"system", "job"} else "door een medewerker"
    return [
        name_of(one.year, one.period),
        f"{moment(one.frozen_at)}, {by}",
        f"tijdperk {one.epoch}, transactie {one.xid}",
        one.sha256,
    ]


routes: list[ControllerRouterHandler] = [frozen_page, freeze]
