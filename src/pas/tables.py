"""A table that leaves the program: the same cells as CSV and as a spreadsheet, the same bytes each time.

Amounts and days are amounts and days in both, and nothing in a cell can run.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from pas.csvfile import write_rows
from pas.money import comma_euros
from pas.spreadsheet import Amount, Cell, write_spreadsheet

CSV: Final = "text/csv"
SHEET: Final = ".xlsx"
MARKED: Final = "utf-8-sig"
"""With the mark by which a spreadsheet sees that it is UTF-8."""


class Table(msgspec.Struct, frozen=True):
    """Columns, and rows with a cell for each; ``name`` is that of the file and of the sheet."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_lines(table: Table) -> Iterator[str]:
    """Yield it line by line: semicolons, a decimal comma in amounts, days as 31-12-2026."""
    return write_rows(table.columns, ([_written(cell) for cell in row] for row in table.rows))


def csv_text(table: Table) -> str:
    return "".join(csv_lines(table))


def spreadsheet(table: Table) -> bytes:
    return write_spreadsheet(table.name, table.columns, table.rows)


def file_of(table: Table, suffix: str) -> bytes:
    """Write what the end of a file's name asks for: a spreadsheet, and else text."""
    return spreadsheet(table) if suffix == SHEET else csv_text(table).encode(MARKED)


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
