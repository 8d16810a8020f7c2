"""Makes an installation ready: database, migrator, registry, DDL guard; and migrates all of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from pas.db import Connection, Statement
from pas.db.pools import READ_MUNICIPALITIES, REGISTRY_ROLE
from pas.installation.access import Access, Say
from pas.installation.migrate import (
    ONE_RUNNER,
    SAY_MIGRATING,
    MigrationRefused,
    migrate_installation,
    migrate_municipality,
)
from pas.installation.migrations import migrations_dir
from pas.installation.roles import (
    MIGRATOR_ROLE,
    has_role,
    let_in,
    limit_roles,
    make_registry_role,
    set_password,
)

CREATED_BY = "created_by"
DEMO = "demo"
"""Who created it, when that was the demonstration: its login and its careless drop exist there."""
MAKE_REGISTRY = """
CREATE SCHEMA IF NOT EXISTS pas;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
"""


class Fact(msgspec.Struct, frozen=True):
    """Something decided once about the installation."""

    name: str
    value: str


READ_FACTS = Statement("SELECT name, value FROM pas.fact ORDER BY name", Fact)
TAKE_TURN_FOR_SESSION = Statement("SELECT pg_advisory_lock($1)", None)
RECORD_FACT = Statement("INSERT INTO pas.fact (name, value) VALUES ($1, $2)", None)


async def prepare(access: Access, *, created_by: str = "operator") -> None:
    """Make what is missing; safe to repeat. Who creates the database is recorded, once.

    The demonstration's login exists only in a database that the demonstration created.
    """
    if access.superuser is not None:
        await _make_database(access)
    async with migrator(access) as connection:
        await TAKE_TURN_FOR_SESSION.run(connection, ONE_RUNNER)
        await make_registry_role(connection, access.address)
        async with connection.transaction():
            await SAY_MIGRATING.run(connection)
            await connection.execute(MAKE_REGISTRY)
        await let_in(connection, REGISTRY_ROLE)
        await migrate_installation(connection)
        if CREATED_BY not in await facts(connection):
            await record_fact(connection, CREATED_BY, created_by)
        await install_ddl_guard(access)


async def migrate_everything(access: Access, say: Say = lambda _: None) -> int:
    """Migrate the registry and every municipality; gives how many migrations were applied."""
    await prepare(access)
    applied = 0
    async with migrator(access) as connection:
        await TAKE_TURN_FOR_SESSION.run(connection, ONE_RUNNER)
        for municipality in await READ_MUNICIPALITIES.all(connection):
            await limit_roles(connection, access.address, municipality.name)
            done = await migrate_municipality(connection, municipality.name)
            applied += len(done)
            for migration in done:
                say(f"{municipality.name}: {migration.number:04}_{migration.name}")
    return applied


async def install_ddl_guard(access: Access) -> bool:
    """Install what only a superuser may (event triggers); False when we have none."""
    if access.superuser is None:
        return False
    connection = await access.superuser.connect()
    try:
        for path in sorted((migrations_dir() / "superuser").glob("*.sql")):
            await connection.execute(path.read_text(encoding="utf-8"))
    finally:
        await connection.close()
    return True


async def facts(connection: Connection) -> dict[str, str]:
    return {fact.name: fact.value for fact in await READ_FACTS.all(connection)}


async def record_fact(connection: Connection, name: str, value: str) -> None:
    """Record a fact for good; the connection is the migrator's."""
    await RECORD_FACT.run(connection, name, value)


@asynccontextmanager
async def migrator(access: Access) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
    """Connect as the migrator, for the time of a block."""
    if access.migrator is None:
        raise MigrationRefused("Migrating needs PAS_MIGRATOR_URL: a login that may create roles.")
    connection = await access.migrator.connect()
    try:
        yield connection
    finally:
        await connection.close()


async def _make_database(access: Access) -> None:
    """On our own server: the migrator, who is no superuser, and the database it owns."""
    assert access.superuser is not None, "only called on our own server"
    name = access.address.database
    connection = await access.superuser.to("postgres").connect()
    try:
        await TAKE_TURN_FOR_SESSION.run(connection, ONE_RUNNER)
        if not await has_role(connection, MIGRATOR_ROLE):
            await connection.execute(f"CREATE ROLE {MIGRATOR_ROLE} LOGIN CREATEROLE")
        await set_password(connection, access.address, MIGRATOR_ROLE)
        found = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
        if not found:
            await connection.execute(f"CREATE DATABASE {name} OWNER {MIGRATOR_ROLE}")
    finally:
        await connection.close()
