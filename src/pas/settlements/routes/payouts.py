"""Endpoints for one merchant: what it has coming, what it was paid, and what that was made of."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.house import read_house
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.ids import MerchantId, MunicipalityName, SettlementId
from pas.press.document import MEDIA_TYPE as PDF
from pas.press.press import a_press
from pas.problems.bodies import AppRequest
from pas.settlements.show import NEWEST, Coming, Payout, read_coming, read_payouts
from pas.settlements.specification_files import specification_pdf, specification_table
from pas.settlements.stored import read_run
from pas.spreadsheet import MEDIA_TYPE as SPREADSHEET
from pas.tables import CSV, Table, csv_text
from pas.web.pages import saved_as, table_file

PAYOUTS: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/payouts"
SPECIFICATION: Final = f"{PAYOUTS}/{{run_id:uuid}}/specification"
READ: Final = {"permission": Permission.PAYOUTS_READ}
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Before = Annotated[int, QueryParameter(ge=1, le=NEWEST)]
PartNumber = Annotated[int, QueryParameter(ge=1, le=100_000)]


class Payouts(msgspec.Struct, frozen=True):
    """What is coming, and a page of payouts; the next page comes before the last run number."""

    coming: Coming
    items: list[Payout]


@get(PAYOUTS, opt=READ)
async def list_payouts(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    before: Before = NEWEST,
    limit: Limit = 50,
) -> Payouts:
    """Lees wat een aanbieder tegoed heeft, en wat er is uitbetaald."""
    merchant, actor = MerchantId(merchant_id), actor_of(request)
    async with connected(request, municipality) as connection:
        return Payouts(
            await read_coming(connection, merchant, actor=actor),
            await read_payouts(connection, merchant, actor=actor, before=before, limit=limit),
        )


@get(SPECIFICATION, opt=READ, media_type=CSV)
async def fetch_specification(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[bytes]:
    """Haal de specificatie (CSV) van een uitbetaling: elke besteding, zonder namen van pashouders."""
    return await fetched_csv(request, municipality, merchant_id, run_id=run_id)


@get(f"{SPECIFICATION}/spreadsheet", opt=READ, media_type=SPREADSHEET)
async def fetch_specification_spreadsheet(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[bytes]:
    """Haal de specificatie van een uitbetaling als spreadsheet (xlsx)."""
    return await fetched_spreadsheet(request, municipality, merchant_id, run_id=run_id)


@get(f"{SPECIFICATION}/pdf", opt=READ, media_type=PDF)
async def fetch_specification_pdf(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
    part: PartNumber = 1,
) -> Response[bytes]:
    """Haal de specificatie van een uitbetaling als PDF. Een lange is er in delen."""
    return await fetched_pdf(request, municipality, merchant_id, run_id=run_id, part=part)


async def fetched_csv(
    request: AppRequest, municipality: str, merchant_id: UUID, *, run_id: UUID
) -> Response[bytes]:
    """Answer with the file, for the API and for the pages; without a mark, as it always was."""
    table = await wanted(request, municipality, merchant_id, run_id=run_id)
    return saved_as(f"{table.name}.csv", csv_text(table).encode(), media_type=CSV)


async def fetched_spreadsheet(
    request: AppRequest, municipality: str, merchant_id: UUID, *, run_id: UUID
) -> Response[bytes]:
    return table_file(request, await wanted(request, municipality, merchant_id, run_id=run_id))


async def wanted(
    request: AppRequest, municipality: str, merchant_id: UUID, *, run_id: UUID
) -> Table:
    merchant, run = MerchantId(merchant_id), SettlementId(run_id)
    async with connected(request, municipality) as connection:
        return await specification_table(connection, merchant, run, actor=actor_of(request))


async def fetched_pdf(
    request: AppRequest, municipality: str, merchant_id: UUID, *, run_id: UUID, part: int
) -> Response[bytes]:
    name, run = MunicipalityName(municipality), SettlementId(run_id)
    database = auth_state(request.app.state).database
    async with a_press() as press, connected(request, municipality) as connection:
        content = await specification_pdf(
            connection,
            MerchantId(merchant_id),
            run,
            municipality=name,
            part=part,
            house=await read_house(database, connection, name),
            press=press,
            actor=actor_of(request),
        )
        number = (await read_run(connection, run)).number
    tail = f"-deel-{part}" if part > 1 else ""
    return saved_as(f"uitbetaling-{number}{tail}.pdf", content, media_type=PDF)


handlers: list[ControllerRouterHandler] = [
    list_payouts,
    fetch_specification,
    fetch_specification_spreadsheet,
    fetch_specification_pdf,
]
