"""An endpoint gets a new secret; the one before it still signs for a day, so that nothing is missed."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection, Statement
from pas.ids import MerchantId
from pas.webhooks.make_endpoint import INSERT_SECRET, MadeEndpoint
from pas.webhooks.model import EndpointId
from pas.webhooks.signing import derived, shown
from pas.webhooks.stored import lock_endpoint

OVERLAP: Final = timedelta(hours=24)


class Newest(msgspec.Struct, frozen=True):
    number: int


READ_NEWEST: Final = Statement(
    "SELECT number FROM webhook_secret WHERE endpoint_id = $1 ORDER BY number DESC LIMIT 1", Newest
)
END_SECRETS: Final = Statement(
    """
    UPDATE webhook_secret SET ends_at = CASE WHEN ends_at IS NULL THEN $3 ELSE $2 END
    WHERE endpoint_id = $1 AND (ends_at IS NULL OR ends_at > $2)
    """,
    None,
)


async def rotate_secret(
    connection: Connection,
    merchant_id: MerchantId,
    endpoint_id: EndpointId,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> MadeEndpoint:
    """Two are valid at most: one that was ending already ends now."""
    key = ring.current(Purpose.WEBHOOK_SIGNING)
    async with connection.transaction():
        endpoint = await lock_endpoint(connection, merchant_id, endpoint_id, actor=actor)
        number = (await READ_NEWEST.one(connection, endpoint_id)).number + 1
        await END_SECRETS.run(connection, endpoint_id, now, now + OVERLAP)
        await INSERT_SECRET.run(connection, endpoint_id, number, key.key_id, now)
        await record_event(
            connection,
            kind="webhook.code_renewed",
            subject_kind="webhook",
            subject_id=endpoint_id,
            actor=actor,
            after={"number": number, "formerUntil": now + OVERLAP},
        )
    return MadeEndpoint(endpoint, shown(derived(key, endpoint_id, number)))
