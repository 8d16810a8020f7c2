"""Cards of an earlier supplier that go on working: known by the hash of their number alone.

Such a card has no code of ours, so it is not printed again and nobody signs in with it. It takes no
more in a sale than the setting for unconfirmed cards, until somebody confirmed who has it.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.ids import CardId, ResidentId, uuid7
from pas.passes.card_keys import number_hashes
from pas.passes.codes import CardNumber, has_right_check_digits
from pas.passes.earlier_numbers import EarlierNumber

HASH_BYTES: Final = 32
OWN_LENGTH: Final = 12


class TakenOver(msgspec.Struct, frozen=True):
    """A card to be: whose it is, and the hash of its number under the key of that id."""

    resident_id: ResidentId
    number_hash: bytes
    key_id: str


class CardOf(msgspec.Struct, frozen=True):
    """Whose card has this number."""

    number_hash: bytes
    resident_id: ResidentId


class _Made(msgspec.Struct, frozen=True):
    id: CardId


READ_OF_NUMBERS: Final = Statement(
    "SELECT number_hash, resident_id FROM card WHERE number_hash = ANY ($1::bytea[])", CardOf
)
INSERT: Final = Statement(
    """
    INSERT INTO card (id, resident_id, form, token_hash, number_hash, key_id, state, state_since, unconfirmed_cents)
    SELECT w.id, w.resident_id, 'plastic', w.token_hash, w.number_hash, w.key_id, 'active', $6, $7
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::text[])
        AS w (id, resident_id, token_hash, number_hash, key_id)
    ORDER BY w.resident_id
    ON CONFLICT DO NOTHING
    RETURNING id
    """,
    _Made,
)


async def take_over_cards(
    connection: Connection, cards: Sequence[TakenOver], *, actor: Actor, now: datetime
) -> int:
    """Let these cards work; whoever has a lasting card of ours keeps that one. Gives how many were made."""
    limit = (await read_municipality_settings(connection)).unconfirmed_per_sale_cents
    made = await INSERT.all(
        connection,
        [CardId(uuid7()) for _ in cards],
        [one.resident_id for one in cards],
        # No code leads to it: a random hash that nobody has the code of.
        [secrets.token_bytes(HASH_BYTES) for _ in cards],
        [one.number_hash for one in cards],
        [one.key_id for one in cards],
        now,
        limit,
    )
    if made:
        await record_event(
            connection,
            kind="card.taken_over",
            subject_kind="card_batch",
            subject_id=uuid7(),
            actor=actor,
            after={"count": len(made), "unconfirmedCents": limit},
        )
    return len(made)


async def cards_of_numbers(
    connection: Connection, hashes: Sequence[bytes]
) -> dict[bytes, ResidentId]:
    """Give whose cards have these hashes, whatever became of the cards."""
    rows = await READ_OF_NUMBERS.all(connection, hashes)
    return {row.number_hash: row.resident_id for row in rows}


def own_hashes(ring: KeyRing, number: EarlierNumber) -> list[bytes]:
    """The hashes that a card of ours with the same twelve digits has; none where no card can."""
    if len(number) != OWN_LENGTH or not number.isdigit() or not has_right_check_digits(number):
        return []
    return number_hashes(ring, CardNumber(number))
