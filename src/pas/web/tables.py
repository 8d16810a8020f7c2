"""A table of a page as a file: the same address with ``.csv`` or ``.xlsx`` behind it.

Amounts and days are amounts and days in both, and nothing in a cell can run.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import msgspec

from pas.csvfile import write_rows
from pas.money import comma_euros
from pas.spreadsheet import MEDIA_TYPE, Amount, Cell, write_spreadsheet

CSV: Final = "text/csv"
MARK: Final = "utf-8-sig"
"""With the mark by which a spreadsheet sees that it is UTF-8."""
SHEET: Final = ".xlsx"


class Table(msgspec.Struct, frozen=True):
    """What goes in a file; ``name`` is that of the file and its sheet."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def files_of(path: str) -> list[str]:
    """Where the files of a page are."""
    return [f"{path}.csv", f"{path}{SHEET}"]


def written(table: Table, path: str) -> tuple[str, bytes, str]:
    """Write the file that a path asks for: its name, its content and its media type."""
    if path.endswith(SHEET):
        content = write_spreadsheet(table.name, table.columns, table.rows)
        return f"{table.name}{SHEET}", content, MEDIA_TYPE
    return f"{table.name}.csv", table_csv(table), CSV


def table_csv(table: Table) -> bytes:
    rows = ([_written(cell) for cell in row] for row in table.rows)
    return "".join(write_rows(table.columns, rows)).encode(MARK)


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Amount(cents):
            return comma_euros(cents)
        case date():
            return f"{cell:%d-%m-%Y}"
        case str() | int():
            return str(cell)
