"""A file that came in over the API: kept, and put in line for the job that reads it."""

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

import msgspec

from pas.auth.actor import Actor, ActorKind
from pas.db import Connection
from pas.ids import ImportId, JobId, UploadId
from pas.imports.uploads import keep_upload
from pas.jobs import enqueue


class ImportJob(msgspec.Struct, frozen=True):
    """What a job needs to begin, and to begin again after a crash, under the same import."""

    upload_id: UploadId
    import_id: ImportId
    actor_kind: ActorKind
    actor_id: UUID

    @property
    def actor(self) -> Actor:
        """Whoever handed the file over; their permission was checked then."""
        return Actor(kind=self.actor_kind, id=self.actor_id)


class QueuedImport(msgspec.Struct, frozen=True, rename="camel"):
    """The job that reads the file, and under which number its outcome will stand."""

    job_id: JobId
    import_id: ImportId


async def queue_import(
    connection: Connection,
    source: BinaryIO,
    *,
    kind: str,
    file_name: str,
    actor: Actor,
    now: datetime,
) -> QueuedImport:
    """Keep a file, each piece in a short transaction of its own, and put it in line."""
    upload = await keep_upload(connection, source, name=file_name, actor=actor, now=now)
    import_id = ImportId(upload.id)
    job = ImportJob(upload.id, import_id, actor.kind, actor.id)
    job_id = await enqueue(
        connection, kind=kind, arguments=job, actor_kind=actor.kind, actor_id=actor.id
    )
    return QueuedImport(job_id, import_id)
