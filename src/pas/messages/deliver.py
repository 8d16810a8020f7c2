"""Takes messages whose turn it is, and writes down how sending went.

Who takes a message has it for a while. After a crash that ends, and it is sent again: it arrives at
least once, and its id tells the next server that it is the same one.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.messages.model import Due, MessageState, Went
from pas.messages.rules import pause_after

LEASE: Final = timedelta(seconds=120)
"""Longer than any try takes."""


class Age(msgspec.Struct, frozen=True):
    made_at: datetime


class Count(msgspec.Struct, frozen=True):
    count: int


TAKE_DUE: Final = Statement(
    """
    WITH taken AS (
        UPDATE holder_message SET tries = tries + 1, lease_until = $1 + $3
        WHERE id IN (
            SELECT n.id FROM holder_message n
            WHERE n.state = 'waiting' AND n.next_try_at <= $1 AND (n.lease_until IS NULL OR n.lease_until <= $1)
            ORDER BY n.next_try_at, n.id LIMIT $2
            FOR UPDATE SKIP LOCKED)
        RETURNING id, recipient_id, holder_id, reason, channel, check_id, content_encrypted, tries
    )
    SELECT t.id, t.recipient_id, t.reason, t.channel, t.content_encrypted,
        CASE t.reason
            WHEN 'code' THEN k.address_encrypted
            WHEN 'lapse' THEN CASE c.before_lapse WHEN t.channel THEN a.address_encrypted END
            ELSE CASE c.after_spending WHEN t.channel THEN a.address_encrypted END
        END AS address_encrypted, t.tries
    FROM taken t
    LEFT JOIN contact_check k ON k.id = t.check_id AND k.ended_at IS NULL
    LEFT JOIN holder_choice c ON c.holder_id = t.holder_id AND c.recipient_id = t.recipient_id
    LEFT JOIN holder_contact a ON a.resident_id = t.recipient_id AND a.channel = t.channel
    """,
    Due,
)
READ_AGE: Final = Statement(
    "SELECT made_at FROM holder_message WHERE id = $1 AND tries = $2 AND state = 'waiting' FOR UPDATE",
    Age,
)
END: Final = Statement(
    """
    UPDATE holder_message SET state = $3, problem = $4, ended_at = $5, lease_until = NULL,
        content_encrypted = CASE WHEN $3 = 'kept' THEN content_encrypted END
    WHERE id = $1 AND tries = $2 AND state = 'waiting'
    """,
    None,
)
TRY_LATER: Final = Statement(
    """
    UPDATE holder_message SET problem = $3, next_try_at = $4, lease_until = NULL
    WHERE id = $1 AND tries = $2 AND state = 'waiting'
    """,
    None,
)


async def take_due(connection: Connection, *, most: int, now: datetime) -> list[Due]:
    """Take some of what is due, with where it goes; nowhere if that was changed meanwhile."""
    return await TAKE_DUE.all(connection, now, most, LEASE)


async def end(
    connection: Connection, due: Due, state: MessageState, *, problem: str | None, now: datetime
) -> None:
    """Be done with a message; what it said goes, unless it is kept to be shown."""
    await END.run(connection, due.id, due.tries, state, problem, now)


async def write_down(
    connection: Connection, due: Due, went: Went, *, chance: float, now: datetime
) -> None:
    """Say how a try went; one that took too long and was taken by another writes nothing."""
    async with connection.transaction():
        found = await READ_AGE.first(connection, due.id, due.tries)
        if found is None:
            return
        if went.problem is None:
            await end(connection, due, "arrived", problem=None, now=now)
            return
        age = now - found.made_at
        pause = pause_after(due.reason, due.tries, age=age, chance=chance)
        if pause is None or went.for_good:
            await end(connection, due, "given_up", problem=went.problem, now=now)
        else:
            await TRY_LATER.run(connection, due.id, due.tries, went.problem, now + pause)
