"""The decision about a person, to look at: what was written down, or what the rules say today.

Somebody whose income is unknown has no decision. Then what the rules say now is shown as that: it
is neither granted nor refused, and nothing is written.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from pas.days import day_of
from pas.db import Connection, Statement
from pas.grants.decide import VERDICTS, Cause, assess_all, read_for
from pas.grants.facts import Decision, Granted, Verdict
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


class GrantedRow(msgspec.Struct, frozen=True):
    decided_at: datetime
    version: int
    valid_from: date
    verdict: str


class YearRow(msgspec.Struct, frozen=True):
    year: int


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


READ_GRANTED: Final = Statement(
    """
    SELECT d.decided_at, v.version::int AS version, v.valid_from, x.verdict::text AS verdict
    FROM scheme_grant g
    JOIN scheme s ON s.id = g.scheme_id
    JOIN scheme_version v ON v.id = g.scheme_version_id
    JOIN decision d ON d.id = g.decision_id
    CROSS JOIN LATERAL jsonb_array_elements(d.verdicts) AS x (verdict)
    WHERE g.resident_id = $1 AND x.verdict->>'scheme' = s.code AND x.verdict->>'outcome' = 'granted'
    ORDER BY d.decided_at, d.id
    """,
    GrantedRow,
)
READ_YEARS: Final = Statement(
    "SELECT DISTINCT year::int AS year FROM decision WHERE resident_id = $1 ORDER BY year DESC",
    YearRow,
)
READ_ALL: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, cause, assessed_on, decided_at, verdicts
    FROM decision WHERE resident_id = $1 AND ($2::int IS NULL OR year = $2)
    ORDER BY decided_at DESC, id DESC LIMIT $3
    """,
    WrittenRow,
)
READ_YEAR: Final = Statement("SELECT year::int AS year FROM decision WHERE id = $1", YearRow)
MOST_SHOWN: Final = 100
VERDICT: Final = msgspec.json.Decoder(Verdict)


async def all_decisions(
    connection: Connection, resident_id: ResidentId, *, year: int | None = None
) -> list[WrittenDecision]:
    """Everything that was decided about somebody, the newest first."""
    rows = await READ_ALL.all(connection, resident_id, year, MOST_SHOWN)
    granted = await READ_GRANTED.all(connection, resident_id)
    return [_written(row, resident_id, granted) for row in rows]


async def years_decided(connection: Connection, resident_id: ResidentId) -> list[int]:
    """The pass years that something was decided about, the newest first."""
    return [row.year for row in await READ_YEARS.all(connection, resident_id)]


async def year_of_decision(connection: Connection, decision: DecisionId | None) -> int | None:
    """The pass year that a decision is about."""
    found = None if decision is None else await READ_YEAR.first(connection, decision)
    return None if found is None else found.year


async def newest_decision(
    connection: Connection, resident_id: ResidentId, *, year: int
) -> WrittenDecision | None:
    row = await READ_NEWEST.first(connection, resident_id, year)
    if row is None:
        return None
    return _written(row, resident_id, await READ_GRANTED.all(connection, resident_id))


def _written(
    row: WrittenRow, resident_id: ResidentId, granted: Sequence[GrantedRow]
) -> WrittenDecision:
    before = [one for one in granted if one.decided_at <= row.decided_at]
    decision = Decision(
        resident=resident_id,
        household=row.household_number,
        year=row.year,
        assessed_on=row.assessed_on,
        effective_on=row.assessed_on,
        verdicts=_with_grants(VERDICTS.decode(row.verdicts), before),
    )
    return WrittenDecision(row.id, row.cause, row.decided_at, decision)


def _with_grants(verdicts: Sequence[Verdict], rows: Sequence[GrantedRow]) -> tuple[Verdict, ...]:
    """Say of what is held how it was granted: by the newest of the earlier decisions."""
    granted: dict[str, Granted] = {}
    for row in rows:
        verdict = VERDICT.decode(row.verdict)
        granted[verdict.scheme] = Granted(
            verdict=verdict,
            decided_on=day_of(row.decided_at),
            version=row.version,
            valid_from=row.valid_from,
        )
    return tuple(
        msgspec.structs.replace(one, granted=granted.get(one.scheme))
        if one.outcome == "held"
        else one
        for one in verdicts
    )


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
    if mine is not None:
        rows = await READ_GRANTED.all(connection, resident_id)
        mine = msgspec.structs.replace(mine, verdicts=_with_grants(mine.verdicts, rows))
    income = next((one.facts.income for one in found.known), None)
    return Today(income=income, decision=mine)
