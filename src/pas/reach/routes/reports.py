"""Endpoints: the report of reach, for a program and for a spreadsheet."""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.ground import current_year
from pas.problems.bodies import AppRequest
from pas.reach.csv_report import csv_of, file_name
from pas.reach.freeze import KeptReport, read_report
from pas.reach.model import PeriodName
from pas.reach.report import Frozen, ReachReport, narrowed

READ: Final = {"permission": Permission.REACH_READ}
YearAsked = Annotated[int, QueryParameter(ge=0, le=2199)]
"""Zero is the current pass year."""


class ReachAnswer(msgspec.Struct, frozen=True):
    """A report; ``frozen`` says since when it does not change any more."""

    period: PeriodName
    frozen: Frozen | None
    report: ReachReport


@get("/v1/{municipality:str}/reach", opt=READ)
async def read_reach(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    period: FromQuery[PeriodName] = "year",
) -> ReachAnswer:
    """Lees het bereik van een jaar of een deel ervan, met doelgroepen en hun bron.

    Kleine aantallen zijn verborgen. Is de periode vastgezet, dan zijn het die cijfers.
    """
    kept = await kept_report(request, municipality, year=year, period=period)
    return ReachAnswer(period, kept.frozen, narrowed(kept.report, period))


@get("/v1/{municipality:str}/reach-file", opt=READ, media_type="text/csv")
async def fetch_reach_file(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    period: FromQuery[PeriodName] = "year",
) -> Response[str]:
    """Haal het bereik als bestand (CSV, puntkomma's, komma's in percentages)."""
    return await file_of(request, municipality, year=year, period=period)


async def file_of(
    request: AppRequest, municipality: str, *, year: int, period: PeriodName
) -> Response[str]:
    kept = await kept_report(request, municipality, year=year, period=period)
    name = file_name(kept.report, period)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(csv_of(kept, period), media_type="text/csv", headers=headers)


async def kept_report(
    request: AppRequest, municipality: str, *, year: int, period: PeriodName
) -> KeptReport:
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        wanted = year or await current_year(connection, now)
        return await read_report(connection, year=wanted, now=now, period=period)


handlers: list[ControllerRouterHandler] = [read_reach, fetch_reach_file]
