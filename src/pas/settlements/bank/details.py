"""Name, account and words of the other side, of what nobody could match yet: encrypted, bound to its item."""

import secrets
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pas.auth.keys import KeyRing, Purpose
from pas.settlements.bank.said import Counterparty

NONCE_BYTES: Final = 12
KEY_ID_ENDS: Final = b"\n"


def seal_details(ring: KeyRing, other: Counterparty, *, item: UUID) -> bytes:
    key, nonce = ring.current(Purpose.UPLOAD_ENCRYPTION), secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, msgspec.json.encode(other), _bound_to(ring, item))
    return key.key_id.encode("ascii") + KEY_ID_ENDS + nonce + sealed


def read_details(ring: KeyRing, content: bytes | None, *, item: UUID) -> Counterparty | None:
    """None when it is past its clock, or its key was thrown away."""
    key_id, _, rest = (content or b"").partition(KEY_ID_ENDS)
    key = ring.find(Purpose.UPLOAD_ENCRYPTION, key_id.decode("ascii", "replace"))
    if key is None:
        return None
    try:
        plain = AESGCM(key.secret).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound_to(ring, item)
        )
    except InvalidTag:
        return None
    return msgspec.json.decode(plain, type=Counterparty)


def _bound_to(ring: KeyRing, item: UUID) -> bytes:
    return f"bank item\n{ring.municipality}\n{item}".encode()
