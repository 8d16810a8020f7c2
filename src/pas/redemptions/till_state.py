"""A till is read anew at each request: one that was revoked sees nothing more from then on."""

from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import TillId
from pas.redemptions.facts import TillState
from pas.redemptions.refusals import TillRevoked, TillUnknown


class StateRow(msgspec.Struct, frozen=True):
    state: TillState


READ_STATE: Final = Statement("SELECT state FROM till WHERE id = $1", StateRow)


async def refuse_revoked(connection: Connection, till_id: TillId) -> None:
    """Refuse a till that is gone; one that is paused may still look at what it sold."""
    match await READ_STATE.first(connection, till_id):
        case None | StateRow("invited"):
            raise TillUnknown
        case StateRow("revoked"):
            raise TillRevoked
        case StateRow():
            return
