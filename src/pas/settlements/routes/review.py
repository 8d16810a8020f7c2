"""Endpoints: what a second person asks of a run before the money goes, and the same as files."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.ids import SettlementId
from pas.problems.bodies import AppRequest
from pas.settlements.review import SettlementReview, read_review
from pas.settlements.review_file import read_review_table
from pas.settlements.routes.runs import READ, RUN, Limit
from pas.spreadsheet import MEDIA_TYPE
from pas.tables import CSV
from pas.web.pages import table_file

REVIEW: Final = f"{RUN}/review"


@get(REVIEW, opt=READ)
async def read_settlement_review(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest, *, limit: Limit = 50
) -> SettlementReview:
    """Lees wat u van een uitbetaling wilt weten voor u haar goedkeurt.

    Waar het geld aan is besteed, wie nieuw is, welke rekening veranderde en wat er overblijft. De
    betalingen met het grootste verschil met de vorige keer staan vooraan, hoogstens `limit`.
    """
    async with connected(request, municipality) as connection:
        review = await read_review(connection, SettlementId(run_id))
    return msgspec.structs.replace(review, payments=review.payments[:limit])


@get(f"{REVIEW}/csv", opt=READ, media_type=CSV)
async def fetch_review_csv(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """Haal alles van een uitbetaling als CSV: elke betaling, regeling en bestedingsdoel."""
    return await fetched(request, municipality, run_id)


@get(f"{REVIEW}/spreadsheet", opt=READ, media_type=MEDIA_TYPE)
async def fetch_review_spreadsheet(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """Haal alles van een uitbetaling als spreadsheet (xlsx)."""
    return await fetched(request, municipality, run_id)


async def fetched(request: AppRequest, municipality: str, run_id: UUID) -> Response[bytes]:
    """Answer with the file that the address asks for, for the API and for the page."""
    async with connected(request, municipality) as connection:
        table = await read_review_table(connection, SettlementId(run_id))
    return table_file(request, table)


handlers: list[ControllerRouterHandler] = [
    read_settlement_review,
    fetch_review_csv,
    fetch_review_spreadsheet,
]
