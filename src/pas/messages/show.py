"""Which messages went to somebody: when, by which way, and how that ended. Never the address.

A demonstration sends nothing, so there what would have been sent can be read.
"""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.processing import note_processing
from pas.db import Connection, Statement
from pas.ids import ResidentId
from pas.messages.model import Channel, Letter, MessageId, MessageState, Reason
from pas.messages.sealed import Unreadable, open_letter

MOST: Final = 20


class SentMessage(msgspec.Struct, frozen=True, rename="camel"):
    """One message about a pass, or to whoever looks after it."""

    reason: Reason
    channel: Channel
    state: MessageState
    problem: str | None
    tries: int
    made_at: datetime
    ended_at: datetime | None


class KeptRow(msgspec.Struct, frozen=True):
    id: MessageId
    channel: Channel
    reason: Reason
    made_at: datetime
    content_encrypted: bytes


class KeptMessage(msgspec.Struct, frozen=True):
    """What would have been sent."""

    channel: Channel
    reason: Reason
    made_at: datetime
    letter: Letter


READ_LAST: Final = Statement(
    """
    SELECT reason, channel, state, problem, tries, made_at, ended_at FROM holder_message
    WHERE recipient_id = $1 OR holder_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2
    """,
    SentMessage,
)
READ_OWN: Final = Statement(
    """
    SELECT reason, channel, state, problem, tries, made_at, ended_at FROM holder_message
    WHERE recipient_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2
    """,
    SentMessage,
)
READ_KEPT: Final = Statement(
    """
    SELECT id, channel, reason, made_at, content_encrypted FROM holder_message
    WHERE state = 'kept' ORDER BY made_at DESC, id DESC LIMIT $1
    """,
    KeptRow,
)


async def last_messages(
    connection: Connection, resident: ResidentId, *, actor: Actor, now: datetime
) -> list[SentMessage]:
    """The last messages of somebody, for an officer; that it was looked at is noted."""
    async with connection.transaction():
        await note_processing(connection, [resident], "message.listed", actor=actor, now=now)
        return await READ_LAST.all(connection, resident, MOST)


async def own_messages(connection: Connection, *, actor: Actor) -> list[SentMessage]:
    """What went to the actor; what another parent hears of the same pass is theirs."""
    return await READ_OWN.all(connection, actor.id, MOST)


async def kept_messages(connection: Connection, *, ring: KeyRing) -> list[KeptMessage]:
    """What a demonstration would have sent, the newest first."""
    found: list[KeptMessage] = []
    for row in await READ_KEPT.all(connection, MOST):
        try:
            letter = open_letter(ring, row.content_encrypted, message=row.id)
        except Unreadable:
            continue
        found.append(KeptMessage(row.channel, row.reason, row.made_at, letter))
    return found
