"""The cap on a process's connections, and which idle one makes room for another."""

import asyncio
from collections import OrderedDict
from typing import TypeAlias

import asyncpg

Key: TypeAlias = tuple[str, str, int]
"""Role, and the backend's process id, which is one server's."""


class Slots:
    """Counts connections of all pools together."""

    def __init__(self, cap: int, patience_seconds: float) -> None:
        self.cap = cap
        self.patience_seconds = patience_seconds
        self.idle: OrderedDict[Key, asyncpg.Connection[asyncpg.Record]] = OrderedDict()
        self._open: dict[Key, asyncpg.Connection[asyncpg.Record]] = {}
        self._opening = 0
        self._freed = asyncio.Event()

    @property
    def used(self) -> int:
        return len(self._open) + self._opening

    async def take(self) -> None:
        """Wait for room, closing the connection that was idle longest; TimeoutError when full.

        Must be followed by opened() or failed().
        """
        async with asyncio.timeout(self.patience_seconds):
            while self.used >= self.cap:
                if self.idle:
                    key, longest_idle = self.idle.popitem(last=False)
                    del self._open[key]
                    longest_idle.terminate()
                else:
                    self._freed.clear()
                    await self._freed.wait()
        self._opening += 1

    def opened(self, key: Key, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._opening -= 1
        self._open[key] = connection

    def failed(self) -> None:
        self._opening -= 1
        self._freed.set()

    def closed(self, key: Key, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Count a connection out, once; asyncpg tells us a moment after it ended."""
        if self._open.get(key) is connection:
            del self._open[key]
            self.idle.pop(key, None)
            self._freed.set()

    def is_idle(self, key: Key, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.idle[key] = connection
        self._freed.set()

    def is_used(self, key: Key) -> None:
        self.idle.pop(key, None)
