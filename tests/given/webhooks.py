"""Endpoints of merchants, and what waits to be sent to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from given.days import NOW
from given.merchants import of_merchant
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.ids import MerchantId
from pas.webhooks.make_endpoint import MadeEndpoint, make_endpoint
from pas.webhooks.model import EVENT_TYPES, EventType, NewEndpoint
from pas.webhooks.outbox import fill_outbox
from receiving import NAME

URL: Final = f"https://{NAME}/pas"
ALL: Final = tuple(EVENT_TYPES)


async def an_endpoint(
    connection: Connection,
    merchant: MerchantId,
    *,
    ring: KeyRing,
    url: str = URL,
    events: Sequence[EventType] = ALL,
    now: datetime = NOW,
) -> MadeEndpoint:
    """A manager says where messages go."""
    new = NewEndpoint(url=url, events=list(events))
    actor = of_merchant(merchant)
    return await make_endpoint(connection, merchant, new, ring=ring, actor=actor, now=now)


async def filled(connection: Connection) -> None:
    """Make messages of all that is decided; nothing else of the test goes on meanwhile."""
    await until_decided(connection)
    while await fill_outbox(connection):
        pass


class Waiting(msgspec.Struct, frozen=True):
    """A message in the outbox."""

    type: str
    content: dict[str, object]

    @property
    def data(self) -> dict[str, object]:
        return msgspec.convert(self.content["data"], dict[str, object])


async def told_of(connection: Connection, merchant: MerchantId) -> list[Waiting]:
    """What a merchant's endpoints are told, in the order of what happened."""
    rows = await connection.fetch(
        """
        SELECT m.type, m.content FROM webhook_message m
        WHERE m.merchant_id = $1 AND EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.message_id = m.id)
        ORDER BY m.epoch, m.xid, m.id
        """,
        merchant,
    )
    return [Waiting(kind, msgspec.json.decode(text)) for kind, text in rows]
