"""A card's codes under the municipality's keys: hashed to be found by, encrypted to be shown again.

Token and number are encrypted so that the holder's own page and a reprint can show them; the key
is outside the database, the ciphertext names its key and is bound to municipality and card. See
docs/decisions/0022-card-codes-encrypted.md.
"""

import secrets
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pas.auth.keys import KeyRing, Purpose
from pas.ids import CardId, MunicipalityName
from pas.passes.codes import (
    ActivationCode,
    CardNumber,
    HashKey,
    Token,
    hash_activation_code,
    hash_card_number,
    read_scanned,
)

FORMAT: Final = b"\x01"
NONCE_BYTES: Final = 12
BETWEEN: Final = b"\n"


class CardCodesUnreadable(Exception):
    """The key is gone, or the ciphertext is of another card, or was changed."""


class CardCodes(msgspec.Struct, frozen=True):
    """What is printed on a card."""

    token: Token
    number: CardNumber

    def __repr__(self) -> str:
        """Keep the codes out of logs and tracebacks."""
        return "CardCodes()"


class Scanned(msgspec.Struct, frozen=True):
    """By what to find a card: the hash of its token, or those of its number under every key."""

    token_hash: bytes | None
    number_hashes: list[bytes]
    is_foreign: bool


def seal_codes(ring: KeyRing, codes: CardCodes, *, card: CardId) -> bytes:
    key = ring.current(Purpose.CARD_ENCRYPTION)
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = FORMAT + bytes([len(key.key_id)]) + key.key_id.encode("ascii") + nonce
    plain = codes.token.text().encode("ascii") + BETWEEN + codes.number.encode("ascii")
    return head + AESGCM(key.secret).encrypt(nonce, plain, _bound_to(ring, card))


def open_codes(ring: KeyRing, sealed: bytes, *, card: CardId) -> CardCodes:
    if sealed[:1] != FORMAT:
        raise CardCodesUnreadable("unknown format")
    nonce_at = 2 + sealed[1]
    key_id = sealed[2:nonce_at].decode("ascii")
    key = ring.find(Purpose.CARD_ENCRYPTION, key_id)
    if key is None:
        raise CardCodesUnreadable(f"no key {key_id}")
    text_at = nonce_at + NONCE_BYTES
    try:
        plain = AESGCM(key.secret).decrypt(
            sealed[nonce_at:text_at], sealed[text_at:], _bound_to(ring, card)
        )
    except InvalidTag:
        raise CardCodesUnreadable("changed, or of another card") from None
    token, _, number = plain.partition(BETWEEN)
    read = read_scanned(token.decode("ascii"))
    assert isinstance(read, Token), "we sealed a token"
    return CardCodes(read, CardNumber(number.decode("ascii")))


def hashes_of_scan(text: str, ring: KeyRing, municipality: MunicipalityName) -> Scanned:
    """Read what was scanned or typed, or refuse it with what to do; the text goes no further."""
    read = read_scanned(text)
    if isinstance(read, Token):
        return Scanned(read.sha256(), [], is_foreign=not read.is_of(municipality))
    return Scanned(None, number_hashes(ring, read), is_foreign=False)


def number_hashes(ring: KeyRing, number: CardNumber) -> list[bytes]:
    """Under every key, the current one first: a card keeps the hash it was made with."""
    return [
        hash_card_number(number, HashKey(key.key_id, key.secret)).digest
        for key in ring.of(Purpose.CARD_NUMBER_HASH)
    ]


def activation_hash(
    ring: KeyRing, code: ActivationCode, *, card: CardId, key_id: str
) -> bytes | None:
    """Under the key of that card; None when we do not have that key, and then no code is right."""
    key = ring.find(Purpose.CARD_NUMBER_HASH, key_id)
    if key is None:
        return None
    return hash_activation_code(code, card=card, key=HashKey(key.key_id, key.secret)).digest


def _bound_to(ring: KeyRing, card: CardId) -> bytes:
    return f"card codes\n{ring.municipality}\n{card}".encode()
