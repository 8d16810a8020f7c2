"""Up to where the books are decided: below it every transaction has ended, and nothing comes in any more."""

from typing import Final

import msgspec

from pas.db import Connection, Statement

END_OF_EPOCH: Final = 2**63 - 1


class Position(msgspec.Struct, frozen=True):
    """Between transactions: everything before it is in, everything from it on is not."""

    epoch: int
    xid: int

    @property
    def key(self) -> tuple[int, int]:
        """What positions are compared by."""
        return (self.epoch, self.xid)

    @property
    def onward(self) -> "Position":
        """Where to go on: an epoch that ended holds nothing more, and the next begins at its own beginning."""
        return Position(self.epoch + 1, 0) if self.xid == END_OF_EPOCH else self


class Found(msgspec.Struct, frozen=True):
    xid: int


READ_HORIZON: Final = Statement(
    """
    SELECT (SELECT max(number) FROM epoch) AS epoch,
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid
    """,
    Position,
)
"""Up to the oldest transaction that goes on; what commits later stands after it."""
READ_BOUND: Final = Statement(
    """
    SELECT e.xid FROM entry e WHERE e.epoch = $1 AND e.xid >= $2 AND e.xid < $3
    ORDER BY e.xid OFFSET $4 LIMIT 1
    """,
    Found,
)


async def end_of_step(
    connection: Connection, at: Position, horizon: Position, *, most: int
) -> Position:
    """Where a step of about so many entries ends: between two transactions, never in the midst of one."""
    end = END_OF_EPOCH if at.epoch < horizon.epoch else horizon.xid
    bound = await READ_BOUND.first(connection, at.epoch, at.xid, end, most - 1)
    return Position(at.epoch, end if bound is None else bound.xid + 1)
