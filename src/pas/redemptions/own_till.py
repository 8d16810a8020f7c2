"""The till of somebody who scans as themselves: an intermediary's or a counter officer's login.

The till is found anew for each request, by the role that it was made for; whether it is paused or
revoked the rules judge, as with every till.
"""

from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import LoginId, TillId
from pas.redemptions.refusals import TillNotAllowed


class OwnTill(msgspec.Struct, frozen=True):
    """The till of a login; the one in use, else the last one that was."""

    id: TillId


READ_OWN_TILL: Final = Statement(
    """
    SELECT t.id FROM login l
    JOIN login_role r ON r.login_id = l.id
    JOIN till t ON t.login_id = l.id AND t.kind = r.role
    WHERE l.id = $1 AND l.state = 'active'
    ORDER BY t.state = 'revoked', t.state_since DESC
    LIMIT 1
    """,
    OwnTill,
)


async def find_own_till(connection: Connection, login_id: LoginId) -> TillId | None:
    found = await READ_OWN_TILL.first(connection, login_id)
    return None if found is None else found.id


async def own_till(connection: Connection, login_id: LoginId) -> TillId:
    """Give the till of a login, or refuse whoever has none for a role that they still have."""
    found = await find_own_till(connection, login_id)
    if found is None:
        raise TillNotAllowed
    return found
