"""Somebody gets a new link: the first was lost, the access was ended, or the provider changed.

The roles go, to be given anew: whoever sends the link would otherwise hold them in his hand.
"""

from datetime import datetime
from typing import ClassVar

from pas.auth.actor import Actor
from pas.auth.end_login import end_all_access
from pas.auth.events import record_event
from pas.auth.logins import Invited, invitation_hash, lock_login, new_invitation, refuse_own
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId


class LoginOfProgram(Refusal):
    """Dit is de toegang van een programma."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Maak een nieuw token voor het programma. Of laat het opnieuw toe."


INVITE_AGAIN = Statement(
    """
    UPDATE login SET state = 'invited', invitation_hash = $2, invitation_until = $3,
        issuer = NULL, subject = NULL
    WHERE id = $1
    """,
    None,
)
TAKE_ALL_ROLES = Statement("DELETE FROM login_role WHERE login_id = $1", None)


async def invite_again(
    connection: Connection, login_id: LoginId, *, actor: Actor, now: datetime
) -> Invited:
    """Make a new link and close the login until it is accepted."""
    refuse_own(login_id, actor)
    invited = new_invitation(login_id, now=now, by_link=True)
    assert invited.code is not None, "made with a link"
    async with connection.transaction():
        before = await lock_login(connection, login_id)
        if before.is_program:
            raise LoginOfProgram
        await INVITE_AGAIN.run(connection, login_id, invitation_hash(invited.code), invited.until)
        await TAKE_ALL_ROLES.run(connection, login_id)
        await end_all_access(connection, login_id, now=now)
        await record_event(
            connection,
            kind="login.invited",
            subject_kind="login",
            subject_id=login_id,
            actor=actor,
            before={"state": before.state, "roles": before.roles},
            after={"state": "invited", "roles": []},
        )
    return invited
