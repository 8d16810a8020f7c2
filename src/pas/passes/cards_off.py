"""The cards that a till without a network has to turn away: blocked, replaced or ended.

Such a list lies on devices of clubs, so it gives nothing away: of a token eight bytes of its hash,
which nobody makes a token of; of a number three bytes of a salted hash, which some five hundred
numbers share. The salt is always the same for a municipality: under another salt each day, the two
lists of two days would leave one number of those five hundred. See docs/decisions/0093.

A number is found by opening the card's codes, once per card and worker: what is remembered of it is
those three bytes.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import CardId, MunicipalityName
from pas.passes.card_keys import CardCodesUnreadable, open_codes

MOST_LISTED: Final = 10_000
"""Those that were switched off last; a till hears from when on its list is complete."""
DAYS_AFTER_A_PASS: Final = 400
"""A pass that ended longer ago has nothing left to spend, whatever its card says."""
MOST_REMEMBERED: Final = 200_000
OPENED_AT_ONCE: Final = 200
"""So many codes are opened before anything else of this worker has its turn again: a millisecond or two."""
TOKEN_BYTES: Final = 8
NUMBER_BYTES: Final = 3
SALT_BYTES: Final = 16
NO_NUMBER: Final = b""
ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)


class CardsOff(msgspec.Struct, frozen=True):
    """The list; cards that were switched off before ``since`` are not on it."""

    salt: bytes
    tokens: list[str]
    numbers: list[str]
    since: datetime


class OffRow(msgspec.Struct, frozen=True):
    id: CardId
    token: bytes
    state_since: datetime


class CodesRow(msgspec.Struct, frozen=True):
    id: CardId
    codes: bytes


READ_OFF: Final = Statement(
    """
    SELECT c.id, substr(c.token_hash, 1, 8) AS token, c.state_since
    FROM card c
    WHERE c.state IN ('blocked', 'replaced', 'ended')
        AND coalesce((SELECT max(p.ends_on) FROM pass p WHERE p.resident_id = c.resident_id), 'infinity') > $1::date - $2::int
    ORDER BY c.state_since DESC, c.id LIMIT $3
    """,
    OffRow,
)
READ_CODES: Final = Statement(
    """
    SELECT id, codes_encrypted AS codes FROM card
    WHERE id = ANY ($1::uuid[]) AND codes_encrypted IS NOT NULL
    """,
    CodesRow,
)

_remembered: dict[tuple[MunicipalityName, bytes], dict[CardId, bytes]] = {}


async def cards_off(
    connection: Connection, ring: KeyRing, *, now: datetime, most: int = MOST_LISTED
) -> CardsOff:
    """List what a till has to turn away at this moment, in an order that says nothing."""
    rows = await READ_OFF.all(connection, day_of(now), DAYS_AFTER_A_PASS, most + 1)
    listed, salt = rows[:most], salt_of(ring)
    numbers = await numbers_of(connection, ring, [row.id for row in listed], salt=salt)
    return CardsOff(
        salt=salt,
        tokens=sorted(row.token.hex() for row in listed),
        numbers=sorted({number.hex() for number in numbers if number}),
        since=listed[-1].state_since if len(rows) > most else ALWAYS,
    )


def salt_of(ring: KeyRing) -> bytes:
    """Derive the salt from the oldest key that is never thrown away, so that it stays the same."""
    key = ring.of(Purpose.CARD_NUMBER_HASH)[-1].secret
    return hmac.digest(key, b"pas numbers of cards that are off 1", "sha256")[:SALT_BYTES]


async def numbers_of(
    connection: Connection, ring: KeyRing, cards: Sequence[CardId], *, salt: bytes
) -> list[bytes]:
    """Give three bytes for the number of each card; a card without codes of ours has none."""
    if sum(map(len, _remembered.values())) > MOST_REMEMBERED:
        _remembered.clear()
    known = _remembered.setdefault((ring.municipality, salt), {})
    unknown = [card for card in cards if card not in known]
    rows = await READ_CODES.all(connection, unknown) if unknown else []
    for start in range(0, len(rows), OPENED_AT_ONCE):
        for row in rows[start : start + OPENED_AT_ONCE]:
            known[row.id] = number_of(ring, row, salt)
        await asyncio.sleep(0)
    return [known.get(card, NO_NUMBER) for card in cards]


def number_of(ring: KeyRing, row: CodesRow, salt: bytes) -> bytes:
    try:
        number = open_codes(ring, row.codes, card=row.id).number
    except CardCodesUnreadable:
        return NO_NUMBER
    return hashlib.sha256(salt + number.encode("ascii")).digest()[:NUMBER_BYTES]
