"""Applies migrations: one transaction each, as the schema's owner, one runner at a time.

The session is the migrator's and says so (``pas.migrating``); the database refuses every other
change of a municipality's schema.
"""

import asyncpg
import msgspec

from pas.db import Connection, Statement, role_name
from pas.ids import MunicipalityName
from pas.installation.migrations import Migration, migrations_dir, read_migrations

INSTALLATION_SCHEMA = "pas"
LOCK_TIMEOUT = "5s"
ONE_RUNNER = 0x706173


class MigrationRefused(Exception):
    """A migration may not or could not be applied; nothing of it was."""


class Applied(msgspec.Struct, frozen=True):
    """A row of the schema's table ``migration``."""

    number: int
    name: str
    sha256: bytes


TAKE_TURN = Statement("SELECT pg_advisory_xact_lock($1)", None)
SET_PLACE = Statement(
    "SELECT set_config('search_path', $1 || ', pg_temp', true), set_config('role', $2, true), "
    "set_config('lock_timeout', $3, true), set_config('pas.migrating', 'on', true)",
    None,
)
SAY_MIGRATING = Statement("SELECT set_config('pas.migrating', 'on', true)", None)
READ_APPLIED = Statement("SELECT number, name, sha256 FROM migration ORDER BY number", Applied)
RECORD = Statement("INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3)", None)

BOOKKEEPING = """
CREATE TABLE IF NOT EXISTS migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


async def migrate_installation(connection: Connection) -> list[Migration]:
    """Bring the registry up to date; the connection is the migrator's. Gives what was applied."""
    folder = migrations_dir() / "installation"
    return await _apply_all(connection, read_migrations(folder), None)


async def migrate_municipality(
    connection: Connection,
    municipality: MunicipalityName,
    migrations: list[Migration] | None = None,
) -> list[Migration]:
    """Bring one municipality's schema up to date; its schema and roles exist already."""
    if migrations is None:
        migrations = read_migrations(migrations_dir() / "municipality")
    return await _apply_all(connection, migrations, municipality)


async def _apply_all(
    connection: Connection, migrations: list[Migration], municipality: MunicipalityName | None
) -> list[Migration]:
    async with connection.transaction():
        await enter(connection, municipality)
        await connection.execute(BOOKKEEPING)
        if municipality is not None:
            await connection.execute(
                f"GRANT SELECT ON migration TO {role_name('app', municipality)}"
            )
        waiting = pending(migrations, await READ_APPLIED.all(connection))
    return [migration for migration in waiting if await _apply(connection, migration, municipality)]


def pending(migrations: list[Migration], applied: list[Applied]) -> list[Migration]:
    """Those not yet applied; refuse when history was changed or comes from a newer program."""
    files = {migration.number: migration for migration in migrations}
    for row in applied:
        file = files.get(row.number)
        if file is None:
            raise MigrationRefused(
                f"Migration {row.number:04} ({row.name}) was applied by a newer version of pas. "
                "Use that version."
            )
        if file.sha256 != row.sha256:
            raise MigrationRefused(
                f"Migration {row.number:04} ({row.name}) was changed after it was applied. Put the "
                "file back as it was and write a new migration."
            )
    last = max((row.number for row in applied), default=0)
    return [migration for migration in migrations if migration.number > last]


async def _apply(
    connection: Connection, migration: Migration, municipality: MunicipalityName | None
) -> bool:
    """Apply one migration, unless another runner did so while this one waited for its turn."""
    label = f"{migration.number:04}_{migration.name} of {municipality or 'the installation'}"
    try:
        async with connection.transaction():
            await enter(connection, municipality)
            applied = {row.number for row in await READ_APPLIED.all(connection)}
            if migration.number in applied:
                return False
            await connection.execute(migration.sql_for(municipality))
            await enter(connection, municipality)
            await RECORD.run(connection, migration.number, migration.name, migration.sha256)
    except asyncpg.LockNotAvailableError as error:
        raise MigrationRefused(
            f"{label} waited {LOCK_TIMEOUT} for a lock that others hold. Nothing was changed; try "
            "again at a quieter moment."
        ) from error
    except asyncpg.PostgresError as error:
        raise MigrationRefused(f"{label}: {error}") from error
    return True


async def enter(connection: Connection, municipality: MunicipalityName | None) -> None:
    """Wait for our turn and become the owner, for this transaction; files may change the role."""
    await TAKE_TURN.run(connection, ONE_RUNNER)
    schema = INSTALLATION_SCHEMA if municipality is None else municipality
    role = "none" if municipality is None else role_name("owner", municipality)
    await SET_PLACE.run(connection, schema, role, LOCK_TIMEOUT)
