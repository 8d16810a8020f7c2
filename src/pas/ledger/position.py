"""Up to where the books are decided: below it every transaction has ended, and nothing comes in any more."""

from typing import Final

import msgspec

from pas.db import Statement


class Position(msgspec.Struct, frozen=True):
    """Between transactions: everything before it is in, everything from it on is not."""

    epoch: int
    xid: int

    @property
    def key(self) -> tuple[int, int]:
        """What positions are compared by."""
        return (self.epoch, self.xid)


READ_HORIZON: Final = Statement(
    """
    SELECT (SELECT max(number) FROM epoch) AS epoch,
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid
    """,
    Position,
)
"""Up to the oldest transaction that goes on; what commits later stands after it."""
