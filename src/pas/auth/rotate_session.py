"""A session that lasts for months gets a new token every day, so that a copied one is soon worth nothing.

The token before it works until the new one was seen, because an answer can get lost on its way to a
phone, and two minutes more for what was asked at the same moment. Whoever comes with it later has a
copy, or the holder has: nobody can tell which, so the session ends and its holder signs in again.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import structlog

from pas.auth.sessions import FoundSession, SessionToken, find_session, new_token, token_hash
from pas.db import Connection, Statement

log = structlog.get_logger("pas.auth")

ROTATE_AFTER: Final = timedelta(days=1)
OVERLAP: Final = timedelta(minutes=2)


class RotatedSession(msgspec.Struct, frozen=True):
    """The session of a request, and the token that its browser gets from now on, if it changes."""

    session: FoundSession
    token: SessionToken | None = None


class BeforeRow(msgspec.Struct, frozen=True):
    token_hash: bytes
    id: UUID | None
    still: bool
    unseen: bool


class Rotated(msgspec.Struct, frozen=True):
    token_hash: bytes


ROTATE: Final = Statement(
    """
    UPDATE session SET token_hash = $2, previous_hash = $1, previous_until = NULL, rotated_at = $3
    WHERE token_hash = $1 AND ended_at IS NULL
    RETURNING token_hash
    """,
    Rotated,
)
ROTATE_AGAIN: Final = Statement(
    """
    UPDATE session SET token_hash = $2, rotated_at = $3
    WHERE token_hash = $1 AND previous_until IS NULL AND ended_at IS NULL
    RETURNING token_hash
    """,
    Rotated,
)
SEEN: Final = Statement(
    """
    UPDATE session SET previous_until = $2
    WHERE token_hash = $1 AND previous_hash IS NOT NULL AND previous_until IS NULL
    """,
    None,
)
FIND_BEFORE: Final = Statement(
    """
    SELECT token_hash, id, previous_until IS NULL OR previous_until > $2 AS still,
        previous_until IS NULL AND rotated_at < $3 AS unseen
    FROM session WHERE previous_hash = $1 AND ended_at IS NULL
    """,
    BeforeRow,
)
END: Final = Statement("UPDATE session SET ended_at = $2 WHERE token_hash = $1", None)


async def find_rotated(
    connection: Connection, token: SessionToken, *, now: datetime, may_rotate: bool
) -> RotatedSession | None:
    """Find a session that is valid now by its token, or by the one before it."""
    hashed = token_hash(token)
    found = await find_session(connection, hashed, now=now)
    if found is None:
        return await _by_token_before(connection, hashed, now=now, may_rotate=may_rotate)
    if not found.is_long:
        return RotatedSession(found)
    await SEEN.run(connection, hashed, now + OVERLAP)
    if not may_rotate or now - found.changed_at < ROTATE_AFTER:
        return RotatedSession(found)
    return await _rotate(connection, ROTATE, found, now=now)


async def _by_token_before(
    connection: Connection, hashed: bytes, *, now: datetime, may_rotate: bool
) -> RotatedSession | None:
    before = await FIND_BEFORE.first(connection, hashed, now, now - OVERLAP)
    if before is None:
        return None
    if not before.still:
        log.warning("session-token-used-twice", session=str(before.id))
        await END.run(connection, before.token_hash, now)
        return None
    found = await find_session(connection, before.token_hash, now=now)
    if found is None or not before.unseen or not may_rotate:
        return found and RotatedSession(found)
    return await _rotate(connection, ROTATE_AGAIN, found, now=now)


async def _rotate(
    connection: Connection, how: Statement[Rotated], found: FoundSession, *, now: datetime
) -> RotatedSession:
    """Of two requests at once one changes the token; the other goes on with what it brought."""
    token = new_token()
    changed = await how.first(connection, found.token_hash, token_hash(token), now)
    if changed is None:
        return RotatedSession(found)
    return RotatedSession(msgspec.structs.replace(found, token_hash=changed.token_hash), token)
