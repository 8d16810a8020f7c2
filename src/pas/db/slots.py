"""The cap on a process's connections, and which idle one makes room for another."""

import asyncio
from collections import OrderedDict
from typing import TypeAlias

import asyncpg

Key: TypeAlias = tuple[str, int]
"""Role and backend's process id."""


class Slots:
    """Counts connections of all pools together."""

    def __init__(self, cap: int, patience_seconds: float) -> None:
        self.cap = cap
        self.used = 0
        self.patience_seconds = patience_seconds
        self._idle: OrderedDict[Key, asyncpg.Connection[asyncpg.Record]] = OrderedDict()
        self._freed = asyncio.Event()

    async def take(self) -> None:
        """Wait for room, closing the connection that was idle longest; TimeoutError when full."""
        async with asyncio.timeout(self.patience_seconds):
            while self.used >= self.cap:
                if self._idle:
                    _, longest_idle = self._idle.popitem(last=False)
                    longest_idle.terminate()
                else:
                    self._freed.clear()
                    await self._freed.wait()
        self.used += 1

    def give_back(self, key: Key | None = None) -> None:
        """A connection ended, or was never made."""
        if key is not None:
            self._idle.pop(key, None)
        self.used -= 1
        self._freed.set()

    def is_idle(self, key: Key, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._idle[key] = connection
        self._freed.set()

    def is_used(self, key: Key) -> None:
        self._idle.pop(key, None)
