"""Which years there are: those with money or budgets, and the one that runs."""

from datetime import datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.grants.ground import current_year


class _Year(msgspec.Struct, frozen=True):
    year: int


READ_YEARS: Final = Statement(
    "SELECT DISTINCT budget_year::int AS year FROM appropriation ORDER BY 1", _Year
)


async def read_years(connection: Connection, *, now: datetime) -> list[int]:
    """Give the years, newest first."""
    found = {row.year for row in await READ_YEARS.all(connection)}
    return sorted({*found, await current_year(connection, now)}, reverse=True)
