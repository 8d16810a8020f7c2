"""The yearly assessment of a whole municipality, household by household in chunks.

Each chunk is one transaction: the closed pots are locked, the facts read, the rules asked, and
passes, grants and decisions written, together with how far the run is. So a run that stopped
half-way goes on where it was on the same day, two runs at once share the work, and again grants nothing twice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.db.statistics import refresh_statistics
from pas.grants.decide import (
    assess_all,
    decide_households,
    read_for,
    read_passes,
    settled,
)
from pas.grants.grant import read_pots, steer
from pas.grants.ground import Ground, opened_ground, read_ground
from pas.grants.overspending import watch_overspending
from pas.grants.read_households import next_households
from pas.grants.report import AssessmentReport, dry_report, read_report
from pas.grants.runs import Run, Tally, advance, end_run, lock_run, read_run, start_run
from pas.ids import AssessmentId, MunicipalityName

CHUNK: Final = 250
"""Households; their grants fit in one or two bookings, and a chunk takes well under a second."""

Told = Callable[[int, int], None]
"""Hears how many households are done, of how many."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Which assessment of whom, by whom and when."""

    municipality: MunicipalityName
    year: int
    actor: Actor
    now: datetime


class _Count(msgspec.Struct, frozen=True):
    households: int


COUNT_HOUSEHOLDS: Final = Statement(
    "SELECT count(DISTINCT household_number) AS households FROM resident_version", _Count
)


async def assess_year(
    database: Database, task: Task, *, told: Told = lambda _done, _total: None
) -> AssessmentReport:
    """Assess everybody for a year, or go on with what stopped half-way today; raises PassYearOver."""
    async with database.connection(task.municipality) as connection:
        run = await begin_assessment(connection, task)
    return await run_assessment(database, task, run.id, told=told)


async def begin_assessment(connection: Connection, task: Task) -> Run:
    """Note that an assessment starts, so that a job can do it; raises PassYearOver."""
    today = day_of(task.now)
    await read_ground(connection, year=task.year, on=today)
    return await start_run(connection, year=task.year, on=today, actor=task.actor, now=task.now)


async def run_assessment(
    database: Database,
    task: Task,
    run_id: AssessmentId,
    *,
    told: Told = lambda _done, _total: None,
) -> AssessmentReport:
    """Do a run that was begun, from where it is; on the facts of the day on which it was begun."""
    async with database.connection(task.municipality) as connection:
        run = await read_run(connection, run_id)
        total = (await COUNT_HOUSEHOLDS.one(connection)).households
        ground = await read_ground(connection, year=run.year, on=run.assessed_on)
        async with connection.transaction():
            ground = await opened_ground(connection, ground)
    while True:
        async with database.connection(task.municipality) as connection:
            done = await settled(lambda: _next_chunk(connection, run_id, ground, task=task))
        if done is None:
            break
        told(min(done, total), total)
    async with database.connection(task.municipality) as connection:
        await refresh_statistics(connection)
        await watch_overspending(connection, year=run.year)
        return await read_report(connection, run_id)


async def assess_dry(
    database: Database, task: Task, *, told: Told = lambda _done, _total: None
) -> AssessmentReport:
    """Say what an assessment would do now, and write nothing."""
    tally, seen, last = Tally(), 0, ""
    async with database.connection(task.municipality) as connection:
        total = (await COUNT_HOUSEHOLDS.one(connection)).households
        ground = await read_ground(connection, year=task.year, on=day_of(task.now))
        pots = await read_pots(connection, ground)
    while True:
        async with (
            database.connection(task.municipality) as connection,
            connection.transaction(readonly=True),
        ):
            await steer(connection)
            numbers = await next_households(connection, last, CHUNK)
            if not numbers:
                return await dry_report(connection, ground, tally, now=task.now)
            found = await read_for(connection, ground, numbers)
            decisions = assess_all(found, ground, pots)
            granted = [one.resident for one in decisions if one.granted]
            passes = await read_passes(connection, granted, year=task.year)
        tally.add([one.facts for one in found.known], decisions)
        tally.passes += len(set(granted) - passes.keys())
        seen, last = seen + len(numbers), numbers[-1]
        told(seen, total)


async def _next_chunk(
    connection: Connection, run_id: AssessmentId, ground: Ground, *, task: Task
) -> int | None:
    """Do the next households in one transaction; gives how many are done, None when all are."""
    async with connection.transaction():
        run = await lock_run(connection, run_id)
        if run.broken_off_at is not None:
            return None
        numbers = await next_households(connection, run.last_household, CHUNK)
        if run.ended_at is not None or not numbers:
            await end_run(connection, run_id, now=task.now)
            return None
        done = await decide_households(
            connection, ground, numbers, cause="assessment", actor=task.actor, now=task.now
        )
        await advance(connection, run_id, done, last=numbers[-1])
        return run.households + len(done.households)
