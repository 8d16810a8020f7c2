"""Who may come in for a merchant: one of them invites another, or ends somebody's access.

All of them may do the same, for that merchant alone. Nobody ends their own access by mistake.
"""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.end_login import end_login
from pas.auth.give_role import give_role
from pas.auth.logins import Invited, LoginNotFound, LoginState, Person, invite_login
from pas.auth.roles import Role
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId, MerchantId
from pas.merchants.stored import lock_merchant, lock_present_merchant, read_merchant

MOST_STAFF: Final = 50
ENDED_BY_OWN: Final = "Iemand van de aanbieder zelf stopte de toegang."


class TooManyStaff(Refusal):
    """Er hebben al heel veel mensen toegang voor deze club of winkel."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stop eerst de toegang van iemand die weg is."


class StaffMember(msgspec.Struct, frozen=True):
    """Somebody who may come in, or was invited to."""

    id: LoginId
    name: str
    email: str | None
    state: LoginState
    created_at: datetime


READ_STAFF: Final = Statement(
    """
    SELECT id, name, email, state, created_at FROM login
    WHERE merchant_id = $1 AND state <> 'ended' ORDER BY created_at, id
    """,
    StaffMember,
)


async def list_staff(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> list[StaffMember]:
    """Those with access and those who were invited, the first one first."""
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ_STAFF.all(connection, merchant_id)


async def invite_staff(
    connection: Connection,
    merchant_id: MerchantId,
    *,
    name: str,
    email: str | None,
    actor: Actor,
    now: datetime,
) -> Invited:
    """Invite somebody by a link that works once."""
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        if len(await READ_STAFF.all(connection, merchant_id)) >= MOST_STAFF:
            raise TooManyStaff
        person = Person(name=name, email=email, merchant_id=merchant_id)
        invited = await invite_login(connection, person, actor=actor, now=now)
        await give_role(connection, invited.login_id, Role.MERCHANT_MANAGER, actor=actor, now=now)
    return invited


async def find_staff(
    connection: Connection, merchant_id: MerchantId, login_id: LoginId, *, actor: Actor
) -> StaffMember:
    """Somebody of another merchant, or of the municipality, is not there."""
    for one in await list_staff(connection, merchant_id, actor=actor):
        if one.id == login_id:
            return one
    raise LoginNotFound


async def end_staff(
    connection: Connection,
    merchant_id: MerchantId,
    login_id: LoginId,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """End somebody's access or invitation, from the next request on."""
    async with connection.transaction():
        await lock_merchant(connection, merchant_id, actor=actor)
        found = await find_staff(connection, merchant_id, login_id, actor=actor)
        await end_login(connection, found.id, reason=ENDED_BY_OWN, actor=actor, now=now)
