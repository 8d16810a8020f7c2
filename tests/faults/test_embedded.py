"""The embedded PostgreSQL under load and killed again and again: what was acknowledged is there."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from pas.db import CONNECTION_LOST, Login
from pas.embedded import Supervisor
from pas.embedded.processes import postmaster_of
from pas.ids import uuid7
from pas.installation.access import embedded_access

KILLS = 50
BETWEEN_KILLS = 100
CLIENTS = 8
RECOVERY_SECONDS = 10


class Load:
    """Clients that write rows and remember which were acknowledged."""

    def __init__(self, login: Login) -> None:
        self.login = login
        self.acknowledged: list[str] = []
        self.longest_silence = 0.0
        self.more = asyncio.Event()
        self._last = time.monotonic()

    async def client(self) -> None:
        while True:
            with suppress(*CONNECTION_LOST, asyncpg.PostgresError):
                connection = await self.login.connect()
                try:
                    await self._write(connection)
                finally:
                    connection.terminate()
            await asyncio.sleep(0.01)

    async def _write(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        while True:
            number = str(uuid7())
            await connection.execute("INSERT INTO kept VALUES ($1)", number)
            self.acknowledged.append(number)
            if len(self.acknowledged) % BETWEEN_KILLS == 0:
                self.more.set()
            now = time.monotonic()
            self.longest_silence = max(self.longest_silence, now - self._last)
            self._last = now


async def kill_again_and_again(server: Supervisor, load: Load) -> None:
    for _ in range(KILLS):
        async with asyncio.timeout(RECOVERY_SECONDS):
            await load.more.wait()
        load.more.clear()
        found = postmaster_of(server.place.cluster)
        assert found is not None
        os.kill(found[0], signal.SIGKILL)


@pytest.mark.faults
async def test_nothing_acknowledged_is_lost_over_fifty_kills(short_path: Path) -> None:
    with Supervisor(short_path / "data") as server:
        login = embedded_access(server.place, "postgres").superuser
        assert login is not None
        connection = await login.connect()
        await connection.execute("CREATE TABLE kept (number text PRIMARY KEY)")
        await connection.close()
        load = Load(login)
        clients = [asyncio.create_task(load.client()) for _ in range(CLIENTS)]
        await kill_again_and_again(server, load)
        for client in clients:
            client.cancel()
        ends = await asyncio.gather(*clients, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends
        assert server.restarts >= KILLS - 1
        connection = await connected(login)
        kept = {row[0] for row in await connection.fetch("SELECT number FROM kept")}
        await connection.close()
    assert set(load.acknowledged) <= kept
    assert load.longest_silence < RECOVERY_SECONDS


async def connected(login: Login) -> "asyncpg.Connection[asyncpg.Record]":
    async with asyncio.timeout(RECOVERY_SECONDS):
        while True:
            with suppress(*CONNECTION_LOST):
                return await login.connect()
            await asyncio.sleep(0.02)
