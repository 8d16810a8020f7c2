"""A sandbox is one from the start and for good; a real city never becomes one."""

import asyncpg
import pytest

from given.city import a_merchant
from given.sandbox import become_sandbox
from pas.db import Connection
from pas.installation.municipalities import MARK_SANDBOX


async def refused(connection: Connection, statement: str, sqlstate: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as error:
        await connection.execute(statement)
    assert error.value.sqlstate == sqlstate


@pytest.mark.usefixtures("almere")
@pytest.mark.parametrize("value", ["true", "false"])
async def test_the_registry_changes_nobody(migrator: Connection, value: str) -> None:
    await become_sandbox(migrator)
    await refused(
        migrator,
        f"UPDATE pas.municipality SET sandbox = {value} WHERE sandbox <> {value}",
        "PA191",
    )


async def test_where_there_are_people_there_is_no_sandbox(
    connection: Connection, owner: Connection
) -> None:
    await a_merchant(connection)
    await refused(owner, MARK_SANDBOX, "PA261")


async def test_the_owner_of_the_tables_takes_no_mark_away(
    migrator: Connection, owner: Connection
) -> None:
    await become_sandbox(migrator)
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await owner.execute("DELETE FROM sandbox")
