"""Seal what was booked and changed since the last seal; nothing that books ever waits for it.

What is read lies before a position below which every transaction has ended (``READ_HORIZON``), so a seal
leaves no gap and nothing comes in behind it. The database makes each leaf once more from the rows and
refuses another hash. Before the note is kept it is shown, from what was written, that the tree goes on
from the last one: one wrong bit in a signed tree could never be taken back.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ledger.position import END_OF_EPOCH, READ_HORIZON, Position, end_of_step
from pas.seals.checkpoints import Checkpoint, StoredCheckpoint, last_checkpoint, read_checkpoint
from pas.seals.leaves import Leaf
from pas.seals.notes import Note, Signature, sign, verifier_of
from pas.seals.rows import read_leaves
from pas.seals.tiles import read_edges, read_tiles
from pas.seals.tree import Growing, consistency, is_consistent, leaf_hash, path, root

MOST_ENTRIES: Final = 10_000
"""Of one seal, so that it holds its transaction a second and no longer."""


class SealBroken(Refusal):
    """De zegels van de boeken kloppen niet met elkaar."""

    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Laat de boeken nakijken. Bel de technisch beheerder."


class Mine(msgspec.Struct, frozen=True):
    mine: bool


class Waits(msgspec.Struct, frozen=True):
    waits: bool


class KeyLeaf(msgspec.Struct, frozen=True):
    sealed: bool


class Sealed(msgspec.Struct, frozen=True):
    """What a seal added, and up to where."""

    checkpoint: Checkpoint
    leaves: int
    position: Position


class Nodes(msgspec.Struct):
    """Whole subtrees that a seal ended, with their places."""

    levels: list[int]
    numbers: list[int]
    hashes: list[bytes]

    def add(self, level: int, number: int, hashed: bytes) -> None:
        self.levels.append(level)
        self.numbers.append(number)
        self.hashes.append(hashed)


READ_WAITS: Final = Statement("SELECT seal_waits() AS waits", Waits)
ONE_SEALER: Final = Statement(
    "SELECT pg_try_advisory_xact_lock(hashtext(current_schema || '.seal')) AS mine", Mine
)
NOTE_KEY: Final = Statement("SELECT note_seal_key($1, $2, $3, $4)", None)
READ_KEY_LEAF: Final = Statement(
    """
    SELECT EXISTS (SELECT 1 FROM seal_leaf WHERE kind = 6 AND key = convert_to($1, 'UTF8')) AS sealed
    """,
    KeyLeaf,
)
SEAL: Final = Statement("SELECT seal($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", None)


async def note_keys(connection: Connection, ring: KeyRing) -> None:
    """Write down the public side of the keys that sign from now on; what is there already stays."""
    for key in ring.keys:
        if key.purpose not in {Purpose.SEAL, Purpose.RECEIPT}:
            continue
        public = verifier_of("", key.secret).public_key
        await NOTE_KEY.run(connection, key.key_id, key.purpose.value, public, key.created_at)


async def seal_next(connection: Connection, ring: KeyRing) -> Sealed | None:
    """Seal one step; None when nothing is to be sealed now, or another process does."""
    # Most looks find nothing: those cost this one statement, outside a transaction.
    if not (await READ_WAITS.one(connection)).waits:
        return None
    async with connection.transaction():
        if not (await ONE_SEALER.one(connection)).mine:
            return None
        last = await last_checkpoint(connection)
        found = await _next_leaves(connection, last)
        if found is None:
            return None
        at, to, leaves = found
        return await _seal(connection, ring, last, at=at, to=to, leaves=leaves)


async def _next_leaves(
    connection: Connection, last: StoredCheckpoint | None
) -> tuple[Position, Position, Sequence[Leaf]] | None:
    at = Position(1, 0) if last is None else Position(last.epoch, last.xid).onward
    horizon = await READ_HORIZON.one(connection)
    while at.key < horizon.key:
        to = await end_of_step(connection, at, horizon, most=MOST_ENTRIES)
        leaves = await read_leaves(connection, at.epoch, from_xid=at.xid, to_xid=to.xid)
        if leaves:
            return at, to, leaves
        if to.xid != END_OF_EPOCH:
            return None
        at = to.onward
    return None


async def _seal(
    connection: Connection,
    ring: KeyRing,
    last: StoredCheckpoint | None,
    *,
    at: Position,
    to: Position,
    leaves: Sequence[Leaf],
) -> Sealed:
    size = 0 if last is None else last.size
    nodes = Nodes([], [], [])
    growing = Growing(size, await read_edges(connection, size), nodes.add)
    if last is not None and growing.root() != last.root:
        raise SealBroken("De bladeren hebben een andere wortel dan het laatste zegel zegt.")
    hashes = [leaf_hash(one.data) for one in leaves]
    for one in hashes:
        growing.add(one)
    checkpoint = Checkpoint(_origin(ring, last), growing.size, growing.root())
    note = await _signed(connection, ring, checkpoint)
    await SEAL.run(
        connection,
        *(at.epoch, at.xid, to.xid, size),
        *([one.kind for one in leaves], [one.key for one in leaves], hashes),
        *(nodes.levels, nodes.numbers, nodes.hashes, checkpoint.root, str(note)),
    )
    await _refuse_another_past(connection, last, checkpoint)
    return Sealed(checkpoint, len(leaves), to)


async def _signed(connection: Connection, ring: KeyRing, checkpoint: Checkpoint) -> Note:
    """Sign with the current key, and with those before it until it is in a tree that they signed."""
    signatures = list[Signature]()
    for key in ring.of(Purpose.SEAL):
        signatures.append(sign(checkpoint.text, checkpoint.origin, key.secret))
        if (await READ_KEY_LEAF.one(connection, key.key_id)).sealed:
            break
    return Note(checkpoint.text, tuple(signatures))


async def _refuse_another_past(
    connection: Connection, last: StoredCheckpoint | None, now: Checkpoint
) -> None:
    """Read back what was written: the same root, and a proof that it goes on from the last note."""
    tiles = await read_tiles(connection, path(now.size - 1, now.size))
    if root(tiles, now.size) != now.root:
        raise SealBroken("Wat er nu staat heeft een andere wortel dan het zegel zegt.")
    if last is None:
        return
    tiles |= await read_tiles(connection, path(last.size - 1, now.size))
    proof = consistency(tiles, last.size, now.size)
    if not is_consistent(last.size, now.size, proof, older_top=last.root, top=now.root):
        raise SealBroken("Het nieuwe zegel gaat niet verder waar het laatste ophield.")


def _origin(ring: KeyRing, last: StoredCheckpoint | None) -> str:
    """Name the books once and for ever, after whose they are and the first key that sealed them."""
    if last is not None:
        return read_checkpoint(last.note)[0].origin
    return f"pas/{ring.municipality}/{ring.of(Purpose.SEAL)[-1].key_id}"
