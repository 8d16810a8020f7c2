"""Migrations: their sum is schema.sql, they are never edited, and they work on every server."""

import asyncio

import asyncpg
import msgspec
import pytest

from pas.db import Connection
from pas.ids import MunicipalityName
from pas.installation import (
    Access,
    Migration,
    MigrationRefused,
    migrate_municipality,
    migrations_dir,
    read_migrations,
)
from pas.installation.dump import dump_municipality

SCHEMA = migrations_dir() / "schema.sql"
FILES = read_migrations(migrations_dir() / "municipality")


def test_schema_sql_is_the_sum_of_the_migrations(access: Access, velsen: MunicipalityName) -> None:
    assert dump_municipality(access, velsen) == SCHEMA.read_text(encoding="utf-8"), (
        "run: make schema"
    )


@pytest.mark.parametrize("migration", FILES, ids=lambda file: f"{file.number:04}_{file.name}")
def test_lock_timeout_comes_first(migration: Migration) -> None:
    lines = [line for line in migration.sql.splitlines() if line and not line.startswith("--")]
    assert lines[0].startswith("SET LOCAL lock_timeout")


async def test_migrating_again_changes_nothing(
    migrator: Connection, velsen: MunicipalityName
) -> None:
    assert await migrate_municipality(migrator, velsen) == []


async def test_an_edited_migration_is_refused(
    migrator: Connection, velsen: MunicipalityName
) -> None:
    edited = [msgspec.structs.replace(FILES[0], sql=FILES[0].sql + "\n-- later"), *FILES[1:]]
    with pytest.raises(MigrationRefused, match=r"0001 .* was changed after it was applied"):
        await migrate_municipality(migrator, velsen, edited)


async def test_a_database_of_a_newer_program_is_refused(
    migrator: Connection, velsen: MunicipalityName
) -> None:
    with pytest.raises(MigrationRefused, match="newer version"):
        await migrate_municipality(migrator, velsen, FILES[:-1])


async def test_a_migration_that_fails_leaves_nothing(
    migrator: Connection, superuser: Connection, velsen: MunicipalityName
) -> None:
    failing = Migration(len(FILES) + 1, "fails", "CREATE TABLE half (id int); SELECT 1/0;")
    with pytest.raises(MigrationRefused, match="division by zero"):
        await migrate_municipality(migrator, velsen, [*FILES, failing])
    assert await superuser.fetchval("SELECT to_regclass('velsen.half')") is None
    assert await superuser.fetchval("SELECT max(number) FROM migration") == len(FILES)


async def test_two_runners_apply_a_migration_once(
    access: Access, superuser: Connection, velsen: MunicipalityName
) -> None:
    new = Migration(len(FILES) + 1, "new", "SELECT pg_sleep(0.2); CREATE TABLE new (id int);")

    async def run() -> int:
        assert access.migrator is not None
        connection = await access.migrator.connect()
        try:
            return len(await migrate_municipality(connection, velsen, [*FILES, new]))
        finally:
            await connection.close()

    assert sorted(await asyncio.gather(run(), run())) == [0, 1]
    assert await superuser.fetchval("SELECT count(*) FROM migration WHERE name = 'new'") == 1


async def test_tables_of_a_migration_belong_to_the_owner_of_that_municipality(
    migrator: Connection, superuser: Connection, velsen: MunicipalityName
) -> None:
    new = Migration(
        len(FILES) + 1, "new", "CREATE TABLE new (id int); GRANT SELECT ON new TO app_municipality;"
    )
    await migrate_municipality(migrator, velsen, [*FILES, new])
    owners = await superuser.fetch(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'velsen'"
    )
    assert [row["tableowner"] for row in owners] == ["owner_velsen"]


async def test_a_migration_waits_for_no_lock_longer_than_its_limit(
    migrator: Connection, superuser: Connection, velsen: MunicipalityName
) -> None:
    blocked = Migration(
        len(FILES) + 1,
        "blocked",
        "SET LOCAL lock_timeout = '50ms'; ALTER TABLE setting ADD COLUMN extra int;",
    )
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE setting IN ACCESS SHARE MODE")
        with pytest.raises(MigrationRefused, match=r"waited .* for a lock"):
            await migrate_municipality(migrator, velsen, [*FILES, blocked])


async def test_ddl_outside_a_migration_is_refused_to_the_owner_and_to_a_superuser(
    owner: Connection, superuser: Connection
) -> None:
    for connection in (owner, superuser):
        for sql in (
            "CREATE TABLE extra (id int)",
            "DROP TABLE session",
            "DROP SCHEMA velsen CASCADE",
        ):
            with pytest.raises(asyncpg.PostgresError) as refused:
                await connection.execute(sql)
            assert refused.value.sqlstate == "PA102"
