"""Addresses and messages under a key of the municipality that lies outside the database.

What the key does is derived from it for each use: one key encrypts, another hashes codes. A
ciphertext is bound to the municipality, to what it is, and to whom it belongs.
"""

import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pas.auth.keys import Key, KeyRing, Purpose
from pas.ids import ResidentId
from pas.messages.model import Channel, CheckId, Letter, MessageId

FORMAT: Final = b"\x01"
NONCE_BYTES: Final = 12


class Unreadable(Exception):
    """The key is not ours, or the ciphertext belongs elsewhere, or was changed."""


class CodeHash(msgspec.Struct, frozen=True):
    key_id: str
    digest: bytes


def seal_address(ring: KeyRing, address: str, *, resident: ResidentId, channel: Channel) -> bytes:
    return _seal(ring, address.encode(), f"address\n{channel}\n{resident}")


def open_address(ring: KeyRing, sealed: bytes, *, resident: ResidentId, channel: Channel) -> str:
    return _open(ring, sealed, f"address\n{channel}\n{resident}").decode()


def seal_letter(ring: KeyRing, letter: Letter, *, message: MessageId) -> bytes:
    return _seal(ring, msgspec.json.encode(letter), f"message\n{message}")


def open_letter(ring: KeyRing, sealed: bytes, *, message: MessageId) -> Letter:
    return msgspec.json.decode(_open(ring, sealed, f"message\n{message}"), type=Letter)


def hash_code(ring: KeyRing, code: str, *, check: CheckId) -> CodeHash:
    key = ring.current(Purpose.HOLDER_CONTACT)
    return CodeHash(key.key_id, _digest(key, code, check))


def is_code(ring: KeyRing, code: str, expected: CodeHash, *, check: CheckId) -> bool:
    """Whether this is the code; False too where the key is not ours any more."""
    key = ring.find(Purpose.HOLDER_CONTACT, expected.key_id)
    return key is not None and hmac.compare_digest(_digest(key, code, check), expected.digest)


def _digest(key: Key, code: str, check: UUID) -> bytes:
    return hmac.digest(_derived(key, "codes"), f"{check}\n{code}".encode(), hashlib.sha256)


def _derived(key: Key, use: str) -> bytes:
    return hmac.digest(key.secret, f"pas holder contact 1\n{use}".encode("ascii"), hashlib.sha256)


def _seal(ring: KeyRing, plain: bytes, bound_to: str) -> bytes:
    key, nonce = ring.current(Purpose.HOLDER_CONTACT), secrets.token_bytes(NONCE_BYTES)
    head = FORMAT + bytes([len(key.key_id)]) + key.key_id.encode("ascii") + nonce
    return head + AESGCM(_derived(key, "encryption")).encrypt(nonce, plain, _bound(ring, bound_to))


def _open(ring: KeyRing, sealed: bytes, bound_to: str) -> bytes:
    if sealed[:1] != FORMAT:
        raise Unreadable("unknown format")
    nonce_at = 2 + sealed[1]
    text_at = nonce_at + NONCE_BYTES
    key = ring.find(Purpose.HOLDER_CONTACT, sealed[2:nonce_at].decode("ascii", "replace"))
    if key is None:
        raise Unreadable("no such key")
    try:
        return AESGCM(_derived(key, "encryption")).decrypt(
            sealed[nonce_at:text_at], sealed[text_at:], _bound(ring, bound_to)
        )
    except InvalidTag:
        raise Unreadable("changed, or of something else") from None


def _bound(ring: KeyRing, to: str) -> bytes:
    return f"pas message 1\n{ring.municipality}\n{to}".encode()
