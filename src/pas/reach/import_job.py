"""Reads a file of target groups that came in over the API or a page."""

from datetime import UTC, datetime
from typing import Final

from pas.auth.keys import KeyStore
from pas.db import Database
from pas.ids import MunicipalityName
from pas.imports.queue import ImportJob
from pas.imports.record import Import
from pas.imports.uploads import fetch_upload
from pas.jobs.kinds import Progress, job_kind
from pas.reach.import_target_groups import import_target_groups
from pas.settings import read_settings

KIND: Final = "reach.import_target_groups"


@job_kind(KIND)
async def run_target_import(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
) -> Import:
    """Read the file; begun again it does nothing twice, and every row keeps its first verdict."""
    job = progress.asked(ImportJob)
    ring = KeyStore(read_settings().keys).ring(municipality)
    async with database.connection(municipality) as connection:
        upload, source = await fetch_upload(connection, job.upload_id, ring=ring)
        with source:
            made = await import_target_groups(
                connection,
                source,
                file_name=upload.name,
                actor=job.actor,
                now=datetime.now(UTC),
                import_id=job.import_id,
            )
    progress.told(1, 1)
    return made
