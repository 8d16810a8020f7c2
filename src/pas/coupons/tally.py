"""Reads what was typed of a tally list, row by row, and from a file: a wrong row is a verdict, not a refusal."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import BinaryIO, Final

from pas.auth.keys import KeyRing
from pas.coupons.codes import CouponCodeMistyped, code_hashes, read_code
from pas.coupons.enter_list import MOST_LINES
from pas.coupons.rules import Typed
from pas.csvfile import read_rows
from pas.errors import Refusal
from pas.money import Cents, parse_euros

COLUMNS: Final = ("code", "amount", "sold_on")
DAY: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")


def read_typed(
    rows: Iterable[tuple[int, Mapping[str, str]]], *, ring: KeyRing, sold_on: date | None
) -> list[Typed]:
    """Read rows of code, amount and, if it is not that of the list, day; empty rows are left out."""
    return [
        Typed(
            number=number,
            hashes=hashes_of(cells["code"], ring),
            amount_cents=amount_of(cells["amount"]),
            sold_on=day_of_row(cells.get("sold_on", "")) or sold_on,
        )
        for number, cells in rows
        if any(text.strip() for text in cells.values())
    ]


def read_file(source: BinaryIO, *, ring: KeyRing) -> list[Typed]:
    """Read a CSV file of a tally list; raises FileRefused when it is not ours to read."""
    rows = read_rows(source, COLUMNS, most_rows=MOST_LINES)
    cells = (
        (number, {name: row.cells.get(name, "") for name in COLUMNS})
        for number, row in enumerate(rows, 1)
    )
    return read_typed(cells, ring=ring, sold_on=None)


def hashes_of(text: str, ring: KeyRing) -> tuple[bytes, ...] | None:
    try:
        return tuple(code_hashes(ring, read_code(text)))
    except CouponCodeMistyped:
        return None


def amount_of(text: str) -> Cents | None:
    try:
        return parse_euros(text)
    except Refusal:
        return None


def day_of_row(text: str) -> date | None:
    """``2026-12-24`` or ``24-12-2026``."""
    typed = text.strip()
    try:
        if found := DAY.fullmatch(typed):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(typed)
    except ValueError:
        return None
