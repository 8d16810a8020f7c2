"""Sets money aside for the demonstration's schemes, and assesses everybody for the year."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID, uuid5

import msgspec

from pas.auth.actor import Actor
from pas.csvfile import chunks
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.demo.figures import read_table
from pas.grants.appropriations import CoverLine, set_aside
from pas.grants.assess import Task, assess_year
from pas.grants.decide import decide_households, settled
from pas.grants.ground import Ground, read_ground
from pas.ids import EntryId, HouseholdNumber, MunicipalityName
from pas.money import Cents

HOUSEHOLDS: Final = 250
"""Decided about in one transaction."""
NAMESPACE: Final = UUID("5b1f3a52-6d0e-5c8e-9c57-2f5d6b7c1a40")
"""Ids of the amounts come from their content, so a second start books none of them again."""


class AssessedRow(msgspec.Struct, frozen=True):
    is_done: bool


class PupilRow(msgspec.Struct, frozen=True):
    household_number: HouseholdNumber


READ_PUPILS: Final = Statement(
    """
    SELECT DISTINCT household_number FROM resident_version
    WHERE school_type IN ('primary', 'secondary') ORDER BY household_number
    """,
    PupilRow,
)
READ_ASSESSED: Final = Statement(
    """
    SELECT EXISTS (SELECT 1 FROM assessment WHERE assessed_on = $1 AND ended_at IS NOT NULL) AS is_done
    """,
    AssessedRow,
)


async def appropriate_city(
    connection: Connection, *, year: int, actor: Actor, now: datetime
) -> None:
    """Book each amount of ``appropriations.csv``, which are invented."""
    for row in read_table("appropriations.csv"):
        line = CoverLine(
            id=EntryId(uuid5(NAMESPACE, f"{year}/{row['scheme']}/{row['cover_line']}")),
            scheme=row["scheme"],
            year=year,
            cover_line=row["cover_line"],
            amount_cents=Cents(int(row["amount_cents"])),
        )
        await set_aside(connection, line, actor=actor, now=now)


async def assess_city(
    database: Database, municipality: MunicipalityName, *, actor: Actor, now: datetime
) -> None:
    task = Task(municipality=municipality, year=day_of(now).year, actor=actor, now=now)
    await assess_year(database, task)


async def assess_pupils(
    database: Database, municipality: MunicipalityName, *, actor: Actor, now: datetime
) -> None:
    """Look again at households with pupils, for what goes by school year."""
    task = Task(municipality=municipality, year=day_of(now).year, actor=actor, now=now)
    async with database.connection(municipality) as connection:
        ground = await read_ground(connection, year=task.year, on=day_of(now))
        households = [row.household_number for row in await READ_PUPILS.all(connection)]
        for some in chunks(households, HOUSEHOLDS):
            await settled(partial(_decide, connection, ground, some, task=task))


async def is_assessed(connection: Connection, *, on: date) -> bool:
    """Whether everybody was assessed on a day: then what came before it is done."""
    return (await READ_ASSESSED.one(connection, on)).is_done


async def _decide(
    connection: Connection, ground: Ground, numbers: Sequence[HouseholdNumber], *, task: Task
) -> None:
    async with connection.transaction():
        await decide_households(
            connection, ground, numbers, cause="assessment", actor=task.actor, now=task.now
        )
