"""Endpoints: money set aside for schemes, and what is left of it."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.appropriations import (
    Appropriation,
    CoverLine,
    read_appropriations,
    set_aside,
)
from pas.grants.ground import current_year
from pas.grants.routes.fields import SchemeCode, Year, YearAsked
from pas.ids import EntryId
from pas.money import Cents
from pas.problems.bodies import AppRequest

READ: Final = {"permission": Permission.APPROPRIATIONS_READ}
WRITE: Final = {"permission": Permission.APPROPRIATIONS_WRITE}


class CoverLineBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One amount from one source of cover; ``id`` is made by whoever sends it, and kept."""

    id: UUID
    scheme: SchemeCode
    year: Year
    cover_line: Annotated[str, Meta(min_length=1, max_length=120)]
    amount_cents: Annotated[int, Meta(ge=1, le=100_000_000_000)]


class Appropriations(msgspec.Struct, frozen=True, rename="camel"):
    """The money of a year by scheme, with what was overspent in all."""

    year: int
    overspent_cents: Cents
    items: list[Appropriation]


@get("/v1/{municipality:str}/appropriations", opt=READ)
async def list_all_appropriations(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Appropriations:
    """Lees het geld per regeling: opzijgezet, toegekend, teruggekomen, over of te kort."""
    async with connected(request, municipality) as connection:
        wanted = year or await current_year(connection, datetime.now(UTC))
        items = await read_appropriations(connection, year=wanted)
    overspent = Cents(sum(one.overspent_cents for one in items))
    return Appropriations(wanted, overspent, items)


@post("/v1/{municipality:str}/appropriations", opt=WRITE)
async def set_money_aside(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[CoverLineBody]
) -> Appropriation:
    """Zet geld opzij voor een regeling en een jaar. Hetzelfde id nog eens boekt niets."""
    line = CoverLine(
        id=EntryId(data.id),
        scheme=data.scheme,
        year=data.year,
        cover_line=data.cover_line,
        amount_cents=Cents(data.amount_cents),
    )
    async with connected(request, municipality) as connection:
        return await set_aside(connection, line, actor=actor_of(request), now=datetime.now(UTC))


handlers: list[ControllerRouterHandler] = [list_all_appropriations, set_money_aside]
