"""Makes messages of what was booked and noted, up to a position below which everything is decided.

A sale writes nothing here and waits for nobody. Whoever fills the outbox reads from where it was up to
the oldest transaction that goes on: what commits later stands after that, and is read next time. The
id of a message follows from what it tells of, so that telling it again, as after a backup was put
back, is the same message to whoever receives it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

import msgspec

from pas.db import Connection, Statement
from pas.ids import EntryId, MerchantId, SaleId, SettlementId, TillId
from pas.ledger.position import READ_HORIZON, Position, end_of_step
from pas.webhooks.contents import (
    REVERSED,
    PayoutExported,
    RedemptionBooked,
    RedemptionReversed,
    Reversal,
    TillChanged,
    told,
)

NAMESPACE: Final = UUID("4a3d9a1e-2f0b-5c1c-9b53-6f1f0e0b7d58")
AT_ONCE: Final = 1_000
"""Entries of the books that one step looks at, about."""


class Booked(msgspec.Struct, frozen=True):
    epoch: int
    xid: int
    at: datetime
    merchant_id: MerchantId
    redemption_id: EntryId
    sale_id: SaleId | None
    till_id: TillId | None
    category: str | None
    price_cents: int
    taken_cents: int
    visits: int


class Reversed(msgspec.Struct, frozen=True):
    epoch: int
    xid: int
    at: datetime
    merchant_id: MerchantId
    redemption_id: EntryId
    reversal_id: EntryId
    kind: Reversal
    sale_id: SaleId | None
    till_id: TillId | None
    category: str | None
    amount_cents: int


class Noted(msgspec.Struct, frozen=True):
    epoch: int
    xid: int
    at: datetime
    event_id: UUID
    kind: str
    merchant_id: MerchantId
    subject_id: UUID
    number: int | None
    amount_cents: int | None


class Message(msgspec.Struct, frozen=True):
    """One row of the outbox."""

    id: UUID
    merchant_id: MerchantId
    type: str
    content: str
    epoch: int
    xid: int


TAKE_POSITION: Final = Statement(
    "SELECT epoch, xid FROM webhook_position FOR UPDATE SKIP LOCKED", Position
)
READ_BOOKED: Final = Statement(
    """
    SELECT e.epoch, e.xid, e.recorded_at AS at, r.merchant_id, r.entry_id AS redemption_id, r.sale_id,
        t.id AS till_id, r.category, r.price_cents, r.taken_cents, r.visits
    FROM entry e JOIN redemption r ON r.entry_id = e.id
    LEFT JOIN till t ON t.id = r.till_id AND t.merchant_id = r.merchant_id
    WHERE e.epoch = $1 AND e.xid >= $2 AND e.xid < $3 AND r.refusal IS NULL
        AND r.merchant_id IN (SELECT w.merchant_id FROM webhook_endpoint w WHERE w.state <> 'ended')
    ORDER BY e.xid, e.id
    """,
    Booked,
)
READ_REVERSED: Final = Statement(
    """
    SELECT e.epoch, e.xid, e.recorded_at AS at, r.merchant_id, r.entry_id AS redemption_id,
        b.entry_id AS reversal_id, b.kind, r.sale_id, t.id AS till_id, r.category, b.amount_cents
    FROM entry e JOIN redemption_reversal b ON b.entry_id = e.id JOIN redemption r ON r.entry_id = b.original_id
    LEFT JOIN till t ON t.id = b.till_id AND t.merchant_id = r.merchant_id
    WHERE e.epoch = $1 AND e.xid >= $2 AND e.xid < $3
        AND r.merchant_id IN (SELECT w.merchant_id FROM webhook_endpoint w WHERE w.state <> 'ended')
    ORDER BY e.xid, e.id
    """,
    Reversed,
)
READ_NOTED: Final = Statement(
    """
    SELECT e.epoch, e.xid, e.recorded_at AS at, e.id AS event_id, e.kind, t.merchant_id, t.id AS subject_id,
        NULL::int AS number, NULL::bigint AS amount_cents
    FROM event e JOIN till t ON t.id = e.subject_id
    WHERE e.epoch = $1 AND e.xid >= $2 AND e.xid < $3 AND e.kind IN ('till.paused', 'till.revoked')
        AND t.merchant_id IN (SELECT w.merchant_id FROM webhook_endpoint w WHERE w.state <> 'ended')
    UNION ALL
    SELECT e.epoch, e.xid, e.recorded_at, e.id, 'payout.exported', l.merchant_id, r.id,
        r.number, sum(l.amount_cents)::bigint
    FROM event e JOIN settlement_run r ON r.id = e.subject_id JOIN settlement_line l ON l.run_id = r.id
    WHERE e.epoch = $1 AND e.xid >= $2 AND e.xid < $3 AND e.kind = 'settlement.exported'
        AND l.merchant_id IN (SELECT w.merchant_id FROM webhook_endpoint w WHERE w.state <> 'ended')
    GROUP BY e.id, l.merchant_id, r.id
    ORDER BY xid, event_id
    """,
    Noted,
)
INSERT_MESSAGES: Final = Statement(
    """
    INSERT INTO webhook_message (id, merchant_id, type, content, epoch, xid)
    SELECT m.id, m.merchant_id, m.type, m.content, m.epoch, m.xid
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::bigint[])
        AS m (id, merchant_id, type, content, epoch, xid)
    WHERE EXISTS (SELECT 1 FROM webhook_endpoint w WHERE w.merchant_id = m.merchant_id AND w.state <> 'ended'
        AND m.type = ANY (w.events) AND (w.epoch, w.xid) < (m.epoch, m.xid))
    ON CONFLICT (id) DO NOTHING
    """,
    None,
)
INSERT_DELIVERIES: Final = Statement(
    """
    INSERT INTO webhook_delivery (endpoint_id, message_id, next_try_at)
    SELECT w.id, m.id, clock_timestamp()
    FROM webhook_message m JOIN webhook_endpoint w ON w.merchant_id = m.merchant_id
    WHERE m.id = ANY ($1::uuid[]) AND w.state <> 'ended' AND m.type = ANY (w.events) AND (w.epoch, w.xid) < (m.epoch, m.xid)
    ON CONFLICT (endpoint_id, message_id) DO NOTHING
    """,
    None,
)
MOVE_POSITION: Final = Statement("UPDATE webhook_position SET epoch = $1, xid = $2", None)


async def fill_outbox(connection: Connection) -> bool:
    """Take one step; says whether there is more to do now."""
    async with connection.transaction():
        at = await TAKE_POSITION.first(connection)
        if at is None:
            return False
        # A statement of its own, before those that read: what it calls decided is visible to them.
        horizon = await READ_HORIZON.one(connection)
        if horizon.key <= at.key:
            return False
        until = await end_of_step(connection, at, horizon, most=AT_ONCE)
        await _tell(connection, await read_messages(connection, at, until.xid))
        moved = until.onward
        await MOVE_POSITION.run(connection, moved.epoch, moved.xid)
    return moved != horizon


async def read_messages(connection: Connection, at: Position, until_xid: int) -> list[Message]:
    """Everything between two positions of one epoch that a merchant with an endpoint may hear."""
    span = (at.epoch, at.xid, until_xid)
    return [
        *map(_of_booking, await READ_BOOKED.all(connection, *span)),
        *map(_of_reversal, await READ_REVERSED.all(connection, *span)),
        *map(_of_event, await READ_NOTED.all(connection, *span)),
    ]


async def _tell(connection: Connection, messages: Sequence[Message]) -> None:
    if not messages:
        return
    await INSERT_MESSAGES.run(
        connection,
        *([one.id for one in messages], [one.merchant_id for one in messages]),
        *([one.type for one in messages], [one.content for one in messages]),
        *([one.epoch for one in messages], [one.xid for one in messages]),
    )
    await INSERT_DELIVERIES.run(connection, [one.id for one in messages])


def _of_booking(one: Booked) -> Message:
    kind = "redemption.booked"
    message_id = uuid5(NAMESPACE, f"{kind}/{one.redemption_id}")
    data = RedemptionBooked(
        merchant_id=one.merchant_id,
        redemption_id=one.redemption_id,
        sale_id=one.sale_id,
        till_id=one.till_id,
        category=one.category,
        price_cents=one.price_cents,
        taken_cents=one.taken_cents,
        visits=one.visits,
    )
    content = told(message_id, kind, data, at=one.at.astimezone(UTC))
    return Message(message_id, one.merchant_id, kind, content, one.epoch, one.xid)


def _of_reversal(one: Reversed) -> Message:
    kind = REVERSED[one.kind]
    message_id = uuid5(NAMESPACE, f"{kind}/{one.reversal_id}")
    data = RedemptionReversed(
        merchant_id=one.merchant_id,
        redemption_id=one.redemption_id,
        reversal_id=one.reversal_id,
        sale_id=one.sale_id,
        till_id=one.till_id,
        category=one.category,
        amount_cents=one.amount_cents,
    )
    content = told(message_id, kind, data, at=one.at.astimezone(UTC))
    return Message(message_id, one.merchant_id, kind, content, one.epoch, one.xid)


def _of_event(one: Noted) -> Message:
    message_id = uuid5(NAMESPACE, f"{one.kind}/{one.event_id}/{one.merchant_id}")
    if one.number is not None and one.amount_cents is not None:
        payout = SettlementId(one.subject_id)
        data = PayoutExported(one.merchant_id, payout, one.number, one.amount_cents)
    else:
        data = TillChanged(one.merchant_id, TillId(one.subject_id))
    content = told(message_id, one.kind, data, at=one.at.astimezone(UTC))
    return Message(message_id, one.merchant_id, one.kind, content, one.epoch, one.xid)
