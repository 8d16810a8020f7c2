"""Reads a file of merchants that came in over the API."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.auth.keys import KeyStore
from pas.db import Database
from pas.ids import MunicipalityName
from pas.imports.queue import ImportJob
from pas.imports.record import Import
from pas.imports.uploads import fetch_upload
from pas.jobs import job_kind
from pas.jobs.kinds import Progress
from pas.merchants.import_merchants import import_merchants
from pas.settings import read_settings

KIND: Final = "merchants.import"


@job_kind(KIND)
async def run_import(  # noqa: PLR0917 (a worker hands every kind of job these four, in this order)
    database: Database,
    municipality: MunicipalityName,
    arguments: Mapping[str, object],
    progress: Progress,
) -> Import:
    """Read the file; begun again it does nothing twice, and every row keeps its first verdict."""
    job = msgspec.convert(arguments, ImportJob)
    ring = KeyStore(read_settings().keys).ring(municipality)

    def told(done: int, total: int) -> None:
        progress.of(total)
        progress.done = done

    async with database.connection(municipality) as connection:
        upload, source = await fetch_upload(connection, job.upload_id, ring=ring)
        with source:
            summary = await import_merchants(
                connection,
                source,
                file_name=upload.name,
                actor=job.actor,
                now=datetime.now(UTC),
                import_id=job.import_id,
                told=told,
            )
    return summary
