"""Citizen numbers (BSN): encrypted at rest, found by a keyed hash, never shown in a log.

A ciphertext names its key and is bound to municipality and resident, so a row that is copied to
another resident cannot be read.
"""

import hashlib
import hmac
import secrets
from typing import ClassVar, NewType
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn

from pas.auth.keys import Key, KeyRing, Purpose
from pas.errors import Refusal

CitizenNumber = NewType("CitizenNumber", str)
"""Nine digits that pass the eleven-test; made by ``read_citizen_number`` alone."""

FORMAT = b"\x01"
NONCE_BYTES = 12


class CitizenNumberWrong(Refusal):
    """Dit is geen burgerservicenummer."""

    next_step: ClassVar[str] = "Controleer de cijfers. Een BSN heeft er 8 of 9."


class CitizenNumberUnreadable(Exception):
    """The key is not ours, or the ciphertext belongs to another resident, or was changed."""


class HiddenCitizenNumber(msgspec.Struct, frozen=True):
    """What the table stores: columns bsn_encrypted, bsn_hash and key_id (that of the hash)."""

    encrypted: bytes
    hash: bytes
    key_id: str


def read_citizen_number(text: str) -> CitizenNumber:
    """Check digits and the eleven-test; the refusal never repeats what was typed."""
    try:
        return CitizenNumber(bsn.validate(text))
    except ValidationError:
        raise CitizenNumberWrong from None


def encrypt_bsn(ring: KeyRing, number: CitizenNumber, *, resident: UUID) -> HiddenCitizenNumber:
    key = ring.current(Purpose.BSN_ENCRYPTION)
    hash_key = ring.current(Purpose.BSN_HASH)
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = FORMAT + bytes([len(key.key_id)]) + key.key_id.encode("ascii") + nonce
    sealed = AESGCM(key.secret).encrypt(nonce, number.encode("ascii"), _bound_to(ring, resident))
    return HiddenCitizenNumber(
        encrypted=head + sealed,
        hash=keyed_hash(hash_key, number),
        key_id=hash_key.key_id,
    )


def decrypt_bsn(ring: KeyRing, encrypted: bytes, *, resident: UUID) -> CitizenNumber:
    if encrypted[:1] != FORMAT:
        raise CitizenNumberUnreadable("unknown format")
    length = encrypted[1]
    key_id = encrypted[2 : 2 + length].decode("ascii")
    nonce_ends = 2 + length + NONCE_BYTES
    key = ring.find(Purpose.BSN_ENCRYPTION, key_id)
    if key is None:
        raise CitizenNumberUnreadable(f"no key {key_id}")
    try:
        plain = AESGCM(key.secret).decrypt(
            encrypted[2 + length : nonce_ends], encrypted[nonce_ends:], _bound_to(ring, resident)
        )
    except InvalidTag:
        raise CitizenNumberUnreadable("changed, or of another resident") from None
    return CitizenNumber(plain.decode("ascii"))


def bsn_hashes(ring: KeyRing, number: CitizenNumber) -> list[bytes]:
    """Give the hashes under every key that was ever current: search with ``= ANY ($1)``."""
    return [keyed_hash(key, number) for key in ring.of(Purpose.BSN_HASH)]


def keyed_hash(key: Key, text: str) -> bytes:
    """HMAC-SHA256 bound to the key's purpose; 32 bytes."""
    return hmac.digest(key.secret, f"{key.purpose.value}\n{text}".encode(), hashlib.sha256)


def _bound_to(ring: KeyRing, resident: UUID) -> bytes:
    return f"bsn\n{ring.municipality}\n{resident}".encode()
