"""Applications that wait are answered once the register knows the income, whoever brought it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.csvfile import chunks
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.grants.decide import decide_households, settled
from pas.grants.ground import Ground, current_year, opened_ground, read_ground
from pas.grants.overspending import watch_overspending
from pas.ids import HouseholdNumber, MunicipalityName

HOUSEHOLDS: Final = 250


class WaitingRow(msgspec.Struct, frozen=True):
    year: int
    household_number: HouseholdNumber


READ_WAITING: Final = Statement(
    """
    SELECT year::int AS year, household_number FROM household_application
    WHERE state = 'received' AND year >= $1 ORDER BY year, household_number
    """,
    WaitingRow,
)


async def answer_applications(
    database: Database, municipality: MunicipalityName, *, actor: Actor, now: datetime
) -> int:
    """Decide about every household that waits; gives how many of them were told something."""
    async with database.connection(municipality) as connection:
        waiting = await READ_WAITING.all(connection, await current_year(connection, now))
    told = 0
    for year in sorted({row.year for row in waiting}):
        numbers = [row.household_number for row in waiting if row.year == year]
        async with database.connection(municipality) as connection:
            ground = await read_ground(connection, year=year, on=day_of(now))
            async with connection.transaction():
                ground = await opened_ground(connection, ground)
            for some in chunks(numbers, HOUSEHOLDS):
                decide = partial(_decide, connection, ground, some, actor=actor, now=now)
                told += await settled(decide)
            await watch_overspending(connection, year=year)
    return told


async def _decide(
    connection: Connection,
    ground: Ground,
    numbers: Sequence[HouseholdNumber],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    async with connection.transaction():
        done = await decide_households(
            connection, ground, numbers, cause="assessment", actor=actor, now=now
        )
    return len({one.decision.household for one in done.decided if one.id is not None})
