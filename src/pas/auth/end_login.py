"""Somebody's access ends, with every session and token of theirs, from the next request on."""

from datetime import datetime

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.logins import LoginRow, lock_login, refuse_own
from pas.auth.sessions import end_all_sessions
from pas.db import Connection, Statement
from pas.ids import LoginId

END = Statement(
    """
    UPDATE login SET state = 'ended', invitation_hash = NULL, invitation_until = NULL
    WHERE id = $1
    """,
    None,
)
END_TOKENS = Statement(
    "UPDATE api_token SET ended_at = $2 WHERE login_id = $1 AND ended_at IS NULL", None
)


async def end_login(
    connection: Connection, login_id: LoginId, *, reason: str, actor: Actor, now: datetime
) -> LoginRow:
    """End somebody's access, with the reason for the record."""
    refuse_own(login_id, actor)
    async with connection.transaction():
        before = await lock_login(connection, login_id)
        if before.state != "ended":
            await END.run(connection, login_id)
            await end_all_access(connection, login_id, now=now)
            await record_event(
                connection,
                kind="login.ended",
                subject_kind="login",
                subject_id=login_id,
                actor=actor,
                before={"state": before.state},
                after={"state": "ended"},
                reason=reason,
            )
    return msgspec.structs.replace(before, state="ended")


async def end_all_access(connection: Connection, login_id: LoginId, *, now: datetime) -> None:
    """End sessions and tokens for good: none of them wakes up when the login is opened again."""
    await end_all_sessions(connection, actor_kind="login", actor_id=login_id, now=now)
    await END_TOKENS.run(connection, login_id, now)
