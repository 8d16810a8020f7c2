"""A database host that vanishes without a word counts as a lost connection."""

import asyncio
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pas.db import CONNECTION_LOST, Address, Database
from pas.ids import MunicipalityName
from pas.installation import Access

VELSEN = MunicipalityName("velsen")
SOCKET = ".s.PGSQL.5432"


class Wire:
    """Carries bytes to and from the server, until it is cut without anybody hearing of it."""

    def __init__(self, server: str) -> None:
        self.server, self.is_silent = server, False
        self._tasks: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(str(Path(self.server) / SOCKET))
        for source, target in ((reader, there[1]), (there[0], writer)):
            self._tasks.add(asyncio.create_task(self._carry(source, target)))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while piece := await source.read(65536):
            if not self.is_silent:
                target.write(piece)
        target.close()


async def test_a_host_that_says_nothing_any_more_is_a_lost_connection(
    access: Access, short_path: Path
) -> None:
    server = parse_qs(urlsplit(access.address.url).query)["host"][0]
    wire = Wire(server)
    listener = await asyncio.start_unix_server(wire.connected, str(short_path / SOCKET))
    address = Address.of_socket(short_path, secret=access.address.secret)
    address = address.of_database(access.address.database)
    database = Database(address, command_seconds=0.5)
    async with database.connection(VELSEN) as connection:
        assert await connection.fetchval("SELECT 1") == 1

    wire.is_silent, began = True, time.monotonic()
    with pytest.raises(CONNECTION_LOST):
        async with database.connection(VELSEN) as connection:
            await connection.fetchval("SELECT 1")
    assert time.monotonic() - began < 5

    wire.is_silent = False
    async with database.connection(VELSEN) as connection:
        assert await connection.fetchval("SELECT 2") == 2
    listener.close()
    await asyncio.wait_for(database.close(), 10)
