"""How far seals ran behind what was booked, from what stands in the database afterwards."""

from typing import Final

import msgspec

from pas.db import Connection

READ_LAG: Final = """
    SELECT extract(epoch FROM e.recorded_at)::float8 AS booked, extract(epoch FROM c.made_at)::float8 AS sealed
    FROM seal_leaf l JOIN entry e ON e.id = encode(l.key, 'hex')::uuid
    CROSS JOIN LATERAL (SELECT k.made_at FROM seal_checkpoint k WHERE k.size > l.number ORDER BY k.size LIMIT 1) c
    WHERE l.kind = 4 AND l.number >= $1
"""


class Lag(msgspec.Struct, frozen=True):
    """How far seals ran behind: seconds per leaf, in order, and the most leaves that waited at once."""

    seconds: list[float]
    leaves: int

    @property
    def late(self) -> float:
        """99 of 100 took less."""
        return self.seconds[len(self.seconds) * 99 // 100]


async def read_lag(connection: Connection, first: int) -> Lag:
    """Tell how sealing went from a leaf on; everything from there must be sealed."""
    rows = await connection.fetch(READ_LAG, first)
    steps = sorted([(row["booked"], 1) for row in rows] + [(row["sealed"], -1) for row in rows])
    waiting = most = 0
    for _, step in steps:
        waiting += step
        most = max(most, waiting)
    return Lag(sorted(row["sealed"] - row["booked"] for row in rows), most)
