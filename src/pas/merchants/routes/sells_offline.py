"""Endpoints: whether the tills of a merchant may sell without a network."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.ids import MerchantId
from pas.merchants.routes.tills import PAIR, READ
from pas.merchants.sells_offline import SellsOffline, choose_offline, read_sells_offline
from pas.problems.bodies import AppRequest

CHOICE: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/offline-sales"


class OfflineChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Whether its tills may."""

    sells_offline: bool


@get(CHOICE, opt=READ)
async def read_offline_choice(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> SellsOffline:
    """Lees of de kassa's van een aanbieder zonder internet mogen verkopen."""
    async with connected(request, municipality) as connection:
        return await read_sells_offline(
            connection, MerchantId(merchant_id), actor=actor_of(request)
        )


@put(CHOICE, opt=PAIR)
async def change_offline_choice(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[OfflineChoice],
) -> SellsOffline:
    """Laat de kassa's van een aanbieder zonder internet verkopen, of niet meer."""
    async with connected(request, municipality) as connection:
        return await choose_offline(
            connection,
            MerchantId(merchant_id),
            sells_offline=data.sells_offline,
            actor=actor_of(request),
        )


handlers: list[ControllerRouterHandler] = [read_offline_choice, change_offline_choice]
