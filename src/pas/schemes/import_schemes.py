"""Brings in a file of schemes: a verdict for every row, and the same file again changes nothing.

The whole file is one short transaction, in which a row that the database refuses takes back itself
alone. A purpose that nobody named before is added with its code for a title.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, Final

import msgspec

from pas.auth.actor import Actor
from pas.csvfile import RowVerdict
from pas.db import Connection
from pas.ids import ImportId, uuid7
from pas.imports.record import Import, end_import, file_hash, keep_verdicts, start_import
from pas.schemes.categories import Category, add_categories, title_from
from pas.schemes.compare import compare
from pas.schemes.files import ReadVersion, key_of, read_versions
from pas.schemes.keep_version import (
    VersionGranted,
    VersionOverlaps,
    add_version,
    change_version,
    lock_schemes,
)
from pas.schemes.model import SchemeVersion, StoredVersion
from pas.schemes.stored import read_versions as read_stored

WRITTEN: Final = frozenset(("added", "changed"))


class ImportedSchemes(msgspec.Struct, frozen=True, rename="camel"):
    """What a file did; ``new_categories`` want a title."""

    summary: Import
    new_categories: list[str]


async def import_schemes(
    connection: Connection,
    source: BinaryIO,
    *,
    file_name: str,
    actor: Actor,
    now: datetime,
    import_id: ImportId | None = None,
) -> ImportedSchemes:
    """Read a whole file and act on it; raises FileRefused before anything is changed."""
    read, sha256 = read_versions(source), file_hash(source)
    import_id = import_id or ImportId(uuid7())
    async with connection.transaction():
        await lock_schemes(connection)
        await start_import(
            connection,
            import_id,
            kind="schemes",
            file=(file_name, sha256),
            actor=actor,
            now=now,
        )
        stored = await read_stored(connection)
        verdicts = compare(read, stored)
        new = await _add_categories(connection, read, verdicts, actor=actor)
        verdicts = await _write(connection, read, verdicts, stored=stored, actor=actor)
        await keep_verdicts(connection, import_id, verdicts)
        summary = await end_import(connection, import_id, now=now)
    return ImportedSchemes(summary, new)


async def _add_categories(
    connection: Connection,
    read: Sequence[ReadVersion],
    verdicts: Sequence[RowVerdict],
    *,
    actor: Actor,
) -> list[str]:
    named = {
        category
        for one, verdict in zip(read, verdicts, strict=True)
        if one.version is not None and verdict.outcome in WRITTEN
        for category in one.version.categories
    }
    missing = (Category(code, title_from(code)) for code in named)
    return [one.code for one in await add_categories(connection, missing, actor=actor)]


async def _write(
    connection: Connection,
    read: Sequence[ReadVersion],
    verdicts: Sequence[RowVerdict],
    *,
    stored: Sequence[StoredVersion],
    actor: Actor,
) -> list[RowVerdict]:
    """Write in the order in which they were judged: what ends goes before what follows it."""
    before = {key_of(one.version): one for one in stored}
    after: dict[int, RowVerdict] = {}
    pairs = zip(read, verdicts, strict=True)
    for one, verdict in sorted(pairs, key=lambda pair: (pair[0].key not in before, pair[1].line)):
        after[verdict.line] = verdict
        if one.version is None or verdict.outcome not in WRITTEN:
            continue
        try:
            async with connection.transaction():
                await _write_one(connection, one.version, before, actor=actor)
        except (VersionOverlaps, VersionGranted) as refusal:
            after[verdict.line] = msgspec.structs.replace(
                verdict, outcome="refused", reason=refusal.detail, fields=("valid_from", "valid_to")
            )
    return [after[verdict.line] for verdict in verdicts]


async def _write_one(
    connection: Connection,
    version: SchemeVersion,
    before: Mapping[str, StoredVersion],
    *,
    actor: Actor,
) -> None:
    stored = before.get(key_of(version))
    if stored is None:
        await add_version(connection, version, actor=actor)
        return
    await change_version(
        connection, stored, valid_until=version.valid_until, status=version.status, actor=actor
    )
