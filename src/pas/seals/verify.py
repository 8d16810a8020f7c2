"""Verify the seals against the rows, all of them, in bounded memory: what is named was changed past the functions.

Rows and leaves are read side by side, a few thousand at a time: each row is hashed anew and must stand
where its leaf stands. The tree is grown anew from the leaves, and at every checkpoint its root must be the
one that was signed, by a key that the checkpoints before it vouch for. A copy of a checkpoint from outside
the building pins the past: the books at its size must have its root.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ledger.position import Position
from pas.seals.check_balances import other_balances
from pas.seals.checkpoints import (
    Checkpoint,
    CheckpointUnreadable,
    StoredCheckpoint,
    read_checkpoint,
)
from pas.seals.faults import Fault, What
from pas.seals.leaves import Kind, Leaf
from pas.seals.notes import Note, NoteUnreadable, Verifier, signers
from pas.seals.rows import read_leaves
from pas.seals.tree import Growing, leaf_hash

AT_ONCE: Final = 10_000
"""Leaves compared at a time; one transaction with more than that is taken whole."""
MOST_FAULTS: Final = 1_000

Told = Callable[[int, int], None]
"""Hears how many leaves are verified, of how many."""


class Verification(msgspec.Struct, frozen=True, rename="camel"):
    """What came of it; ``checkpoints`` were all signed and over what stands there when nothing is wrong."""

    size: int
    checkpoints: int
    faults: list[Fault]

    @property
    def holds(self) -> bool:
        return not self.faults


class StoredLeaf(msgspec.Struct, frozen=True):
    number: int
    kind: int
    key: bytes
    hash: bytes


class KeyRow(msgspec.Struct, frozen=True):
    number: int
    public_key: bytes


class Count(msgspec.Struct, frozen=True):
    leaves: int


READ_CHECKPOINTS: Final = Statement(
    """
    SELECT size, root, epoch, xid, note FROM seal_checkpoint WHERE size > $1 ORDER BY size LIMIT $2
    """,
    StoredCheckpoint,
)
READ_LEAVES: Final = Statement(
    "SELECT number, kind, key, hash FROM seal_leaf WHERE number >= $1 AND number < $2 ORDER BY number",
    StoredLeaf,
)
READ_KEYS: Final = Statement(
    """
    SELECT l.number, k.public_key FROM seal_key k
    JOIN seal_leaf l ON l.kind = 6 AND l.key = convert_to(k.key_id, 'UTF8')
    WHERE k.purpose = 'seal' ORDER BY l.number
    """,
    KeyRow,
)
COUNT: Final = Statement("SELECT count(*) AS leaves FROM seal_leaf", Count)


async def verify(
    connection: Connection,
    *,
    trusted: Sequence[bytes],
    copies: Iterable[Checkpoint] = (),
    told: Told | None = None,
) -> Verification:
    """Verify everything that is sealed; ``trusted`` are public keys known from elsewhere, at least the first."""
    leaves = (await COUNT.one(connection)).leaves
    looking = _Looking(await READ_KEYS.all(connection), trusted, {one.size: one for one in copies})
    async for group in checkpoint_groups(connection):
        await looking.compare(connection, group)
        if told is not None:
            told(looking.size, leaves)
        if len(looking.faults) >= MOST_FAULTS:
            break
    looking.end(leaves)
    looking.faults += await other_balances(connection)
    return Verification(looking.size, looking.checkpoints, looking.faults[:MOST_FAULTS])


async def checkpoint_groups(connection: Connection) -> AsyncGenerator[list[StoredCheckpoint]]:
    """Give checkpoints in order, as many together as have some thousands of leaves in one epoch."""
    group, first = list[StoredCheckpoint](), 0
    size = 0
    while found := await READ_CHECKPOINTS.all(connection, size, 1000):
        for one in found:
            if group and (one.epoch != group[-1].epoch or one.size - first > AT_ONCE):
                yield group
                group, first = [], size
            group.append(one)
            size = one.size
    if group:
        yield group


class _Looking:
    """How far the look has come."""

    def __init__(
        self, keys: Sequence[KeyRow], trusted: Sequence[bytes], copies: dict[int, Checkpoint]
    ) -> None:
        self.faults = list[Fault]()
        self.checkpoints = 0
        self._keys = keys
        self._trusted = trusted
        self._copies = copies
        self._at = Position(1, 0)
        self._before = 0
        self._origin: str | None = None
        self._growing = Growing(0, [], _unheard)

    @property
    def size(self) -> int:
        return self._growing.size

    async def compare(self, connection: Connection, group: Sequence[StoredCheckpoint]) -> None:
        last = group[-1]
        if last.epoch != self._at.epoch:
            self._at = Position(last.epoch, 0)
        rows = await read_leaves(connection, last.epoch, from_xid=self._at.xid, to_xid=last.xid)
        leaves = await READ_LEAVES.all(connection, self.size, last.size)
        self.faults += differences(rows, leaves, first=self.size)
        for one in group:
            for leaf in leaves[self.size - leaves[0].number if leaves else 0 :]:
                if self.size == one.size:
                    break
                self._growing.add(leaf.hash)
            self._judge(one)
        self._at = Position(last.epoch, last.xid)

    def end(self, leaves: int) -> None:
        """Leaves above the last checkpoint, and copies of checkpoints that are not there any more."""
        if leaves > self.size:
            self.faults.append(Fault("position", self.size))
        self.faults += [Fault("copy", size) for size in sorted(self._copies) if size > self.size]

    def _judge(self, stored: StoredCheckpoint) -> None:
        self.checkpoints += 1
        top = self._growing.root()
        copy = self._copies.get(stored.size)
        if copy is not None and copy.root != top:
            self.faults.append(Fault("copy", stored.size))
        try:
            said, note = read_checkpoint(stored.note)
        except (NoteUnreadable, CheckpointUnreadable):
            self.faults.append(Fault("signature", stored.size))
            return
        if (said.size, said.root, stored.root) != (stored.size, top, top):
            self.faults.append(Fault("root", stored.size))
        if self._origin not in {None, said.origin}:
            self.faults.append(Fault("origin", stored.size))
        self._origin = self._origin or said.origin
        if not self._is_signed(note):
            self.faults.append(Fault("signature", stored.size))
        self._before = stored.size

    def _is_signed(self, note: Note) -> bool:
        """Whether a key signed it that is trusted, or that the tree of the last checkpoint held."""
        vouched = [one.public_key for one in self._keys if one.number < self._before]
        keys = [*self._trusted, *vouched]
        return bool(signers(note, [Verifier(self._origin or "", key) for key in keys]))


def differences(rows: Sequence[Leaf], leaves: Sequence[StoredLeaf], *, first: int) -> list[Fault]:
    """Name what differs between rows and leaves of one stretch; the fast way is that nothing does."""
    hashes = [leaf_hash(one.data) for one in rows]
    if len(rows) == len(leaves) and all(
        (leaf.number, leaf.hash, leaf.key, leaf.kind) == (number, hashed, row.key, row.kind)
        for number, (leaf, hashed, row) in enumerate(zip(leaves, hashes, rows, strict=True), first)
    ):
        return []
    there = {(row.kind, row.key): hashed for row, hashed in zip(rows, hashes, strict=True)}
    sealed = {(leaf.kind, leaf.key): leaf for leaf in leaves}
    faults = list[Fault]()
    for (kind, key), leaf in sealed.items():
        hashed = there.get((Kind(kind), key))
        if hashed != leaf.hash:
            what: What = "removed" if hashed is None else "changed"
            faults.append(Fault(what, leaf.number, Kind(kind).name.lower(), key.hex()))
    inserted = [one for one in there if one not in sealed]
    faults += [Fault("inserted", first, kind.name.lower(), key.hex()) for kind, key in inserted]
    if not faults:
        order = [(row.kind, row.key) for row in rows]
        moved = [
            leaf for leaf, one in zip(leaves, order, strict=False) if (leaf.kind, leaf.key) != one
        ]
        faults += [
            Fault("moved", leaf.number, Kind(leaf.kind).name.lower(), leaf.key.hex())
            for leaf in moved
        ] or [Fault("position", first)]
    return faults


def _unheard(_level: int, _number: int, _hash: bytes) -> None:
    """Of whole subtrees nothing is kept here."""
