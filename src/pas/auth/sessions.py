"""Sessions: an opaque token in a cookie, its SHA-256 in the database, an idle and an absolute end.

Signing in always makes a new token, so one that was planted in a browser beforehand is worth
nothing. A session of another municipality is a row in another schema, and so unknown here.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, Literal, NewType
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.ids import MerchantId

SessionToken = NewType("SessionToken", str)
SessionActor = Literal["login", "holder", "till"]

TOKEN_BYTES: Final = 32
LASTS: Final = timedelta(hours=8)
IDLE: Final[dict[SessionActor, timedelta]] = {
    "login": timedelta(minutes=30),
    "holder": timedelta(minutes=15),
    "till": timedelta(hours=8),
}
EXTEND_AFTER: Final = timedelta(minutes=1)
"""A session that was used within the last minute is not written again: most requests only read."""


class NewSession(msgspec.Struct, frozen=True):
    """The token goes into the cookie and is stored nowhere."""

    token: SessionToken
    ends_at: datetime


class FoundSession(msgspec.Struct, frozen=True):
    """A session that is valid now, with the state of its login or till read in the same statement."""

    token_hash: bytes
    actor_kind: SessionActor
    actor_id: UUID
    assurance: str
    used_at: datetime
    ends_at: datetime
    name: str | None
    merchant_id: MerchantId | None
    roles: list[str]


START = Statement(
    """
    INSERT INTO session (token_hash, actor_kind, actor_id, assurance, started_at, used_at,
        idle_until, ends_at)
    VALUES ($1, $2, $3, $4, $5, $5, $6, $7)
    """,
    None,
)
FIND = Statement(
    """
    SELECT s.token_hash, s.actor_kind, s.actor_id, s.assurance, s.used_at, s.ends_at, l.name,
        coalesce(l.merchant_id, t.merchant_id) AS merchant_id,
        ARRAY(SELECT r.role FROM login_role r WHERE r.login_id = l.id) AS roles
    FROM session s
    LEFT JOIN login l ON s.actor_kind = 'login' AND l.id = s.actor_id
    LEFT JOIN till t ON s.actor_kind = 'till' AND t.id = s.actor_id
    WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.idle_until > $2 AND s.ends_at > $2
        AND (s.actor_kind <> 'login' OR l.state = 'active')
        AND (s.actor_kind <> 'till' OR t.state <> 'revoked')
    """,
    FoundSession,
)
EXTEND = Statement(
    """
    UPDATE session SET used_at = $2, idle_until = least($3, ends_at)
    WHERE token_hash = $1 AND ended_at IS NULL AND used_at < $2
    """,
    None,
)
END = Statement("UPDATE session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL", None)
END_ALL = Statement(
    """
    UPDATE session SET ended_at = $3
    WHERE actor_kind = $1 AND actor_id = $2 AND ended_at IS NULL
    """,
    None,
)
CLEAN_UP = Statement("DELETE FROM session WHERE ends_at < $1", None)


async def start_session(
    connection: Connection,
    *,
    actor_kind: SessionActor,
    actor_id: UUID,
    assurance: str,
    now: datetime,
    replaces: SessionToken | None = None,
) -> NewSession:
    """Start a session under a new token and end the one the browser had, if any.

    Also for a step up: whoever proved more than before gets a new session with that assurance.
    """
    token = SessionToken(secrets.token_urlsafe(TOKEN_BYTES))
    ends_at = now + LASTS
    async with connection.transaction():
        if replaces is not None:
            await END.run(connection, token_hash(replaces), now)
        await START.run(
            connection,
            token_hash(token),
            actor_kind,
            actor_id,
            assurance,
            now,
            now + IDLE[actor_kind],
            ends_at,
        )
    return NewSession(token=token, ends_at=ends_at)


async def find_session(
    connection: Connection, hashed: bytes, *, now: datetime, extend: bool = True
) -> FoundSession | None:
    """Find a session that is valid now; with ``extend`` keep it from idling."""
    found = await FIND.first(connection, hashed, now)
    if extend and found is not None and now - found.used_at >= EXTEND_AFTER:
        await EXTEND.run(connection, hashed, now, now + IDLE[found.actor_kind])
    return found


async def end_session(connection: Connection, hashed: bytes, *, now: datetime) -> None:
    await END.run(connection, hashed, now)


async def end_all_sessions(
    connection: Connection, *, actor_kind: SessionActor, actor_id: UUID, now: datetime
) -> None:
    """End whatever somebody has open, on every device."""
    await END_ALL.run(connection, actor_kind, actor_id, now)


async def clean_up_sessions(connection: Connection, *, now: datetime) -> None:
    """Forget sessions that ended on their own a day ago."""
    await CLEAN_UP.run(connection, now - timedelta(days=1))


def token_hash(token: SessionToken) -> bytes:
    """SHA-256 suffices: nobody can try out 256 random bits."""
    return hashlib.sha256(token.encode()).digest()
