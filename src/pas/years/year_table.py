"""The year for the accountant as a table; its bytes are what a closing keeps the hash of."""

import base64
import hashlib
from typing import Final

from pas.money import Cents
from pas.spreadsheet import Amount, Cell
from pas.tables import Table, csv_lines
from pas.years.year_file import YearFile, YearLine

COLUMNS: Final = (
    *("part", "scheme", "budget_year", "unit", "category", "merchant", "merchant_name"),
    *("opening", "granted", "shortfall", "spent", "refunded", "lapsed", "corrected"),
    *("paid", "returned", "closing", "seal_size", "seal_root"),
)


def year_table(year: YearFile) -> Table:
    """Give the lines in their order, each with the seal under which it was added up."""
    root = base64.b64encode(year.checkpoint.root).decode()
    rows = [(*_cells(line, year.names), year.checkpoint.size, root) for line in year.lines]
    return Table(f"jaar {year.span.year}", COLUMNS, rows)


def hash_of(year: YearFile) -> bytes:
    """Hash the CSV, so that whoever has the file can compare it."""
    hashed = hashlib.sha256()
    for line in csv_lines(year_table(year)):
        hashed.update(line.encode())
    return hashed.digest()


def _cells(line: YearLine, names: dict[str, str]) -> tuple[Cell, ...]:
    merchant = "" if line.merchant_id is None else str(line.merchant_id)
    numbers = (
        *(line.opening, line.granted, line.shortfall, line.spent, line.refunded, line.lapsed),
        *(line.corrected, line.paid, line.returned, line.closing),
    )
    return (
        *(line.part, line.scheme, line.budget_year, line.unit, line.category),
        *(merchant, names.get(merchant, "")),
        *(Amount(Cents(number)) if line.unit == "cents" else number for number in numbers),
    )
