"""Prove that one entry stands under the last seal: with this anybody can, who has the seal and nothing else."""

from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.seals.checkpoints import StoredCheckpoint, last_checkpoint
from pas.seals.leaves import Kind
from pas.seals.tiles import read_tiles
from pas.seals.tree import inclusion, path


class EntryNotSealed(Refusal):
    """Deze boeking heeft nog geen zegel."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Probeer het over een minuut nog eens. Of kijk of het nummer klopt."


class Place(msgspec.Struct, frozen=True):
    number: int
    data: bytes


class LeafProof(msgspec.Struct, frozen=True, rename="camel"):
    """Everything to check by oneself: what is hashed, where it stands, the way up, and the signed note."""

    number: int
    data: bytes
    proof: list[bytes]
    checkpoint: str


READ_PLACE: Final = Statement(
    """
    SELECT l.number, r.data
    FROM entry e JOIN seal_leaf l ON l.kind = $2 AND l.key = uuid_send(e.id)
    CROSS JOIN LATERAL seal_rows(e.epoch, e.xid, e.xid + 1) r
    WHERE e.id = $1 AND r.kind = $2 AND r.key = uuid_send(e.id)
    """,
    Place,
)


async def prove_entry(connection: Connection, entry_id: UUID) -> LeafProof:
    """Give the proof of an entry under the last seal; the leaf is made from the rows as they are now."""
    last = await last_checkpoint(connection)
    place = await READ_PLACE.first(connection, entry_id, Kind.ENTRY)
    if last is None or place is None or place.number >= last.size:
        raise EntryNotSealed
    return await prove_leaf(connection, place, last)


async def prove_leaf(connection: Connection, place: Place, last: StoredCheckpoint) -> LeafProof:
    """Give the way from a leaf up to the root of a seal."""
    tiles = await read_tiles(
        connection, [*path(place.number, last.size), *path(last.size - 1, last.size)]
    )
    proof = inclusion(tiles, place.number, last.size)
    return LeafProof(place.number, place.data, proof, last.note)
