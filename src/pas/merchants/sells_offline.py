"""A merchant chooses whether its tills may sell without a network; or the municipality does for it.

Chosen off, no till gets a permit any more. What was signed before ends by itself, within hours.
"""

from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import MerchantId
from pas.merchants.stored import lock_present_merchant, read_merchant


class SellsOffline(msgspec.Struct, frozen=True, rename="camel"):
    """Whether the tills of a merchant may."""

    sells_offline: bool


READ: Final = Statement("SELECT sells_offline FROM merchant WHERE id = $1", SellsOffline)
WRITE: Final = Statement("UPDATE merchant SET sells_offline = $2 WHERE id = $1", None)


async def read_sells_offline(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> SellsOffline:
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ.one(connection, merchant_id)


async def choose_offline(
    connection: Connection, merchant_id: MerchantId, *, sells_offline: bool, actor: Actor
) -> SellsOffline:
    """Set it; the same choice again changes nothing."""
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        before, after = await READ.one(connection, merchant_id), SellsOffline(sells_offline)
        if before != after:
            await WRITE.run(connection, merchant_id, sells_offline)
            await record_event(
                connection,
                kind="merchant.changed",
                subject_kind="merchant",
                subject_id=merchant_id,
                actor=actor,
                before=before,
                after=after,
            )
    return after
