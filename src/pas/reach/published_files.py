"""Files of figures that others printed: read word for word, with commas or semicolons.

What stands in a policy paper is kept as it stands, also when it is wrong; we say so beside it. A file
that cannot be read is refused whole, since half of a table closes nowhere.
"""

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO, ClassVar, Final, Literal

from pas.csvfile import SEPARATOR, FileRefused, Row, read_rows
from pas.errors import Refusal

PublishedKind = Literal["printed_reach", "use_by_year", "appropriations", "budget_table"]

PUBLISHED_KINDS: Final[tuple[PublishedKind, ...]] = (
    "printed_reach",
    "use_by_year",
    "appropriations",
    "budget_table",
)
MOST_ROWS: Final = 2_000
MOST_DIGITS: Final = 15
"""Far above any amount, and exact in every reader of JSON."""
MOST_BYTES: Final = 1_000_000
OPEN_CELLS: Final = frozenset(("", "pm", "p.m.", "n.t.b.", "ntb"))
"""Not known yet, which is not zero."""
LONGEST_CELL: Final = 400


class FigureUnreadable(Refusal):
    """In dit bestand staat een cel die wij niet kunnen lezen."""

    status: ClassVar[int] = 400
    next_step: ClassVar[str] = "Verbeter de cel in het bestand. Stuur het bestand dan opnieuw."


def read_published(content: bytes, columns: Sequence[str]) -> list[Row]:
    """Read a file with exactly these columns; raises FileRefused or FigureUnreadable."""
    rows = list(read_rows(_with_semicolons(content), columns, most_rows=MOST_ROWS))
    for row in rows:
        if row.fault:
            raise FigureUnreadable(f"Regel {row.line}: {row.fault}")
        for column, cell in row.cells.items():
            if len(cell) > LONGEST_CELL or not cell.isprintable():
                raise FigureUnreadable(f"Regel {row.line}, kolom {column}: onleesbaar of te lang.")
    return rows


def header_of(content: bytes) -> list[str]:
    """Give the names of the columns; raises FileRefused for a file without any."""
    first = _with_semicolons(content).readline(16_384)
    try:
        names = first.decode("utf-8-sig").strip().split(SEPARATOR)
    except UnicodeDecodeError:
        raise FileRefused("Dit bestand is geen UTF-8.") from None
    return [name.strip().strip('"').lower() for name in names]


def whole_number(row: Row, column: str) -> int | None:
    """Read a number as it was printed; None where the cell is open."""
    cell = row.cells[column].strip()
    if cell.lower() in OPEN_CELLS:
        return None
    digits = cell.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS:
        return int(cell)
    raise FigureUnreadable(f"Regel {row.line}, kolom {column}: dit is geen heel getal.")


def _with_semicolons(content: bytes) -> BinaryIO:
    """Papers use commas; everything after this reads one kind of file."""
    first = content.partition(b"\n")[0]
    if len(content) > MOST_BYTES:
        raise FileRefused(f"Dit bestand is groter dan {MOST_BYTES} bytes.")
    if SEPARATOR.encode() in first or b"," not in first:
        return io.BytesIO(content)
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise FileRefused("Dit bestand is geen gewoon CSV-bestand in UTF-8.") from None
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=SEPARATOR).writerows(rows)
    return io.BytesIO(made.getvalue().encode())
