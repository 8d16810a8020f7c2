"""Sessions: an opaque token in a cookie, its SHA-256 in the database, an idle and an absolute end.

Signing in always makes a new token, so one that was planted in a browser beforehand is worth
nothing. A session of another municipality is a row in another schema, and so unknown here. A holder
who says that a device is their own has a session that lasts; ``rotate_session.py`` changes its token.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, Literal, NewType
from uuid import UUID

import msgspec

from pas.auth.devices import DeviceKind
from pas.db import Connection, Statement
from pas.ids import MerchantId, SessionId, uuid7

SessionToken = NewType("SessionToken", str)
SessionActor = Literal["login", "holder", "till"]

TOKEN_BYTES: Final = 32
LASTS: Final = timedelta(hours=8)
IDLE: Final[dict[SessionActor, timedelta]] = {
    "login": timedelta(minutes=30),
    "holder": timedelta(minutes=15),
    "till": timedelta(hours=8),
}
LONG_LASTS: Final = timedelta(days=365)
LONG_IDLE: Final = timedelta(days=90)
EXTEND_AFTER: Final = timedelta(minutes=1)
"""A session that was used within the last minute is not written again: most requests only read."""


class NewSession(msgspec.Struct, frozen=True):
    """The token goes into the cookie and is stored nowhere."""

    token: SessionToken
    ends_at: datetime
    is_long: bool = False


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """How a holder began a session: on which device, theirs or not, with the code of which card.

    ``on_behalf_of`` is the holder for whom a mandate signed in.
    """

    device: DeviceKind = "other"
    is_long: bool = False
    proved_by: UUID | None = None
    on_behalf_of: UUID | None = None


SHORT: Final = Begun()


class FoundSession(msgspec.Struct, frozen=True):
    """A session that is valid now, with the state of its login, till or mandate read in the same statement."""

    token_hash: bytes
    actor_kind: SessionActor
    actor_id: UUID
    assurance: str
    used_at: datetime
    ends_at: datetime
    name: str | None
    merchant_id: MerchantId | None
    roles: list[str]
    id: SessionId | None
    is_long: bool
    proved_by: UUID | None
    proved_at: datetime
    on_behalf_of: UUID | None
    only_sees: bool
    changed_at: datetime


START = Statement(
    """
    INSERT INTO session (token_hash, actor_kind, actor_id, assurance, started_at, used_at,
        idle_until, ends_at, id, proved_at, device, is_long, proved_by, on_behalf_of)
    VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $5, $9, $10, $11, $12)
    """,
    None,
)
FIND = Statement(
    """
    SELECT s.token_hash, s.actor_kind, s.actor_id, s.assurance, s.used_at, s.ends_at,
        coalesce(l.name, m.name) AS name,
        coalesce(l.merchant_id, t.merchant_id) AS merchant_id,
        ARRAY(SELECT r.role FROM login_role r WHERE r.login_id = l.id) AS roles,
        s.id, s.is_long, s.proved_by, coalesce(s.proved_at, s.started_at) AS proved_at,
        s.on_behalf_of, NOT coalesce(m.may_manage, true) AS only_sees,
        coalesce(s.rotated_at, s.started_at) AS changed_at
    FROM session s
    LEFT JOIN login l ON s.actor_kind = 'login' AND l.id = s.actor_id
    LEFT JOIN till t ON s.actor_kind = 'till' AND t.id = s.actor_id
    LEFT JOIN mandate m ON s.on_behalf_of IS NOT NULL AND m.id = s.actor_id
    WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.idle_until > $2 AND s.ends_at > $2
        AND (s.actor_kind <> 'login' OR l.state = 'active')
        AND (s.actor_kind <> 'till' OR t.state <> 'revoked')
        AND (s.on_behalf_of IS NULL OR m.resident_id = s.on_behalf_of AND m.ended_at IS NULL
            AND m.valid_from <= ($2 AT TIME ZONE 'Europe/Amsterdam')::date
            AND m.valid_until > ($2 AT TIME ZONE 'Europe/Amsterdam')::date)
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
CLEAN_UP = Statement("DELETE FROM session WHERE idle_until < $1", None)


async def start_session(
    connection: Connection,
    *,
    actor_kind: SessionActor,
    actor_id: UUID,
    assurance: str,
    now: datetime,
    replaces: SessionToken | None = None,
    begun: Begun = SHORT,
) -> NewSession:
    """Start a session under a new token and end the one the browser had, if any.

    Also for a step up: whoever proved more than before gets a new session with that assurance.
    """
    assert actor_kind == "holder" or not begun.is_long, "only a holder has a device of their own"
    token = new_token()
    ends_at = now + (LONG_LASTS if begun.is_long else LASTS)
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
            now + (LONG_IDLE if begun.is_long else IDLE[actor_kind]),
            ends_at,
            uuid7(),
            begun.device,
            begun.is_long,
            begun.proved_by,
            begun.on_behalf_of,
        )
    return NewSession(token=token, ends_at=ends_at, is_long=begun.is_long)


async def find_session(
    connection: Connection, hashed: bytes, *, now: datetime, extend: bool = True
) -> FoundSession | None:
    """Find a session that is valid now; with ``extend`` keep it from idling."""
    found = await FIND.first(connection, hashed, now)
    if extend and found is not None and now - found.used_at >= EXTEND_AFTER:
        idle = LONG_IDLE if found.is_long else IDLE[found.actor_kind]
        await EXTEND.run(connection, hashed, now, now + idle)
    return found


async def end_session(connection: Connection, hashed: bytes, *, now: datetime) -> None:
    await END.run(connection, hashed, now)


async def end_all_sessions(
    connection: Connection, *, actor_kind: SessionActor, actor_id: UUID, now: datetime
) -> None:
    """End whatever somebody has open, on every device."""
    await END_ALL.run(connection, actor_kind, actor_id, now)


async def clean_up_sessions(connection: Connection, *, now: datetime) -> None:
    """Forget sessions that ended on their own a day ago; idling ends each of them at the latest."""
    await CLEAN_UP.run(connection, now - timedelta(days=1))


def new_token() -> SessionToken:
    return SessionToken(secrets.token_urlsafe(TOKEN_BYTES))


def token_hash(token: SessionToken) -> bytes:
    """SHA-256 suffices: nobody can try out 256 random bits."""
    return hashlib.sha256(token.encode()).digest()
