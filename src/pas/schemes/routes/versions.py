"""Endpoints: schemes and their versions."""

from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.ids import SchemeId, SchemeVersionId
from pas.problems.bodies import AppRequest
from pas.schemes.bodies import SchemeBody, body_of, field_name, row_from
from pas.schemes.change_scheme import add_scheme_version, end_or_adopt
from pas.schemes.model import Status
from pas.schemes.show import ShownScheme, ShownVersion, list_schemes, show_scheme

READ: Final = {"permission": Permission.SCHEMES_READ}
WRITE: Final = {"permission": Permission.SCHEMES_WRITE}
SchemeCode = Annotated[str, Meta(max_length=61)]


class VersionTold(msgspec.Struct, frozen=True, rename="camel"):
    """A version with its id and number."""

    id: SchemeVersionId
    number: int
    recorded_at: datetime
    version: SchemeBody


class SchemeTold(msgspec.Struct, frozen=True, rename="camel"):
    """A scheme with its version of the day, else the next, else the last."""

    id: SchemeId
    code: str
    holds: bool
    versions: int
    shown: VersionTold


class Schemes(msgspec.Struct, frozen=True):
    """All schemes, by code."""

    items: list[SchemeTold]


class Versions(msgspec.Struct, frozen=True):
    """All versions of a scheme, newest first."""

    items: list[VersionTold]


class MadeVersion(msgspec.Struct, frozen=True):
    """The version that is there now."""

    id: SchemeVersionId
    version: SchemeBody


class VersionChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The last day of a version, its status, or both; what is left out stays."""

    last_day: date | None = None
    status: Status | None = None


def told(shown: ShownVersion) -> VersionTold:
    return VersionTold(shown.id, shown.number, shown.recorded_at, body_of(shown.version))


def scheme_told(shown: ShownScheme) -> SchemeTold:
    return SchemeTold(shown.id, shown.code, shown.holds, shown.versions, told(shown.shown))


@get("/v1/{municipality:str}/schemes", opt=READ)
async def list_all_schemes(
    municipality: FromPath[str], request: AppRequest, *, on: FromQuery[date | None] = None
) -> Schemes:
    """Lees de regelingen, met de versie die op een dag geldt. Zonder dag is dat vandaag."""
    day = on or day_of(datetime.now(UTC))
    async with connected(request, municipality) as connection:
        return Schemes([scheme_told(one) for one in await list_schemes(connection, on=day)])


@get("/v1/{municipality:str}/schemes/{code:str}", opt=READ)
async def read_one_scheme(
    municipality: FromPath[str], code: FromPath[SchemeCode], request: AppRequest
) -> Versions:
    """Lees alle versies van een regeling, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return Versions([told(one) for one in await show_scheme(connection, code)])


@post("/v1/{municipality:str}/schemes", opt=WRITE)
async def add_new_version(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[SchemeBody]
) -> MadeVersion:
    """Voeg een versie van een regeling toe, of een nieuwe regeling met haar eerste versie.

    Dezelfde versie nog eens sturen verandert niets.
    """
    async with connected(request, municipality) as connection:
        version_id, version = await add_scheme_version(
            connection, row_from(data), actor=actor_of(request), called=field_name
        )
    return MadeVersion(version_id, body_of(version))


@patch("/v1/{municipality:str}/scheme-versions/{version_id:uuid}", opt=WRITE)
async def change_one_version(
    municipality: FromPath[str],
    version_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[VersionChange],
) -> MadeVersion:
    """Laat een versie eindigen, of neem een voorstel aan.

    Meer verandert er nooit aan een versie. Wat ermee is toegekend, blijft staan.
    """
    async with connected(request, municipality) as connection:
        version = await end_or_adopt(
            connection,
            SchemeVersionId(version_id),
            last_day=data.last_day,
            status=data.status,
            actor=actor_of(request),
        )
    return MadeVersion(SchemeVersionId(version_id), body_of(version))


handlers: list[ControllerRouterHandler] = [
    list_all_schemes,
    read_one_scheme,
    add_new_version,
    change_one_version,
]
