"""An endpoint hears of other things, rests, goes on, or ends; what ended stays to be read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import MerchantId
from pas.webhooks.make_endpoint import CHANNEL, TELL
from pas.webhooks.model import ChosenState, Endpoint, EndpointId, EventType
from pas.webhooks.stored import lock_endpoint

KINDS: Final[dict[ChosenState, str]] = {
    "active": "webhook.resumed",
    "paused": "webhook.paused",
    "ended": "webhook.ended",
}
SET_EVENTS: Final = Statement("UPDATE webhook_endpoint SET events = $2 WHERE id = $1", None)
SET_STATE: Final = Statement(
    """
    UPDATE webhook_endpoint SET state = $2, state_since = $3, failures = 0, quiet_until = NULL
    WHERE id = $1
    """,
    None,
)


async def choose_events(
    connection: Connection,
    merchant_id: MerchantId,
    endpoint_id: EndpointId,
    *,
    events: Sequence[EventType],
    actor: Actor,
) -> Endpoint:
    """Hear of these from now on; what waits already still goes."""
    async with connection.transaction():
        before = await lock_endpoint(connection, merchant_id, endpoint_id, actor=actor)
        after = msgspec.structs.replace(before, events=sorted(set(events)))
        if after != before:
            await SET_EVENTS.run(connection, endpoint_id, after.events)
            await _record(connection, before, after, kind="webhook.changed", actor=actor)
    return after


async def set_state(
    connection: Connection,
    merchant_id: MerchantId,
    endpoint_id: EndpointId,
    *,
    state: ChosenState,
    actor: Actor,
    now: datetime,
) -> Endpoint:
    """Let it rest, go on or end; what happens while it rests waits for it."""
    async with connection.transaction():
        before = await lock_endpoint(connection, merchant_id, endpoint_id, actor=actor)
        if before.state == state:
            return before
        after = msgspec.structs.replace(before, state=state, state_since=now)
        await SET_STATE.run(connection, endpoint_id, state, now)
        await _record(connection, before, after, kind=KINDS[state], actor=actor)
        await TELL.run(connection, CHANNEL)
    return after


async def _record(
    connection: Connection, before: Endpoint, after: Endpoint, *, kind: str, actor: Actor
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="webhook",
        subject_id=before.id,
        actor=actor,
        before=before,
        after=after,
    )
