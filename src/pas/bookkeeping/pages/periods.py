"""The months of the books: which are open, which are closed, and what waits for whom."""

from datetime import UTC, date, datetime
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.bookkeeping.periods import Period, month_of, name_of, open_period, read_periods
from pas.bookkeeping.profiles import find_profile
from pas.bookkeeping.routes import READ
from pas.bookkeeping.words import STATES, month_in_words
from pas.days import day_of
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.spreadsheet import Amount, Cell
from pas.tables import Table
from pas.web.pages import files_of, page, table_file

OVERVIEW: Final = "/{municipality:str}/periods"
COLUMNS: Final = (
    *("maand", "stand", "bedrag", "boekstukken", "boekingen", "afgesloten"),
    "kenmerk_sha256",
)


class MonthTile(msgspec.Struct, frozen=True):
    """A month in the list."""

    address: str
    title: str
    state: str
    kind: str
    text: str


@get(OVERVIEW, opt=READ, include_in_schema=False)
async def periods_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which month is open, and which can be closed?"""
    now, actor = datetime.now(UTC), actor_of(request)
    async with connected(request, municipality) as connection:
        periods = await read_periods(connection, now=now)
        profile = await find_profile(connection)
    booked_in = open_period(periods, now=now)
    return page(
        request,
        "bookkeeping/periods.html",
        home=f"/{municipality}",
        booked_in=month_in_words(booked_in),
        is_ahead=booked_in != month_of(now),
        has_profile=profile is not None,
        may_configure=actor.may(Permission.JOURNAL_CONFIGURE),
        next_to_close=_next_to_close(periods, running=month_of(now))
        if actor.may(Permission.PERIODS_CLOSE)
        else None,
        months=[tile_of(one) for one in periods],
    )


@get(files_of(OVERVIEW), opt=READ, include_in_schema=False)
async def periods_file(municipality: FromPath[str], request: AppRequest) -> Response[bytes]:
    async with connected(request, municipality) as connection:
        periods = await read_periods(connection, now=datetime.now(UTC))
    return table_file(request, Table(f"maanden-{municipality}", COLUMNS, map(file_row, periods)))


def file_row(one: Period) -> list[Cell]:
    named: list[Cell] = [name_of(one.period), STATES[one.state][0]]
    closing = one.closing
    if one.state not in {"closed", "reopening"} or closing is None or closing.closed_at is None:
        return [*named, None, None, None, None, None]
    amount = Amount(closing.total_cents or Cents(0))
    closed_on = day_of(closing.closed_at)
    return [*named, amount, closing.lines, closing.transfers, closed_on, closing.content_hash]


def tile_of(one: Period) -> MonthTile:
    state, kind = STATES[one.state]
    return MonthTile(name_of(one.period), month_in_words(one.period), state, kind, text_of(one))


def text_of(one: Period) -> str:
    closing = one.closing
    if one.state in {"closed", "reopening"} and closing is not None:
        return f"{euros(closing.total_cents or Cents(0))}, {closing.transfers} boekingen."
    if one.state == "open" and closing is not None:
        return "Was dicht, en is weer geopend."
    return ""


def _next_to_close(periods: list[Period], *, running: date) -> MonthTile | None:
    """The oldest month that is over and not closed yet."""
    waiting = [one for one in periods if one.period < running and one.state in {"open", "closing"}]
    return tile_of(waiting[-1]) if waiting else None


routes: list[ControllerRouterHandler] = [periods_page, periods_file]
