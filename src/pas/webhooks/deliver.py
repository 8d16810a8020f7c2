"""Takes messages whose turn it is, sends each, and writes down how that went.

Who takes a message has it for a minute. After a crash in between that minute ends, and somebody else
sends it again: it arrives at least once, and its id tells a receiver that it is the same one.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from pas.auth.actor import SYSTEM
from pas.auth.events import record_event
from pas.auth.keys import KeyRing, KeysMissing, Purpose
from pas.db import Connection, Statement
from pas.outgoing.post import Sent
from pas.webhooks.model import Due, EndpointId
from pas.webhooks.rules import pause_after, rest_after
from pas.webhooks.signing import derived

LEASE: Final = timedelta(seconds=60)
AT_ONCE: Final = 2
"""Messages on their way to one endpoint, over all workers."""


class Free(msgspec.Struct, frozen=True):
    """An endpoint to which something can be sent now."""

    id: EndpointId


class SecretRow(msgspec.Struct, frozen=True):
    number: int
    key_id: str


class Failures(msgspec.Struct, frozen=True):
    failures: int


class Count(msgspec.Struct, frozen=True):
    count: int


LOCK_FREE: Final = Statement(
    """
    SELECT w.id FROM webhook_endpoint w
    WHERE w.state = 'active' AND (w.quiet_until IS NULL OR w.quiet_until <= $1)
        AND EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 'waiting'
            AND d.next_try_at <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1))
        AND (SELECT count(*) FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 'waiting'
            AND d.lease_until > $1) < $3
    ORDER BY (SELECT max(d.lease_until) FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 'waiting') NULLS FIRST, w.id
    LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED
    """,
    Free,
)
TAKE_DUE: Final = Statement(
    """
    WITH taken AS (
        UPDATE webhook_delivery d SET tries = d.tries + 1, lease_until = $1 + $3
        FROM unnest($2::uuid[]) AS w (id)
        CROSS JOIN LATERAL (
            SELECT n.message_id FROM webhook_delivery n
            WHERE n.endpoint_id = w.id AND n.state = 'waiting' AND n.next_try_at <= $1
                AND (n.lease_until IS NULL OR n.lease_until <= $1)
            ORDER BY n.next_try_at, n.message_id
            LIMIT greatest(0, $4 - (SELECT count(*) FROM webhook_delivery b
                WHERE b.endpoint_id = w.id AND b.state = 'waiting' AND b.lease_until > $1))
        ) n
        WHERE d.endpoint_id = w.id AND d.message_id = n.message_id
        RETURNING d.endpoint_id, d.message_id, d.tries, d.tries_before
    )
    SELECT t.endpoint_id, t.message_id, w.url, m.content, t.tries, t.tries_before
    FROM taken t JOIN webhook_endpoint w ON w.id = t.endpoint_id JOIN webhook_message m ON m.id = t.message_id
    """,
    Due,
)
READ_SECRETS: Final = Statement(
    """
    SELECT number, key_id FROM webhook_secret WHERE endpoint_id = $1 AND (ends_at IS NULL OR ends_at > $2)
    ORDER BY number DESC
    """,
    SecretRow,
)
INSERT_TRY: Final = Statement(
    """
    INSERT INTO webhook_try (endpoint_id, message_id, number, tried_at, status, problem, milliseconds, answer)
    SELECT d.endpoint_id, d.message_id, d.tries, $4, $5, $6, $7, $8
    FROM webhook_delivery d WHERE d.endpoint_id = $1 AND d.message_id = $2 AND d.tries = $3
    """,
    None,
)
END_TRY: Final = Statement(
    """
    WITH ended AS (
        UPDATE webhook_delivery SET state = $4, next_try_at = $5, lease_until = NULL
        WHERE endpoint_id = $1 AND message_id = $2 AND tries = $3 AND state = 'waiting'
        RETURNING 1
    )
    SELECT count(*) AS count FROM ended
    """,
    Count,
)
LOCK_FAILURES: Final = Statement(
    "SELECT failures FROM webhook_endpoint WHERE id = $1 FOR NO KEY UPDATE", Failures
)
HAS_ARRIVED: Final = Statement(
    "UPDATE webhook_endpoint SET failures = 0, quiet_until = NULL, arrived_at = $2 WHERE id = $1",
    None,
)
HAS_FAILED: Final = Statement(
    "UPDATE webhook_endpoint SET failures = $2, quiet_until = $3 WHERE id = $1", None
)
GIVE_UP: Final = Statement(
    """
    WITH failing AS (
        UPDATE webhook_endpoint w SET state = 'failing', state_since = $3
        WHERE w.id = $1 AND w.state = 'active' AND coalesce(w.arrived_at < (SELECT min(y.tried_at) FROM webhook_try y
            JOIN webhook_delivery d ON d.endpoint_id = y.endpoint_id AND d.message_id = y.message_id
            WHERE y.endpoint_id = $1 AND y.message_id = $2 AND y.number > d.tries_before), true)
        RETURNING 1
    )
    SELECT count(*) AS count FROM failing
    """,
    Count,
)


async def take_due(connection: Connection, *, most: int, now: datetime) -> list[Due]:
    """Take some of what is due: of each endpoint at most a few, those left alone longest first."""
    async with connection.transaction():
        free = await LOCK_FREE.all(connection, now, most, AT_ONCE)
        if not free:
            return []
        # A statement of its own, after the lock: it sees what whoever had the lock before has taken.
        endpoints = [one.id for one in free]
        return await TAKE_DUE.all(connection, now, endpoints, LEASE, AT_ONCE)


async def valid_secrets(
    connection: Connection, endpoint_id: EndpointId, *, ring: KeyRing, now: datetime
) -> list[bytes]:
    """Give the secrets that sign now, the newest first."""
    rows = await READ_SECRETS.all(connection, endpoint_id, now)
    keys = [(ring.find(Purpose.WEBHOOK_SIGNING, row.key_id), row.number) for row in rows]
    found = [derived(key, endpoint_id, number) for key, number in keys if key is not None]
    if not found:
        raise KeysMissing(ring.lacking(Purpose.WEBHOOK_SIGNING))
    return found


async def write_down(
    connection: Connection, due: Due, sent: Sent, *, chance: float, now: datetime
) -> None:
    """Say how a try went; one that took too long and was taken by another writes nothing."""
    async with connection.transaction():
        # First the endpoint, as whoever takes messages does.
        failures = (await LOCK_FAILURES.one(connection, due.endpoint_id)).failures
        pause = pause_after(due.tries - due.tries_before, chance=chance)
        arrived, over = sent.problem is None, pause is None
        state = "arrived" if arrived else "given_up" if over else "waiting"
        which = (due.endpoint_id, due.message_id, due.tries)
        after = now if pause is None else now + pause
        if (await END_TRY.one(connection, *which, state, after)).count == 0:
            return
        await INSERT_TRY.run(
            connection, *which, now, sent.status, sent.problem, sent.milliseconds, sent.answer
        )
        if arrived:
            await HAS_ARRIVED.run(connection, due.endpoint_id, now)
            return
        rest = now + rest_after(failures)
        await HAS_FAILED.run(connection, due.endpoint_id, failures + 1, rest)
        if over:
            await _mark_failing(connection, due, now=now)


async def _mark_failing(connection: Connection, due: Due, *, now: datetime) -> None:
    """Nothing arrived for as long as this message was tried: leave the endpoint to its manager."""
    gave_up = await GIVE_UP.one(connection, due.endpoint_id, due.message_id, now)
    if gave_up.count:
        await record_event(
            connection,
            kind="webhook.failed",
            subject_kind="webhook",
            subject_id=due.endpoint_id,
            actor=SYSTEM,
            after={"state": "failing", "tries": due.tries - due.tries_before},
        )
