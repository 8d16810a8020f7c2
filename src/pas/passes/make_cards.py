"""Draws codes, numbers and activation codes, and stores cards by their hashes; many at once.

A number of ten random digits is drawn twice now and then: where a token, a number or another card
stands in the way, that card is not made, and the caller draws again.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection, Statement
from pas.ids import CardId, ResidentId, uuid7
from pas.money import Cents
from pas.passes.card_keys import CardCodes, activation_hash, number_hashes, seal_codes
from pas.passes.cards import CardForm, CardState
from pas.passes.codes import (
    ActivationCode,
    CardNumber,
    Draw,
    new_activation_code,
    new_card_number,
    new_token,
)
from pas.passes.earlier_numbers import earlier_hashes

DRAWS: Final = 5
"""Five times in a row one number in nine billion is not drawn twice."""


class IssuedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A new card with its plain codes, for printing; kept nowhere in this form."""

    card_id: CardId
    resident_id: ResidentId
    codes: CardCodes
    activation_code: ActivationCode | None

    def __repr__(self) -> str:
        """Keep the codes out of logs and tracebacks."""
        return f"IssuedCard({self.card_id})"


class Press(msgspec.Struct, frozen=True):
    """With what cards are made: the keys, and chance (but for a demonstration)."""

    ring: KeyRing
    draw: Draw = secrets.randbelow


class NewCard(msgspec.Struct, frozen=True, kw_only=True):
    """How a card begins."""

    form: CardForm
    state: CardState = "inactive"
    expires_at: datetime | None = None
    unconfirmed_cents: Cents | None = None
    replaces: CardId | None = None


class CardRow(msgspec.Struct, frozen=True):
    id: CardId


class NumberRow(msgspec.Struct, frozen=True):
    number_hash: bytes


READ_TAKEN: Final = Statement(
    "SELECT number_hash FROM card WHERE number_hash = ANY ($1::bytea[])", NumberRow
)
INSERT_CARDS: Final = Statement(
    """
    INSERT INTO card (id, resident_id, form, token_hash, number_hash, codes_encrypted,
        activation_hash, key_id, state, state_since, expires_at, replaces, unconfirmed_cents)
    SELECT w.id, w.resident_id, $7, w.token_hash, w.number_hash, w.codes_encrypted,
        w.activation_hash, $8, $9, $10, $11, $12, $13
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
        AS w (id, resident_id, token_hash, number_hash, codes_encrypted, activation_hash)
    ORDER BY w.resident_id
    ON CONFLICT DO NOTHING
    RETURNING id
    """,
    CardRow,
)


async def make_card(
    connection: Connection,
    resident_id: ResidentId,
    new: NewCard,
    *,
    press: Press,
    now: datetime,
) -> IssuedCard:
    """Make one card within the caller's transaction, who has seen that it may be made."""
    for _ in range(DRAWS):
        if made := await make_cards(connection, [resident_id], new, press=press, now=now):
            return made[0]
    raise AssertionError("a card is in the way that the caller did not see")


async def make_cards(
    connection: Connection,
    residents: Sequence[ResidentId],
    new: NewCard,
    *,
    press: Press,
    now: datetime,
) -> list[IssuedCard]:
    """Try to make a card for each; gives those that no other card or number stood in the way of."""
    drawn = await _without_taken_numbers(
        connection, [_draw(resident, new, press) for resident in residents], press.ring
    )
    key_id = press.ring.current(Purpose.CARD_NUMBER_HASH).key_id
    stored = await INSERT_CARDS.all(
        connection,
        [card.card_id for card in drawn],
        [card.resident_id for card in drawn],
        [card.codes.token.sha256() for card in drawn],
        [number_hashes(press.ring, card.codes.number)[0] for card in drawn],
        [seal_codes(press.ring, card.codes, card=card.card_id) for card in drawn],
        [_hash_of(card, press.ring, key_id) for card in drawn],
        new.form,
        key_id,
        new.state,
        now,
        new.expires_at,
        new.replaces,
        new.unconfirmed_cents,
    )
    kept = {row.id for row in stored}
    return [card for card in drawn if card.card_id in kept]


def _draw(resident: ResidentId, new: NewCard, press: Press) -> IssuedCard:
    """A card that is handed over active needs no code; one that arrives active by post has one."""
    has_code = new.state == "inactive" or new.unconfirmed_cents is not None
    return IssuedCard(
        card_id=CardId(uuid7()),
        resident_id=resident,
        codes=CardCodes(
            new_token(press.ring.municipality, press.draw), new_card_number(press.draw)
        ),
        activation_code=new_activation_code(press.draw) if has_code else None,
    )


def _hash_of(card: IssuedCard, ring: KeyRing, key_id: str) -> bytes | None:
    if card.activation_code is None:
        return None
    return activation_hash(ring, card.activation_code, card=card.card_id, key_id=key_id)


def _other_hashes(ring: KeyRing, number: CardNumber) -> list[bytes]:
    return [*number_hashes(ring, number)[1:], *earlier_hashes(ring, number)]


async def _without_taken_numbers(
    connection: Connection, cards: list[IssuedCard], ring: KeyRing
) -> list[IssuedCard]:
    """Leave out numbers that a card has in a way that the table cannot refuse: under an older key, or from earlier."""
    older = {card.card_id: _other_hashes(ring, card.codes.number) for card in cards}
    asked = [digest for digests in older.values() for digest in digests]
    taken = {row.number_hash for row in await READ_TAKEN.all(connection, asked)}
    return [card for card in cards if taken.isdisjoint(older[card.card_id])]
