"""The files of an export: rows out of the database and back, packed, hashed, a megabyte at a time."""

import gzip
import hashlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import ClassVar, Final

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.leaving.manifest import BookFile, Manifest, TableFile
from pas.leaving.tables import Table

FOLDER_OF_TABLES: Final = "tables"
PIECE_BYTES: Final = 2**20
PACKED: Final = 3
"""Level of gzip, from 1 (quick) to 9 (small)."""
SAME_WORDS: Final = Statement(
    """
    SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
        set_config('IntervalStyle', 'iso_8601', true), set_config('bytea_output', 'hex', true),
        set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
    """,
    None,
)
"""However the server is set, a value is written in one way."""

Told = Callable[[int, int | None], None]
"""Hears how many rows are done, of how many."""


class ExportDamaged(Refusal):
    """Deze export is niet heel."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Haal de export opnieuw op. Of maak een nieuwe export."


class Rows:
    """Writes the rows of one table, and counts and hashes them on the way."""

    def __init__(self, write: Callable[[bytes], object], told: Callable[[int], None]) -> None:
        self._write = write
        self._told = told
        self._content = hashlib.sha256()
        self._lines = 0

    async def take(self, piece: bytes) -> None:
        self._content.update(piece)
        self._write(piece)
        self._lines += piece.count(b"\n")
        self._told(self._lines)

    def content_sha256(self) -> str:
        return self._content.hexdigest()


def counted_on(told: Told, before: int, total: int) -> Callable[[int], None]:
    """Tell of the rows of one table after those before it; a total that was too low grows."""

    def rows_done(rows: int) -> None:
        told(before + rows, max(total, before + rows))

    return rows_done


async def write_table(
    connection: Connection, table: Table, folder: Path, *, told: Callable[[int], None]
) -> TableFile:
    """Write a table as CSV with a line of names; NULL is empty without quotes, a value has quotes."""
    name = f"{FOLDER_OF_TABLES}/{table.name}.csv.gz"
    with (
        (folder / name).open("wb") as file,
        gzip.GzipFile("", "wb", PACKED, file, mtime=0) as packed,
    ):
        rows = Rows(packed.write, told)
        count = await copy_out(connection, table, rows)
    return TableFile(
        table=table.name,
        what=table.what,
        file=name,
        rows=count,
        sha256=sha256_of(folder / name),
        content_sha256=rows.content_sha256(),
        order=table.order,
        columns=table.columns,
    )


async def copy_out(connection: Connection, table: Table, rows: Rows) -> int:
    """Give every row of a table, in its order, to ``rows``; gives how many."""
    done = await connection.copy_from_query(
        table.query, output=rows.take, format="csv", header=True, force_quote=True
    )
    return copied(done)


async def copy_in(
    connection: Connection, file: TableFile, folder: Path, *, told: Callable[[int], None]
) -> int:
    """Put the rows of a file into its table, and refuse another content than was exported."""
    pieces = Pieces(folder / file.file, told)
    names = [one.name for one in file.columns]
    done = await connection.copy_to_table(
        file.table, source=pieces.read(), columns=names, format="csv", header=True
    )
    if pieces.content_sha256() != file.content_sha256:
        raise ExportDamaged(f"{file.file} is veranderd terwijl wij het lazen.")
    return copied(done)


class Pieces:
    """Reads a packed file piece by piece."""

    def __init__(self, path: Path, told: Callable[[int], None]) -> None:
        self._path = path
        self._told = told
        self._content = hashlib.sha256()

    async def read(self) -> AsyncGenerator[bytes]:
        lines = 0
        with gzip.open(self._path, "rb") as packed:
            while piece := packed.read(PIECE_BYTES):
                self._content.update(piece)
                yield piece
                lines += piece.count(b"\n")
                self._told(lines)

    def content_sha256(self) -> str:
        return self._content.hexdigest()


def refuse_damaged(folder: Path, manifest: Manifest) -> None:
    """Every file that the manifest names is there, whole and unchanged; no other table is."""
    named: list[TableFile | BookFile] = [*manifest.tables, *manifest.books]
    for one in named:
        path = folder / one.file
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise ExportDamaged(f"{one.file} ontbreekt.")
        if sha256_of(path) != one.sha256:
            raise ExportDamaged(f"{one.file} is niet meer zoals het was.")
    tables = {one.file for one in manifest.tables}
    there = {path.relative_to(folder).as_posix() for path in (folder / FOLDER_OF_TABLES).iterdir()}
    if there != tables:
        raise ExportDamaged(f"Dit hoort er niet bij: {', '.join(sorted(there - tables)[:5])}.")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copied(done: str) -> int:
    """``COPY 12`` is twelve rows."""
    return int(done.rpartition(" ")[2])
