"""Write the books out with their seals, for whoever verifies them elsewhere; docs/seals.md has the format.

Two files of lines. The log has every row in the order of the tree, with the place and the hash of its leaf;
what was removed has a leaf and no row, and what was put in has a row and no leaf. The checkpoints stand
beside it. Nothing in it names a person: ids are random, and what people wrote is hashed.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from pas.db import Connection
from pas.ledger.position import READ_HORIZON, Position
from pas.seals.checkpoints import (
    Checkpoint,
    StoredCheckpoint,
    last_checkpoint,
    read_checkpoint,
)
from pas.seals.cosign import READ_WITNESSED
from pas.seals.leaves import Kind, Leaf, Line, Row
from pas.seals.rows import read_leaves
from pas.seals.verify import READ_LEAVES, StoredLeaf, Told, checkpoint_groups

LOG: Final = "log.jsonl.gz"
CHECKPOINTS: Final = "checkpoints.jsonl.gz"


class LogLine(msgspec.Struct, frozen=True, rename="camel"):
    """One line of the log; bytes are written as base64."""

    n: int | None
    hash: bytes | None
    kind: str
    key: bytes
    epoch: int
    open: bool
    """Whether it stands after the last checkpoint, and so waits for its seal."""
    row: Row | None
    lines: list[Line]


class CheckpointLine(msgspec.Struct, frozen=True):
    size: int
    note: str


async def export_books(
    connection: Connection, folder: Path, *, told: Told | None = None
) -> Checkpoint | None:
    """Write the books to an empty folder, as they are at this moment; gives the last checkpoint."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        last = await last_checkpoint(connection)
        size = 0 if last is None else last.size
        with (
            gzip.open(folder / LOG, "wb", compresslevel=6) as log,
            gzip.open(folder / CHECKPOINTS, "wb", compresslevel=6) as notes,
        ):
            at, done = Position(1, 0), 0
            async for group in checkpoint_groups(connection):
                for line in await _stretch(connection, group, at=at, first=done):
                    log.write(msgspec.json.encode(line) + b"\n")
                signed = await READ_WITNESSED.all(connection, done, group[-1].size)
                witnessed = {one.size: one.note for one in signed}
                for one in group:
                    said = CheckpointLine(one.size, witnessed.get(one.size, one.note))
                    notes.write(msgspec.json.encode(said) + b"\n")
                at, done = Position(group[-1].epoch, group[-1].xid), group[-1].size
                if told is not None:
                    told(done, size)
            for line in await _open(connection, at):
                log.write(msgspec.json.encode(line) + b"\n")
    return None if last is None else read_checkpoint(last.note)[0]


async def _stretch(
    connection: Connection, group: list[StoredCheckpoint], *, at: Position, first: int
) -> Iterator[LogLine]:
    last = group[-1]
    from_xid = at.xid if at.epoch == last.epoch else 0
    rows = await read_leaves(connection, last.epoch, from_xid=from_xid, to_xid=last.xid)
    return merged(rows, await READ_LEAVES.all(connection, first, last.size), epoch=last.epoch)


async def _open(connection: Connection, at: Position) -> list[LogLine]:
    """What is booked and not sealed yet; the next export has it with its leaf."""
    horizon = await READ_HORIZON.one(connection)
    found = list[LogLine]()
    for epoch in range(at.epoch, horizon.epoch + 1):
        from_xid = at.xid if epoch == at.epoch else 0
        rows = await read_leaves(connection, epoch, from_xid=from_xid, to_xid=2**63 - 1)
        found += [_line(None, row, epoch=epoch, is_open=True) for row in rows]
    return found


def merged(rows: list[Leaf], leaves: list[StoredLeaf], *, epoch: int) -> Iterator[LogLine]:
    """Put rows beside their leaves, in the order of the leaves; what has no leaf where its row stands."""
    sealed = {(leaf.kind, leaf.key) for leaf in leaves}
    by_key = {(row.kind, row.key): row for row in rows}
    alone = [row for row in reversed(rows) if (row.kind, row.key) not in sealed]
    for leaf in leaves:
        row = by_key.get((Kind(leaf.kind), leaf.key))
        while alone and row is not None and alone[-1].xid < row.xid:
            yield _line(None, alone.pop(), epoch=epoch)
        yield _line(leaf, row, epoch=epoch)
    while alone:
        yield _line(None, alone.pop(), epoch=epoch)


def _line(
    leaf: StoredLeaf | None, row: Leaf | None, *, epoch: int, is_open: bool = False
) -> LogLine:
    if leaf is not None:
        kind, key = Kind(leaf.kind), leaf.key
    else:
        assert row is not None, "a line is of a leaf or of a row"
        kind, key = row.kind, row.key
    return LogLine(
        *(leaf and leaf.number, leaf and leaf.hash, kind.name.lower(), key, epoch, is_open),
        *(row and row.row, row.lines if row else []),
    )
