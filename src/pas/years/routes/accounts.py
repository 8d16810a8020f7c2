"""Endpoints: the year for the accountant."""

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.spreadsheet import MEDIA_TYPE
from pas.tables import CSV
from pas.years.routes.fields import READ, YEAR, csv_file, spreadsheet_file
from pas.years.stored import year_file_of
from pas.years.year_file import YearFile, YearLine
from pas.years.year_table import year_table


class YearAccount(msgspec.Struct, frozen=True, rename="camel"):
    """The year for the accountant, with the seal under which it was added up."""

    year: int
    seal_size: int
    checkpoint: str
    lines: list[YearLine]


@get(f"{YEAR}/account", opt=READ)
async def read_year_account(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> YearAccount:
    """Lees het jaar voor de accountant, per regeling, aanbieder en bestedingsdoel.

    Is het jaar dicht, dan is het wat toen is vastgelegd.
    """
    found = await year_of(request, municipality, year)
    under = found.checkpoint
    return YearAccount(year, under.size, under.note, found.lines)


@get(f"{YEAR}/account/csv", opt=READ, media_type=CSV)
async def fetch_year_csv(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Stream:
    """Haal het jaar voor de accountant als CSV. Van een dicht jaar zijn het steeds dezelfde bytes."""
    found = await year_of(request, municipality, year)
    return csv_file(year_table(found), f"jaar-{municipality}-{year}.csv")


@get(f"{YEAR}/account/spreadsheet", opt=READ, media_type=MEDIA_TYPE)
async def fetch_year_spreadsheet(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[bytes]:
    """Haal het jaar voor de accountant als spreadsheet (xlsx)."""
    found = await year_of(request, municipality, year)
    return spreadsheet_file(year_table(found), f"jaar-{municipality}-{year}.xlsx")


async def year_of(request: AppRequest, municipality: str, year: int) -> YearFile:
    """Add it up, for the API and for the page."""
    async with connected(request, municipality) as connection:
        return await year_file_of(connection, year)


handlers: list[ControllerRouterHandler] = [
    read_year_account,
    fetch_year_csv,
    fetch_year_spreadsheet,
]
