"""Tells the planner what was written, after something wrote much at once."""

from typing import Final

from pas.db.statement import Connection, Statement

REFRESH: Final = Statement("SELECT refresh_statistics()", None)


async def refresh_statistics(connection: Connection) -> None:
    """Analyse the tables of the municipality; takes seconds, reads samples only.

    A plan made for empty tables is a hundred times too slow when there are rows; autovacuum would
    find out within a minute, and meanwhile somebody stands at a till.
    """
    await REFRESH.run(connection)
