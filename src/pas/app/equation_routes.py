"""The equation at the end of a day for a program: each number, its months, its entries, and one entry with its proof."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.bookkeeping.entry import BookEntry, read_entry
from pas.bookkeeping.equation import (
    Cut,
    EntryOfTerm,
    Equation,
    MonthOfTerm,
    make_cut,
    read_entries,
    read_equation,
    read_months,
    read_position,
    read_term,
)
from pas.bookkeeping.periods import period_in
from pas.db import Connection
from pas.problems.bodies import AppRequest

EQUATION: Final = "/v1/{municipality:str}/ledger/equation"
READ: Final = {"permission": Permission.LEDGER_READ}
File = Literal["csv", "xlsx"]
Place = Annotated[str | None, QueryParameter(max_length=40)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class MonthsOfTerm(msgspec.Struct, frozen=True):
    """The months that a number of the equation is made of."""

    cut: Cut
    items: list[MonthOfTerm]


class EntriesOfTerm(msgspec.Struct, frozen=True):
    """A page of entries, newest first; the next page comes before the last entry."""

    cut: Cut
    items: list[EntryOfTerm]


@get(EQUATION, opt=READ)
async def read_ledger_equation(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    day: FromQuery[date | None] = None,
    at: Place = None,
) -> Equation:
    """Lees de vergelijking aan het eind van een dag.

    Wie de plaats (`at`) uit het antwoord meegeeft, krijgt later dezelfde cijfers.
    """
    async with connected(request, municipality) as connection:
        return await read_equation(connection, await cut_of(connection, day, at))


@get(f"{EQUATION}/{{term:str}}/months", opt=READ)
async def list_months_of_term(
    municipality: FromPath[str],
    term: FromPath[str],
    request: AppRequest,
    *,
    day: FromQuery[date | None] = None,
    at: Place = None,
) -> MonthsOfTerm:
    """Lees uit welke maanden een getal van de vergelijking bestaat.

    Een getal heet bijvoorbeeld `scheme.ID.2026.cents.spent` of `merchant.ID.0.cents.owed`.
    """
    async with connected(request, municipality) as connection:
        cut = await cut_of(connection, day, at)
        return MonthsOfTerm(cut, await read_months(connection, cut, read_term(term)))


@get(f"{EQUATION}/{{term:str}}/months/{{period:str}}/entries", opt=READ)
async def list_entries_of_term(
    municipality: FromPath[str],
    term: FromPath[str],
    period: FromPath[str],
    *,
    request: AppRequest,
    day: FromQuery[date | None] = None,
    at: Place = None,
    before: FromQuery[UUID | None] = None,
    limit: Limit = 100,
) -> EntriesOfTerm:
    """Lees uit welke boekingen een getal in een maand bestaat, de nieuwste eerst. Zonder namen."""
    async with connected(request, municipality) as connection:
        cut = await cut_of(connection, day, at)
        found = await read_entries(
            connection,
            cut,
            read_term(term),
            period=period_in(period),
            before=before,
            limit=limit,
        )
    return EntriesOfTerm(cut, found)


@get("/v1/{municipality:str}/ledger/entries/{entry_id:uuid}", opt=READ)
async def read_book_entry(
    municipality: FromPath[str], entry_id: FromPath[UUID], request: AppRequest
) -> BookEntry:
    """Lees een boeking: wat er van waar naar waar ging, en het bewijs dat zij onder het zegel staat."""
    async with connected(request, municipality) as connection:
        return await read_entry(connection, entry_id)


async def cut_of(connection: Connection, day: date | None, at: str | None) -> Cut:
    position = None if at is None else read_position(at)
    return await make_cut(connection, day=day, position=position, now=datetime.now(UTC))


routes: list[ControllerRouterHandler] = [
    read_ledger_equation,
    list_months_of_term,
    list_entries_of_term,
    read_book_entry,
]
