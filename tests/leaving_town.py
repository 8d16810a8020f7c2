"""Leaving and arriving in tests: an export of velsen, and its import elsewhere."""

import gzip
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from pas.auth.keys import KeyRing
from pas.db import Database
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.leaving.arrive import Arrived, import_municipality
from pas.leaving.export import Exported, export_municipality
from pas.leaving.files import sha256_of
from pas.leaving.manifest import read_manifest, write_manifest

VELSEN = MunicipalityName("velsen")


@asynccontextmanager
async def one_at_a_time(access: Access) -> AsyncGenerator[None]:
    """Two tests that give the roles of one server their limits would hinder each other."""
    assert access.superuser is not None
    connection = await access.superuser.to("postgres").connect()
    try:
        await connection.execute("SELECT pg_advisory_lock(320)")
        yield
    finally:
        await connection.close()


async def exported(access: Access, folder: Path, ring: KeyRing) -> Exported:
    database = Database(access.address)
    registered = await database.municipality(ring.municipality)
    await database.close()
    return await export_municipality(access, registered, folder, ring=ring)


async def imported(access: Access, folder: Path, ring: KeyRing) -> Arrived:
    async with one_at_a_time(access):
        return await import_municipality(access, folder, ring=ring)


Lines = list[bytes]


def rewritten(folder: Path, table: str, change: Callable[[Lines], object]) -> None:
    """Change the lines of a table's file; the first has the names."""
    path = folder / "tables" / f"{table}.csv.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    change(lines)
    path.write_bytes(gzip.compress(b"".join(lines)))


def signed_anew(folder: Path, ring: KeyRing, table: str, *, rows: int) -> None:
    """Make the manifest true again after a table was changed, as whoever has the keys can."""
    manifest = read_manifest(folder)
    files = [
        msgspec.structs.replace(
            one,
            rows=one.rows + rows,
            sha256=sha256_of(folder / one.file),
            content_sha256=sha256(gzip.decompress((folder / one.file).read_bytes())).hexdigest(),
        )
        if one.table == table
        else one
        for one in manifest.tables
    ]
    write_manifest(folder, msgspec.structs.replace(manifest, tables=files), ring)
