"""Tables of use by year, as papers print them: do the rows add up, and is the growth what it says?

A row whose name starts with ``printed_total`` is the paper's own total of the rows above it, back to
the total before. Growth is between the first and the last year, in percent of the first.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from pas.csvfile import FileRefused, Row
from pas.reach.published_files import header_of, read_published, whole_number
from pas.reach.rules import Verdict, in_words, judge, parse_printed

TOTAL: Final = "printed_total"
GROWTH: Final = "printed_development_pct"
YEAR: Final = re.compile(r"(?:19|20|21)[0-9]{2}")


class YearTotal(msgspec.Struct, frozen=True, rename="camel"):
    """A printed total beside the sum of its rows; None where a cell is open."""

    line: int
    name: str
    year: int
    printed: int | None
    summed: int | None

    @property
    def closes(self) -> bool | None:
        """Whether they are the same; None where that cannot be said."""
        if self.printed is None or self.summed is None:
            return None
        return self.printed == self.summed


class Growth(msgspec.Struct, frozen=True, rename="camel"):
    """A printed growth with its verdict."""

    line: int
    name: str
    first: int | None
    last: int | None
    printed: str
    verdict: Verdict
    tenths: int | None
    why: str


class UseTable(msgspec.Struct, frozen=True, rename="camel"):
    """What can be said of a whole table."""

    years: list[int]
    totals: list[YearTotal]
    growth: list[Growth]

    @property
    def not_adding_up(self) -> list[YearTotal]:
        return [one for one in self.totals if one.closes is False]


def check_use(content: bytes) -> UseTable:
    """Read a table of use and check its totals and growth; raises FileRefused."""
    years = [int(name) for name in header_of(content) if YEAR.fullmatch(name)]
    if not years:
        raise FileRefused("In de eerste regel staat geen jaar, zoals 2018.")
    columns = ("scheme", "unit", *(str(year) for year in years), GROWTH)
    rows = read_published(content, columns)
    return UseTable(years, _totals(rows, years), [_growth(row, years) for row in rows])


def _totals(rows: Sequence[Row], years: Sequence[int]) -> list[YearTotal]:
    totals: list[YearTotal] = []
    above: list[Row] = []
    for row in rows:
        if not row.cells["scheme"].startswith(TOTAL):
            above.append(row)
            continue
        for year in years:
            cells = [whole_number(one, str(year)) for one in above]
            printed = whole_number(row, str(year))
            known = [cell for cell in cells if cell is not None]
            summed = sum(known) if known and len(known) == len(cells) else None
            if printed is not None or summed is not None:
                totals.append(YearTotal(row.line, row.cells["scheme"], year, printed, summed))
        above = []
    return totals


def _growth(row: Row, years: Sequence[int]) -> Growth:
    first, last = (whole_number(row, str(year)) for year in (years[0], years[-1]))
    printed = row.cells[GROWTH].strip()
    grown = None if first is None or last is None else last - first
    judged = judge(grown, first, parse_printed(printed))
    if judged.tenths is None:
        said = "Het eerste of het laatste jaar staat er niet bij."
    else:
        said = f"Van {first} naar {last} is {in_words(judged.tenths)} van {first}."
    return Growth(
        row.line, row.cells["scheme"], first, last, printed, judged.verdict, judged.tenths, said
    )
