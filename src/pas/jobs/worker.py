"""``pas work``: takes jobs of all municipalities, a few at a time, until it is told to stop.

It hears of new jobs at once by one LISTEN for the whole database, and looks at each municipality
about once a minute besides: a notification can be lost, a lease runs out silently, and a
municipality may have a database of its own. So 342 municipalities cost no connection each.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import structlog
from structlog.contextvars import bound_contextvars

from pas.db import CONNECTION_LOST, Database, UnknownMunicipality
from pas.db.listening import listen
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.jobs.daily import Daily, queue_due
from pas.jobs.kinds import JobFunction, Progress
from pas.jobs.queue import CHANNEL, Job, seconds_until_due, take_job
from pas.jobs.running import JobKindUnknown, run_job

LOOK_SECONDS: Final = 60.0
"""How long at most until a municipality is looked at, without any notification."""
SOONEST_SECONDS: Final = 0.5

log = structlog.get_logger("pas.jobs")


class Worker:
    """Runs jobs; several workers share them out among themselves."""

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobFunction],
        *,
        daily: Sequence[Daily] = (),
        at_once: int = 2,
    ) -> None:
        self.database = database
        self.kinds = kinds
        self.daily = daily
        self.at_once = at_once
        self.finished = 0
        self._look_at: dict[MunicipalityName, float] = {}
        self._registry_at = 0.0
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``; what is under way then goes back in line for another worker."""
        listening = asyncio.create_task(
            listen(self.database, CHANNEL, heard=self._heard, begun=self._look_everywhere)
        )
        waking = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                await self._look_round()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._seconds_to_wait())
        finally:
            tasks = [listening, waking, *self._running]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def run_all_due(self) -> int:
        """Do what is due now and no more; gives how many jobs that were (``pas work --once``)."""
        before = self.finished
        self._look_at = dict.fromkeys(self._look_at, 0.0)
        await self._look_round()
        while self._running:
            await asyncio.wait(self._running)
            await self._look_round()
        return self.finished - before

    async def _look_round(self) -> None:
        """Start a job in each municipality whose turn has come, as long as there is room."""
        try:
            await self._know_municipalities()
            now = time.monotonic()
            for at, municipality in sorted((at, name) for name, at in self._look_at.items()):
                if at > now or len(self._running) >= self.at_once:
                    return
                await self._look(municipality)
        except (Refusal, *CONNECTION_LOST) as error:
            log.warning("jobs-not-read", reason=repr(error))

    async def _know_municipalities(self) -> None:
        if time.monotonic() < self._registry_at:
            return
        found = {registered.name for registered in await self.database.municipalities()}
        self._look_at = {name: self._look_at.get(name, 0.0) for name in found}
        self._registry_at = time.monotonic() + LOOK_SECONDS

    async def _look(self, municipality: MunicipalityName) -> None:
        """Take a job if one is due, else note when to look again."""
        self._look_at[municipality] = time.monotonic() + LOOK_SECONDS
        with suppress(UnknownMunicipality):
            async with self.database.connection(municipality) as connection:
                await queue_due(connection, self.daily)
                job = await take_job(connection)
                wait = None if job else await seconds_until_due(connection)
            if job is not None:
                self._look_at[municipality] = time.monotonic()
                task = asyncio.create_task(self._do(municipality, job))
                self._running.add(task)
                task.add_done_callback(self._is_done)
            elif wait is not None:
                seconds = min(max(wait, SOONEST_SECONDS), LOOK_SECONDS)
                self._look_at[municipality] = time.monotonic() + seconds

    async def _do(self, municipality: MunicipalityName, job: Job) -> None:
        started = time.monotonic()
        progress = Progress(job)
        work = asyncio.ensure_future(self._call(municipality, progress))
        outcome = await run_job(self.database, municipality, progress, work=work)
        self.finished += 1
        log.info(
            "job",
            municipality=municipality,
            kind=job.kind,
            job_id=str(job.id),
            outcome=outcome,
            attempt=job.attempts,
            seconds=round(time.monotonic() - started, 1),
        )

    async def _call(self, municipality: MunicipalityName, progress: Progress) -> object:
        function = self.kinds.get(progress.job.kind)
        if function is None:
            raise JobKindUnknown(f"Deze versie kent geen taak '{progress.job.kind}'.")
        with bound_contextvars(trace_id=progress.job.id.hex):
            return await function(self.database, municipality, progress)

    def _is_done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job-worker-error", exc_info=error)

    def _seconds_to_wait(self) -> float:
        """Until the next turn; with no room, until a job ends."""
        if len(self._running) >= self.at_once:
            return LOOK_SECONDS
        soonest = min([*self._look_at.values(), self._registry_at], default=0.0)
        return max(soonest - time.monotonic(), 0.05)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._woken.set()

    def _look_everywhere(self) -> None:
        """Whatever was put in line while nobody listened is found by looking."""
        self._look_at = dict.fromkeys(self._look_at, 0.0)
        self._woken.set()

    def _heard(self, municipality: MunicipalityName) -> None:
        if municipality in self._look_at:
            self._look_at[municipality] = 0.0
        else:
            self._registry_at = 0.0
        self._woken.set()
