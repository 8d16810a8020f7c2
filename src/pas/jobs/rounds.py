"""Going round all municipalities: where it is time something is started, a few at a time.

It hears of work at once by one LISTEN for the whole database, and looks at each municipality about
once a minute besides: a notification can be lost, a lease runs out silently, and a municipality may
have a database of its own. So 342 municipalities cost no connection each.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Final, TypeAlias

import structlog

from pas.db import CONNECTION_LOST, Database
from pas.db.listening import listen
from pas.errors import Refusal
from pas.ids import MunicipalityName

LOOK_SECONDS: Final = 60.0
"""How long at most until a municipality is looked at, without any notification."""
SOONEST_SECONDS: Final = 0.05

Look: TypeAlias = Callable[[MunicipalityName], Awaitable[float | None]]
"""Start what is due there; gives in how many seconds to look again, or None: with the next round."""


class Rounds:
    """The turns of municipalities, and what was started in them; ``name`` is for the log."""

    def __init__(
        self, database: Database, look: Look, *, channel: str, at_once: int, name: str
    ) -> None:
        self.database = database
        self.channel = channel
        self.at_once = at_once
        self.under_way: set[asyncio.Task[None]] = set()
        self._look = look
        self._name = name
        self._log = structlog.get_logger(f"pas.{name}")
        self._look_at: dict[MunicipalityName, float] = {}
        self._registry_at = 0.0
        self._woken = asyncio.Event()

    async def run(self, stop: asyncio.Event, *, finish: bool = False) -> None:
        """Go round until ``stop``; what is under way then is finished, or cancelled."""
        listening = asyncio.create_task(
            listen(self.database, self.channel, heard=self._heard, begun=self._look_everywhere)
        )
        waking = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                await self._go_round()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._seconds_to_wait())
            if finish:
                await asyncio.gather(*self.under_way)
        finally:
            tasks = [listening, waking, *self.under_way]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def run_all_due(self) -> None:
        """Do what is due now and no more."""
        self._look_everywhere()
        self._registry_at = 0.0
        await self._go_round()
        while self.under_way:
            await asyncio.wait(self.under_way)
            await self._go_round()

    @property
    def room(self) -> int:
        """How much more may be started."""
        return self.at_once - len(self.under_way)

    def start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self.under_way.add(task)
        task.add_done_callback(self._is_done)

    def look_soon(self, municipality: MunicipalityName) -> None:
        """Look there in the next round, after those that waited longer."""
        now = time.monotonic()
        self._look_at[municipality] = min(self._look_at.get(municipality, now), now)

    async def _go_round(self) -> None:
        try:
            await self._know_municipalities()
        except (Refusal, *CONNECTION_LOST) as error:
            self._not_read(error)
            return
        now = time.monotonic()
        for at, municipality in sorted((at, name) for name, at in self._look_at.items()):
            if at > now or self.room <= 0:
                return
            await self._look_at_one(municipality)

    async def _know_municipalities(self) -> None:
        if time.monotonic() < self._registry_at:
            return
        found = {registered.name for registered in await self.database.municipalities()}
        self._look_at = {name: self._look_at.get(name, 0.0) for name in found}
        self._registry_at = time.monotonic() + LOOK_SECONDS

    async def _look_at_one(self, municipality: MunicipalityName) -> None:
        self._look_at[municipality] = time.monotonic() + LOOK_SECONDS
        try:
            seconds = await self._look(municipality)
        except (Refusal, *CONNECTION_LOST) as error:
            self._not_read(error, municipality=municipality)
            return
        if seconds is not None:
            # What was heard of meanwhile is looked at as soon as that asks.
            soonest = min(self._look_at[municipality], time.monotonic() + seconds)
            self._look_at[municipality] = soonest

    def _not_read(self, error: Exception, **where: str) -> None:
        self._log.warning(f"{self._name}-not-read", reason=repr(error), **where)

    def _is_done(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error(f"{self._name}-error", exc_info=error)

    def _seconds_to_wait(self) -> float:
        """Until the next turn; with no room, until something ends."""
        if self.room <= 0:
            return LOOK_SECONDS
        soonest = min([*self._look_at.values(), self._registry_at], default=0.0)
        return max(soonest - time.monotonic(), SOONEST_SECONDS)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._woken.set()

    def _look_everywhere(self) -> None:
        """Whatever came while nobody listened is found by looking."""
        self._look_at = dict.fromkeys(self._look_at, 0.0)
        self._woken.set()

    def _heard(self, municipality: MunicipalityName) -> None:
        if municipality in self._look_at:
            self.look_soon(municipality)
        else:
            self._registry_at = 0.0
        self._woken.set()
