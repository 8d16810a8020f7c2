"""Endpoints: the end of a year, rehearsed."""

from datetime import UTC, datetime

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.spreadsheet import MEDIA_TYPE
from pas.tables import CSV
from pas.years.rehearsal_file import rehearsal_table
from pas.years.rehearse import Rehearsal, rehearse
from pas.years.routes.fields import READ, YEAR, csv_file, spreadsheet_file


@get(f"{YEAR}/rehearsal", opt=READ)
async def rehearse_year_end(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Rehearsal:
    """Lees hoe een jaar zou eindigen: wat vrijvalt, wat doorloopt, en wat u nog kunt doen.

    Er wordt niets geboekt. Kleine aantallen zijn verborgen.
    """
    return await rehearsed(request, municipality, year)


@get(f"{YEAR}/rehearsal/csv", opt=READ, media_type=CSV)
async def fetch_rehearsal_csv(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Stream:
    """Haal de voorbereiding van het jaareinde als CSV."""
    told = await rehearsed(request, municipality, year)
    return csv_file(rehearsal_table(told), f"jaareinde-{municipality}-{year}.csv")


@get(f"{YEAR}/rehearsal/spreadsheet", opt=READ, media_type=MEDIA_TYPE)
async def fetch_rehearsal_spreadsheet(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[bytes]:
    """Haal de voorbereiding van het jaareinde als spreadsheet (xlsx)."""
    told = await rehearsed(request, municipality, year)
    return spreadsheet_file(rehearsal_table(told), f"jaareinde-{municipality}-{year}.xlsx")


async def rehearsed(request: AppRequest, municipality: str, year: int) -> Rehearsal:
    """Rehearse it now, for the API and for the page."""
    async with connected(request, municipality) as connection:
        return await rehearse(connection, year, now=datetime.now(UTC))


handlers: list[ControllerRouterHandler] = [
    rehearse_year_end,
    fetch_rehearsal_csv,
    fetch_rehearsal_spreadsheet,
]
