"""Pools: on demand, under one cap, the longest idle makes room, and full means a refusal."""

import asyncio
import os
from contextlib import AsyncExitStack

import asyncpg
import msgspec
import pytest

from pas.db import (
    Address,
    BusyDatabase,
    Connection,
    Database,
    DatabaseAway,
    Statement,
    UnknownMunicipality,
)
from pas.ids import MunicipalityName
from pas.installation import Access, Migration, add_municipality
from servers import fresh_database

SMALL = [Migration(1, "small", "SET LOCAL lock_timeout = '5s'; CREATE TABLE thing (id int);")]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
NAMES = [MunicipalityName(f"town_{WORKER}_{number}") for number in range(1, 6)]
"""Roles belong to the whole server, which other workers share."""


class Number(msgspec.Struct, frozen=True):
    number: int


NUMBERS = Statement("SELECT n AS number FROM generate_series(1, $1::int) n", Number)


@pytest.fixture
async def towns(access: Access, migrator: Connection) -> Access:
    """Five more municipalities, with one table each."""
    for name in NAMES:
        await add_municipality(migrator, access.address, name, title=name, migrations=SMALL)
    return access


def small_database(address: Address, cap: int, **settings: float) -> Database:
    return Database(
        address,
        process_connections=cap,
        patience_seconds=settings.get("patience", 0.3),
        idle_seconds=settings.get("idle", 60),
    )


async def test_nothing_is_opened_before_it_is_asked(access: Access) -> None:
    database = Database(access.address)
    assert database.slots.used == 0
    await database.pool(MunicipalityName("velsen"))
    assert database.slots.used == 1, "the registry only"
    await database.close()
    assert database.slots.used == 0


async def test_a_name_that_is_not_registered_opens_nothing(database: Database) -> None:
    for name in ("nergens", "", "velsen; DROP SCHEMA velsen", "x" * 500):
        with pytest.raises(UnknownMunicipality):
            await database.pool(MunicipalityName(name))
    assert database.slots.used == 1


async def test_a_municipality_has_at_most_its_share(
    database: Database, velsen: MunicipalityName
) -> None:
    async def hold() -> None:
        async with database.connection(velsen) as connection:
            await connection.execute("SELECT pg_sleep(0.1)")

    await asyncio.gather(*(hold() for _ in range(10)))
    assert database.slots.used == 3 + 1


async def test_a_municipality_that_moved_is_served_at_its_new_place_only(
    database: Database,
    velsen: MunicipalityName,
    *,
    installation: Access,
    superuser: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def place() -> str:
        async with database.connection(velsen) as connection:
            return await connection.fetchval("SELECT current_database()")

    async with fresh_database(installation) as other:
        async with database.connection(velsen) as busy:
            assert await place() == database.address.database
            monkeypatch.setattr("pas.db.pools.REGISTRY_SECONDS", 0.0)
            await superuser.execute(
                "UPDATE pas.municipality SET database_url = $1 WHERE name = 'velsen'",
                other.address.url,
            )
            assert await place() == other.address.database
            # Who is busy at the old place finishes there; nobody starts there again.
            assert await busy.fetchval("SELECT current_database()") == database.address.database
        await asyncio.sleep(0.2)
        assert database.slots.used == 1 + 1, "the registry and the new place"
        await database.close()


async def test_the_cap_holds_and_the_longest_idle_makes_room(towns: Access) -> None:
    database = small_database(towns.address, cap=3)
    for name in NAMES:
        async with database.connection(name) as connection:
            assert await connection.fetchval("SELECT current_schema") == name
        assert database.slots.used <= 3
    assert {key[0] for key in database.slots.idle} == {
        "registry",
        *(f"app_{name}" for name in NAMES[-2:]),
    }
    await database.close()


async def test_when_all_are_in_use_the_next_is_refused_and_told_when_to_return(
    towns: Access,
) -> None:
    database = small_database(towns.address, cap=2)
    for name in NAMES:
        await database.municipality(name)
    async with AsyncExitStack() as stack:
        for name in NAMES[:2]:
            await stack.enter_async_context(database.connection(name))
        with pytest.raises(BusyDatabase) as refused:
            await stack.enter_async_context(database.connection(NAMES[2]))
    assert refused.value.status == 503
    assert refused.value.headers == {"Retry-After": "1"}
    async with database.connection(NAMES[2]) as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await database.close()


async def test_who_waits_gets_the_first_that_comes_free(towns: Access) -> None:
    database = small_database(towns.address, cap=2, patience=5)

    async def visit(name: MunicipalityName) -> str:
        async with database.connection(name) as connection:
            await connection.execute("SELECT pg_sleep(0.01)")
            return str(await connection.fetchval("SELECT current_schema"))

    wanted = NAMES * 8
    assert await asyncio.gather(*(visit(name) for name in wanted)) == wanted
    assert database.slots.used <= 2
    await database.close()


async def test_idle_connections_are_closed(access: Access, velsen: MunicipalityName) -> None:
    database = small_database(access.address, cap=3, idle=0.1)
    async with database.connection(velsen):
        pass
    await asyncio.sleep(0.4)
    assert database.slots.used == 0
    await database.close()


async def test_a_release_costs_no_round_trip_and_leaves_no_transaction(
    database: Database, superuser: Connection, velsen: MunicipalityName
) -> None:
    async with database.connection(velsen) as connection:
        backend = await connection.fetchval("SELECT pg_backend_pid() AS last_words")
    last = await superuser.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", backend)
    assert last == "SELECT pg_backend_pid() AS last_words"


async def test_a_transaction_left_open_is_rolled_back(
    database: Database, superuser: Connection, velsen: MunicipalityName
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    async with database.connection(velsen) as connection:
        await connection.execute("BEGIN")
        backend = await connection.fetchval("SELECT pg_backend_pid()")
    loop.set_exception_handler(None)
    state = await superuser.fetchval("SELECT state FROM pg_stat_activity WHERE pid = $1", backend)
    assert state == "idle"


async def test_a_connection_that_died_is_replaced(
    database: Database, superuser: Connection, velsen: MunicipalityName
) -> None:
    async with database.connection(velsen) as connection:
        backend = await connection.fetchval("SELECT pg_backend_pid()")
    await superuser.execute("SELECT pg_terminate_backend($1, 5000)", backend)
    await asyncio.sleep(0.05)
    async with database.connection(velsen) as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") != backend
    assert database.slots.used == 2


async def test_a_connection_that_dies_under_a_request_is_a_refusal_to_come_back_later(
    database: Database, superuser: asyncpg.Connection, velsen: MunicipalityName
) -> None:
    """A mistake of our own is none, however alike asyncpg calls them."""

    async def killed() -> None:
        async with database.connection(velsen) as connection:
            backend = await connection.fetchval("SELECT pg_backend_pid()")
            await superuser.execute("SELECT pg_terminate_backend($1, 5000)", backend)
            await asyncio.sleep(0.05)
            await connection.fetchval("SELECT 1")

    async def confused() -> None:
        async with database.connection(velsen):
            raise asyncpg.InternalClientError("cannot switch to state 12")

    async def mistaken() -> None:
        async with database.connection(velsen) as connection:
            await connection.fetchval("SELECT 1", "one argument too many")

    with pytest.raises(DatabaseAway):
        await killed()
    with pytest.raises(DatabaseAway):
        await confused()
    with pytest.raises(asyncpg.InterfaceError):
        await mistaken()
    async with database.connection(velsen) as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_server_that_is_away_is_a_refusal_to_come_back_later() -> None:
    database = Database(Address("postgresql:///pas?host=%2Fnowhere", "secret"))
    with pytest.raises(DatabaseAway) as refused:
        await database.municipality(MunicipalityName("velsen"))
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "1"})
    assert database.slots.used == 0
    await database.close()


async def test_it_works_without_prepared_statements(
    access: Access, velsen: MunicipalityName
) -> None:
    """As behind a pgbouncer that has none."""
    database = Database(access.address, statement_cache_size=0)
    async with database.connection(velsen) as connection:
        assert len(await NUMBERS.all(connection, 3)) == 3
        assert await connection.fetchval("SELECT count(*) FROM pg_prepared_statements") == 0
    await database.close()


async def test_a_statement_gives_typed_rows(connection: Connection) -> None:
    assert await NUMBERS.all(connection, 2) == [Number(1), Number(2)]
    assert await NUMBERS.first(connection, 2) == Number(1)
    assert await NUMBERS.first(connection, 0) is None
    assert await NUMBERS.one(connection, 1) == Number(1)
    for wrong in (0, 2):
        with pytest.raises(AssertionError, match=f"expected one row, got {wrong}"):
            await NUMBERS.one(connection, wrong)


async def test_a_wrong_password_is_not_retried_as_if_the_server_were_away(access: Access) -> None:
    database = Database(Address(access.address.url, "another secret"))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await database.municipality(MunicipalityName("velsen"))
    await database.close()
