"""Who was born, came or had an income that became known after the assessment of a year is assessed now.

The household is decided about as a whole. A rise takes nothing away: what was granted is held, and
a household that was decided about with its income is not looked at again. An award on an application
is about one child and one scheme, so it is no such decision.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.csvfile import chunks
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.grants import periods
from pas.grants.assess import Task
from pas.grants.decide import Cause, decide_households, settled
from pas.grants.ground import Ground, opened_ground, read_ground
from pas.grants.periods import PassYearOver
from pas.grants.read_households import HouseholdRow, read_facts
from pas.grants.runs import Run, read_runs
from pas.ids import HouseholdNumber, MunicipalityName

HOUSEHOLDS: Final = 250


class NewcomerRow(msgspec.Struct, frozen=True):
    household_number: HouseholdNumber
    has_birth: bool


READ_NEWCOMERS: Final = Statement(
    """
    SELECT v.household_number, bool_or(v.birth_date > $2) AS has_birth
    FROM resident_version v
    WHERE v.valid_from <= $3::date
        AND (v.left_on IS NULL OR v.left_on > $3) AND (v.died_on IS NULL OR v.died_on > $3)
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $3)
        AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.resident_id = v.resident_id AND d.year = $4 AND d.cause <> 'award')
        AND NOT EXISTS (SELECT 1 FROM resident_version w WHERE w.resident_id = v.resident_id
            AND w.valid_from <= $5::date AND w.recorded_at <= $1
            AND (w.left_on IS NULL OR w.left_on > $5) AND (w.died_on IS NULL OR w.died_on > $5)
            AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = w.resident_id
                AND n.valid_from > w.valid_from AND n.valid_from <= $5 AND n.recorded_at <= $1))
    GROUP BY v.household_number
    ORDER BY v.household_number
    """,
    NewcomerRow,
)
READ_HEARD_OF: Final = Statement(
    """
    WITH decided AS MATERIALIZED (
        SELECT DISTINCT d.household_number FROM decision d
        WHERE d.year = $3 AND d.cause <> 'award' AND d.verdicts @? '$[*] ? (@.income >= 0)'
    ), present AS MATERIALIZED (
        SELECT v.resident_id, v.household_number,
            v.income IS NOT NULL AND (v.recorded_at > $1 OR v.valid_from > $4::date) AS is_filed
        FROM resident_version v
        WHERE v.valid_from <= $2::date
            AND (v.left_on IS NULL OR v.left_on > $2) AND (v.died_on IS NULL OR v.died_on > $2)
            AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
                AND n.valid_from > v.valid_from AND n.valid_from <= $2)
    ), heard AS MATERIALIZED (
        SELECT DISTINCT p.household_number FROM present p
        WHERE p.is_filed OR p.resident_id IN (
            SELECT a.resident_id FROM income_verdict_adult a
            JOIN income_verdict i ON i.id = a.verdict_id WHERE i.recorded_at > $1)
    )
    SELECT DISTINCT m.household_number FROM heard JOIN present m USING (household_number)
    WHERE NOT EXISTS (SELECT 1 FROM resident_version o
        WHERE o.resident_id = m.resident_id AND o.valid_from <= $2
            AND o.household_number IN (SELECT d.household_number FROM decided d)
            AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = o.resident_id
                AND n.valid_from > o.valid_from AND n.valid_from <= $4))
    UNION
    SELECT p.household_number FROM present p
    JOIN resident_version o ON o.resident_id = p.resident_id AND o.valid_from <= $4 AND o.household_number <> p.household_number
    WHERE p.household_number IN (SELECT d.household_number FROM decided d)
        AND o.household_number NOT IN (SELECT d.household_number FROM decided d)
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = o.resident_id
            AND n.valid_from > o.valid_from AND n.valid_from <= $4)
        AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.resident_id = p.resident_id AND d.year = $3
            AND d.cause <> 'award' AND d.verdicts @? '$[*] ? (@.income >= 0)')
    ORDER BY household_number
    """,
    HouseholdRow,
)
"""Households of whose income something was heard after the run, with a member who since then lived
nowhere that was decided about with an income: what moves as a whole is not decided about again. And
households that were decided about, where somebody moved in by themselves about whom nothing was decided.
"""


async def assess_newcomers(
    database: Database, municipality: MunicipalityName, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Assess who came, or became known, since the last assessment of a year that is not over."""
    async with database.connection(municipality) as connection:
        runs = await read_runs(connection)
    newest: dict[int, Run] = {}
    for run in runs:
        if run.ended_at is not None:
            newest.setdefault(run.year, run)
    households = granted = 0
    for year, run in sorted(newest.items()):
        task = Task(municipality=municipality, year=year, actor=actor, now=now)
        try:
            done = await _assess_since(database, task, run)
        except PassYearOver:
            continue
        households, granted = households + done[0], granted + done[1]
    return households, granted


async def _assess_since(database: Database, task: Task, run: Run) -> tuple[int, int]:
    """Assess whom the run did not see here, and whose income it did not know."""
    today, granted = day_of(task.now), 0
    async with database.connection(task.municipality) as connection:
        ground = await read_ground(connection, year=task.year, on=today)
        year_starts = periods.pass_year(ground.plan.calendar, task.year).starts_on
        seen_on = max(run.assessed_on, year_starts)
        rows = await READ_NEWCOMERS.all(
            connection,
            *(run.started_at, year_starts, ground.plan.effective_on, task.year),
            seen_on,
        )
        known = await _known_since(connection, ground, run, seen_on=seen_on)
        newcomers = {row.household_number for row in rows}
        known = [number for number in known if number not in newcomers]
        if not rows and not known:
            return 0, 0
        async with connection.transaction():
            ground = await opened_ground(connection, ground)
    causes: tuple[tuple[Cause, Sequence[HouseholdNumber]], ...] = (
        ("birth", [row.household_number for row in rows if row.has_birth]),
        ("arrival", [row.household_number for row in rows if not row.has_birth]),
        ("income", known),
    )
    for cause, numbers in causes:
        for some in chunks(numbers, HOUSEHOLDS):
            async with database.connection(task.municipality) as connection:
                decide = partial(_decide, connection, ground, some, cause=cause, task=task)
                granted += await settled(decide)
    return len(rows) + len(known), granted


async def _known_since(
    connection: Connection, ground: Ground, run: Run, *, seen_on: date
) -> list[HouseholdNumber]:
    """Households whose income the run did not know, as far as it is known now."""
    rows = await READ_HEARD_OF.all(
        connection, run.started_at, ground.plan.effective_on, run.year, seen_on
    )
    known: list[HouseholdNumber] = []
    for some in chunks([row.household_number for row in rows], HOUSEHOLDS):
        facts = await read_facts(connection, some, ground.days)
        known += [one.number for one in facts if one.income is not None]
    return known


async def _decide(
    connection: Connection,
    ground: Ground,
    numbers: Sequence[HouseholdNumber],
    *,
    cause: Cause,
    task: Task,
) -> int:
    """Decide in a transaction; gives how many persons were granted something."""
    async with connection.transaction():
        done = await decide_households(
            connection, ground, numbers, cause=cause, actor=task.actor, now=task.now
        )
    return sum(bool(one.decision.granted) for one in done.decided)
