"""How often the code of one card may be tried: five times, then it waits, each time longer, never for ever.

A try is counted before the code is looked at, in one statement: many guesses at once bring no more
than five. A code has 33 bits, so five tries a day for years find nothing. A device that came in
with this card before has a count of its own: who guesses elsewhere makes its owner wait for nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from pas.days import day_of
from pas.db import Connection, Statement

MOST_TRIES: Final = 5
WAITS: Final = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
"""After the first five, after the next, and after every five from then on."""
UNKNOWN_DEVICE: Final = bytes(32)
SHOWN_DAYS: Final = 92


class Counted(msgspec.Struct, frozen=True):
    rounds: int


class RefusedTries(msgspec.Struct, frozen=True, rename="camel"):
    """How often a code was refused on one day."""

    day: date
    refused: int


class WaitingRow(msgspec.Struct, frozen=True):
    waits_until: datetime | None


COUNT: Final = Statement(
    """
    INSERT INTO sign_in_try AS t (subject_id, device_hash, tries, rounds, tried_at)
    VALUES ($1, $2, 1, 0, $3)
    ON CONFLICT (subject_id, device_hash) DO UPDATE SET
        tries = (t.tries + 1) % $4::int,
        rounds = t.rounds + (t.tries + 1) / $4::int,
        waits_until = CASE WHEN t.tries + 1 = $4::int THEN
            $3 + ($5::interval[])[least(t.rounds + 1, cardinality($5::interval[]))] END,
        tried_at = $3
    WHERE t.waits_until IS NULL OR t.waits_until <= $3
    RETURNING rounds
    """,
    Counted,
)
FORGET: Final = Statement(
    "DELETE FROM sign_in_try WHERE subject_id = $1 AND device_hash = $2", None
)
FORGET_ALL: Final = Statement("DELETE FROM sign_in_try WHERE subject_id = $1", None)
REFUSE: Final = Statement(
    """
    INSERT INTO refused_sign_in AS r (subject_id, day, refused, last_at) VALUES ($1, $2, 1, $3)
    ON CONFLICT (subject_id, day) DO UPDATE SET refused = r.refused + 1, last_at = $3
    """,
    None,
)
READ_REFUSED: Final = Statement(
    """
    SELECT day, sum(refused)::int AS refused FROM refused_sign_in
    WHERE subject_id = ANY ($1::uuid[]) AND day > $2::date
    GROUP BY day ORDER BY day DESC
    """,
    RefusedTries,
)
READ_WAITING: Final = Statement(
    """
    SELECT max(waits_until) AS waits_until FROM sign_in_try
    WHERE subject_id = $1 AND device_hash = $2 AND waits_until > $3
    """,
    WaitingRow,
)


async def count_try(
    connection: Connection, subject: UUID, device: bytes | None, *, now: datetime
) -> bool:
    """Count one more from this device; False while the card waits. Call outside a transaction."""
    row = (subject, device or UNKNOWN_DEVICE, now, MOST_TRIES, WAITS)
    return await COUNT.first(connection, *row) is not None


async def forget_tries(connection: Connection, subject: UUID, device: bytes | None) -> None:
    """The right code was typed: whoever knows it starts again at zero."""
    await FORGET.run(connection, subject, device or UNKNOWN_DEVICE)


async def forget_all_tries(connection: Connection, subject: UUID) -> None:
    """A new code was made: tries of the old one say nothing."""
    await FORGET_ALL.run(connection, subject)


async def note_refused(connection: Connection, subject: UUID, *, now: datetime) -> None:
    """Let the holder and an officer see that somebody tried."""
    await REFUSE.run(connection, subject, day_of(now), now)


async def refused_tries(
    connection: Connection, subjects: Sequence[UUID], *, now: datetime
) -> list[RefusedTries]:
    """On which days codes of these cards were refused, the newest first, for three months."""
    since = day_of(now) - timedelta(days=SHOWN_DAYS)
    return await READ_REFUSED.all(connection, list(subjects), since)


async def waits_until(connection: Connection, subject: UUID, *, now: datetime) -> datetime | None:
    """Until when a new device has to wait for this card, for who helps its holder."""
    return (await READ_WAITING.one(connection, subject, UNKNOWN_DEVICE, now)).waits_until
