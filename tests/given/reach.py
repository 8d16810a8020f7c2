"""Target groups as rows of a file, and a city with people who were granted and spent something."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from booking import a_sale, redeem
from given.city import (
    YEAR,
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.files import a_file
from given.logins import NOON, an_actor
from pas.auth.roles import Role
from pas.db import Connection
from pas.imports.record import Import, ImportRow, read_import_rows
from pas.reach.import_target_groups import import_target_groups
from pas.reach.target_files import COLUMNS

ANALYST: Final = an_actor(Role.ANALYST)
TARGET_CELLS: Final[Mapping[str, str]] = {
    "scheme": "sport",
    "year": str(YEAR),
    "kind": "municipal",
    "unit": "persons",
    "user_is": "granted",
    "count": "200",
    "status": "printed",
    "source": "Armoedemonitor",
    "reference_date": "2026-01-01",
    "definition": "Iedereen met een inkomen tot 110%.",
}


def a_target_row(**cells: str) -> dict[str, str]:
    """The whole of a target group, unless a dimension is named: then a part of it."""
    if "dimension" in cells:
        part = {name: TARGET_CELLS[name] for name in ("scheme", "year", "kind", "unit", "status")}
        return {**part, **cells}
    return {**TARGET_CELLS, **cells}


async def targets_read(
    connection: Connection, *rows: Mapping[str, str]
) -> tuple[Import, list[ImportRow]]:
    """A file of target groups that an analyst handed over, and what became of its rows."""
    made = await import_target_groups(
        connection, a_file(COLUMNS, *rows), file_name="targets.csv", actor=ANALYST, now=NOON
    )
    return made, await read_import_rows(connection, made.id)


class Town(msgspec.Struct, frozen=True):
    """A scheme called sport, and a till that takes it."""

    scheme: Scheme
    till: Till


async def a_reach_town(connection: Connection) -> Town:
    scheme = await a_scheme(connection, code="sport", title="Sport")
    return Town(scheme, await a_till(connection, await a_merchant(connection)))


async def granted(
    connection: Connection,
    town: Town,
    *,
    people: int,
    spending: int = 0,
    area: str | None = None,
    born: date = date(1990, 5, 17),
    household: str | None = None,
) -> list[Budget]:
    """So many people with a grant, of whom the first ones spend a euro; all in one area."""
    budgets: list[Budget] = []
    for number in range(people):
        holder = await a_holder(connection, household=household, birth_date=born)
        await _lives_in(connection, holder, area)
        budget = await a_budget(connection, town.scheme, holder)
        budgets.append(budget)
        if number < spending:
            assert await redeem(connection, a_sale(town.till, budget, 100)) == ["booked"]
    return budgets


async def _lives_in(connection: Connection, holder: Holder, area: str | None) -> None:
    await connection.execute(
        "UPDATE resident_version SET area = $2 WHERE resident_id = $1", holder.id, area
    )
