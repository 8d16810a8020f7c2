"""Keys on their way to another machine: a file that opens with a passphrase and with nothing else.

``pas-keys/1``: JSON with the municipality, a salt, a nonce and the sealed content, all of them base64. The
key is scrypt over the passphrase in UTF-8 (N = 2^17, r = 8, p = 1, 32 bytes; RFC 7914), the content is
AES-256-GCM over the JSON of the key file, and what is authenticated beside it is ``pas-keys/1``, a newline
and the municipality.
"""

import secrets
from typing import ClassVar, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pas.auth.keys import KeyRing
from pas.errors import Refusal

FORMAT: Final = "pas-keys/1"
SHORTEST: Final = 16
"""Characters: four words that were drawn by chance are longer."""
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12


class PassphraseTooShort(Refusal):
    """Deze wachtzin is te kort."""

    next_step: ClassVar[str] = f"Neem vier willekeurige woorden, of meer dan {SHORTEST} tekens."


class KeysStayShut(Refusal):
    """Deze sleutels gaan niet open."""

    next_step: ClassVar[str] = "Kijk of de wachtzin goed is. Kijk of het hele bestand er is."


class Locked(msgspec.Struct, frozen=True):
    """What the file holds."""

    format: str
    municipality: str
    salt: bytes
    nonce: bytes
    content: bytes


def lock_keys(ring: KeyRing, passphrase: str) -> bytes:
    """Close the keys of a municipality with a passphrase."""
    if len(passphrase) < SHORTEST:
        raise PassphraseTooShort
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    cipher = AESGCM(_stretched(passphrase, salt))
    content = cipher.encrypt(nonce, msgspec.json.encode(ring), _beside(ring.municipality))
    return msgspec.json.encode(Locked(FORMAT, ring.municipality, salt, nonce, content))


def unlock_keys(content: bytes, passphrase: str) -> KeyRing:
    """Open what ``lock_keys`` closed, or raise KeysStayShut."""
    try:
        locked = msgspec.json.decode(content, type=Locked)
        cipher = AESGCM(_stretched(passphrase, locked.salt))
        opened = cipher.decrypt(locked.nonce, locked.content, _beside(locked.municipality))
        ring = msgspec.json.decode(opened, type=KeyRing)
    except (msgspec.MsgspecError, InvalidTag, ValueError) as error:
        raise KeysStayShut from error
    if (locked.format, locked.municipality) != (FORMAT, ring.municipality):
        raise KeysStayShut
    return ring


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode())


def _beside(municipality: str) -> bytes:
    return f"{FORMAT}\n{municipality}".encode()
