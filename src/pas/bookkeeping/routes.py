"""Endpoints: months that close and open, the journal of each, and the profile that makes it a file."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.bookkeeping.close_period import close_period
from pas.bookkeeping.journal import (
    EntryOfLine,
    Journal,
    JournalRow,
    find_group,
    read_entries,
    read_journal,
    row_of,
)
from pas.bookkeeping.journal_file import journal_csv, journal_spreadsheet
from pas.bookkeeping.model import JournalProfile, KeptProfile
from pas.bookkeeping.periods import Closing, Period, name_of, period_in, read_period, read_periods
from pas.bookkeeping.profiles import keep_profile, newest_profile
from pas.bookkeeping.reopen_period import confirm_reopening, propose_reopening, reject_reopening
from pas.db import Connection
from pas.ids import JournalProfileId
from pas.money import Cents
from pas.problems.bodies import AppRequest
from pas.spreadsheet import MEDIA_TYPE
from pas.web.pages import saved_as

PERIODS: Final = "/v1/{municipality:str}/periods"
PERIOD: Final = f"{PERIODS}/{{period:str}}"
PROFILE: Final = "/v1/{municipality:str}/journal-profile"
READ: Final = {"permission": Permission.JOURNAL_READ}
CONFIGURE: Final = {"permission": Permission.JOURNAL_CONFIGURE}
CLOSE: Final = {"permission": Permission.PERIODS_CLOSE}
REOPEN: Final = {"permission": Permission.PERIODS_REOPEN}
JUDGE: Final = {"permission": (Permission.PERIODS_CLOSE, Permission.PERIODS_REOPEN)}
CSV: Final = "text/csv"

Reason = Annotated[str, Meta(min_length=1, max_length=300)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]
AfterLine = Annotated[int, QueryParameter(ge=0, le=32_767)]


class Periods(msgspec.Struct, frozen=True):
    """The months of the books, newest first."""

    items: list[Period]


class PeriodReopeningReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a closed month is to be opened, or is not."""

    reason: Reason


class JournalOfPeriod(msgspec.Struct, frozen=True, rename="camel"):
    """The journal of a month; frozen once the month is closed."""

    period: str
    is_frozen: bool
    profile_number: int
    debit_cents: Cents
    credit_cents: Cents
    lines: list[JournalRow]


class EntriesOfLine(msgspec.Struct, frozen=True):
    """A page of what a transaction is made of; the next page comes after the last entry and line."""

    items: list[EntryOfLine]


class StoredProfile(msgspec.Struct, frozen=True):
    """The version of the profile that counts."""

    id: JournalProfileId
    number: int
    profile: JournalProfile


@get(PERIODS, opt=READ)
async def list_periods(municipality: FromPath[str], request: AppRequest) -> Periods:
    """Lees de maanden van de boeken: open of dicht, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return Periods(await read_periods(connection, now=datetime.now(UTC)))


@put(f"{PERIOD}/closing", opt=CLOSE)
async def close_one_period(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Closing:
    """Sluit een maand af.

    De regels van het journaal liggen dan vast. Wat daarna geboekt wordt, hoort bij de eerste open maand.
    """
    async with connected(request, municipality) as connection:
        return await close_period(
            connection, period_in(period), actor=actor_of(request), now=datetime.now(UTC)
        )


@put(f"{PERIOD}/reopening-proposal", opt=CLOSE)
async def propose_to_reopen(
    municipality: FromPath[str],
    period: FromPath[str],
    request: AppRequest,
    *,
    data: JSONBody[PeriodReopeningReason],
) -> Closing:
    """Stel voor om een maand weer te openen, met de reden. Een ander beslist."""
    async with connected(request, municipality) as connection:
        return await propose_reopening(
            connection,
            period_in(period),
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{PERIOD}/reopening", opt=REOPEN)
async def reopen_one_period(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Closing:
    """Open een maand weer, zoals een ander voorstelde."""
    async with connected(request, municipality) as connection:
        return await confirm_reopening(
            connection, period_in(period), actor=actor_of(request), now=datetime.now(UTC)
        )


@put(f"{PERIOD}/reopening-rejection", opt=JUDGE)
async def keep_one_period_closed(
    municipality: FromPath[str],
    period: FromPath[str],
    request: AppRequest,
    *,
    data: JSONBody[PeriodReopeningReason],
) -> Closing:
    """Laat een maand dicht, met de reden."""
    async with connected(request, municipality) as connection:
        return await reject_reopening(
            connection,
            period_in(period),
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get(f"{PERIOD}/journal", opt=READ)
async def read_journal_of_period(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> JournalOfPeriod:
    """Lees het journaal van een maand: elke regel, op de rekening waar zij hoort."""
    async with connected(request, municipality) as connection:
        journal = await journal_for(connection, period)
    return JournalOfPeriod(
        period=name_of(journal.period),
        is_frozen=journal.is_frozen,
        profile_number=journal.profile.number,
        debit_cents=Cents(sum(line.debit_cents for line in journal.lines)),
        credit_cents=Cents(sum(line.credit_cents for line in journal.lines)),
        lines=[row_of(line) for line in journal.lines],
    )


@get(f"{PERIOD}/journal/csv", opt=READ, media_type=CSV)
async def fetch_journal_csv(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[bytes]:
    """Haal het journaal van een maand als CSV, zoals het is ingericht."""
    return await fetched_csv(request, municipality, period)


@get(f"{PERIOD}/journal/spreadsheet", opt=READ, media_type=MEDIA_TYPE)
async def fetch_journal_spreadsheet(
    municipality: FromPath[str], period: FromPath[str], request: AppRequest
) -> Response[bytes]:
    """Haal het journaal van een maand als spreadsheet (xlsx)."""
    return await fetched_spreadsheet(request, municipality, period)


@get(f"{PERIOD}/journal/transactions/{{number:int}}/entries", opt=READ)
async def list_entries_of_transaction(
    municipality: FromPath[str],
    period: FromPath[str],
    number: FromPath[int],
    *,
    request: AppRequest,
    after: FromQuery[UUID | None] = None,
    line: AfterLine = 0,
    limit: Limit = 100,
) -> EntriesOfLine:
    """Lees waar een boekstuk van het journaal uit bestaat: elke boeking, zonder namen.

    De volgende bladzijde komt na de laatste boeking, en daarvan na de laatste regel.
    """
    async with connected(request, municipality) as connection:
        month = await read_period(connection, period_in(period), now=datetime.now(UTC))
        group = await find_group(connection, month, number)
        last = (after or UUID(int=0), line)
        return EntriesOfLine(
            await read_entries(connection, month.period, group, after=last, limit=limit)
        )


@get(PROFILE, opt=READ)
async def read_journal_profile(municipality: FromPath[str], request: AppRequest) -> StoredProfile:
    """Lees hoe het journaal is ingericht."""
    async with connected(request, municipality) as connection:
        return stored(await newest_profile(connection))


@put(PROFILE, opt=CONFIGURE)
async def keep_journal_profile(
    municipality: FromPath[str], request: AppRequest, *, data: JSONBody[JournalProfile]
) -> StoredProfile:
    """Richt het journaal in: de kolommen, hoe ze geschreven worden, en welke rekening wat is."""
    async with connected(request, municipality) as connection:
        return stored(await keep_profile(connection, data, actor=actor_of(request)))


async def journal_for(connection: Connection, period: str) -> Journal:
    month = await read_period(connection, period_in(period), now=datetime.now(UTC))
    return await read_journal(connection, month)


async def fetched_csv(request: AppRequest, municipality: str, period: str) -> Response[bytes]:
    """Answer with the file, for the API and for the page."""
    async with connected(request, municipality) as connection:
        content = journal_csv(await journal_for(connection, period))
    return saved_as(f"journaal-{municipality}-{period}.csv", content, media_type=CSV)


async def fetched_spreadsheet(
    request: AppRequest, municipality: str, period: str
) -> Response[bytes]:
    async with connected(request, municipality) as connection:
        content = journal_spreadsheet(await journal_for(connection, period))
    return saved_as(f"journaal-{municipality}-{period}.xlsx", content, media_type=MEDIA_TYPE)


def stored(profile: KeptProfile) -> StoredProfile:
    return StoredProfile(profile.id, profile.number, profile.content)


routes: list[ControllerRouterHandler] = [
    list_periods,
    close_one_period,
    propose_to_reopen,
    reopen_one_period,
    keep_one_period_closed,
    read_journal_of_period,
    fetch_journal_csv,
    fetch_journal_spreadsheet,
    list_entries_of_transaction,
    read_journal_profile,
    keep_journal_profile,
]
