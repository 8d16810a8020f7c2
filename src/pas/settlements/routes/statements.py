"""Endpoints for the statement of a year of one merchant."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.house import read_house
from pas.auth.state import auth_state, connected
from pas.ids import MerchantId, MunicipalityName
from pas.press.document import MEDIA_TYPE as PDF
from pas.press.press import a_press
from pas.problems.bodies import AppRequest
from pas.settlements.routes.payouts import CSV, READ, SPREADSHEET
from pas.settlements.statement import YearStatement, read_statement
from pas.settlements.statement_files import statement_pdf, statement_table
from pas.web.pages import saved_as, table_file

STATEMENT: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/statements/{year:int}"


@get(STATEMENT, opt=READ)
async def read_year_statement(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> YearStatement:
    """Lees het jaaroverzicht van een aanbieder: per maand wat er bij kwam, af ging en is betaald."""
    return await wanted(request, municipality, merchant_id, year=year)


@get(f"{STATEMENT}/csv", opt=READ, media_type=CSV)
async def fetch_year_statement_csv(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    """Haal het jaaroverzicht van een aanbieder als CSV."""
    return await fetched(request, municipality, merchant_id, year=year)


@get(f"{STATEMENT}/spreadsheet", opt=READ, media_type=SPREADSHEET)
async def fetch_year_statement_spreadsheet(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    """Haal het jaaroverzicht van een aanbieder als spreadsheet (xlsx)."""
    return await fetched(request, municipality, merchant_id, year=year)


@get(f"{STATEMENT}/pdf", opt=READ, media_type=PDF)
async def fetch_year_statement_pdf(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    """Haal het jaaroverzicht van een aanbieder als PDF."""
    return await fetched_pdf(request, municipality, merchant_id, year=year)


async def wanted(
    request: AppRequest, municipality: str, merchant_id: UUID, *, year: int
) -> YearStatement:
    async with connected(request, municipality) as connection:
        return await read_statement(
            connection,
            MerchantId(merchant_id),
            year,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


async def fetched(
    request: AppRequest, municipality: str, merchant_id: UUID, *, year: int
) -> Response[bytes]:
    """Answer with the file that the address asks for, for the API and for the page."""
    found = await wanted(request, municipality, merchant_id, year=year)
    return table_file(request, statement_table(found))


async def fetched_pdf(
    request: AppRequest, municipality: str, merchant_id: UUID, *, year: int
) -> Response[bytes]:
    database = auth_state(request.app.state).database
    async with a_press() as press:
        found = await wanted(request, municipality, merchant_id, year=year)
        async with connected(request, municipality) as connection:
            house = await read_house(database, connection, MunicipalityName(municipality))
        content = await statement_pdf(found, house=house, press=press)
    return saved_as(f"jaaroverzicht-{year}.pdf", content, media_type=PDF)


handlers: list[ControllerRouterHandler] = [
    read_year_statement,
    fetch_year_statement_csv,
    fetch_year_statement_spreadsheet,
    fetch_year_statement_pdf,
]
