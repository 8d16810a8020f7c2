"""Endpoints: files of figures that others printed, and what comes of computing them once more."""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.problems.refusals import MissingBody
from pas.reach.compare_money import MoneyCompared, compare_money
from pas.reach.keep_published import KeptFile, keep_published, read_newest_published
from pas.reach.printed import PrintedFigure, judge_printed
from pas.reach.published_files import MOST_BYTES, PublishedKind
from pas.reach.use_by_year import UseTable, check_use

READ: Final = {"permission": Permission.REACH_READ}
WRITE: Final = {"permission": Permission.TARGET_GROUPS_IMPORT}
FileName = Annotated[str, QueryParameter(name="fileName", min_length=1, max_length=200)]


class PrintedFigures(msgspec.Struct, frozen=True):
    """Every row of the newest file of printed percentages, with its verdict."""

    items: list[PrintedFigure]


@post(
    "/v1/{municipality:str}/published-files",
    opt=WRITE,
    request_max_body_size=MOST_BYTES,
)
async def keep_published_file(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    kind: FromQuery[PublishedKind],
    file_name: FileName = "published.csv",
) -> KeptFile:
    """Bewaar een bestand met gedrukte cijfers, woord voor woord. Het nieuwste van een soort telt."""
    content = await request.body()
    if not content:
        raise MissingBody("Stuur het CSV-bestand mee als inhoud van het verzoek.")
    async with connected(request, municipality) as connection:
        return await keep_published(
            connection,
            content,
            kind=kind,
            file_name=file_name,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get("/v1/{municipality:str}/printed-reach", opt=READ)
async def read_printed_reach(municipality: FromPath[str], request: AppRequest) -> PrintedFigures:
    """Lees de gedrukte percentages, elk nagerekend met een oordeel."""
    async with connected(request, municipality) as connection:
        found = await read_newest_published(connection, "printed_reach")
    return PrintedFigures(judge_printed(found.content.encode()))


@get("/v1/{municipality:str}/printed-use", opt=READ)
async def read_printed_use(municipality: FromPath[str], request: AppRequest) -> UseTable:
    """Lees een gedrukte tabel van gebruik per jaar: tellen de regels op tot de totalen?"""
    async with connected(request, municipality) as connection:
        found = await read_newest_published(connection, "use_by_year")
    return check_use(found.content.encode())


@get("/v1/{municipality:str}/printed-money", opt=READ)
async def read_printed_money(municipality: FromPath[str], request: AppRequest) -> MoneyCompared:
    """Lees de gedrukte begroting naast de boeken: wat is toegekend en besteed, en waar is het meer?"""
    async with connected(request, municipality) as connection:
        return await compare_money(connection)


handlers: list[ControllerRouterHandler] = [
    keep_published_file,
    read_printed_reach,
    read_printed_use,
    read_printed_money,
]
