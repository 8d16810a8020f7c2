"""Opens the database for the length of one command, and closes it whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pas.cli.screen import say
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import opened
from pas.settings import read_settings

_Answer = TypeVar("_Answer")


def with_database(work: Callable[[Database], Awaitable[_Answer]]) -> _Answer:
    async def run(database: Database) -> _Answer:
        try:
            return await work(database)
        finally:
            await database.close()

    with opened(read_settings(), say) as access:
        return asyncio.run(run(Database(access.address)))


def with_connection(municipality: str, work: Callable[[Connection], Awaitable[_Answer]]) -> _Answer:
    """Work in one municipality, as the program itself does."""

    async def connected(database: Database) -> _Answer:
        async with database.connection(MunicipalityName(municipality)) as connection:
            return await work(connection)

    return with_database(connected)
