"""Devices that came in before: a random cookie, of which a keyed hash with the card is stored.

It opens nothing. It only gives its owner a count of tries of their own, so that a stranger who
guesses at a card does not lock out the phone of its holder.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection, Statement
from pas.passes.codes import HashKey, keyed_hash


class KnownRow(msgspec.Struct, frozen=True):
    device_hash: bytes


FIND: Final = Statement(
    """
    SELECT device_hash FROM known_device WHERE subject_id = $1 AND device_hash = ANY ($2::bytea[])
    ORDER BY used_at DESC LIMIT 1
    """,
    KnownRow,
)
REMEMBER: Final = Statement(
    """
    INSERT INTO known_device (subject_id, device_hash, known_since, used_at) VALUES ($1, $2, $3, $3)
    ON CONFLICT (subject_id, device_hash) DO UPDATE SET used_at = $3
    """,
    None,
)
FORGET: Final = Statement("DELETE FROM known_device WHERE subject_id = $1", None)


async def find_device(
    connection: Connection, subject: UUID, cookie: str | None, *, ring: KeyRing
) -> bytes | None:
    """Give the hash under which this device is known for this card, or None."""
    if cookie is None:
        return None
    known = await FIND.first(connection, subject, _hashes(ring, subject, cookie))
    return known and known.device_hash


async def remember_device(
    connection: Connection, subject: UUID, cookie: str, *, ring: KeyRing, now: datetime
) -> None:
    """From now on this device has a count of its own for this card."""
    found = await find_device(connection, subject, cookie, ring=ring)
    digest = found or _hashes(ring, subject, cookie)[0]
    await REMEMBER.run(connection, subject, digest, now)


async def forget_devices(connection: Connection, subject: UUID) -> None:
    """A new code was made: whoever came in with the old one is as strange as anybody."""
    await FORGET.run(connection, subject)


def _hashes(ring: KeyRing, subject: UUID, cookie: str) -> list[bytes]:
    """Under every key, the current one first."""
    content = subject.bytes + cookie.encode()
    return [
        keyed_hash(b"pas known device 1", content, HashKey(key.key_id, key.secret)).digest
        for key in ring.of(Purpose.CARD_NUMBER_HASH)
    ]
