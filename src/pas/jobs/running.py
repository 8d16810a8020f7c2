"""Runs one job: keeps its lease, notes how far it is, and writes down how it ended."""

import asyncio
import time
from contextlib import suppress
from http import HTTPStatus
from typing import ClassVar, Final, Literal, TypeGuard

import structlog

from pas.db import CONNECTION_LOST, Database
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.jobs.kinds import Progress
from pas.jobs.queue import (
    LEASE_SECONDS,
    end_job,
    fail_job,
    put_back,
    renew_lease,
    retry_job,
)

Outcome = Literal["done", "failed", "again", "lost", "back"]

NOTE_SECONDS: Final = 1.0
WRITE_TRIES: Final = 10

log = structlog.get_logger("pas.jobs")


class JobKindUnknown(Refusal):
    """Dit soort taak kent deze versie niet."""

    status: ClassVar[int] = 501
    next_step: ClassVar[str] = "Werk het programma bij op elke machine."


async def run_job(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
    *,
    work: "asyncio.Future[object]",
) -> Outcome:
    """Wait for ``work`` while keeping the lease; when the lease is lost, another worker has it."""
    keeping = asyncio.create_task(_keep_lease(database, municipality, progress))
    try:
        await asyncio.wait({work, keeping}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await _cancelled(work)
            return "lost"
        return await _write_outcome(database, municipality, progress, work=work)
    except asyncio.CancelledError:
        await _cancelled(work)
        async with database.connection(municipality) as connection:
            await put_back(connection, progress.job)
        return "back"
    finally:
        keeping.cancel()


async def _keep_lease(
    database: Database, municipality: MunicipalityName, progress: Progress
) -> None:
    """Renew until the lease is lost: taken by another, or not renewed for as long as it lasts."""
    job = progress.job
    renewed_at, noted = time.monotonic(), (0, job.total)
    while time.monotonic() - renewed_at < LEASE_SECONDS:
        await asyncio.sleep(NOTE_SECONDS)
        now = (progress.done, progress.total)
        if now == noted and time.monotonic() - renewed_at < LEASE_SECONDS / 3:
            continue
        with suppress(Refusal, *CONNECTION_LOST):
            async with database.connection(municipality) as connection:
                if not await renew_lease(connection, job, done=now[0], total=now[1]):
                    return
            renewed_at, noted = time.monotonic(), now


async def _write_outcome(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
    *,
    work: "asyncio.Future[object]",
) -> Outcome:
    """Write how it ended, also when the database is away for a moment."""
    for _ in range(WRITE_TRIES):
        with suppress(Refusal, *CONNECTION_LOST):
            async with database.connection(municipality) as connection:
                job, done, total = progress.job, progress.done, progress.total
                error = work.exception()
                if error is None:
                    kept = await end_job(
                        connection, job, result=work.result(), done=done, total=total
                    )
                    return "done" if kept else "lost"
                if _is_final(error):
                    await fail_job(connection, job, error, done=done, total=total)
                    return "failed"
                log.error("job-error", kind=job.kind, job_id=str(job.id), exc_info=error)
                await retry_job(connection, job)
                return "again"
        await asyncio.sleep(NOTE_SECONDS)
    return "lost"


def _is_final(error: BaseException) -> TypeGuard[Refusal]:
    """Whether trying again would be refused again; a database that is away is no such thing."""
    return isinstance(error, Refusal) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR


async def _cancelled(work: "asyncio.Future[object]") -> None:
    work.cancel()
    await asyncio.wait({work})
