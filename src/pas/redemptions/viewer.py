"""Who looks at sales, and so which: a till, somebody with a till, of a merchant, or of a counter."""

from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.db import Connection
from pas.ids import LoginId, TillId
from pas.redemptions.own_till import find_own_till
from pas.redemptions.till_desk import till_desk
from pas.redemptions.till_list import Viewer
from pas.redemptions.till_state import refuse_revoked


async def viewer_of(connection: Connection, actor: Actor) -> Viewer:
    """Nobody of the municipality sees all sales, but who may pay any of them back."""
    if actor.kind == "till":
        await refuse_revoked(connection, TillId(actor.id))
        desk = await till_desk(connection, TillId(actor.id), None)
        return Viewer(till=TillId(actor.id), merchant=desk.payee)
    if actor.merchant_id is not None:
        return Viewer(merchant=actor.merchant_id)
    own = None
    if actor.may(Permission.REDEMPTIONS_MAKE):
        own = await find_own_till(connection, LoginId(actor.id))
    return Viewer(till=own, everywhere=actor.may(Permission.REDEMPTIONS_REFUND))
