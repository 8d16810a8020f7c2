"""Export a municipality: every row of it, its sealed books and what they add up to, from one snapshot.

First it is written down that somebody takes everything along, and sealed; then the rows are read by a login
that can read and nothing else. Whoever uses the municipality meanwhile does not wait for it, and what they
do after the snapshot is not in it.
"""

import importlib.metadata
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec

from pas.app.proving import prove_books
from pas.auth.actor import SYSTEM
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.db import Connection, RegisteredMunicipality, Statement, role_name
from pas.errors import Refusal
from pas.ids import EventId, MunicipalityName
from pas.installation import Access, Migration
from pas.installation.migrate import READ_APPLIED, Applied
from pas.leaving.files import (
    FOLDER_OF_TABLES,
    SAME_WORDS,
    Told,
    counted_on,
    sha256_of,
    write_table,
)
from pas.leaving.left_behind import LEFT_BEHIND
from pas.leaving.manifest import (
    FORMAT,
    BookFile,
    KeyMark,
    LeftTable,
    Manifest,
    MigrationMark,
    TableFile,
    totals_of,
    write_manifest,
)
from pas.leaving.readme import README, readme
from pas.leaving.tables import leaving_tables
from pas.seals.checkpoints import last_checkpoint
from pas.seals.export import CHECKPOINTS, LOG, export_books
from pas.seals.seal import note_keys, seal_next

THING: Final = "municipality"
PRIVATE: Final = 0o700
"""Nobody else may read the folder: it holds people's names."""


class FolderNotEmpty(Refusal):
    """Deze map is niet leeg."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies een nieuwe map."


class Server(msgspec.Struct, frozen=True):
    version: str


class Waiting(msgspec.Struct, frozen=True):
    """Work that is not done, and stays behind."""

    kind: str
    jobs: int


class Begun(msgspec.Struct, frozen=True):
    """That an export began is an event of the municipality, and as such in the export."""

    event_id: EventId
    migrations: list[MigrationMark]
    keys: list[KeyMark]


class Exported(msgspec.Struct, frozen=True):
    manifest: Manifest
    waiting: list[Waiting]


READ_SERVER: Final = Statement("SELECT current_setting('server_version') AS version", Server)
READ_WAITING: Final = Statement(
    """
    SELECT kind, count(*) AS jobs FROM job WHERE state IN ('queued', 'running') GROUP BY 1 ORDER BY 1
    """,
    Waiting,
)


async def export_municipality(
    access: Access,
    municipality: RegisteredMunicipality,
    folder: Path,
    *,
    ring: KeyRing,
    told: Told = lambda _done, _total: None,
) -> Exported:
    """Write the whole municipality to a new or empty folder."""
    make_room(folder)
    async with _connected(access, role_name("app", municipality.name)) as connection:
        begun = await _begin(connection, municipality, ring)
    async with (
        _connected(access, role_name("auditor", municipality.name)) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await SAME_WORDS.run(connection)
        files = await write_tables(connection, folder, told)
        await export_books(connection, folder)
        manifest = await _described(connection, municipality, begun, folder=folder, files=files)
        waiting = await READ_WAITING.all(connection)
    (folder / README).write_text(readme(manifest), encoding="utf-8")
    write_manifest(folder, manifest, ring)
    keep_all(folder)
    return Exported(manifest, waiting)


def make_room(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    if any(folder.iterdir()):
        raise FolderNotEmpty(f"{folder} is niet leeg.")
    folder.chmod(PRIVATE)
    (folder / FOLDER_OF_TABLES).mkdir()


async def _begin(
    connection: Connection, municipality: RegisteredMunicipality, ring: KeyRing
) -> Begun:
    """Write down that everything is taken along, and seal what can be sealed."""
    event_id = await record_event(
        connection,
        kind=f"{THING}.taken_along",
        subject_kind=THING,
        subject_id=id_of(municipality.name),
        actor=SYSTEM,
        after={"municipality": municipality.name},
    )
    await note_keys(connection, ring)
    while await seal_next(connection, ring) is not None:
        pass
    applied = await READ_APPLIED.all(connection)
    keys = [KeyMark(one.key_id, one.purpose) for one in ring.keys]
    return Begun(event_id, marks(applied), keys)


async def write_tables(connection: Connection, folder: Path, told: Told) -> list[TableFile]:
    tables, files = await leaving_tables(connection), list[TableFile]()
    about = sum(one.estimate for one in tables)
    for one in tables:
        before = sum(file.rows for file in files)
        files.append(
            await write_table(connection, one, folder, told=counted_on(told, before, about))
        )
    return files


async def _described(
    connection: Connection,
    municipality: RegisteredMunicipality,
    begun: Begun,
    *,
    folder: Path,
    files: list[TableFile],
) -> Manifest:
    proof = await prove_books(connection, datetime.now(UTC))
    last = await last_checkpoint(connection)
    return Manifest(
        format=FORMAT,
        municipality=municipality.name,
        title=municipality.title,
        demo=municipality.demo,
        sandbox=municipality.sandbox,
        event_id=begun.event_id,
        made_at=datetime.now(UTC),
        program=importlib.metadata.version("pas"),
        postgresql=(await READ_SERVER.one(connection)).version,
        migrations=begun.migrations,
        tables=files,
        books=[BookFile(name, sha256_of(folder / name)) for name in (LOG, CHECKPOINTS)],
        left_behind=[LeftTable(table, reason) for table, reason in sorted(LEFT_BEHIND.items())],
        keys=begun.keys,
        checkpoint=None if last is None else last.note,
        totals=totals_of(proof),
    )


def marks(applied: Sequence[Applied | Migration]) -> list[MigrationMark]:
    """Name migrations so that two installations can be compared."""
    return [MigrationMark(one.number, one.name, one.sha256.hex()) for one in applied]


def id_of(municipality: MunicipalityName) -> UUID:
    return uuid5(NAMESPACE_OID, municipality)


def keep_all(folder: Path) -> None:
    """Everything on disk, names of files included: what it was made from may go next."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


@asynccontextmanager
async def _connected(access: Access, role: str) -> AsyncGenerator[Connection]:
    connection = await access.address.login(role).connect()
    try:
        yield connection
    finally:
        await connection.close()
