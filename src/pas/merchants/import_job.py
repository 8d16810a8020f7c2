"""A file of merchants that came in over the API: kept, put in line, and read by a worker."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor, ActorKind
from pas.db import Connection, Database
from pas.ids import ImportId, JobId, MunicipalityName, UploadId
from pas.imports.record import Import
from pas.imports.uploads import fetch_upload, forget_upload, keep_upload
from pas.jobs import enqueue, job_kind
from pas.jobs.kinds import Progress
from pas.merchants.import_merchants import import_merchants

KIND: Final = "merchants.import"


class ImportJob(msgspec.Struct, frozen=True):
    """What a job needs to begin, and to begin again after a crash, under the same import."""

    upload_id: UploadId
    import_id: ImportId
    actor_kind: ActorKind
    actor_id: UUID


async def queue_import(
    connection: Connection, content: bytes, *, file_name: str, actor: Actor, now: datetime
) -> tuple[JobId, ImportId]:
    """Keep a file and put it in line, both or neither."""
    async with connection.transaction():
        upload = await keep_upload(
            connection, BytesIO(content), name=file_name, actor=actor, now=now
        )
        import_id = ImportId(upload.id)
        job = ImportJob(upload.id, import_id, actor.kind, actor.id)
        job_id = await enqueue(
            connection, kind=KIND, arguments=job, actor_kind=actor.kind, actor_id=actor.id
        )
    return job_id, import_id


@job_kind(KIND)
async def run_import(  # noqa: PLR0917 (the shape of a job)
    database: Database,
    municipality: MunicipalityName,
    arguments: Mapping[str, object],
    progress: Progress,
) -> Import:
    """Read the file; begun again it does nothing twice, and every row keeps its first verdict."""
    job = msgspec.convert(arguments, ImportJob)

    def told(done: int, total: int) -> None:
        progress.of(total)
        progress.done = done

    async with database.connection(municipality) as connection:
        upload, source = await fetch_upload(connection, job.upload_id)
        with source:
            summary = await import_merchants(
                connection,
                source,
                file_name=upload.name,
                actor=Actor(kind=job.actor_kind, id=job.actor_id),
                now=datetime.now(UTC),
                import_id=job.import_id,
                told=told,
            )
        await forget_upload(connection, job.upload_id)
    return summary
