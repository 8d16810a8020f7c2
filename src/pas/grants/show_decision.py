"""The decision about a person, to look at: what was written down, or what the rules say today.

Somebody whose income is unknown has no decision. Then what the rules say now is shown as that: it
is neither granted nor refused, and nothing is written.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.grants.decide import VERDICTS, Cause, assess_all, read_for
from pas.grants.facts import Decision
from pas.grants.grant import read_pots
from pas.grants.ground import read_ground
from pas.ids import DecisionId, HouseholdNumber, ResidentId
from pas.money import BasisPoints


class WrittenRow(msgspec.Struct, frozen=True):
    """A decision as stored."""

    id: DecisionId
    household_number: HouseholdNumber
    year: int
    cause: Cause
    assessed_on: date
    decided_at: datetime
    verdicts: str


class WrittenDecision(msgspec.Struct, frozen=True):
    """The newest decision of a year, every scheme with its reason."""

    id: DecisionId
    cause: Cause
    decided_at: datetime
    decision: Decision


class Today(msgspec.Struct, frozen=True):
    """What the rules say now; ``income`` None is unknown, ``decision`` None is not from here."""

    income: BasisPoints | None
    decision: Decision | None


READ_NEWEST: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, cause, assessed_on, decided_at, verdicts
    FROM decision WHERE resident_id = $1 AND year = $2
    ORDER BY decided_at DESC, id DESC LIMIT 1
    """,
    WrittenRow,
)


READ_ALL: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, cause, assessed_on, decided_at, verdicts
    FROM decision WHERE resident_id = $1 AND ($2::int IS NULL OR year = $2)
    ORDER BY decided_at DESC, id DESC LIMIT $3
    """,
    WrittenRow,
)
MOST_SHOWN: Final = 100


async def all_decisions(
    connection: Connection, resident_id: ResidentId, *, year: int | None = None
) -> list[WrittenDecision]:
    """Everything that was decided about somebody, the newest first."""
    rows = await READ_ALL.all(connection, resident_id, year, MOST_SHOWN)
    return [_written(row, resident_id) for row in rows]


async def newest_decision(
    connection: Connection, resident_id: ResidentId, *, year: int
) -> WrittenDecision | None:
    row = await READ_NEWEST.first(connection, resident_id, year)
    return None if row is None else _written(row, resident_id)


def _written(row: WrittenRow, resident_id: ResidentId) -> WrittenDecision:
    decision = Decision(
        resident=resident_id,
        household=row.household_number,
        year=row.year,
        assessed_on=row.assessed_on,
        effective_on=row.assessed_on,
        verdicts=VERDICTS.decode(row.verdicts),
    )
    return WrittenDecision(row.id, row.cause, row.decided_at, decision)


async def decision_of_today(
    connection: Connection,
    resident_id: ResidentId,
    household: HouseholdNumber,
    *,
    year: int,
    on: date,
) -> Today:
    """Ask the rules about one household, and write nothing; raises PassYearOver."""
    ground = await read_ground(connection, year=year, on=on)
    found = await read_for(connection, ground, [household])
    decisions = assess_all(found, ground, await read_pots(connection, ground))
    mine = next((one for one in decisions if one.resident == resident_id), None)
    income = next((one.facts.income for one in found.known), None)
    return Today(income=income, decision=mine)
