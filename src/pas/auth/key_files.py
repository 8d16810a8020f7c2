"""Makes keys, rotates them and throws them away: what ``pas keys`` does to the key folder."""

import fcntl
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from pas.auth.keys import ALWAYS, LASTING, Key, KeyRing, KeysMissing, KeyStore, KeysUnsafe, Purpose
from pas.ids import MunicipalityName

SECRET_BYTES = 32
RSA_BITS = 3072


class KeysExist(Exception):
    """Making keys anew would make everything unreadable that the present ones made."""


def make_keys(
    store: KeyStore, municipality: MunicipalityName, *, demo: bool, now: datetime
) -> KeyRing:
    """Make the first keys of a municipality; never over existing ones."""
    ring = KeyRing(
        municipality=municipality,
        demo=demo,
        keys=tuple(_new_key(purpose, now) for purpose in ALWAYS),
    )
    with _alone(store, municipality):
        if store.path(municipality).exists():
            raise KeysExist(
                f"{municipality} has keys already. For a newer one: "
                f"pas keys rotate {municipality} --purpose …"
            )
        _write(store, ring)
    return ring


def put_keys(store: KeyStore, ring: KeyRing) -> None:
    """Put keys that were carried here where the program looks; never over other ones."""
    with _alone(store, ring.municipality):
        if not store.path(ring.municipality).exists():
            _write(store, ring)
        elif store.ring(ring.municipality) != ring:
            raise KeysExist(f"{ring.municipality} has other keys here. Move them away first.")


def rotate_key(
    store: KeyStore, municipality: MunicipalityName, *, purpose: Purpose, now: datetime
) -> Key:
    """Make a new current key for a purpose; the older ones still read what they made."""
    key = _new_key(purpose, now)
    with _alone(store, municipality):
        ring = store.ring(municipality)
        _write(store, msgspec.structs.replace(ring, keys=(*ring.keys, key)))
    return key


def end_key(store: KeyStore, municipality: MunicipalityName, key_id: str) -> Key:
    """Throw an older key away, after a leak; what it made is worth nothing from then on."""
    with _alone(store, municipality):
        ring = store.ring(municipality)
        key = _endable(ring, key_id)
        kept = tuple(other for other in ring.keys if other != key)
        _write(store, msgspec.structs.replace(ring, keys=kept))
    return key


def _endable(ring: KeyRing, key_id: str) -> Key:
    municipality = ring.municipality
    key = next((key for key in ring.keys if key.key_id == key_id), None)
    if key is None:
        raise KeysMissing(f"{municipality} has no key {key_id}. See: pas keys list {municipality}.")
    if key.purpose in LASTING:
        raise KeysUnsafe(f"{key_id} is for {key.purpose.value}: what it made must stay readable.")
    if ring.current(key.purpose) == key:
        raise KeysUnsafe(
            f"{key_id} is the current key. First make a newer one: "
            f"pas keys rotate {municipality} --purpose {key.purpose.value}."
        )
    return key


def _new_key(purpose: Purpose, now: datetime) -> Key:
    if purpose == Purpose.OIDC_CLIENT:
        secret = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
    elif purpose == Purpose.OFFLINE_PERMIT:
        secret = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
    else:
        secret = secrets.token_bytes(SECRET_BYTES)
    return Key(
        key_id=f"{now:%Y%m%d}-{secrets.token_hex(4)}",
        purpose=purpose,
        secret=secret,
        created_at=now,
    )


@contextmanager
def _alone(store: KeyStore, municipality: MunicipalityName) -> Generator[None]:
    """Let one process at a time change the file, and read what the one before it wrote."""
    folder = store.path(municipality).parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        store.forget(municipality)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
        store.forget(municipality)


def _write(store: KeyStore, ring: KeyRing) -> None:
    """Replace the file whole, readable by us alone, and on disk before anything is made with it."""
    path = store.path(ring.municipality)
    text = msgspec.json.format(msgspec.json.encode(ring), indent=1)
    beside = path.with_name(f"keys.{secrets.token_hex(4)}.new")
    try:
        write_private(beside, text)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that nobody else can read, and have it on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
