"""An administrator gives somebody a role, or takes it away; both work on the next request.

Incompatible roles are refused here with the reason, and in the database for certainty. Nobody
changes their own roles, so that nobody gives themselves what they lack, not by way of a program
either.
"""

from datetime import datetime
from typing import ClassVar

import asyncpg

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.incompatible_roles import (
    RolesIncompatible,
    refuse_for_program,
    refuse_incompatible,
)
from pas.auth.logins import LoginRow, lock_login
from pas.auth.roles import ROLE_TITLES, Role
from pas.auth.sessions import end_all_sessions
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId

SQLSTATE_INCOMPATIBLE = "PA210"


class OwnRoles(Refusal):
    """U kunt uw eigen rollen niet veranderen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een andere beheerder."


class RoleNeedsMerchant(Refusal):
    """Deze rol past niet bij deze persoon."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Nodig de persoon opnieuw uit, bij de juiste aanbieder of zonder."


class LoginHasEnded(Refusal):
    """Deze persoon heeft geen toegang meer."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Nodig de persoon eerst opnieuw uit."


GIVE = Statement("INSERT INTO login_role (login_id, role, given_by) VALUES ($1, $2, $3)", None)
TAKE = Statement("DELETE FROM login_role WHERE login_id = $1 AND role = $2", None)


async def give_role(
    connection: Connection, login_id: LoginId, role: Role, *, actor: Actor, now: datetime
) -> list[str]:
    """Give a role, and end the sessions: with more rights one signs in anew. Gives all roles."""
    _refuse_own(login_id, actor)
    async with connection.transaction():
        login = await lock_login(connection, login_id)
        if role in login.roles:
            return login.roles
        _refuse_unfit(login, role)
        refuse_incompatible(role, login.roles)
        try:
            async with connection.transaction():
                await GIVE.run(connection, login_id, role.value, actor.id)
        except asyncpg.PostgresError as error:
            if error.sqlstate == SQLSTATE_INCOMPATIBLE:
                raise RolesIncompatible from None
            raise
        await end_all_sessions(connection, actor_kind="login", actor_id=login_id, now=now)
        roles = sorted([*login.roles, role.value])
        await _record(connection, login, roles, kind="role.given", actor=actor)
    return roles


async def take_role(
    connection: Connection, login_id: LoginId, role: Role, *, actor: Actor
) -> list[str]:
    """Take a role away; the next request is without it. Gives the roles that are left."""
    _refuse_own(login_id, actor)
    async with connection.transaction():
        login = await lock_login(connection, login_id)
        if role not in login.roles:
            return login.roles
        await TAKE.run(connection, login_id, role.value)
        roles = [name for name in login.roles if name != role]
        await _record(connection, login, roles, kind="role.taken", actor=actor)
    return roles


async def _record(
    connection: Connection, login: LoginRow, roles: list[str], *, kind: str, actor: Actor
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="login",
        subject_id=login.id,
        actor=actor,
        before={"roles": login.roles},
        after={"roles": roles},
    )


def _refuse_unfit(login: LoginRow, role: Role) -> None:
    if login.state == "ended":
        raise LoginHasEnded
    if login.is_program:
        refuse_for_program(role)
    if (role == Role.MERCHANT_MANAGER) != (login.merchant_id is not None):
        raise RoleNeedsMerchant(
            f"{ROLE_TITLES[role]} past niet. "
            "Iemand van een aanbieder beheert die aanbieder, en doet niets anders."
        )


def _refuse_own(login_id: LoginId, actor: Actor) -> None:
    if actor.kind == "login" and actor.id == login_id:
        raise OwnRoles
