"""Makes a report of reach over the redemptions that are there, and the bare aggregate beside it.

The bare aggregate is the least that anybody could ask for the same figures: who spent something,
counted once per scheme as a person and as a household, and how much. The report counts that once
more with the reversals, the quarters, both definitions, six breakdowns and all schemes together.
"""

import asyncio
import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Final

import asyncpg
import msgspec

import city
from clients import in_a_worker
from gates import Results
from machine import resident_megabytes
from pas.db import Login
from pas.reach.make_report import make_report
from pas.reach.model import EVERYTHING
from server import Server

BARE: Final = """
    SELECT b.scheme_id, count(DISTINCT p.resident_id), count(DISTINCT g.household_number), sum(t.amount)
    FROM entry e JOIN transfer t ON t.entry_id = e.id
    JOIN budget b ON b.account_id = t.debit JOIN pass p ON p.id = b.pass_id
    JOIN scheme_grant g ON g.scheme_id = b.scheme_id AND g.resident_id = p.resident_id AND g.budget_year = b.budget_year
    WHERE e.kind = 'redeem' AND b.budget_year = $1
    GROUP BY 1
"""


class Measured(msgspec.Struct, frozen=True):
    """Seconds of the report and of the bare aggregate, and our memory at its peak."""

    report: float
    bare: float
    megabytes: float


def reach_round(server: Server, results: Results) -> None:
    """Measure both once, by a process of its own whose memory is that of the report."""
    server.run(server.superuser.execute("SELECT refresh_statistics()"))
    with in_a_worker() as worker:
        measured = measure(worker, server.app)
    results.gate("reach", measured.report / measured.bare)
    results.gate("reach_memory", measured.megabytes)
    results.figure("report of reach, s", measured.report)
    results.figure("bare aggregate of users, s", measured.bare)


def measure(worker: ProcessPoolExecutor, login: Login) -> Measured:
    return worker.submit(_in_worker, login).result()


def _in_worker(login: Login) -> Measured:
    return asyncio.run(_both(login))


async def _both(login: Login) -> Measured:
    connection: asyncpg.Connection[asyncpg.Record] = await login.connect()
    try:
        began = time.perf_counter()
        rows = await connection.fetch(BARE, city.YEAR)
        bare = time.perf_counter() - began
        began = time.perf_counter()
        made = await make_report(connection, year=city.YEAR, now=datetime.now(UTC), parts={})
        report = time.perf_counter() - began
    finally:
        await connection.close()
    by_scheme = {one.scheme: one for one in made.schemes if one.scheme != EVERYTHING}
    used = [
        one.totals.used.value
        for scheme in by_scheme.values()
        for one in scheme.units
        if one.unit == "persons"
    ]
    spent = sum(one.spent_cents or 0 for one in by_scheme.values())
    people = sum(int(row[1]) for row in rows)
    assert spent == sum(int(row[3]) for row in rows), "the report and the aggregate differ"
    assert sum(one or 0 for one in used) == people, "the report and the aggregate differ"
    _, peak = resident_megabytes(os.getpid())
    return Measured(report, bare, peak)
