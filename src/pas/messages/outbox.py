"""Makes messages of what was booked, up to a position below which everything is decided.

A sale writes nothing here and waits for nobody (decision 97). The id of a message follows from what
it tells of and whom, so that telling it again is the same message.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, Literal
from uuid import UUID, uuid5

import msgspec

from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import EntryId, ResidentId
from pas.ledger.position import READ_HORIZON, Position, end_of_step
from pas.messages.model import Channel, Language, Letter, MessageId, Reason
from pas.messages.sealed import seal_letter
from pas.messages.texts import Line, Sender, Sold, sold_letter
from pas.money import Cents

NAMESPACE: Final = UUID("1f6c3b52-7d1e-5a0b-8c8e-0a54c1b7f0e1")
AT_ONCE: Final = 1_000
"""Entries of the books that one step looks at, about."""


class Told(msgspec.Struct, frozen=True):
    """One budget that an entry moved, and one person who wants to hear of it."""

    entry_id: EntryId
    turned_back: Literal["void", "refund"] | None
    occurred_at: datetime
    holder_id: ResidentId
    recipient_id: ResidentId
    channel: Channel
    language: Language | None
    name: str
    merchant: str
    title: str
    cents: Cents
    visits: int
    left_cents: Cents
    left_visits: int | None


class Message(msgspec.Struct, frozen=True):
    """One row of the outbox, not encrypted yet."""

    id: MessageId
    recipient_id: ResidentId
    holder_id: ResidentId
    reason: Reason
    channel: Channel
    letter: Letter


class Some(msgspec.Struct, frozen=True):
    some: bool


TAKE_POSITION: Final = Statement(
    "SELECT epoch, xid FROM message_position FOR UPDATE SKIP LOCKED", Position
)
HAS_LISTENERS: Final = Statement(
    "SELECT EXISTS (SELECT 1 FROM holder_choice WHERE after_spending <> 'none') AS some", Some
)
READ_TOLD: Final = Statement(
    """
    SELECT e.id AS entry_id, b.kind AS turned_back, e.occurred_at, p.resident_id AS holder_id, c.recipient_id,
        c.after_spending AS channel, f.language, v.given_name AS name, m.name AS merchant, s.title,
        sum(CASE WHEN x.unit = 'cents' THEN t.amount ELSE 0 END)::bigint AS cents,
        sum(CASE WHEN x.unit = 'visits' THEN t.amount ELSE 0 END)::int AS visits,
        min(l.amount)::bigint AS left_cents, min(n.amount)::int AS left_visits
    FROM entry e
    LEFT JOIN redemption_reversal b ON b.entry_id = e.id
    JOIN redemption r ON r.entry_id = coalesce(b.original_id, e.id) AND r.refusal IS NULL
    JOIN merchant m ON m.id = r.merchant_id
    JOIN transfer t ON t.entry_id = e.id
    JOIN account o ON o.id = CASE WHEN b.kind IS NULL THEN t.credit ELSE t.debit END AND o.kind <> 'appropriation'
    JOIN account x ON x.id = CASE WHEN b.kind IS NULL THEN t.debit ELSE t.credit END
    JOIN budget g ON x.id IN (g.account_id, g.visits_account_id)
    JOIN pass p ON p.id = g.pass_id
    JOIN holder_choice c ON c.holder_id = p.resident_id AND c.after_spending <> 'none' AND (c.epoch, c.xid) < (e.epoch, e.xid)
    JOIN scheme_version s ON s.id = g.scheme_version_id
    JOIN balance l ON l.account_id = g.account_id
    LEFT JOIN balance n ON n.account_id = g.visits_account_id
    LEFT JOIN holder_preference f ON f.resident_id = c.recipient_id
    CROSS JOIN LATERAL (
        SELECT w.given_name FROM resident_version w WHERE w.resident_id = p.resident_id ORDER BY w.valid_from DESC LIMIT 1
    ) v
    WHERE e.epoch = $1 AND e.xid >= $2 AND e.xid < $3 AND e.refusal IS NULL
        AND speaks_for(c.recipient_id, c.holder_id, $4)
        AND EXISTS (SELECT 1 FROM holder_contact a WHERE a.resident_id = c.recipient_id AND a.channel = c.after_spending)
    GROUP BY e.id, b.kind, p.resident_id, c.recipient_id, c.after_spending, f.language, v.given_name, m.name, s.title, g.account_id
    ORDER BY e.xid, e.id, c.recipient_id, g.account_id
    """,
    Told,
)
INSERT: Final = Statement(
    """
    INSERT INTO holder_message (id, recipient_id, holder_id, reason, channel, content_encrypted, next_try_at)
    SELECT m.id, m.recipient_id, m.holder_id, m.reason, m.channel, m.content, clock_timestamp()
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[])
        AS m (id, recipient_id, holder_id, reason, channel, content)
    ON CONFLICT (id) DO NOTHING
    """,
    None,
)
MOVE_POSITION: Final = Statement("UPDATE message_position SET epoch = $1, xid = $2", None)


async def fill_messages(connection: Connection, *, ring: KeyRing, now: datetime) -> bool:
    """Take one step; says whether there is more to do now."""
    async with connection.transaction():
        at = await TAKE_POSITION.first(connection)
        if at is None:
            return False
        # A statement of its own, before those that read: what it calls decided is visible to them.
        horizon = await READ_HORIZON.one(connection)
        if horizon.key <= at.key:
            return False
        if not (await HAS_LISTENERS.one(connection)).some:
            await MOVE_POSITION.run(connection, horizon.epoch, horizon.xid)
            return False
        until = await end_of_step(connection, at, horizon, most=AT_ONCE)
        span = (at.epoch, at.xid, until.xid)
        rows = await READ_TOLD.all(connection, *span, day_of(now))
        if rows:
            sender = await sender_of(connection)
            await put_in_outbox(connection, messages_of(rows, sender), ring=ring)
        moved = until.onward
        await MOVE_POSITION.run(connection, moved.epoch, moved.xid)
    return moved != horizon


async def sender_of(connection: Connection) -> Sender:
    chosen = await read_municipality_settings(connection)
    return Sender(chosen.product, chosen.telephone)


async def put_in_outbox(
    connection: Connection, messages: Sequence[Message], *, ring: KeyRing
) -> None:
    """Let these be sent; one that is there already stays as it is."""
    await INSERT.run(
        connection,
        *([one.id for one in messages], [one.recipient_id for one in messages]),
        *([one.holder_id for one in messages], [one.reason for one in messages]),
        [one.channel for one in messages],
        [seal_letter(ring, one.letter, message=one.id) for one in messages],
    )


def messages_of(rows: Iterable[Told], sender: Sender) -> list[Message]:
    """One message for each entry and person, over all budgets that it moved."""
    grouped = groupby(rows, key=lambda row: (row.entry_id, row.recipient_id, row.holder_id))
    return [_message(list(some), sender) for _, some in grouped]


def _message(rows: list[Told], sender: Sender) -> Message:
    first = rows[0]
    told = Sold(
        channel=first.channel,
        language=first.language or "nl",
        child=None if first.recipient_id == first.holder_id else first.name,
        merchant=first.merchant,
        on=day_of(first.occurred_at.astimezone(UTC)),
        turned_back=first.turned_back,
        lines=[
            Line(row.title, row.cents, row.visits, row.left_cents, row.left_visits) for row in rows
        ],
    )
    return Message(
        id=MessageId(uuid5(NAMESPACE, f"{first.entry_id}/{first.recipient_id}/{first.holder_id}")),
        recipient_id=first.recipient_id,
        holder_id=first.holder_id,
        reason="spending" if first.turned_back is None else "given-back",
        channel=first.channel,
        letter=sold_letter(told, sender),
    )
