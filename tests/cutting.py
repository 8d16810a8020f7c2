"""A proxy between clients and PostgreSQL that cuts connections, before or after the server acted."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
QUIET = 12
"""The first answers of a connection are its sign-in, which is let through."""


class Cutter:
    """Cuts now and then: a question that never arrives, or an answer that is never heard."""

    def __init__(self, server: Path, *, chance: float, seed: int) -> None:
        self.server, self.chance = server, chance
        self.random = random.Random(seed)
        self.questions_cut = self.answers_cut = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_unix_connection(str(self.server / SOCKET))
        except OSError:
            writer.close()
            return
        pumps = [
            asyncio.create_task(self.pump(reader, there[1], is_answer=False)),
            asyncio.create_task(self.pump(there[0], writer, is_answer=True)),
        ]
        self._tasks.update(pumps)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for side in (writer, there[1]):
            side.transport.abort()
        for pump in pumps:
            pump.cancel()
        self._tasks.difference_update(pumps)

    async def pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_answer: bool
    ) -> None:
        pieces = 0
        with suppress(OSError):
            while piece := await source.read(65536):
                pieces += 1
                if pieces > QUIET and self.random.random() < self.chance:
                    self.answers_cut += is_answer
                    self.questions_cut += not is_answer
                    return
                target.write(piece)
                await target.drain()


@asynccontextmanager
async def cut_connections(
    server: Path, here: Path, *, chance: float = 0.01, seed: int = 0
) -> AsyncGenerator[Cutter]:
    """Listen in a folder of its own; use it as the host of a connection."""
    cutter = Cutter(server, chance=chance, seed=seed)
    listener = await asyncio.start_unix_server(cutter.connected, str(here / SOCKET))
    try:
        yield cutter
    finally:
        listener.close()
