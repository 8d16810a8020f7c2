"""Endpoints: freeze the figures of a period that is over, and see which are frozen."""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.reach.freeze import FrozenPeriod, freeze_period, list_frozen
from pas.reach.model import PeriodName

READ: Final = {"permission": Permission.REACH_READ}
FREEZE: Final = {"permission": Permission.REACH_FREEZE}
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class FreezeBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Which period; it must be over."""

    year: Annotated[int, Meta(ge=2000, le=2199)]
    period: PeriodName = "year"


class FrozenPeriods(msgspec.Struct, frozen=True):
    """The newest year first."""

    items: list[FrozenPeriod]


@get("/v1/{municipality:str}/frozen-reach", opt=READ)
async def list_frozen_periods(
    municipality: FromPath[str], request: AppRequest, *, limit: Limit = 100
) -> FrozenPeriods:
    """Lees van welke periodes de cijfers zijn vastgezet, en met welke hash."""
    async with connected(request, municipality) as connection:
        return FrozenPeriods(await list_frozen(connection, limit=limit))


@post("/v1/{municipality:str}/frozen-reach", opt=FREEZE)
async def freeze_one_period(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[FreezeBody]
) -> FrozenPeriod:
    """Zet de cijfers van een periode vast. Daarna veranderen ze niet meer."""
    async with connected(request, municipality) as connection:
        return await freeze_period(
            connection,
            year=data.year,
            period=data.period,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [list_frozen_periods, freeze_one_period]
