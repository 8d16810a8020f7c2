"""Pages: how the money of a year goes, and by month for one scheme."""

from collections.abc import Sequence
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.bookkeeping.spending.files import COLUMNS, spending_rows
from pas.bookkeeping.spending.model import MoneyOfYear
from pas.bookkeeping.spending.routes import READ, spending_of
from pas.bookkeeping.spending.words import OUTLOOKS, sentence_of
from pas.bookkeeping.words import MONTHS
from pas.grants.routes.fields import YearAsked
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.schemes.show import SchemeNotFound
from pas.tables import Table
from pas.web.charts import Bar, Measured, bars
from pas.web.pages import files_of, page, table_file

SPENDING: Final = "/{municipality:str}/spending"
PERCENT: Final = 10
WHOLE: Final = 1_000


class Shown(msgspec.Struct, frozen=True):
    """One scheme in the overview."""

    title: str
    address: str
    state: str
    kind: str
    sentence: str
    bars: list[Bar]


@get(SPENDING, opt=READ, include_in_schema=False)
async def spending_page(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Response[str]:
    """Where is the money of this year going?"""
    money = await spending_of(request, municipality, year)
    base = f"/{municipality}/spending"
    return page(
        request,
        "bookkeeping/spending.html",
        home=f"/{municipality}",
        year=money.year,
        schemes=[shown(one, f"{base}/{one.scheme}?year={money.year}") for one in money.items],
        rows=[*map(row_of, money.items), *_total(money.items)],
    )


@get(f"{SPENDING}/{{scheme:str}}", opt=READ, include_in_schema=False)
async def scheme_spending_page(
    municipality: FromPath[str],
    scheme: FromPath[str],
    *,
    request: AppRequest,
    year: YearAsked = 0,
) -> Response[str]:
    """How does the money of one scheme go, month by month?"""
    money = await spending_of(request, municipality, year)
    found = [one for one in money.items if one.scheme == scheme]
    if not found:
        raise SchemeNotFound
    (one,) = found
    return page(
        request,
        "bookkeeping/spending_by_month.html",
        home=f"/{municipality}",
        year=money.year,
        title=one.title,
        sentence=sentence_of(one),
        state=OUTLOOKS[one.forecast.outlook],
        facts=facts_of(one),
        bars=month_bars(one),
        rows=month_rows(one),
    )


@get(files_of(SPENDING), opt=READ, include_in_schema=False)
async def spending_file(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Response[bytes]:
    money = await spending_of(request, municipality, year)
    name = f"besteding-{municipality}-{money.year}"
    return table_file(request, Table(name, COLUMNS, spending_rows(money.items)))


def shown(one: MoneyOfYear, address: str) -> Shown:
    """Show what was set aside as the whole, and what goes of it."""
    state, kind = OUTLOOKS[one.forecast.outlook]
    measured = [
        _part("Toegekend", one.granted_cents, one),
        _part("Besteed", one.spent_cents, one),
    ]
    if one.forecast.granted_cents is not None and one.forecast.spent_cents is not None:
        measured += [
            _part("Toegekend, verwacht", one.forecast.granted_cents, one),
            _part("Besteed, verwacht", one.forecast.spent_cents, one),
        ]
    drawn = bars(measured) if one.appropriated_cents else []
    return Shown(one.title, address, state, kind, sentence_of(one), drawn)


def row_of(one: MoneyOfYear) -> list[str]:
    return [one.title, *map(euros, _amounts(one)), *_expected(one)]


def month_bars(one: MoneyOfYear) -> list[Bar]:
    measured = [
        Measured(MONTHS[month.period.month - 1], euros(month.spent_cents), month.spent_cents)
        for month in one.months
    ]
    return bars(measured, whole=1)


def month_rows(one: MoneyOfYear) -> list[list[str]]:
    named = [(MONTHS[month.period.month - 1], month) for month in one.months]
    return [
        [name, *map(euros, (month.granted_cents, month.spent_cents, month.lapsed_cents))]
        for name, month in [*named, ("later", one.later)]
    ]


def facts_of(one: MoneyOfYear) -> list[tuple[str, str]]:
    granted, spent = _expected(one)
    by = "zoals het jaar ervoor ging" if one.forecast.by_last_year else "als het zo doorgaat"
    return [
        ("Begroot", euros(one.appropriated_cents)),
        ("Toegekend", euros(one.granted_cents)),
        ("Besteed", euros(one.spent_cents)),
        ("Vervallen", euros(one.lapsed_cents)),
        (f"Toegekend aan het eind, {by}", granted),
        (f"Besteed aan het eind, {by}", spent),
    ]


def _amounts(one: MoneyOfYear) -> tuple[Cents, ...]:
    return (one.appropriated_cents, one.granted_cents, one.spent_cents, one.lapsed_cents)


def _expected(one: MoneyOfYear) -> list[str]:
    ahead = (one.forecast.granted_cents, one.forecast.spent_cents)
    return ["nog niet te zeggen" if cents is None else euros(cents) for cents in ahead]


def _part(label: str, cents: Cents, of: MoneyOfYear) -> Measured:
    amount = max(0, cents) * WHOLE // max(1, of.appropriated_cents)
    return Measured(label, f"{euros(cents)}, {amount // PERCENT}%", amount)


def _total(money: Sequence[MoneyOfYear]) -> list[list[str | None]]:
    """Add up what is known; what is expected is so of each scheme alone."""
    together = [euros(Cents(sum(cents))) for cents in zip(*map(_amounts, money), strict=True)]
    return [["Samen", *together, None, None]] if money else []


routes: list[ControllerRouterHandler] = [
    spending_page,
    scheme_spending_page,
    spending_file,
]
