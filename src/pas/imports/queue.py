"""A file that came in over the API: kept, and put in line for the job that reads it."""

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

import msgspec

from pas.auth.actor import Actor, ActorKind
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.ids import ImportId, JobId, UploadId
from pas.imports.record import ImportKind, start_import
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
    kind: ImportKind,
    job_kind: str,
    ring: KeyRing,
    file_name: str,
    actor: Actor,
    now: datetime,
) -> QueuedImport:
    """Keep a file, each piece in a short transaction of its own, and put it in line.

    The import is there from now on: what a file of another shape was refused for stands there too.
    """
    upload = await keep_upload(connection, source, ring=ring, name=file_name, actor=actor, now=now)
    import_id = ImportId(upload.id)
    job = ImportJob(upload.id, import_id, actor.kind, actor.id)
    async with connection.transaction():
        await start_import(
            connection,
            import_id,
            kind=kind,
            file=(upload.name, upload.sha256),
            actor=actor,
            now=now,
        )
        job_id = await enqueue(
            connection,
            kind=job_kind,
            arguments=job,
            actor_kind=actor.kind,
            actor_id=actor.id,
        )
    return QueuedImport(job_id, import_id)
