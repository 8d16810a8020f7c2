"""Tokens for a program: shown once, ended at once by their row.

A token is made for a login of a program, or for one's own; for somebody else's it would be a way to
act in their name.
"""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.logins import PROGRAM, LoginNotFound
from pas.auth.tokens import sign_token
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId, MerchantId, uuid7

LONGEST = timedelta(days=366)
BEGINNING = UUID(int=0)


class ApiTokenNotFound(Refusal):
    """Dit token kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek het token in de lijst."


class OtherLogin(Refusal):
    """Een token is voor een programma of voor uzelf."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Maak een toegang voor het programma. Geef die een rol."


class ApiTokenTooLong(Refusal):
    """Een token geldt hoogstens een jaar."""

    next_step: ClassVar[str] = "Kies een datum die eerder is."


class ApiTokenRow(msgspec.Struct, frozen=True):
    """A token as it is listed; the token itself is stored nowhere."""

    id: UUID
    login_id: LoginId
    name: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class FoundApiToken(msgspec.Struct, frozen=True):
    """A token that is valid now, with the state of its login read in the same statement."""

    id: UUID
    login_id: LoginId
    name: str
    merchant_id: MerchantId | None
    roles: list[str]


class _Target(msgspec.Struct, frozen=True):
    is_program: bool


READ_TARGET = Statement(
    "SELECT issuer = $2 AS is_program FROM login WHERE id = $1 AND state = 'active' FOR SHARE",
    _Target,
)
MAKE = Statement(
    "INSERT INTO api_token (id, login_id, name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    None,
)
FIND = Statement(
    """
    SELECT t.id, t.login_id, l.name, l.merchant_id,
        ARRAY(SELECT r.role FROM login_role r WHERE r.login_id = l.id) AS roles
    FROM api_token t JOIN login l ON l.id = t.login_id
    WHERE t.id = $1 AND t.ended_at IS NULL AND t.expires_at > $2 AND l.state = 'active'
    """,
    FoundApiToken,
)
READ_MANY = Statement(
    """
    SELECT id, login_id, name, created_at, expires_at, ended_at FROM api_token
    WHERE ended_at IS NULL AND expires_at > $1 AND id > $2
    ORDER BY id
    LIMIT $3
    """,
    ApiTokenRow,
)
END = Statement(
    """
    UPDATE api_token SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL
    RETURNING id, login_id, name, created_at, expires_at, ended_at
    """,
    ApiTokenRow,
)


async def make_api_token(
    connection: Connection,
    ring: KeyRing,
    *,
    issuer: str,
    login_id: LoginId,
    name: str,
    expires_at: datetime,
    actor: Actor,
    now: datetime,
) -> tuple[UUID, str]:
    """Make a token for a program or oneself; gives its id and the token, which is shown once."""
    if not now < expires_at <= now + LONGEST:
        raise ApiTokenTooLong
    token_id = uuid7()
    async with connection.transaction():
        target = await READ_TARGET.first(connection, login_id, PROGRAM)
        if target is None:
            raise LoginNotFound
        if not target.is_program and not (actor.kind == "login" and actor.id == login_id):
            raise OtherLogin
        await MAKE.run(connection, token_id, login_id, name, now, expires_at)
        await record_event(
            connection,
            kind="api_token.made",
            subject_kind="api_token",
            subject_id=token_id,
            actor=actor,
            after={"loginId": login_id, "name": name, "expiresAt": expires_at},
        )
    token = sign_token(
        ring,
        issuer=issuer,
        subject=login_id,
        kind="api",
        row=token_id.hex,
        now=now,
        expires_at=expires_at,
    )
    return token_id, token


async def find_api_token(
    connection: Connection, token_id: UUID, *, now: datetime
) -> FoundApiToken | None:
    return await FIND.first(connection, token_id, now)


async def list_api_tokens(
    connection: Connection, *, after: UUID = BEGINNING, limit: int, now: datetime
) -> list[ApiTokenRow]:
    """Give the tokens that work now, in the order in which they were made."""
    return await READ_MANY.all(connection, now, after, limit)


async def end_api_token(
    connection: Connection, token_id: UUID, *, actor: Actor, now: datetime
) -> ApiTokenRow:
    """End a token; the next request with it is refused."""
    async with connection.transaction():
        ended = await END.first(connection, token_id, now)
        if ended is None:
            raise ApiTokenNotFound
        await record_event(
            connection,
            kind="api_token.ended",
            subject_kind="api_token",
            subject_id=token_id,
            actor=actor,
            before={"name": ended.name},
        )
    return ended
