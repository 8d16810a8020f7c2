"""Once a day: what stands on every guarded account, at the last seal, in a tree of its own whose root is sealed.

So a holder can keep a proof of what stood on a budget. The rows are read in pages, each in a transaction of
its own: below a seal everything is decided, so whenever a page is read it says the same. The database makes
each hash once more before it keeps it, and what was kept is read back before the root is noted.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.db import Connection, Database, Statement
from pas.ids import MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.seals.balance_tiles import read_balance_tiles
from pas.seals.checkpoints import last_checkpoint
from pas.seals.leaves import balance_data
from pas.seals.seal import SealBroken
from pas.seals.tree import TILE_WIDTH, Growing, leaf_hash, path, root

KIND: Final = "seals.balances"
TILES_AT_ONCE: Final = 64
Told = Callable[[int, int | None], None]


class BalanceRow(msgspec.Struct, frozen=True):
    account: int
    unit: str
    amount: int

    @property
    def hash(self) -> bytes:
        return leaf_hash(balance_data(self.account, self.unit, self.amount))


class Taken(msgspec.Struct, frozen=True):
    """What came of it: of how many accounts, after how many leaves of the books."""

    size: int
    accounts: int


class IsTaken(msgspec.Struct, frozen=True):
    taken: bool


class Upper(msgspec.Struct):
    """The hashes of whole subtrees, by their height in tiles."""

    hashes: dict[int, list[bytes]] = {}

    def add(self, level: int, _number: int, hashed: bytes) -> None:
        self.hashes.setdefault(level, []).append(hashed)

    def columns(self) -> tuple[list[int], list[int], list[bytes]]:
        """As tiles, laid out for the database: levels, numbers, hashes."""
        found = [
            (level, number, tile)
            for level, hashes in self.hashes.items()
            for number, tile in enumerate(tiles_of(hashes))
        ]
        return [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]


READ_ROWS: Final = Statement(
    "SELECT account, unit, amount FROM balance_rows($1, $2, $3)", BalanceRow
)
READ_TAKEN: Final = Statement(
    "SELECT EXISTS (SELECT 1 FROM balance_tree WHERE size = $1) AS taken", IsTaken
)
KEEP_TILES: Final = Statement("SELECT keep_balance_tiles($1, $2, $3, $4)", None)
NOTE: Final = Statement("SELECT note_balances($1, $2, $3, $4, $5, $6)", None)


@job_kind(KIND)
async def take_daily(
    database: Database, municipality: MunicipalityName, progress: Progress
) -> Taken | None:
    """Begun again it begins a tree at the newest seal; what an earlier try kept of another goes."""
    async with database.connection(municipality) as connection:
        return await take_balances(connection, now=datetime.now(UTC), told=progress.told)


async def take_balances(
    connection: Connection,
    *,
    now: datetime,
    told: Told = lambda _done, _total: None,
) -> Taken | None:
    """Take the balances at the last seal; None where nothing is sealed, opened or new since."""
    last = await last_checkpoint(connection)
    if last is None or (await READ_TAKEN.one(connection, last.size)).taken:
        return None
    upper = Upper()
    growing = Growing(0, [], upper.add)
    after, most = 0, TILES_AT_ONCE * TILE_WIDTH
    while rows := await READ_ROWS.all(connection, last.size, after, most):
        first, hashes = growing.size // TILE_WIDTH, [row.hash for row in rows]
        for one in hashes:
            growing.add(one)
        await KEEP_TILES.run(connection, last.size, after, first, tiles_of(hashes))
        told(growing.size, None)
        after = rows[-1].account
        if len(rows) < most:
            break
    if not growing.size:
        return None
    async with connection.transaction():
        await NOTE.run(connection, last.size, growing.root(), now, *upper.columns())
        tiles = await read_balance_tiles(
            connection, last.size, path(growing.size - 1, growing.size)
        )
        if root(tiles, growing.size) != growing.root():
            raise SealBroken("De bewaarde saldo’s hebben een andere wortel dan is berekend.")
    return Taken(last.size, growing.size)


def tiles_of(hashes: list[bytes]) -> list[bytes]:
    return [b"".join(hashes[at : at + TILE_WIDTH]) for at in range(0, len(hashes), TILE_WIDTH)]
