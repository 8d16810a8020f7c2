"""The API for whoever lets programs in: their logins and their tokens."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.api_tokens import (
    BEGINNING,
    ApiTokenRow,
    end_api_token,
    list_api_tokens,
    make_api_token,
)
from pas.auth.logins import add_program
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.ids import LoginId, MunicipalityName
from pas.problems.bodies import AppRequest

Limit = Annotated[int, QueryParameter(ge=1, le=200)]

TOKENS = {"permission": Permission.API_TOKENS_MANAGE}


class NewProgram(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A program that may work here."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class ProgramAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """The login of a program: give it a role and a token."""

    login_id: LoginId


class NewApiToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A token for a program that works for a login."""

    login_id: LoginId
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    expires_at: Annotated[datetime, Meta(tz=True)]


class ApiTokenAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A token as it is listed."""

    id: UUID
    login_id: LoginId
    name: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class MadeApiToken(msgspec.Struct, frozen=True, rename="camel"):
    """The token itself, shown once."""

    id: UUID
    token: str


@post("/v1/{municipality:str}/programs", opt={"permission": Permission.LOGINS_MANAGE})
async def add_one_program(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[NewProgram]
) -> ProgramAnswer:
    """Laat een programma toe."""
    async with connected(request, municipality) as connection:
        login_id = await add_program(connection, data.name, actor=actor_of(request))
    return ProgramAnswer(login_id=login_id)


@get("/v1/{municipality:str}/api-tokens", opt=TOKENS)
async def list_all_api_tokens(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> list[ApiTokenAnswer]:
    """Lees welke tokens gelden, op volgorde van maken."""
    async with connected(request, municipality) as connection:
        found = await list_api_tokens(
            connection, after=after or BEGINNING, limit=limit, now=datetime.now(UTC)
        )
    return [as_token(row) for row in found]


@post("/v1/{municipality:str}/api-tokens", opt=TOKENS)
async def make_one_api_token(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[NewApiToken]
) -> MadeApiToken:
    """Maak een token voor een programma.

    Het token staat alleen in dit antwoord.
    """
    state = auth_state(request.app.state)
    ring = await state.ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        token_id, token = await make_api_token(
            connection,
            ring,
            issuer=state.origin,
            login_id=data.login_id,
            name=data.name,
            expires_at=data.expires_at,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return MadeApiToken(id=token_id, token=token)


@delete("/v1/{municipality:str}/api-tokens/{token_id:uuid}", opt=TOKENS)
async def end_one_api_token(
    municipality: FromPath[str], token_id: FromPath[UUID], request: AppRequest
) -> None:
    """Stop een token."""
    async with connected(request, municipality) as connection:
        await end_api_token(connection, token_id, actor=actor_of(request), now=datetime.now(UTC))


def as_token(row: ApiTokenRow) -> ApiTokenAnswer:
    return ApiTokenAnswer(
        id=row.id,
        login_id=row.login_id,
        name=row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )


handlers: list[ControllerRouterHandler] = [
    add_one_program,
    list_all_api_tokens,
    make_one_api_token,
    end_one_api_token,
]
