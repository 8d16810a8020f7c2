"""The statement of a year of one merchant on a page, with its files."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.settlements.routes.payouts import PDF, READ
from pas.settlements.routes.statements import fetched, fetched_pdf, wanted
from pas.settlements.statement import FIRST_YEAR
from pas.settlements.statement_files import SUM, WHEN, amounts_of, facts_of, name_of
from pas.web.pages import page

STATEMENT: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/statements/{year:int}"


@get(STATEMENT, opt=READ, include_in_schema=False)
async def statement_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> Response[str]:
    """What did this year bring, month by month?"""
    found = await wanted(request, municipality, merchant_id, year=year)
    base = f"/{municipality}/merchants/{merchant_id}"
    return page(
        request,
        "settlements/statement.html",
        home=f"/{municipality}",
        merchant=found.merchant,
        back=f"{base}/payouts",
        here=f"{base}/statements/{year}",
        year=year,
        before=f"{base}/statements/{year - 1}" if year > FIRST_YEAR else None,
        facts=facts_of(found),
        months=[(name_of(one), *map(euros, amounts_of(one))) for one in found.months],
        explained=(SUM, WHEN),
    )


@get([f"{STATEMENT}/csv", f"{STATEMENT}/spreadsheet"], opt=READ, include_in_schema=False)
async def table_of_statement(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    return await fetched(request, municipality, merchant_id, year=year)


@get(f"{STATEMENT}/pdf", opt=READ, include_in_schema=False, media_type=PDF)
async def pdf_file(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    year: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    return await fetched_pdf(request, municipality, merchant_id, year=year)


routes: list[ControllerRouterHandler] = [statement_page, table_of_statement, pdf_file]
