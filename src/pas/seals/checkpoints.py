"""A checkpoint: how large the tree is and what its root is, signed (C2SP tlog-checkpoint)."""

import base64
import binascii
from typing import ClassVar

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.seals.notes import Note, read_note
from pas.seals.tree import HASH_BYTES


class CheckpointUnreadable(Refusal):
    """Dit is geen zegel van de boeken."""

    next_step: ClassVar[str] = (
        "Kijk of u het hele bestand heeft, zonder dat er iets aan veranderde."
    )


class Checkpoint(msgspec.Struct, frozen=True):
    """What a note over the books says; the first so many leaves have this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Write what is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class StoredCheckpoint(msgspec.Struct, frozen=True):
    """As kept; everything before the position (epoch, xid) is in it."""

    size: int
    root: bytes
    epoch: int
    xid: int
    note: str


READ_LAST: Statement[StoredCheckpoint] = Statement(
    "SELECT size, root, epoch, xid, note FROM seal_checkpoint ORDER BY size DESC LIMIT 1",
    StoredCheckpoint,
)


def read_checkpoint(text: str) -> tuple[Checkpoint, Note]:
    """Read what a note says; whose signatures are right is not asked yet."""
    note = read_note(text)
    lines = note.text.split("\n")
    try:
        origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError, binascii.Error):
        raise CheckpointUnreadable from None
    found = Checkpoint(origin, size, root)
    if not origin or size < 0 or len(root) != HASH_BYTES or not note.text.startswith(found.text):
        raise CheckpointUnreadable
    return found, note


async def last_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    return await READ_LAST.first(connection)
