"""Be a witness of somebody else's books: cosign their newest seal once it is shown to go on from the last one seen.

A seal shows its own books to be whole; a witness shows that everybody sees the same books. What it needs is a
folder with its key and the last seal it saw (C2SP tlog-witness), and no database.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from pas.errors import Refusal
from pas.seals.checkpoints import Checkpoint, read_checkpoint
from pas.seals.notes import COSIGNATURE, Note, Signature, Verifier, cosign, signers, verifier_of
from pas.seals.tiles import address_of
from pas.seals.tree import HASH_BYTES, TileId, consistency, is_consistent, path

KEY: Final = "witness.json"
Fetch = Callable[[str], bytes]
"""Gives what stands at a place below the seals: ``checkpoint``, or a tile of hashes."""


class BooksForked(Refusal):
    """Deze boeken hebben een ander verleden dan wij eerder zagen."""

    next_step: ClassVar[str] = "Teken niet. Bewaar beide zegels en bel de gemeente van de boeken."


class SealByStranger(Refusal):
    """Dit zegel is niet gezet met de sleutel die u noemde."""

    next_step: ClassVar[str] = "Vraag de gemeente van de boeken om haar sleutel."


class TileWrong(Refusal):
    """Een stuk van de zegels is er niet, of is niet heel."""

    next_step: ClassVar[str] = "Probeer het nog eens. Blijft het zo? Teken dan niet."


class SealsAway(Refusal):
    """De zegels van deze boeken zijn nu niet te bereiken."""

    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Kijk of het adres klopt, en probeer het straks opnieuw."


class Witness(msgspec.Struct, frozen=True):
    """Who cosigns; the secret stays in the folder."""

    name: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Witness({self.name!r})"

    @property
    def verifier(self) -> Verifier:
        return verifier_of(self.name, self.secret, kind=COSIGNATURE)


def witness_of(folder: Path, name: str | None) -> Witness:
    """Read who one is in this folder; the first time a key is made, under ``name``."""
    path = folder / KEY
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Witness)
    assert name, "a new witness has a name"
    folder.mkdir(parents=True, exist_ok=True)
    made = Witness(name, secrets.token_bytes(32))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(made))
    return made


def cosign_newest(
    fetch: Fetch, folder: Path, *, witness: Witness, trusted: Sequence[Verifier], now: datetime
) -> tuple[Checkpoint, Signature]:
    """Look at the newest seal, remember it, and sign that it goes on from the last one; or refuse."""
    checkpoint, note = read_checkpoint(fetch("checkpoint").decode())
    of_these_books = [one for one in trusted if one.name == checkpoint.origin]
    if not signers(note, of_these_books):
        raise SealByStranger
    with _alone(folder):
        seen = folder / f"{hashlib.sha256(checkpoint.origin.encode()).hexdigest()[:16]}.checkpoint"
        if seen.exists():
            before = read_checkpoint(seen.read_text(encoding="utf-8"))[0]
            if not goes_on(fetch, before, checkpoint):
                _keep(seen.with_suffix(f".{checkpoint.size}.forked"), note)
                raise BooksForked
        _keep(seen, note)
    seconds = int(now.timestamp())
    return checkpoint, cosign(note.text, witness.name, witness.secret, seconds=seconds)


def goes_on(fetch: Fetch, before: Checkpoint, now: Checkpoint) -> bool:
    """Whether nothing up to the seal before was changed, shown by hashes alone."""
    if now.size <= before.size:
        return now == before
    wanted = {*path(before.size - 1, now.size), *path(now.size - 1, now.size)}
    tiles = {(one.level, one.number): _tile(fetch, one) for one in wanted}
    proof = consistency(tiles, before.size, now.size)
    return is_consistent(before.size, now.size, proof, older_top=before.root, top=now.root)


def _tile(fetch: Fetch, tile: TileId) -> bytes:
    found = fetch(f"tile/{address_of(tile)}")
    if len(found) != tile.width * HASH_BYTES:
        raise TileWrong
    return found


def _keep(path: Path, note: Note) -> None:
    """Write it whole and on disk before anything is signed."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(str(note))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Let one process at a time compare and remember."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
