"""Files on their way to the job that reads them: in pieces in the database, on disk while read.

A file of a million rows is a hundred megabytes and more. It passes through memory a megabyte at a
time, and each piece is its own short transaction. It may hold citizen numbers, so each piece lies
encrypted, bound to its place; the database deletes a file when its job ends, however that ends.
"""

import secrets
import tempfile
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import BinaryIO, ClassVar, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import UploadId, uuid7
from pas.imports.record import LONGEST_FILE_NAME, file_hash

PIECE_BYTES: Final = (1 << 20) - 256
"""A megabyte in the database, with room for what encrypting adds."""
KEY_ID_ENDS: Final = b"\n"
NONCE_BYTES: Final = 12
ORPHAN_AFTER: Final = timedelta(days=1)


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
FORGET_ORPHANS: Final = Statement(
    """
    DELETE FROM upload u WHERE u.uploaded_at < $1
        AND NOT EXISTS (SELECT 1 FROM job j WHERE j.arguments ->> 'upload_id' = u.id::text)
    """,
    None,
)


async def keep_upload(
    connection: Connection,
    source: BinaryIO,
    *,
    ring: KeyRing,
    name: str,
    actor: Actor,
    now: datetime,
) -> Upload:
    """Store a file until its job ends; files that never got a job, after a crash, go on the way."""
    await FORGET_ORPHANS.run(connection, now - ORPHAN_AFTER)
    digest = file_hash(source)
    size = source.seek(0, 2)
    upload = Upload(UploadId(uuid7()), name[:LONGEST_FILE_NAME], size, digest)
    await INSERT.run(
        connection, upload.id, upload.name, upload.size_bytes, upload.sha256, now, actor.id
    )
    source.seek(0)
    for number in range(-(-size // PIECE_BYTES)):
        sealed = _seal(ring, source.read(PIECE_BYTES), place=(upload.id, number))
        await INSERT_PIECE.run(connection, upload.id, number, sealed)
    return upload


async def fetch_upload(
    connection: Connection, upload_id: UploadId, *, ring: KeyRing
) -> tuple[Upload, BinaryIO]:
    """Write a stored file to a temporary one on disk; close it and it is gone."""
    upload = await READ.first(connection, upload_id)
    if upload is None:
        raise UploadGone
    with ExitStack() as closing:
        file = closing.enter_context(tempfile.TemporaryFile())
        for number in range(-(-upload.size_bytes // PIECE_BYTES)):
            piece = await READ_PIECE.first(connection, upload_id, number)
            plain = _unseal(ring, piece.content, place=(upload_id, number)) if piece else None
            if plain is None:
                raise UploadGone
            file.write(plain)
        file.seek(0)
        closing.pop_all()  # whole: from here on the caller closes it
    return upload, file


def _seal(ring: KeyRing, plain: bytes, *, place: tuple[UploadId, int]) -> bytes:
    key, nonce = ring.current(Purpose.UPLOAD_ENCRYPTION), secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, plain, _bound_to(ring, place))
    return key.key_id.encode("ascii") + KEY_ID_ENDS + nonce + sealed


def _unseal(ring: KeyRing, content: bytes, *, place: tuple[UploadId, int]) -> bytes | None:
    """None when the key was thrown away, or this is not what was stored in this place."""
    key_id, _, rest = content.partition(KEY_ID_ENDS)
    key = ring.find(Purpose.UPLOAD_ENCRYPTION, key_id.decode("ascii", "replace"))
    if key is None:
        return None
    try:
        return AESGCM(key.secret).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound_to(ring, place)
        )
    except InvalidTag:
        return None


def _bound_to(ring: KeyRing, place: tuple[UploadId, int]) -> bytes:
    upload, number = place
    return f"upload\n{ring.municipality}\n{upload}\n{number}".encode()
