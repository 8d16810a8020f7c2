"""The kinds of jobs: each a function that can be run again from the start after a crash.

A kind is registered where its function stands::

    @job_kind("residents.import")
    async def import_residents(database, municipality, progress): ...

What the function gives back is stored as the result. A refusal that it raises ends the job; any
other error has it tried again. So it must find out for itself what an earlier try already did.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

import msgspec

from pas.db import Database
from pas.ids import MunicipalityName
from pas.jobs.queue import Job

Arguments = TypeVar("Arguments")


class Progress:
    """A job and how far it is; the worker writes that about once a second."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.done = 0
        self.total: int | None = job.total

    def told(self, done: int, total: int | None) -> None:
        """Say how much is done, and of how much where that is known."""
        self.done = done
        if total is not None:
            self.total = total

    def asked(self, kind: type[Arguments]) -> Arguments:
        """Give what was asked for when it was queued."""
        return msgspec.json.decode(self.job.arguments, type=kind)


JobFunction = Callable[[Database, MunicipalityName, Progress], Awaitable[object]]

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
