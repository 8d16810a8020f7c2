"""Keeps the files that others published, word for word: the newest of a kind counts, all of them stay."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.csvfile import FileRefused
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import uuid7
from pas.imports.record import LONGEST_FILE_NAME
from pas.reach.appropriation_lines import read_lines
from pas.reach.budget_table import check_budget
from pas.reach.printed import judge_printed
from pas.reach.published_files import MOST_BYTES, PublishedKind
from pas.reach.use_by_year import check_use


class PublishedFileNotFound(Refusal):
    """Dit bestand is er nog niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Lees het bestand eerst in."


class PublishedFile(msgspec.Struct, frozen=True):
    """A file as it was handed over."""

    id: UUID
    kind: PublishedKind
    file_name: str
    content: str
    recorded_at: datetime


class KeptFile(msgspec.Struct, frozen=True, rename="camel"):
    """That a file was kept; one that was there already is not kept twice."""

    id: UUID
    kind: PublishedKind
    file_name: str
    recorded_at: datetime
    is_new: bool


class _Hash(msgspec.Struct, frozen=True):
    sha256: str


ONE_WRITER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.published_file'))", None
)
READ_NEWEST: Final = Statement(
    """
    SELECT id, kind, file_name, content, recorded_at FROM published_file
    WHERE kind = $1 ORDER BY recorded_at DESC, id DESC LIMIT 1
    """,
    PublishedFile,
)
ADD: Final = Statement(
    """
    INSERT INTO published_file (id, kind, file_name, content, sha256, recorded_at, recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
    None,
)
CHECKS: Final[Mapping[PublishedKind, Callable[[bytes], object]]] = {
    "printed_reach": judge_printed,
    "use_by_year": check_use,
    "appropriations": read_lines,
    "budget_table": check_budget,
}
"""What reads a kind, and refuses a file that it cannot read."""


async def keep_published(
    connection: Connection,
    content: bytes,
    *,
    kind: PublishedKind,
    file_name: str,
    actor: Actor,
    now: datetime,
) -> KeptFile:
    """Keep a file that can be read; the same one again is the one we have."""
    if len(content) > MOST_BYTES:
        raise FileRefused(f"Dit bestand is groter dan {MOST_BYTES} bytes.")
    CHECKS[kind](content)
    text = content.decode("utf-8-sig")
    digest = hashlib.sha256(text.encode()).digest()
    async with connection.transaction():
        await ONE_WRITER.run(connection)
        before = await READ_NEWEST.first(connection, kind)
        if before is not None and before.content == text:
            return KeptFile(before.id, kind, before.file_name, before.recorded_at, is_new=False)
        name = file_name[:LONGEST_FILE_NAME]
        made = KeptFile(uuid7(), kind, name, now, is_new=True)
        await ADD.run(connection, made.id, kind, name, text, digest, now, actor.id)
        await record_event(
            connection,
            kind="published_file.added",
            subject_kind="published_file",
            subject_id=made.id,
            actor=actor,
            before=None if before is None else _Hash(_hash(before.content)),
            after={"kind": kind, "file_name": name, "sha256": digest.hex()},
        )
    return made


async def newest_published(connection: Connection, kind: PublishedKind) -> PublishedFile | None:
    return await READ_NEWEST.first(connection, kind)


async def read_newest_published(connection: Connection, kind: PublishedKind) -> PublishedFile:
    """Give the newest file of a kind; raises PublishedFileNotFound."""
    found = await newest_published(connection, kind)
    if found is None:
        raise PublishedFileNotFound
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
