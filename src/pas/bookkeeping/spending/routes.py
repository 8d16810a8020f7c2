"""Endpoint: the money of a year by month, with what is expected."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.bookkeeping.spending.model import MoneyOfYear
from pas.bookkeeping.spending.read import read_spending
from pas.grants.ground import current_year
from pas.grants.routes.fields import YearAsked
from pas.problems.bodies import AppRequest

READ: Final = {"permission": Permission.APPROPRIATIONS_READ}


class Spending(msgspec.Struct, frozen=True, rename="camel"):
    """The schemes that have money in a year."""

    year: int
    items: list[MoneyOfYear]


@get("/v1/{municipality:str}/spending", opt=READ)
async def read_spending_of_year(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Spending:
    """Lees wat er van het geld van een jaar is besteed, per maand, en wat wij verwachten.

    Zonder jaar: het jaar dat loopt. Bedragen zijn in centen.
    """
    return await spending_of(request, municipality, year)


async def spending_of(request: AppRequest, municipality: str, year: int) -> Spending:
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        asked = year or await current_year(connection, now)
        return Spending(asked, await read_spending(connection, year=asked, now=now))


routes: list[ControllerRouterHandler] = [read_spending_of_year]
