"""Whom a sale may be for: the clubs and shops that take the pass now."""

from datetime import datetime

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection
from pas.ids import MerchantId
from pas.merchants.show import Search, list_merchants
from pas.redemptions.viewer import viewer_of


class Payee(msgspec.Struct, frozen=True):
    """By the name that people know."""

    id: MerchantId
    name: str


async def list_payees(
    connection: Connection,
    text: str,
    *,
    after: MerchantId | None,
    limit: int,
    actor: Actor,
    now: datetime,
) -> list[Payee]:
    """In the order of their names, after one of them; somebody of a merchant sees that one alone."""
    await viewer_of(connection, actor)
    wanted = Search(
        state="approved", kind="regular", text=text.strip() or None, after=after, limit=limit
    )
    found = await list_merchants(connection, wanted, actor=actor, now=now)
    return [Payee(one.id, one.name) for one in found]
