"""The money of a year by scheme: set aside, granted, and what is left or overspent."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.appropriations import Appropriation, read_appropriations
from pas.grants.ground import current_year
from pas.grants.routes.fields import YearAsked
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.spreadsheet import Amount, Cell
from pas.tables import Table
from pas.web.pages import files_of, page, table_file

READ: Final = {"permission": Permission.APPROPRIATIONS_READ}
APPROPRIATIONS: Final = "/{municipality:str}/appropriations"
COLUMNS: Final = (
    *("jaar", "regeling", "naam", "bron", "begroot", "toegekend", "teruggekomen", "over"),
    "gesloten_pot",
)


@get(APPROPRIATIONS, opt=READ, include_in_schema=False)
async def appropriations_page(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Response[str]:
    """Is there enough money, and where is it short?"""
    async with connected(request, municipality) as connection:
        this_year = await current_year(connection, datetime.now(UTC))
        found = await read_appropriations(connection, year=year or this_year)
    return page(
        request,
        "grants/appropriations.html",
        home=f"/{municipality}",
        year=year or this_year,
        overspent_cents=Cents(sum(one.overspent_cents for one in found)),
        rows=[row_of(one) for one in found],
        covers=[cells for one in found for cells in cover_cells(one)],
        may_compare=actor_of(request).may(Permission.REACH_READ),
    )


@get(files_of(APPROPRIATIONS), opt=READ, include_in_schema=False)
async def appropriations_file(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Response[bytes]:
    """A row for each scheme, and one for each source of its cover."""
    async with connected(request, municipality) as connection:
        asked = year or await current_year(connection, datetime.now(UTC))
        found = await read_appropriations(connection, year=asked)
    rows = (row for one in found for row in file_rows(one))
    return table_file(request, Table(f"geld-{municipality}-{asked}", COLUMNS, rows))


def file_rows(one: Appropriation) -> list[list[Cell]]:
    named: list[Cell] = [one.year, one.scheme, one.title]
    closed = "ja" if one.closed_pot else "nee"
    together = (one.appropriated_cents, one.granted_cents, one.returned_cents, one.left_cents)
    return [
        [*named, None, *map(Amount, together), closed],
        *(
            [*named, line.cover_line, Amount(line.amount_cents), None, None, None, closed]
            for line in one.lines
        ),
    ]


def row_of(one: Appropriation) -> list[str]:
    short = f"{euros(one.overspent_cents)} te kort"
    return [
        one.title,
        euros(one.appropriated_cents),
        euros(one.granted_cents),
        euros(one.returned_cents),
        short if one.overspent_cents else euros(one.left_cents),
    ]


def cover_cells(one: Appropriation) -> list[list[str]]:
    return [[one.title, line.cover_line, euros(line.amount_cents)] for line in one.lines]


routes: list[ControllerRouterHandler] = [appropriations_page, appropriations_file]
