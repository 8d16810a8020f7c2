"""The keys of a municipality: outside the database and its export, with ids and rotation.

Each purpose has one current key, which makes new things, and older ones, which still read what they
once made. Keys of the demonstration are marked, and a start outside the demonstration refuses them.
"""

import time
from datetime import datetime
from enum import StrEnum, auto
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from pas.errors import Refusal
from pas.ids import MunicipalityName

RELOAD_SECONDS: Final = 1.0
"""How long after a rotation another process may still make things with the older key."""


class Purpose(StrEnum):
    """What a key is for; no key is for two things. Its value is its name in lower case."""

    BSN_ENCRYPTION = auto()
    BSN_HASH = auto()
    CARD_NUMBER_HASH = auto()
    CARD_ENCRYPTION = auto()
    TOKEN_SIGNING = auto()
    SEAL = auto()
    WEBHOOK_SIGNING = auto()
    UPLOAD_ENCRYPTION = auto()
    OIDC_CLIENT = auto()
    OFFLINE_PERMIT = auto()
    PHONE_CODE = auto()
    TILL_TICKET = auto()
    HOLDER_CONTACT = auto()
    RECEIPT = auto()


LASTING: Final = frozenset(
    {
        Purpose.BSN_ENCRYPTION,
        Purpose.BSN_HASH,
        Purpose.CARD_NUMBER_HASH,
        Purpose.CARD_ENCRYPTION,
        Purpose.SEAL,
        Purpose.WEBHOOK_SIGNING,
        Purpose.HOLDER_CONTACT,
    }
)
"""What these made lies in the database for years, so their keys are never thrown away."""


ALWAYS: Final = tuple(purpose for purpose in Purpose if purpose != Purpose.OIDC_CLIENT)
"""What every municipality needs; the key for an identity provider comes with the provider."""


class ForOperator:
    """Whoever asked reads the title and whom to tell; ``str`` says to the operator what to do."""

    def __init__(self, what_to_do: str) -> None:
        super().__init__()
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        return self.what_to_do


class KeysMissing(ForOperator, Refusal):
    """Dit kan nu niet, want bij ons ontbreekt een sleutel."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Vertel het aan uw beheerder. Die kan de sleutel maken."


class KeysUnsafe(ForOperator, Refusal):
    """Dit kan nu niet, want bij ons zijn de sleutels niet veilig."""

    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Vertel het aan uw beheerder. Die kan de sleutels veilig maken."


class Key(msgspec.Struct, frozen=True):
    """One secret; ``key_id`` goes beside whatever it makes."""

    key_id: str
    purpose: Purpose
    secret: bytes
    created_at: datetime

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"Key({self.key_id!r}, {self.purpose.value!r})"


class KeyRing(msgspec.Struct, frozen=True):
    """All keys of one municipality, oldest first; this is also what the file holds."""

    municipality: MunicipalityName
    demo: bool
    keys: tuple[Key, ...]

    def __repr__(self) -> str:
        return f"KeyRing({self.municipality!r}, {len(self.keys)} keys)"

    def of(self, purpose: Purpose) -> list[Key]:
        """Give the keys that can read what was made for a purpose, the current one first."""
        found = [key for key in reversed(self.keys) if key.purpose == purpose]
        if not found:
            raise KeysMissing(self.lacking(purpose))
        return found

    def lacking(self, purpose: Purpose) -> str:
        """Say to the operator that there is no key for a purpose, and what to do."""
        return (
            f"{self.municipality} has no key for {purpose.value}. "
            f"Make one: pas keys rotate {self.municipality} --purpose {purpose.value}"
        )

    @property
    def missing(self) -> list[Purpose]:
        """What every municipality needs and this one has not: purposes newer than its keys."""
        held = {key.purpose for key in self.keys}
        return [purpose for purpose in ALWAYS if purpose not in held]

    def current(self, purpose: Purpose) -> Key:
        return self.of(purpose)[0]

    def find(self, purpose: Purpose, key_id: str) -> Key | None:
        """Look for the key that made something; None when it was thrown away or never ours."""
        for key in self.keys:
            if key.key_id == key_id and key.purpose == purpose:
                return key
        return None


class KeyStore:
    """The folder with keys, read again when a file changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[MunicipalityName, _Read] = {}

    def ring(self, municipality: MunicipalityName) -> KeyRing:
        """Give a municipality's keys, or raise KeysMissing or KeysUnsafe with what to do."""
        now = time.monotonic()
        read = self._read.get(municipality)
        if read is not None and now - read.looked_at < RELOAD_SECONDS:
            return read.ring
        path = self.path(municipality)
        try:
            about = path.stat()
        except FileNotFoundError:
            raise KeysMissing(
                f"There are no keys for {municipality} in {self.folder}. Put back the backup of "
                f"its keys, or for a new municipality: pas keys make {municipality}."
            ) from None
        if about.st_mode & 0o077:
            raise KeysUnsafe(f"Others can read {path}. Close it first: chmod 600 '{path}'.")
        version = (about.st_mtime_ns, about.st_ino)
        if read is None or read.version != version:
            read = _Read(ring=_parsed(path, municipality), version=version, looked_at=now)
        self._read[municipality] = msgspec.structs.replace(read, looked_at=now)
        return read.ring

    def path(self, municipality: MunicipalityName) -> Path:
        return self.folder / municipality / "keys.json"

    def forget(self, municipality: MunicipalityName) -> None:
        """Read the file anew at the next use."""
        self._read.pop(municipality, None)


class _Read(msgspec.Struct, frozen=True):
    ring: KeyRing
    version: tuple[int, int]
    looked_at: float


def refuse_demo_keys(ring: KeyRing, *, demo: bool, loopback: bool) -> None:
    """At the start: keys of the demonstration open nothing real, and real data gets real keys."""
    if ring.demo and not demo:
        raise KeysUnsafe(
            f"{ring.municipality} has keys of the demonstration but was not made by it. "
            f"Real data needs keys of its own: remove them, then pas keys make {ring.municipality}."
        )
    if ring.demo and not loopback:
        raise KeysUnsafe(
            f"{ring.municipality} is a demonstration and may only be served on this machine. "
            "Set PAS_HOST to 127.0.0.1, or drop it: pas municipality drop."
        )


def _parsed(path: Path, municipality: MunicipalityName) -> KeyRing:
    try:
        ring = msgspec.json.decode(path.read_bytes(), type=KeyRing)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise KeysUnsafe(f"{path} is damaged ({error}). Put back its backup.") from error
    if ring.municipality != municipality:
        raise KeysUnsafe(f"{path} holds the keys of {ring.municipality}. Put back the right file.")
    return ring
