"""Endpoints for one merchant: what it has coming, what it was paid, and what that was made of."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import MerchantId, SettlementId
from pas.problems.bodies import AppRequest
from pas.settlements.show import NEWEST, Coming, Payout, read_coming, read_payouts
from pas.settlements.specification import specification_file
from pas.settlements.stored import read_run

PAYOUTS: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/payouts"
READ: Final = {"permission": Permission.PAYOUTS_READ}
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Before = Annotated[int, QueryParameter(ge=1, le=NEWEST)]


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


@get(f"{PAYOUTS}/{{run_id:uuid}}/specification", opt=READ, media_type="text/csv")
async def fetch_specification(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str]:
    """Haal de specificatie (CSV) van een uitbetaling: elke besteding, zonder namen van pashouders."""
    return await fetched_specification(request, municipality, merchant_id, run_id=run_id)


async def fetched_specification(
    request: AppRequest, municipality: str, merchant_id: UUID, *, run_id: UUID
) -> Response[str]:
    """Answer with the file, for the API and for the pages."""
    async with connected(request, municipality) as connection:
        content = await specification_file(
            connection, MerchantId(merchant_id), SettlementId(run_id), actor=actor_of(request)
        )
        number = (await read_run(connection, SettlementId(run_id))).number
    headers = {"content-disposition": f'attachment; filename="uitbetaling-{number}.csv"'}
    return Response(content, media_type="text/csv", headers=headers)


handlers: list[ControllerRouterHandler] = [list_payouts, fetch_specification]
