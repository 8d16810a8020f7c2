"""A budget table of a policy paper: does each column close, and which cells are still open?

The first line is what there is already; the others come on top. ``printed_extra_needed`` is the
paper's sum of what comes on top, ``printed_total`` that of everything. Amounts are whole euros.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from pas.csvfile import FileRefused, Row
from pas.money import Cents
from pas.reach.published_files import header_of, read_published, whole_number

EXTRA: Final = "printed_extra_needed"
TOTAL: Final = "printed_total"
PRINTED: Final = "printed_"
YEAR: Final = re.compile(r"(?:19|20|21)[0-9]{2}")
CENTS_IN_A_EURO: Final = 100


class BudgetLine(msgspec.Struct, frozen=True, rename="camel"):
    """One cell of a line; None is open (pm, or nothing), which is not zero."""

    line: str
    amount_cents: Cents | None
    is_open: bool
    """Whether the paper says ``pm``; an empty cell says nothing."""


class PrintedSum(msgspec.Struct, frozen=True, rename="camel"):
    """What the paper says a column adds up to, and what it does."""

    name: str
    printed_cents: Cents | None
    summed_cents: Cents

    @property
    def closes(self) -> bool:
        return self.printed_cents == self.summed_cents


class BudgetColumn(msgspec.Struct, frozen=True, rename="camel"):
    """One year of a budget table."""

    year: int
    lines: list[BudgetLine]
    sums: list[PrintedSum]

    @property
    def closes(self) -> bool:
        return all(one.closes for one in self.sums)

    @property
    def open_lines(self) -> list[str]:
        return [one.line for one in self.lines if one.is_open]


def check_budget(content: bytes) -> list[BudgetColumn]:
    """Read a budget table and add up every column; raises FileRefused."""
    years = [int(name) for name in header_of(content) if YEAR.fullmatch(name)]
    if not years:
        raise FileRefused("In de eerste regel staat geen jaar, zoals 2022.")
    rows = read_published(content, ("line", *(str(year) for year in years)))
    plain = [row for row in rows if not row.cells["line"].startswith(PRINTED)]
    printed = {row.cells["line"]: row for row in rows if row not in plain}
    return [_column(plain, printed, year) for year in years]


def _column(plain: Sequence[Row], printed: dict[str, Row], year: int) -> BudgetColumn:
    lines = [
        BudgetLine(
            row.cells["line"],
            _cents(whole_number(row, str(year))),
            is_open=whole_number(row, str(year)) is None and bool(row.cells[str(year)].strip()),
        )
        for row in plain
    ]
    known = [one.amount_cents or Cents(0) for one in lines]
    sums = {EXTRA: sum(known[1:]), TOTAL: sum(known)}
    return BudgetColumn(
        year,
        lines,
        [
            PrintedSum(name, _cents(whole_number(printed[name], str(year))), Cents(summed))
            for name, summed in sums.items()
            if name in printed
        ],
    )


def _cents(euros: int | None) -> Cents | None:
    return None if euros is None else Cents(euros * CENTS_IN_A_EURO)
