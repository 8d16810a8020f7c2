"""The installation as a whole: made once by whoever comes first, and recorded for good."""

import asyncio
import os

import asyncpg
import pytest

from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import (
    Access,
    DropNeedsExport,
    DropNeedsName,
    Migration,
    add_municipality,
    drop_municipality,
    facts,
    migrate_everything,
    prepare,
    record_fact,
)
from pas.installation.prepare import migrator as migrator_of

SMALL = [Migration(1, "small", "SET LOCAL lock_timeout = '5s'; CREATE TABLE thing (id int);")]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


async def test_a_connection_is_bound_to_its_municipality(
    database: Database, velsen: MunicipalityName
) -> None:
    async with database.connection(velsen) as connection:
        rows = await connection.fetch("SELECT current_user, current_schema")
    assert [tuple(row) for row in rows] == [("app_velsen", "velsen")]


async def test_commands_that_start_together_make_one_installation(installation: Access) -> None:
    access = installation.of_database(f"together_{WORKER}")
    await asyncio.gather(
        *(prepare(access, created_by=name) for name in ("demo", "operator", "operator"))
    )
    assert access.superuser is not None
    superuser = await access.superuser.connect()
    try:
        assert (await facts(superuser))["created_by"] in {"demo", "operator"}
        guards = "SELECT count(*) FROM pg_event_trigger WHERE evtenabled = 'A'"
        assert await superuser.fetchval(guards) == 2
    finally:
        await superuser.close()


async def test_the_demonstration_drops_its_city_by_name_and_nobody_else_does(
    installation: Access,
) -> None:
    access, name = installation.of_database(f"dropped_{WORKER}"), f"play_{WORKER}"
    await prepare(access, created_by="demo")
    async with migrator_of(access) as migrator:
        await add_municipality(migrator, access.address, name, title="Spel", migrations=SMALL)
        with pytest.raises(DropNeedsName):
            await drop_municipality(migrator, name, typed_again="spel")
        await drop_municipality(migrator, name, typed_again=name)


@pytest.mark.parametrize("typed_again", [None, "velsen", "almere"])
async def test_real_books_go_only_when_it_is_said_that_there_is_no_export(
    migrator: Connection, typed_again: str | None
) -> None:
    with pytest.raises(DropNeedsExport):
        await drop_municipality(migrator, "velsen", typed_again=typed_again)
    if typed_again != "velsen":
        with pytest.raises(DropNeedsName):
            await drop_municipality(
                migrator, "velsen", typed_again=typed_again, without_export=True
            )


async def test_two_that_migrate_at_once_do_not_hinder_each_other(access: Access) -> None:
    assert await asyncio.gather(*(migrate_everything(access) for _ in range(8))) == [0] * 8


async def test_who_created_the_database_is_never_changed(
    access: Access, migrator: Connection, superuser: Connection
) -> None:
    before = await facts(migrator)
    await prepare(access, created_by="demo")
    assert await facts(migrator) == before == {"created_by": "operator"}
    with pytest.raises(asyncpg.UniqueViolationError):
        await record_fact(migrator, "created_by", "demo")
    for connection in (migrator, superuser):
        for sql in (
            "UPDATE pas.fact SET value = 'demo'",
            "DELETE FROM pas.fact",
            "TRUNCATE pas.fact",
        ):
            with pytest.raises(asyncpg.PostgresError) as refused:
                await connection.execute(sql)
            assert refused.value.sqlstate == "PA190"
