"""Signed notes (C2SP signed-note): lines of text, signed with Ed25519 by whoever has a name.

Checkpoints, receipts and cosignatures of witnesses are notes. What reads them anywhere in the world reads ours; and a person can.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import ClassVar, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pas.errors import Refusal

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
"""Of a witness (C2SP tlog-cosignature): eight bytes of time stand before the signature, and are signed too."""
SIGNATURE_BYTES: Final = 64
KEY_BYTES: Final = 32
LONGEST_NOTE: Final = 1_000_000
MOST_SIGNATURES: Final = 100
_MARK: Final = "\u2014 "


class NoteUnreadable(Refusal):
    """Dit is geen ondertekend bericht."""

    next_step: ClassVar[str] = (
        "Kijk of u het hele bestand heeft, zonder dat er iets aan veranderde."
    )


class Verifier(msgspec.Struct, frozen=True):
    """Whose signature can be checked: a name, a public key, and what kind of signature it makes."""

    name: str
    public_key: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """Four bytes that stand before a signature, so that it is known whose it is."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key
        return hashlib.sha256(named).digest()[:4]

    @property
    def text(self) -> str:
        """Write the key as one word, to be put in settings and on paper: ``name+id+key``."""
        key = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


class Signature(msgspec.Struct, frozen=True):
    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


class Note(msgspec.Struct, frozen=True):
    """What is signed, ending in a newline, and by whom."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(one.line for one in self.signatures)


def read_verifier(text: str) -> Verifier:
    """Read a key as ``Verifier.text`` writes it, or raise NoteUnreadable."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    key = _decoded(encoded)
    if len(key) != KEY_BYTES + 1 or key[0] not in {ED25519, COSIGNATURE} or not _is_name(name):
        raise NoteUnreadable("Deze sleutel is niet te lezen.")
    found = Verifier(name, key[1:], key[0])
    if found.key_id.hex() != key_id:
        raise NoteUnreadable("Deze sleutel is niet te lezen.")
    return found


def read_note(text: str) -> Note:
    """Take a note apart, or raise NoteUnreadable; whose signatures are right is not asked yet."""
    signed, blank, lines = text.rpartition("\n\n")
    if not blank or len(text) > LONGEST_NOTE or not lines.endswith("\n"):
        raise NoteUnreadable
    signatures = tuple(_read_line(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise NoteUnreadable
    return Note(signed + "\n", signatures)


def read_signature(line: str) -> Signature:
    """Read one line below a note, or raise NoteUnreadable."""
    return _read_line(line.removesuffix("\n"))


def verifier_of(name: str, secret: bytes, *, kind: int = ED25519) -> Verifier:
    """Give the public side of a secret key of 32 bytes."""
    return Verifier(name, _private(secret).public_key().public_bytes_raw(), kind)


def sign(text: str, name: str, secret: bytes) -> Signature:
    """Sign a text that ends in a newline."""
    assert text.endswith("\n"), "a note ends in a newline"
    return Signature(name, _key_id(name, secret), _private(secret).sign(text.encode()))


def cosign(text: str, name: str, secret: bytes, *, seconds: int) -> Signature:
    """Sign that this is the newest checkpoint seen at a time, and goes on from those before it."""
    signature = _private(secret).sign(_cosigned(text, seconds))
    key_id = verifier_of(name, secret, kind=COSIGNATURE).key_id
    return Signature(name, key_id, struct.pack(">Q", seconds) + signature)


def seconds_of(cosignature: Signature) -> int:
    """When a witness signed, in seconds since 1970."""
    return int.from_bytes(cosignature.signature[:8], "big")


def is_signed_by(note: Note, verifier: Verifier) -> bool:
    """Whether one of the signatures is right and by this key."""
    return any(_is_right(note.text, one, verifier) for one in note.signatures)


def signers(note: Note, verifiers: Iterable[Verifier]) -> list[Verifier]:
    return [one for one in verifiers if is_signed_by(note, one)]


# Receipts are made by the thousand a second: a key is made ready once, and the signature is all that it costs.
@lru_cache(maxsize=2048)
def _private(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


@lru_cache(maxsize=2048)
def _key_id(name: str, secret: bytes) -> bytes:
    return verifier_of(name, secret).key_id


def _is_right(text: str, one: Signature, by: Verifier) -> bool:
    if one.name != by.name or one.key_id != by.key_id:
        return False
    signed, signature = text.encode(), one.signature
    if by.kind == COSIGNATURE:
        signed, signature = _cosigned(text, seconds_of(one)), signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(by.public_key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _read_line(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    value = _decoded(encoded)
    if not line.startswith(_MARK) or not _is_name(name) or len(value) < 4 + SIGNATURE_BYTES:
        raise NoteUnreadable
    return Signature(name, value[:4], value[4:])


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(one.isspace() for one in name)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
