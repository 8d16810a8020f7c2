"""The equation at the end of a day on a page, and from each number down to one entry and its proof."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath
from typing import Final, Literal
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.app.equation_routes import READ, File, Place, cut_of
from pas.auth.house import read_house
from pas.auth.state import auth_state, connected
from pas.bookkeeping.equation import (
    EntryOfTerm,
    Equation,
    EquationTermNotFound,
    Term,
    read_entries,
    read_equation,
    read_months,
    read_term,
)
from pas.bookkeeping.equation_tables import (
    MERCHANT_TERMS,
    SCHEME_TERMS,
    Names,
    amounts_of,
    entries_sheet,
    equation_document,
    merchants_sheet,
    months_sheet,
    owed_of,
    read_names,
    schemes_sheet,
    written,
)
from pas.bookkeeping.periods import name_of, period_in
from pas.bookkeeping.words import KINDS, month_in_words
from pas.days import AMSTERDAM
from pas.ids import MunicipalityName
from pas.ledger.prove import MerchantEquation, SchemeEquation
from pas.press.document import MEDIA_TYPE as PDF
from pas.press.document import set_document
from pas.press.press import a_press
from pas.problems.bodies import AppRequest
from pas.web.counts import count
from pas.web.dates import day as in_words
from pas.web.forms import Form
from pas.web.pages import page, saved_as, table_answer

EQUATION: Final = "/{municipality:str}/ledger/equation"
TERM: Final = f"{EQUATION}/{{term:str}}"
ON_A_PAGE: Final = 50
MOST_MERCHANTS: Final = 50
MOST_IN_A_FILE: Final = 200_000
ALWAYS: Final = frozenset(("granted", "spent", "open", "redeemed", "paid", "owed"))
FileOfEquation = Literal["schemes.csv", "schemes.xlsx", "merchants.csv", "merchants.xlsx", "pdf"]


class NumberShown(msgspec.Struct, frozen=True):
    """A number with where it is taken apart."""

    name: str
    amount: str
    term: str


class EquationShown(msgspec.Struct, frozen=True):
    """One scheme and year, or one merchant."""

    title: str
    closes: bool
    difference: str
    numbers: list[NumberShown]


@get(EQUATION, opt=READ, include_in_schema=False)
async def equation_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    day: FromQuery[date | None] = None,
    at: Place = None,
    file: FromQuery[FileOfEquation | None] = None,
) -> Response[str] | Response[bytes]:
    """What was granted, where is it, and does that close to the cent?"""
    if file == "pdf":
        return await equation_paper(request, municipality, day, at=at)
    async with connected(request, municipality) as connection:
        cut = await cut_of(connection, day, at)
        found = await read_equation(connection, cut)
        names = await read_names(connection, on=cut.day)
    match file:
        case None:
            return page(
                request,
                "app/equation.html",
                home=f"/{municipality}",
                form=Form({"day": cut.day.isoformat()}),
                cut=cut,
                day=in_words(cut.day),
                closes=found.closes,
                schemes=[scheme_shown(one, names) for one in found.schemes],
                merchants=[merchant_shown(one, names) for one in owed_most(found)],
                many=len(found.merchants),
            )
        case "schemes.csv" | "schemes.xlsx":
            return table_answer(schemes_sheet(found, names), PurePath(file).suffix)
        case "merchants.csv" | "merchants.xlsx":
            return table_answer(merchants_sheet(found, names), PurePath(file).suffix)


@get(TERM, opt=READ, include_in_schema=False)
async def term_page(
    municipality: FromPath[str],
    term: FromPath[str],
    request: AppRequest,
    *,
    day: FromQuery[date | None] = None,
    at: Place = None,
    file: FromQuery[File | None] = None,
) -> Response[str] | Response[bytes]:
    """In which months of the books did this number come about?"""
    wanted = read_term(term)
    async with connected(request, municipality) as connection:
        cut = await cut_of(connection, day, at)
        months = await read_months(connection, cut, wanted)
        names = await read_names(connection, on=cut.day)
    if file is not None:
        return table_answer(months_sheet(months, wanted.unit), f".{file}")
    total = sum(one.amount for one in months)
    return page(
        request,
        "app/equation_term.html",
        home=f"/{municipality}",
        cut=cut,
        day=in_words(cut.day),
        term=wanted.text(),
        title=title_of(wanted, names),
        total=written(total, wanted.unit),
        months=[
            (
                name_of(one.period),
                month_in_words(one.period),
                count(one.entries),
                written(one.amount, wanted.unit),
            )
            for one in months
        ],
    )


@get(f"{TERM}/{{period:str}}", opt=READ, include_in_schema=False)
async def entries_page(
    municipality: FromPath[str],
    term: FromPath[str],
    period: FromPath[str],
    *,
    request: AppRequest,
    day: FromQuery[date | None] = None,
    at: Place = None,
    before: FromQuery[UUID | None] = None,
    file: FromQuery[File | None] = None,
) -> Response[str] | Response[bytes]:
    """Which entries is this number made of in this month?"""
    wanted, month = read_term(term), period_in(period)
    limit = MOST_IN_A_FILE if file else ON_A_PAGE
    async with connected(request, municipality) as connection:
        cut = await cut_of(connection, day, at)
        found = {one.period: one for one in await read_months(connection, cut, wanted)}
        if month not in found:
            raise EquationTermNotFound
        entries = await read_entries(
            connection, cut, wanted, period=month, before=before, limit=limit
        )
        names = await read_names(connection, on=cut.day)
    if file is not None:
        return table_answer(entries_sheet(entries, wanted.unit), f".{file}")
    return page(
        request,
        "app/equation_entries.html",
        home=f"/{municipality}",
        cut=cut,
        term=wanted.text(),
        period=name_of(month),
        month=month_in_words(month),
        title=title_of(wanted, names),
        total=written(found[month].amount, wanted.unit),
        many=count(found[month].entries),
        entries=[entry_cells(one, wanted) for one in entries],
        before=entries[-1].entry_id if len(entries) == ON_A_PAGE else None,
    )


async def equation_paper(
    request: AppRequest, municipality: str, day: date | None, *, at: str | None
) -> Response[bytes]:
    database, name = auth_state(request.app.state).database, MunicipalityName(municipality)
    async with a_press() as press:
        async with connected(request, municipality) as connection:
            cut = await cut_of(connection, day, at)
            found = await read_equation(connection, cut)
            names = await read_names(connection, on=cut.day)
            house = await read_house(database, connection, name)
        document = equation_document(found, names, house)
        content = await set_document(press, document, made_at=cut.made_at)
    return saved_as(f"vergelijking-{cut.day}.pdf", content, media_type=PDF)


def owed_most(found: Equation) -> list[MerchantEquation]:
    """Give those that do not close first, then who is owed most."""
    ordered = sorted(found.merchants, key=lambda one: (one.difference == 0, -one.owed))
    return ordered[:MOST_MERCHANTS]


def scheme_shown(one: SchemeEquation, names: Names) -> EquationShown:
    about = Term("scheme", one.scheme_id, one.budget_year, one.unit, "")
    numbers = zip(SCHEME_TERMS, amounts_of(one), strict=True)
    unit = ", in bezoeken" if one.unit == "visits" else ""
    return EquationShown(
        title=f"{names.scheme(one.scheme_id)}, {one.budget_year}{unit}",
        closes=one.difference == 0,
        difference=written(one.difference, one.unit),
        numbers=numbers_of(about, numbers, SCHEME_TERMS),
    )


def merchant_shown(one: MerchantEquation, names: Names) -> EquationShown:
    about = Term("merchant", one.merchant_id, 0, "cents", "")
    numbers = zip(MERCHANT_TERMS, owed_of(one), strict=True)
    return EquationShown(
        title=names.merchant(one.merchant_id),
        closes=one.difference == 0,
        difference=written(one.difference, "cents"),
        numbers=numbers_of(about, numbers, MERCHANT_TERMS),
    )


def numbers_of(
    about: Term, amounts: Iterable[tuple[str, int]], words: dict[str, str]
) -> list[NumberShown]:
    """Leave out what is nought, but for what everybody looks for."""
    return [
        NumberShown(
            name=words[term],
            amount=written(amount, about.unit),
            term=msgspec.structs.replace(about, term=term).text(),
        )
        for term, amount in amounts
        if amount or term in ALWAYS
    ]


def title_of(term: Term, names: Names) -> str:
    if term.book == "merchant":
        return f"{MERCHANT_TERMS[term.term]}: {names.merchant(term.about)}"
    unit = ", in bezoeken" if term.unit == "visits" else ""
    return f"{SCHEME_TERMS[term.term]}: {names.scheme(term.about)} {term.budget_year}{unit}"


def entry_cells(one: EntryOfTerm, term: Term) -> tuple[UUID, Sequence[str]]:
    when = f"{one.recorded_at.astimezone(AMSTERDAM):%d-%m-%Y %H:%M:%S}"
    what = KINDS.get(one.kind, one.kind)
    return one.entry_id, (when, what, one.merchant or "", written(one.amount, term.unit))


routes: list[ControllerRouterHandler] = [equation_page, term_page, entries_page]
