"""Reads a file of residents that came in over the API, and lets the passes follow."""

from datetime import UTC, datetime
from typing import Final

from pas.auth.keys import KeyStore
from pas.db import Database
from pas.ids import MunicipalityName
from pas.imports.queue import ImportJob
from pas.imports.record import Import
from pas.imports.uploads import fetch_upload
from pas.jobs import enqueue
from pas.jobs.kinds import Progress, job_kind
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.residents.put_resident import FOLLOW
from pas.settings import read_settings

KIND: Final = "residents.import"


@job_kind(KIND)
async def run_import(
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
        summary = await import_residents(
            database,
            municipality,
            ResidentsFile(source=source, name=upload.name, import_id=job.import_id),
            ring=ring,
            actor=job.actor,
            now=datetime.now(UTC),
            told=progress.told,
        )
    async with database.connection(municipality) as connection:
        await enqueue(
            connection,
            kind=FOLLOW,
            arguments={},
            actor_kind=job.actor_kind,
            actor_id=job.actor_id,
        )
    return summary
