"""The kinds of jobs: each a function that can be run again from the start after a crash.

A kind is registered where its function stands::

    @job_kind("residents.import")
    async def import_residents(database, municipality, arguments, progress): ...

What the function gives back is stored as the result. A refusal that it raises ends the job; any
other error has it tried again. So it must find out for itself what an earlier try already did.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from pas.db import Database
from pas.ids import MunicipalityName
from pas.jobs.queue import Job


class Progress:
    """How far a job is; the worker writes it about once a second."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = 0
        self.total: int | None = job.total

    def of(self, total: int) -> None:
        """Say how much there is to do."""
        self.total = total

    def advance(self, steps: int = 1) -> None:
        self.done += steps


JobFunction = Callable[
    [Database, MunicipalityName, Mapping[str, object], Progress], Awaitable[object]
]

_KINDS: Final[dict[str, JobFunction]] = {}


def job_kind(kind: str) -> Callable[[JobFunction], JobFunction]:
    def register(function: JobFunction) -> JobFunction:
        assert kind not in _KINDS, f"two functions for {kind}"
        _KINDS[kind] = function
        return function

    return register


def job_kinds() -> Mapping[str, JobFunction]:
    """All kinds of the modules that were imported."""
    return _KINDS
