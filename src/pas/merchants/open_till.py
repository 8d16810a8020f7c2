"""A paired device opens its till in a browser: its key signs for a session, which is a cookie then.

The session lives as long as the till: who is looked up by it (``auth/sessions``) is a till that was
not revoked. Whether a till is paused is judged by each sale, as for requests that a till signs.
"""

from datetime import datetime
from typing import Final

from pas.auth.sessions import NewSession, SessionToken, start_session
from pas.db import Connection
from pas.ids import TillId
from pas.merchants.rules import TillIsRevoked
from pas.merchants.tills import READ_TILL

ASSURANCE: Final = "device"


async def open_till(
    connection: Connection, till_id: TillId, *, now: datetime, replaces: SessionToken | None
) -> NewSession:
    """Start a session, or refuse a till that was revoked with what to do."""
    till = await READ_TILL.first(connection, till_id)
    if till is None or till.state == "revoked":
        raise TillIsRevoked
    return await start_session(
        connection,
        actor_kind="till",
        actor_id=till_id,
        assurance=ASSURANCE,
        now=now,
        replaces=replaces,
    )
