"""One year: how it stands, what can be done with it, what its schemes have left, and its files."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Connection
from pas.grants.names import read_logins
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.spreadsheet import MEDIA_TYPE
from pas.tables import CSV
from pas.web.counts import count
from pas.web.dates import moment
from pas.web.pages import page
from pas.years.ready import obstacles_of
from pas.years.routes.accounts import year_of
from pas.years.routes.fields import READ, csv_file, spreadsheet_file
from pas.years.span import YearSpan, span_of_year
from pas.years.stored import State, YearClosing, read_closings, year_file_of
from pas.years.words import STATES
from pas.years.year_file import YearFile, YearLine, YearNotBalanced, YearNotSealed
from pas.years.year_table import year_table

YEAR: Final = "/{municipality:str}/years/{year:int}"


@get(YEAR, opt=READ, include_in_schema=False)
async def year_page(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str]:
    """How does this year stand, and what can I do?"""
    now, actor = datetime.now(UTC), actor_of(request)
    async with connected(request, municipality) as connection:
        span = await span_of_year(connection, year)
        closings = await read_closings(connection, year)
        newest = closings[0] if closings else None
        state = "open" if newest is None else newest.state
        missing = await still_to_do(connection, span, state, actor=actor, now=now)
        file, refused = await file_or_reason(connection, year)
        names = await read_logins(connection, _people(closings))
    shown, kind = STATES[state]
    return page(
        request,
        "years/year.html",
        home=f"/{municipality}",
        year=year,
        state=shown,
        kind=kind,
        facts=[] if newest is None else facts_of(newest, names),
        earlier=[cells_of(one, names) for one in closings if one.state == "open"],
        missing=missing,
        lines=[line_cells(one) for one in file.lines if one.part == "scheme"] if file else [],
        refused=refused,
        **abilities(newest, actor, is_ready=not missing and now >= span.ends_at),
    )


@get(f"{YEAR}/account.csv", opt=READ, include_in_schema=False, media_type=CSV)
async def year_csv_file(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Stream:
    found = await year_of(request, municipality, year)
    return csv_file(year_table(found), f"jaar-{municipality}-{year}.csv")


@get(f"{YEAR}/account.xlsx", opt=READ, include_in_schema=False, media_type=MEDIA_TYPE)
async def year_spreadsheet_file(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[bytes]:
    found = await year_of(request, municipality, year)
    return spreadsheet_file(year_table(found), f"jaar-{municipality}-{year}.xlsx")


async def still_to_do(
    connection: Connection, span: YearSpan, state: State, *, actor: Actor, now: datetime
) -> list[str]:
    """Say what stands in the way of whoever could close it now."""
    wanted = Permission.YEARS_CLOSE if state == "open" else Permission.YEARS_DECIDE
    if state not in {"open", "proposed"} or not actor.may(wanted):
        return []
    return await obstacles_of(connection, span, now=now)


async def file_or_reason(connection: Connection, year: int) -> tuple[YearFile | None, str]:
    """Give the year's file; where it cannot be made, the sentence that says why."""
    try:
        return await year_file_of(connection, year), ""
    except (YearNotSealed, YearNotBalanced) as refusal:
        return None, refusal.detail


def abilities(newest: YearClosing | None, actor: Actor, *, is_ready: bool) -> dict[str, bool]:
    """What whoever looks can do with the year as it is now."""
    state = "open" if newest is None else newest.state
    may_close, may_decide = actor.may(Permission.YEARS_CLOSE), actor.may(Permission.YEARS_DECIDE)
    proposers = {newest.proposed_by, newest.reopening_proposed_by} if newest else set[UUID | None]()
    other = actor.id not in proposers
    return {
        "may_propose": may_close and state == "open" and is_ready,
        "may_close": may_decide and state == "proposed" and other and is_ready,
        "may_keep_open": (may_close or may_decide) and state == "proposed",
        "may_propose_reopening": may_close and state == "closed",
        "may_reopen": may_decide and state == "reopening" and other,
        "may_keep_closed": (may_close or may_decide) and state == "reopening",
    }


def facts_of(closing: YearClosing, names: dict[UUID, str]) -> list[tuple[str, str]]:
    if closing.state == "open":
        return []
    facts = [("Voorgesteld", _when(closing.proposed_at, closing.proposed_by, names))]
    if closing.closed_at is not None:
        facts += [
            ("Afgesloten", _when(closing.closed_at, closing.closed_by, names)),
            ("Zegel over", f"{count(closing.checkpoint_size or 0)} regels"),
            ("Kenmerk van het bestand (SHA-256)", closing.file_hash or ""),
        ]
    if closing.reopening_proposed_at is not None:
        who = _when(closing.reopening_proposed_at, closing.reopening_proposed_by, names)
        facts += [
            ("Voorgesteld om te openen", who),
            ("Reden", closing.reopening_because or ""),
        ]
    return facts


def cells_of(closing: YearClosing, names: dict[UUID, str]) -> list[str]:
    """Give a row about a closing that holds no more, or never did."""
    if closing.reopened_at is not None:
        ended = _when(closing.reopened_at, closing.reopened_by, names)
        because = closing.reopening_because
    else:
        assert closing.rejected_at is not None, "it was opened again or turned down"
        ended = _when(closing.rejected_at, closing.rejected_by, names)
        because = closing.rejected_because
    closed = _when(closing.closed_at, closing.closed_by, names) if closing.closed_at else "nee"
    return [closed, ended, because or ""]


def line_cells(line: YearLine) -> list[str]:
    """Give one scheme in a row; corrections are with what was granted, a shortfall with what was spent."""
    granted = line.granted + line.corrected
    spent = line.spent - line.shortfall
    numbers = (line.opening, granted, spent, line.refunded, line.lapsed, line.closing)
    of_money = line.unit == "cents"
    return [
        f"{line.scheme} {line.budget_year}{'' if of_money else ', bezoeken'}",
        *(euros(Cents(number)) if of_money else count(number) for number in numbers),
    ]


def _when(at: datetime, by: UUID | None, names: dict[UUID, str]) -> str:
    who = names.get(by, "een collega") if by is not None else "een collega"
    return f"{moment(at)}, {who}"


def _people(closings: list[YearClosing]) -> list[UUID]:
    found = [
        (
            one.proposed_by,
            one.rejected_by,
            one.closed_by,
            one.reopening_proposed_by,
            one.reopened_by,
        )
        for one in closings
    ]
    return [who for some in found for who in some if who is not None]


routes: list[ControllerRouterHandler] = [year_page, year_csv_file, year_spreadsheet_file]
