"""Where a holder is signed in: on which devices, since when, with what; and how each of them ends."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.devices import DeviceKind
from pas.db import Connection, Statement
from pas.ids import SessionId

SignedInWith = Literal["card", "mandate", "digid"]


class OwnSession(msgspec.Struct, frozen=True, rename="camel"):
    """One device; ``is_this`` is the one that asks. ``digid`` stands for any identity provider."""

    id: SessionId
    device: DeviceKind
    signed_in_with: SignedInWith
    signed_in_at: datetime
    used_at: datetime
    ends_at: datetime
    is_long: bool
    is_this: bool


class EndedSession(msgspec.Struct, frozen=True):
    id: SessionId


LIST: Final = Statement(
    """
    SELECT s.id, coalesce(s.device, 'other') AS device,
        CASE WHEN s.on_behalf_of IS NOT NULL THEN 'mandate' WHEN s.proved_by IS NOT NULL THEN 'card'
            ELSE 'digid' END AS signed_in_with,
        s.started_at AS signed_in_at, s.used_at, s.idle_until AS ends_at, s.is_long,
        s.token_hash = $2 AS is_this
    FROM session s
    WHERE s.actor_kind = 'holder' AND s.id IS NOT NULL AND s.ended_at IS NULL AND s.idle_until > $3
        AND (s.actor_id = $1 OR $4 AND s.on_behalf_of = $1)
    ORDER BY is_this DESC, s.used_at DESC, s.id
    """,
    OwnSession,
)
END: Final = Statement(
    """
    UPDATE session SET ended_at = $4
    WHERE id = $1 AND actor_kind = 'holder' AND ended_at IS NULL
        AND (actor_id = $2 OR $3 AND on_behalf_of = $2)
    RETURNING id
    """,
    EndedSession,
)
END_PROVED_BY: Final = Statement(
    """
    UPDATE session SET ended_at = $2
    WHERE proved_by = $1 AND ended_at IS NULL AND token_hash IS DISTINCT FROM $3
    """,
    None,
)


async def own_sessions(
    connection: Connection, *, actor: Actor, this: bytes, now: datetime
) -> list[OwnSession]:
    """Where this holder is signed in, and who is for them; a mandate sees its own devices alone.

    ``this`` is ``Authentication.session_hash``.
    """
    is_holder = actor.on_behalf_of is None
    return await LIST.all(connection, actor.id, this, now, is_holder)


async def end_own_session(
    connection: Connection, session: SessionId, *, actor: Actor, now: datetime
) -> bool:
    """End one of them at once; False when it is nobody's, over already, or of somebody else."""
    is_holder = actor.on_behalf_of is None
    return await END.first(connection, session, actor.id, is_holder, now) is not None


async def end_sessions_proved_by(
    connection: Connection, subject: UUID, *, now: datetime, but: bytes | None = None
) -> None:
    """A card or its code is worth nothing any more: nor is what it opened.

    ``but`` is the session that asks: whoever replaces their own card stays where they are.
    """
    await END_PROVED_BY.run(connection, subject, now, but)
