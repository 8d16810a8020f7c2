"""Endpoints: years that two people close, and open again."""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.years.close_year import confirm_closing, propose_closing, reject_closing
from pas.years.reopen_year import (
    confirm_year_reopening,
    propose_year_reopening,
    reject_year_reopening,
)
from pas.years.routes.fields import READ, YEAR, YEARS
from pas.years.stored import YearClosing, read_closings

CLOSE: Final = {"permission": Permission.YEARS_CLOSE}
DECIDE: Final = {"permission": Permission.YEARS_DECIDE}
JUDGE: Final = {"permission": (Permission.YEARS_CLOSE, Permission.YEARS_DECIDE)}

Reason = Annotated[str, Meta(min_length=1, max_length=300)]


class YearClosings(msgspec.Struct, frozen=True):
    """Every time that a year was proposed to be closed, newest first."""

    items: list[YearClosing]


class YearReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a year is to be opened again, or is not, or stays open."""

    reason: Reason


@get(YEARS, opt=READ)
async def list_year_closings(municipality: FromPath[str], request: AppRequest) -> YearClosings:
    """Lees welke jaren zijn afgesloten, door wie, en onder welk zegel."""
    async with connected(request, municipality) as connection:
        return YearClosings(await read_closings(connection))


@put(f"{YEAR}/closing-proposal", opt=CLOSE)
async def propose_to_close_year(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> YearClosing:
    """Stel voor om een jaar af te sluiten. Een ander doet het."""
    async with connected(request, municipality) as connection:
        return await propose_closing(
            connection, year, actor=actor_of(request), now=datetime.now(UTC)
        )


@put(f"{YEAR}/closing", opt=DECIDE)
async def close_one_year(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> YearClosing:
    """Sluit een jaar af, zoals een ander voorstelde.

    Daarna wordt in dit jaar niets meer toegekend. Wat later terugkomt, komt in de open maand.
    """
    async with connected(request, municipality) as connection:
        return await confirm_closing(
            connection, year, actor=actor_of(request), now=datetime.now(UTC)
        )


@put(f"{YEAR}/closing-rejection", opt=JUDGE)
async def keep_year_open(
    municipality: FromPath[str],
    year: FromPath[int],
    request: AppRequest,
    *,
    data: JSONBody[YearReason],
) -> YearClosing:
    """Laat een jaar open, met de reden."""
    async with connected(request, municipality) as connection:
        return await reject_closing(
            connection,
            year,
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{YEAR}/reopening-proposal", opt=CLOSE)
async def propose_to_reopen_year(
    municipality: FromPath[str],
    year: FromPath[int],
    request: AppRequest,
    *,
    data: JSONBody[YearReason],
) -> YearClosing:
    """Stel voor om een jaar weer te openen, met de reden. Een ander beslist."""
    async with connected(request, municipality) as connection:
        return await propose_year_reopening(
            connection,
            year,
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{YEAR}/reopening", opt=DECIDE)
async def reopen_one_year(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> YearClosing:
    """Open een jaar weer, zoals een ander voorstelde."""
    async with connected(request, municipality) as connection:
        return await confirm_year_reopening(
            connection, year, actor=actor_of(request), now=datetime.now(UTC)
        )


@put(f"{YEAR}/reopening-rejection", opt=JUDGE)
async def keep_year_closed(
    municipality: FromPath[str],
    year: FromPath[int],
    request: AppRequest,
    *,
    data: JSONBody[YearReason],
) -> YearClosing:
    """Laat een jaar dicht, met de reden."""
    async with connected(request, municipality) as connection:
        return await reject_year_reopening(
            connection, year, reason=data.reason, actor=actor_of(request)
        )


handlers: list[ControllerRouterHandler] = [
    list_year_closings,
    propose_to_close_year,
    close_one_year,
    keep_year_open,
    propose_to_reopen_year,
    reopen_one_year,
    keep_year_closed,
]
