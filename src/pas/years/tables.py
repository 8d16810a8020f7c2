"""A table that leaves the program: the same cells as CSV and as a spreadsheet, the same bytes each time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from pas.csvfile import write_rows
from pas.money import comma_euros
from pas.spreadsheet import Amount, Cell, write_spreadsheet

CSV: Final = "text/csv"


class Table(msgspec.Struct, frozen=True):
    """Columns and rows with a name; a row has a cell for every column."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_lines(table: Table) -> Iterator[str]:
    """Yield it line by line: semicolons, and a decimal comma in amounts."""
    return write_rows(table.columns, ([_written(cell) for cell in row] for row in table.rows))


def spreadsheet(table: Table) -> bytes:
    return write_spreadsheet(table.name, table.columns, table.rows)


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Amount(cents):
            return comma_euros(cents)
        case date():
            return cell.isoformat()
        case str() | int():
            return str(cell)
