"""The tiles of the tree from the database: of leaves, and of the whole subtrees above them."""

from collections.abc import Iterable
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.seals.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, TileId


class Hashes(msgspec.Struct, frozen=True):
    hashes: bytes | None


READ_LEAVES: Final = Statement(
    """
    SELECT string_agg(hash, ''::bytea ORDER BY number) AS hashes
    FROM seal_leaf WHERE number >= $1 AND number < $2
    """,
    Hashes,
)
READ_NODES: Final = Statement(
    """
    SELECT string_agg(hash, ''::bytea ORDER BY number) AS hashes
    FROM seal_node WHERE level = $3 AND number >= $1 AND number < $2
    """,
    Hashes,
)


async def read_tile(connection: Connection, tile: TileId) -> bytes:
    """Give the hashes of a tile, one after the other; fewer than its width where they are not there."""
    first = tile.number * TILE_WIDTH
    if tile.level == 0:
        row = await READ_LEAVES.one(connection, first, first + tile.width)
    else:
        row = await READ_NODES.one(connection, first, first + tile.width, tile.level)
    return row.hashes or b""


async def read_tiles(
    connection: Connection, tiles: Iterable[TileId]
) -> dict[tuple[int, int], bytes]:
    return {(one.level, one.number): await read_tile(connection, one) for one in tiles}


async def read_edges(connection: Connection, size: int) -> list[list[bytes]]:
    """Give the hashes of the last tile of each level that is not full: where a tree grows on."""
    edges = list[list[bytes]]()
    level = 0
    while (whole := size >> TILE_HEIGHT * level) > 0:
        number, width = divmod(whole, TILE_WIDTH)
        hashes = await read_tile(connection, TileId(level, number, width)) if width else b""
        edges.append([hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)])
        level += 1
    return edges


def address_of(tile: TileId) -> str:
    """Write where a tile is (C2SP tlog-tiles): ``0/x001/067``, or ``0/x001/067.p/12`` of one that grows."""
    groups = f"{tile.number:03}"
    groups = groups.zfill(-(-len(groups) // 3) * 3)
    parts = [groups[at : at + 3] for at in range(0, len(groups), 3)]
    place = "/".join([*(f"x{one}" for one in parts[:-1]), parts[-1]])
    part = "" if tile.width == TILE_WIDTH else f".p/{tile.width}"
    return f"{tile.level}/{place}{part}"
