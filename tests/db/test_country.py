"""342 municipalities on one PostgreSQL with a hundred connections."""

import asyncio
import os
from contextlib import suppress

import pytest

from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import Access, Migration, add_municipality

MUNICIPALITIES = 342
PROCESSES = 3
CONNECTIONS = 25
AT_ONCE = 60
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
NAMES = [MunicipalityName(f"country_{WORKER}_{number}") for number in range(MUNICIPALITIES)]
ONE_TABLE = [
    Migration(
        1,
        "visits",
        "SET LOCAL lock_timeout = '5s'; CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY);"
        "GRANT SELECT, INSERT ON visit TO app_municipality;",
    )
]
"""Enough to see whose schema a connection is in; what is tested is the connections."""


@pytest.fixture
async def country(access: Access, migrator: Connection) -> Access:
    for name in NAMES:
        await add_municipality(migrator, access.address, name, title=name, migrations=ONE_TABLE)
    return access


async def most_connections(superuser: Connection, most: list[int]) -> None:
    while True:
        count = await superuser.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE usename ~ '^(app_country|registry)'"
        )
        most.append(count)
        await asyncio.sleep(0.02)


async def serve(database: Database, names: list[MunicipalityName]) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def visit(name: MunicipalityName) -> None:
        async with room, database.connection(name) as connection:
            await connection.execute("INSERT INTO visit DEFAULT VALUES")

    await asyncio.gather(*(visit(name) for name in names))


@pytest.mark.slow
async def test_342_municipalities_are_served_on_100_connections(
    country: Access, superuser: Connection
) -> None:
    assert await superuser.fetchval("SHOW max_connections") == "100"
    processes = [
        Database(country.address, process_connections=CONNECTIONS, patience_seconds=30)
        for _ in range(PROCESSES)
    ]
    most: list[int] = []
    watcher = asyncio.create_task(most_connections(superuser, most))
    await asyncio.gather(
        # each process begins elsewhere in the country
        *(
            serve(database, NAMES[place * 114 :] + NAMES[: place * 114])
            for place, database in enumerate(processes)
        )
    )
    watcher.cancel()
    with suppress(asyncio.CancelledError):
        await watcher
    for database in processes:
        await database.close()
    await superuser.execute(f"SET search_path = {NAMES[-1]}")
    assert await superuser.fetchval("SELECT count(*) FROM visit") == PROCESSES
    # A server process that was said goodbye to is counted until it is gone.
    assert (
        CONNECTIONS
        < max(most)
        < 100 - int(await superuser.fetchval("SHOW superuser_reserved_connections"))
    )
