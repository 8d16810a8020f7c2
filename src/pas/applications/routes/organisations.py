"""Endpoints: which organisations and people may apply for children."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.applications.organisations import (
    FIRST,
    Intermediary,
    Organisation,
    OrganisationKind,
    end_intermediary,
    end_organisation,
    list_intermediaries,
    list_organisations,
    recognise_intermediary,
    recognise_organisation,
)
from pas.applications.routes.fields import Limit, Name, Recognised
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import LoginId, OrganisationId
from pas.problems.bodies import AppRequest

READ: Final = {"permission": Permission.INTERMEDIARIES_READ}
RECOGNISE: Final = {"permission": Permission.INTERMEDIARIES_RECOGNISE}


class OrganisationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is recognised."""

    name: Name
    kind: OrganisationKind


class IntermediaryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Who applies, for which organisation and in which profession."""

    login_id: UUID
    organisation_id: UUID
    profession: Annotated[str, Meta(min_length=1, max_length=80)]


class Organisations(msgspec.Struct, frozen=True):
    """The next page starts after the last id."""

    items: Annotated[list[Organisation], Meta(max_length=100)]


class Intermediaries(msgspec.Struct, frozen=True):
    """The next page starts after the last login."""

    items: Annotated[list[Intermediary], Meta(max_length=100)]


@get("/v1/{municipality:str}/organisations", opt=READ)
async def read_organisations(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Organisations:
    """Lees welke organisaties mogen aanvragen, of mochten."""
    async with connected(request, municipality) as connection:
        last = FIRST if after is None else OrganisationId(after)
        return Organisations(await list_organisations(connection, after=last, limit=limit))


@post("/v1/{municipality:str}/organisations", opt=RECOGNISE)
async def add_organisation(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[OrganisationBody]
) -> Recognised:
    """Erken een organisatie."""
    async with connected(request, municipality) as connection:
        made = await recognise_organisation(
            connection, data.name, data.kind, actor=actor_of(request), now=datetime.now(UTC)
        )
    return Recognised(made)


@post(
    "/v1/{municipality:str}/organisations/{organisation_id:uuid}/end",
    opt=RECOGNISE,
    status_code=204,
)
async def stop_organisation(
    municipality: FromPath[str], organisation_id: FromPath[UUID], request: AppRequest
) -> None:
    """Laat een organisatie niets meer aanvragen."""
    async with connected(request, municipality) as connection:
        await end_organisation(
            connection,
            OrganisationId(organisation_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get("/v1/{municipality:str}/intermediaries", opt=READ)
async def read_intermediaries(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Intermediaries:
    """Lees wie er mag aanvragen, of mocht."""
    async with connected(request, municipality) as connection:
        last = FIRST if after is None else after
        return Intermediaries(await list_intermediaries(connection, after=last, limit=limit))


@post("/v1/{municipality:str}/intermediaries", opt=RECOGNISE, status_code=204)
async def add_intermediary(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[IntermediaryBody]
) -> None:
    """Erken iemand als aanvrager voor een organisatie."""
    async with connected(request, municipality) as connection:
        await recognise_intermediary(
            connection,
            LoginId(data.login_id),
            OrganisationId(data.organisation_id),
            profession=data.profession,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post("/v1/{municipality:str}/intermediaries/{login_id:uuid}/end", opt=RECOGNISE, status_code=204)
async def stop_intermediary(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> None:
    """Laat iemand niets meer aanvragen."""
    async with connected(request, municipality) as connection:
        await end_intermediary(
            connection, LoginId(login_id), actor=actor_of(request), now=datetime.now(UTC)
        )


handlers: list[ControllerRouterHandler] = [
    read_organisations,
    add_organisation,
    stop_organisation,
    read_intermediaries,
    add_intermediary,
    stop_intermediary,
]
