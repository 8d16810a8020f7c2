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
from pas.settlements.routes.payouts import CSV, READ, SPREADSHEET, named
from pas.settlements.statement import YearStatement, read_statement
from pas.settlements.statement_files import statement_csv, statement_pdf, statement_spreadsheet

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
) -> Response[str]:
    """Haal het jaaroverzicht van een aanbieder als CSV."""
    return await fetched_csv(request, municipality, merchant_id, year=year)


@get(f"{STATEMENT}/spreadsheet", opt=READ, media_type=SPREADSHEET)
async def fetch_year_statement_spreadsheet(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    """Haal het jaaroverzicht van een aanbieder als spreadsheet (xlsx)."""
    return await fetched_spreadsheet(request, municipality, merchant_id, year=year)


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


async def fetched_csv(
    request: AppRequest, municipality: str, merchant_id: UUID, *, year: int
) -> Response[str]:
    """Answer with the file, for the API and for the page."""
    found = await wanted(request, municipality, merchant_id, year=year)
    return Response(
        statement_csv(found), media_type=CSV, headers=named(f"jaaroverzicht-{year}.csv")
    )


async def fetched_spreadsheet(
    request: AppRequest, municipality: str, merchant_id: UUID, *, year: int
) -> Response[bytes]:
    found = await wanted(request, municipality, merchant_id, year=year)
    headers = named(f"jaaroverzicht-{year}.xlsx")
    return Response(statement_spreadsheet(found), media_type=SPREADSHEET, headers=headers)


async def fetched_pdf(
    request: AppRequest, municipality: str, merchant_id: UUID, *, year: int
) -> Response[bytes]:
    database = auth_state(request.app.state).database
    async with a_press() as press:
        found = await wanted(request, municipality, merchant_id, year=year)
        async with connected(request, municipality) as connection:
            house = await read_house(database, connection, MunicipalityName(municipality))
        content = await statement_pdf(found, house=house, press=press)
    return Response(content, media_type=PDF, headers=named(f"jaaroverzicht-{year}.pdf"))


handlers: list[ControllerRouterHandler] = [
    read_year_statement,
    fetch_year_statement_csv,
    fetch_year_statement_spreadsheet,
    fetch_year_statement_pdf,
]
