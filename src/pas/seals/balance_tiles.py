"""The tiles of the newest trees of balances, from the database."""

from collections.abc import Iterable
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.seals.tree import TileId


class Hashes(msgspec.Struct, frozen=True):
    hashes: bytes


READ_TILE: Final = Statement(
    "SELECT hashes FROM balance_tile WHERE size = $1 AND level = $2 AND number = $3", Hashes
)


async def read_balance_tiles(
    connection: Connection, size: int, tiles: Iterable[TileId]
) -> dict[tuple[int, int], bytes]:
    """Give tiles of the tree that was taken after so many leaves of the books."""
    return {
        (one.level, one.number): (
            await READ_TILE.one(connection, size, one.level, one.number)
        ).hashes
        for one in tiles
    }
