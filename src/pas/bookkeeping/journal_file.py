"""Writes the journal as the financial administration takes it in: a CSV by the profile, or a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from pas.bookkeeping.journal import Journal
from pas.bookkeeping.model import DateFormat, Encoding, Field, JournalLine, JournalProfile
from pas.bookkeeping.periods import last_day_of, name_of
from pas.bookkeeping.words import ACCOUNTS, described
from pas.csvfile import neutral
from pas.money import Cents, comma_euros, point_euros
from pas.spreadsheet import Amount, Cell, write_spreadsheet

DATES: Final[Mapping[DateFormat, str]] = {
    "dd-mm-yyyy": "%d-%m-%Y",
    "yyyy-mm-dd": "%Y-%m-%d",
    "yyyymmdd": "%Y%m%d",
}
MARK: Final = "\ufeff"


def journal_csv(journal: Journal) -> bytes:
    """Write it by its profile; the same journal is the same bytes."""
    profile, made = journal.profile.content, io.StringIO()
    writer = csv.writer(made, delimiter=profile.separator, lineterminator="\r\n")
    if profile.header:
        writer.writerow([neutral(column.header) for column in profile.columns])
    for line in journal.lines:
        writer.writerow([neutral(_written(cell, profile)) for cell in _cells(journal, line)])
    return _encoded(made.getvalue(), profile.encoding)


def journal_spreadsheet(journal: Journal) -> bytes:
    """Write it with the columns of its profile; amounts and days are amounts and days."""
    columns = [column.header for column in journal.profile.content.columns]
    rows = (_cells(journal, line) for line in journal.lines)
    return write_spreadsheet(f"journaal {name_of(journal.period)}", columns, rows)


def _cells(journal: Journal, line: JournalLine) -> list[Cell]:
    fields = {column.field for column in journal.profile.content.columns}
    return [
        _signed(line, has_side="side" in fields)
        if column.field == "amount"
        else CELLS[column.field](journal, line)
        for column in journal.profile.content.columns
    ]


def _signed(line: JournalLine, *, has_side: bool) -> Cell:
    """An amount beside its side has no sign; alone, a credit is below zero."""
    cents = line.group.amount_cents
    return Amount(Cents(-cents) if line.side == "credit" and not has_side else cents)


def _one_side(cents: Cents) -> Cell:
    return Amount(cents) if cents else None


CELLS: Final[Mapping[Field, Callable[[Journal, JournalLine], Cell]]] = {
    "period": lambda journal, _: name_of(journal.period),
    "date": lambda journal, _: last_day_of(journal.period),
    "journal": lambda journal, _: journal.profile.content.journal,
    "transaction": lambda journal, line: f"{name_of(journal.period)}-{line.group.number:04}",
    "line": lambda _, line: line.line,
    "description": lambda _, line: described(
        line.group.kind, line.group.scheme, line.group.budget_year
    ),
    "ledger_account": lambda _, line: line.mapping.ledger_account,
    "cost_centre": lambda _, line: line.mapping.cost_centre,
    "taakveld": lambda _, line: line.mapping.taakveld,
    "category": lambda _, line: line.mapping.category,
    "debit": lambda _, line: _one_side(line.debit_cents),
    "credit": lambda _, line: _one_side(line.credit_cents),
    "side": lambda _, line: "D" if line.side == "debit" else "C",
    "scheme": lambda _, line: line.group.scheme or "",
    "budget_year": lambda _, line: line.group.budget_year,
    "kind": lambda _, line: line.group.kind,
    "account": lambda _, line: ACCOUNTS.get(line.account, line.account),
    "transfers": lambda _, line: line.group.transfers,
}
"""What stands in a column, but for the amount, whose sign depends on the columns beside it."""


def _written(cell: Cell, profile: JournalProfile) -> str:
    match cell:
        case None:
            return ""
        case Amount(cents):
            return comma_euros(cents) if profile.decimal == "," else point_euros(cents)
        case date():
            return cell.strftime(DATES[profile.dates])
        case str() | int():
            return str(cell)


def _encoded(text: str, encoding: Encoding) -> bytes:
    match encoding:
        case "utf-8-bom":
            return (MARK + text).encode()
        case "utf-8":
            return text.encode()
        case "windows-1252":
            return "".join(map(_in_windows_1252, text)).encode("cp1252")


def _in_windows_1252(character: str) -> str:
    """The character, or the letter under its accents, or a question mark."""
    for tried in (character, unicodedata.normalize("NFKD", character)[:1]):
        try:
            tried.encode("cp1252")
        except UnicodeEncodeError:
            continue
        return tried
    return "?"
