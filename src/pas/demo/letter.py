"""One letter that lies open, so that a visitor can sign in as a holder does: with a card and its code."""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.demo.cast import Letter
from pas.ids import CardId, ResidentId
from pas.passes.activate import renew_activation_code
from pas.passes.card_keys import activation_hash, open_codes
from pas.passes.codes import grouped, printed
from pas.passes.prove_code import is_same


class OpenLetter(msgspec.Struct, frozen=True):
    """What it says, and to whom."""

    name: str
    number: str
    code: str


class CardRow(msgspec.Struct, frozen=True):
    id: CardId


class SentRow(msgspec.Struct, frozen=True):
    key_id: str
    code_hash: bytes | None
    sealed: bytes
    name: str


READ_CARD: Final = Statement(
    """
    SELECT id FROM card WHERE resident_id = $1 AND form IN ('paper', 'plastic') AND state = 'active'
    """,
    CardRow,
)
READ_SENT: Final = Statement(
    """
    SELECT c.key_id, c.activation_hash AS code_hash, c.codes_encrypted AS sealed, (
        SELECT v.given_name || ' ' || v.family_name FROM resident_version v
        WHERE v.resident_id = c.resident_id ORDER BY v.valid_from DESC LIMIT 1) AS name
    FROM card c
    WHERE c.id = $1 AND c.state IN ('inactive', 'active', 'blocked') AND c.codes_encrypted IS NOT NULL
    """,
    SentRow,
)


async def open_letter(
    connection: Connection, resident: ResidentId, *, ring: KeyRing, actor: Actor, now: datetime
) -> Letter:
    """Make a new code for somebody's card, as the counter does for a letter."""
    card = (await READ_CARD.one(connection, resident)).id
    code = await renew_activation_code(connection, card, ring=ring, actor=actor, now=now)
    return Letter(card, code)


async def read_letter(
    connection: Connection, letter: Letter | None, *, ring: KeyRing
) -> OpenLetter | None:
    """None where a visitor replaced the card or made a newer code: then it opens nothing."""
    sent = letter and await READ_SENT.first(connection, letter.card)
    if not letter or not sent:
        return None
    expected = activation_hash(ring, letter.code, card=letter.card, key_id=sent.key_id)
    if not is_same(expected, sent.code_hash):
        return None
    number = open_codes(ring, sent.sealed, card=letter.card).number
    return OpenLetter(sent.name, grouped(number), printed(letter.code))
