"""Whether cards of an earlier supplier work in this municipality."""

from typing import Final

import msgspec

from pas.db import Connection, Statement


class _TakesOver(msgspec.Struct, frozen=True):
    is_so: bool


TAKES_OVER: Final = Statement(
    "SELECT EXISTS (SELECT 1 FROM takeover WHERE approved_at IS NOT NULL) AS is_so", _TakesOver
)


async def takes_over(connection: Connection) -> bool:
    """Whether cards of an earlier supplier work here: then any text may be the number of one."""
    return (await TAKES_OVER.one(connection)).is_so
