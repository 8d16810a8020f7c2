"""``pas work``: takes jobs of all municipalities, a few at a time, until it is told to stop."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from structlog.contextvars import bound_contextvars

from pas.db import Database
from pas.ids import MunicipalityName
from pas.jobs.daily import Daily, queue_due
from pas.jobs.kinds import JobFunction, Progress
from pas.jobs.queue import CHANNEL, Job, seconds_until_due, take_job
from pas.jobs.rounds import Rounds
from pas.jobs.running import JobKindUnknown, run_job

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
        self.finished = 0
        self._rounds = Rounds(database, self._look, channel=CHANNEL, at_once=at_once, name="jobs")

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``; what is under way then goes back in line for another worker."""
        await self._rounds.run(stop)

    async def run_all_due(self) -> int:
        """Do what is due now and no more; gives how many jobs that were (``pas work --once``)."""
        before = self.finished
        await self._rounds.run_all_due()
        return self.finished - before

    async def _look(self, municipality: MunicipalityName) -> float | None:
        """Take a job if one is due, else say when to look again."""
        async with self.database.connection(municipality) as connection:
            await queue_due(connection, self.daily)
            job = await take_job(connection)
            wait = None if job else await seconds_until_due(connection)
        if job is not None:
            self._rounds.start(self._do(municipality, job))
            return 0.0
        return None if wait is None else max(wait, SOONEST_SECONDS)

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
