"""Files on their way to the job that reads them: in pieces in the database, on disk while read.

A file of a million rows is a hundred megabytes and more. It passes through memory a megabyte at a
time, and each piece is its own short transaction.
"""

import tempfile
from datetime import datetime
from typing import BinaryIO, ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import UploadId, uuid7
from pas.imports.record import LONGEST_FILE_NAME, file_hash

PIECE_BYTES: Final = 1 << 20


class UploadGone(Refusal):
    """Dit bestand is er niet meer."""

    status: ClassVar[int] = 410
    next_step: ClassVar[str] = "Stuur het bestand opnieuw."


class Upload(msgspec.Struct, frozen=True):
    id: UploadId
    name: str
    size_bytes: int
    sha256: bytes


class Piece(msgspec.Struct, frozen=True):
    content: bytes


INSERT: Final = Statement(
    """
    INSERT INTO upload (id, name, size_bytes, sha256, uploaded_at, uploaded_by)
    VALUES ($1, $2, $3, $4, $5, $6)
    """,
    None,
)
INSERT_PIECE: Final = Statement(
    "INSERT INTO upload_piece (upload_id, number, content) VALUES ($1, $2, $3)", None
)
READ: Final = Statement("SELECT id, name, size_bytes, sha256 FROM upload WHERE id = $1", Upload)
READ_PIECE: Final = Statement(
    "SELECT content FROM upload_piece WHERE upload_id = $1 AND number = $2", Piece
)
FORGET: Final = Statement("DELETE FROM upload WHERE id = $1", None)


async def keep_upload(
    connection: Connection, source: BinaryIO, *, name: str, actor: Actor, now: datetime
) -> Upload:
    """Store a file until ``forget_upload``."""
    digest = file_hash(source)
    size = source.seek(0, 2)
    upload = Upload(UploadId(uuid7()), name[:LONGEST_FILE_NAME], size, digest)
    await INSERT.run(
        connection, upload.id, upload.name, upload.size_bytes, upload.sha256, now, actor.id
    )
    source.seek(0)
    for number in range(-(-size // PIECE_BYTES)):
        await INSERT_PIECE.run(connection, upload.id, number, source.read(PIECE_BYTES))
    return upload


async def fetch_upload(connection: Connection, upload_id: UploadId) -> tuple[Upload, BinaryIO]:
    """Write a stored file to a temporary one on disk; close it and it is gone."""
    upload = await READ.first(connection, upload_id)
    if upload is None:
        raise UploadGone
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    for number in range(-(-upload.size_bytes // PIECE_BYTES)):
        piece = await READ_PIECE.first(connection, upload_id, number)
        if piece is None:
            file.close()
            raise UploadGone
        file.write(piece.content)
    file.seek(0)
    return upload, file


async def forget_upload(connection: Connection, upload_id: UploadId) -> None:
    await FORGET.run(connection, upload_id)
