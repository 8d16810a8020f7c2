"""One month: what can be done with it, its journal, and what each line is made of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.bookkeeping.journal import EntryOfLine, Journal, find_group, read_entries, read_journal
from pas.bookkeeping.model import Group
from pas.bookkeeping.pages.chapters import chapters_of, text_of, titles_of
from pas.bookkeeping.periods import (
    Closing,
    Period,
    month_of,
    name_of,
    period_in,
    read_closings,
    read_period,
)
from pas.bookkeeping.profiles import JournalProfileNotFound
from pas.bookkeeping.routes import READ, fetched_csv, fetched_spreadsheet
from pas.bookkeeping.rules import JournalUnmapped
from pas.bookkeeping.words import ACCOUNTS, KINDS, STATES, month_in_words
from pas.days import AMSTERDAM, day_of
from pas.db import Connection
from pas.grants.names import read_logins
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.spreadsheet import MEDIA_TYPE
from pas.web.counts import count
from pas.web.pages import page

PERIOD: Final = "/{municipality:str}/periods/{period:str}"
ON_A_PAGE: Final = 100
MOST_NUMBER: Final = 32_767
AfterLine = Annotated[int, QueryParameter(ge=0, le=MOST_NUMBER)]


class Told(msgspec.Struct, frozen=True):
    """The journal, or why there is none yet."""

    journal: Journal | None
    missing: str = ""


@get(PERIOD, opt=READ, include_in_schema=False)
async def period_page(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[str]:
    """What is in this month, and can it be closed?"""
    now, actor = datetime.now(UTC), actor_of(request)
    async with connected(request, municipality) as connection:
        month = await read_period(connection, period_in(period), now=now)
        told = await told_of(connection, month)
        closings = await read_closings(connection, month.period)
        names = await read_logins(connection, _people(closings))
        titles = await titles_of(connection, on=day_of(now))
    state, kind = STATES[month.state]
    journal = told.journal
    return page(
        request,
        "bookkeeping/period.html",
        home=f"/{municipality}",
        name=name_of(month.period),
        title=month_in_words(month.period),
        state=state,
        kind=kind,
        month=month,
        runs=month.period >= month_of(now),
        missing=told.missing,
        facts=facts_of(month, names),
        earlier=[cells_of(one, names) for one in closings if one.reopened_at is not None],
        chapters=[] if journal is None else chapters_of(journal.lines, titles),
        total=euros(Cents(sum(line.debit_cents for line in journal.lines))) if journal else "",
        profile=journal.profile.number if journal else None,
        **abilities(month, actor),
    )


@get(f"{PERIOD}/transactions/{{number:int}}", opt=READ, include_in_schema=False)
async def transaction_page(
    municipality: FromPath[str],
    period: FromPath[str],
    number: FromPath[int],
    *,
    request: AppRequest,
    after: FromQuery[UUID | None] = None,
    line: AfterLine = 0,
) -> Response[str]:
    """Which entries is this line made of?"""
    last, now = (after or UUID(int=0), line), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        month = await read_period(connection, period_in(period), now=now)
        group = await find_group(connection, month, number)
        entries = await read_entries(connection, month.period, group, after=last, limit=ON_A_PAGE)
        titles = await titles_of(connection, on=day_of(now))
    return page(
        request,
        "bookkeeping/transaction.html",
        home=f"/{municipality}",
        name=name_of(month.period),
        title=month_in_words(month.period),
        number=number,
        text=f"{KINDS.get(group.kind, group.kind)}: {text_of(group, titles)}",
        facts=group_facts(group, titles),
        entries=[entry_cells(one) for one in entries],
        after=entries[-1] if len(entries) == ON_A_PAGE else None,
    )


@get(f"{PERIOD}/journal.csv", opt=READ, include_in_schema=False, media_type="text/csv")
async def journal_csv_file(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[bytes]:
    return await fetched_csv(request, municipality, period)


@get(f"{PERIOD}/journal.xlsx", opt=READ, include_in_schema=False, media_type=MEDIA_TYPE)
async def journal_spreadsheet_file(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[bytes]:
    return await fetched_spreadsheet(request, municipality, period)


async def told_of(connection: Connection, month: Period) -> Told:
    """Give the journal; where a profile or an account is missing, the sentence that says so."""
    try:
        return Told(await read_journal(connection, month))
    except (JournalProfileNotFound, JournalUnmapped) as missing:
        return Told(None, missing.detail)


def abilities(month: Period, actor: Actor) -> dict[str, bool]:
    """What whoever looks can do with the month as it is now."""
    own = month.closing is not None and month.closing.reopening_proposed_by == actor.id
    may_close = actor.may(Permission.PERIODS_CLOSE)
    may_reopen = actor.may(Permission.PERIODS_REOPEN)
    waits = month.state == "reopening"
    return {
        "may_close": may_close and month.state in {"open", "closing"},
        "may_propose": may_close and month.state == "closed",
        "may_reopen": may_reopen and waits and not own,
        "may_reject": (may_close or may_reopen) and waits,
        "may_configure": actor.may(Permission.JOURNAL_CONFIGURE),
    }


def facts_of(month: Period, names: dict[UUID, str]) -> list[tuple[str, str]]:
    closing = month.closing
    if closing is None or closing.closed_at is None or month.state == "open":
        return []
    facts = [
        ("Bedrag", euros(closing.total_cents or Cents(0))),
        ("Boekstukken", count(closing.lines or 0)),
        ("Boekingen", count(closing.transfers or 0)),
        ("Afgesloten", _when(closing.closed_at, closing.closed_by, names)),
        ("Kenmerk (SHA-256)", closing.content_hash or ""),
    ]
    if closing.reopening_proposed_at is not None:
        who = _when(closing.reopening_proposed_at, closing.reopening_proposed_by, names)
        facts.append(("Voorgesteld om te openen", who))
        facts.append(("Reden", closing.reopening_because or ""))
    return facts


def cells_of(closing: Closing, names: dict[UUID, str]) -> list[str]:
    return [
        "" if closing.closed_at is None else _when(closing.closed_at, closing.closed_by, names),
        euros(closing.total_cents or Cents(0)),
        ""
        if closing.reopened_at is None
        else _when(closing.reopened_at, closing.reopened_by, names),
        closing.reopening_because or "",
    ]


def group_facts(group: Group, titles: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("Wat", KINDS.get(group.kind, group.kind)),
        ("Van", ACCOUNTS.get(group.debit, group.debit)),
        ("Naar", ACCOUNTS.get(group.credit, group.credit)),
        ("Regeling", titles.get(group.scheme or "", group.scheme or "geen")),
        ("Begrotingsjaar", str(group.budget_year or "geen")),
        ("Bedrag", euros(group.amount_cents)),
        ("Boekingen", count(group.transfers)),
    ]


def entry_cells(one: EntryOfLine) -> list[str]:
    return [
        _moment(one.occurred_at),
        _moment(one.recorded_at),
        euros(one.amount_cents),
        str(one.entry_id),
    ]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"


def _when(at: datetime, by: UUID | None, names: dict[UUID, str]) -> str:
    who = names.get(by, "een collega") if by is not None else "een collega"
    return f"{_moment(at)}, {who}"


def _people(closings: list[Closing]) -> list[UUID]:
    found = [
        (one.closed_by, one.reopening_proposed_by, one.reopened_by, one.announced_by)
        for one in closings
    ]
    return [who for some in found for who in some if who is not None]


routes: list[ControllerRouterHandler] = [
    period_page,
    transaction_page,
    journal_csv_file,
    journal_spreadsheet_file,
]
