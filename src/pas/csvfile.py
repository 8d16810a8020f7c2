"""Reads the CSV files that people make: hostile until proven otherwise, in bounded memory.

One shape is expected (UTF-8, semicolons, the header as documented in docs/files.md). A file of
another shape is refused whole, with a sentence that says what was expected and how to get there.
A bad row costs only itself: after a quote that never closes, reading goes on at the next line.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, Final, Literal, TypeVar

import msgspec

from pas.errors import Refusal

SEPARATOR: Final = ";"
MOST_ROWS: Final = 1_000_000
LONGEST_LINE_BYTES: Final = 16_384
MOST_LINES_IN_A_RECORD: Final = 20
BYTES_UNUSED_IN_WINDOWS_1252: Final = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
NUMBER: Final = re.compile(r"-[0-9]+(?:[.,][0-9]+)?", re.ASCII)
HOW_TO_EXPORT: Final = (
    "Kies in Excel: Opslaan als, en dan ‘CSV UTF-8’. "
    "In LibreOffice: Opslaan als CSV, tekenset ‘Unicode (UTF-8)’, scheidingsteken ‘;’."
)

Outcome = Literal["added", "changed", "same", "refused"]
_Item = TypeVar("_Item")


class FileRefused(Refusal):
    """Het bestand is niet gelezen."""


class Row(msgspec.Struct, frozen=True):
    """One record; ``line`` is where it starts in the file, the header being line 1.

    ``offset`` is the byte at which it starts, to read it once more by ``read_rows_at``.
    """

    line: int
    cells: Mapping[str, str]
    fault: str = ""
    offset: int = 0


class RowVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one row; ``fields`` names the columns that were wrong, or that changed.

    The reason of a row that was taken is a remark: something that a person should look at.
    """

    line: int
    key: str
    outcome: Outcome
    reason: str = ""
    fields: tuple[str, ...] = ()


def read_rows(
    source: BinaryIO, columns: Sequence[str], *, most_rows: int = MOST_ROWS
) -> Iterator[Row]:
    """Yield every record of a file from its start; raises FileRefused when it is not ours to read.

    The refusal may come at any row, so a caller reads the file once before it acts on a row.
    """
    source.seek(0)
    lines = _Lines(source)
    header = _header(lines, columns)
    count = 0
    while (first := lines.take()) is not None:
        if not first.text.strip(SEPARATOR + " \t\r\n"):
            continue
        count += 1
        if count > most_rows:
            raise FileRefused(f"Dit bestand heeft meer dan {most_rows} regels. Splits het bestand.")
        yield _record(lines, first, header)


def read_rows_at(
    source: BinaryIO, columns: Sequence[str], places: Iterable[tuple[int, int]]
) -> Iterator[Row]:
    """Read records once more, in any order, by the line and offset that ``read_rows`` gave."""
    source.seek(0)
    header = _header(_Lines(source), columns)
    for line, offset in places:
        source.seek(offset)
        lines = _Lines(source, number=line - 1, offset=offset)
        first = lines.take()
        assert first is not None, "a record was there before"
        yield _record(lines, first, header)


def chunks(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Cut a stream in lists of at most ``size`` items."""
    chunk: list[_Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def neutral(text: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run as a formula; a number is none."""
    runs = text.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a CSV file as ``read_rows`` expects it, formulas neutralised."""
    yield _line(columns)
    for row in rows:
        assert len(row) == len(columns), "a row has a cell for every column"
        yield _line([neutral(cell) for cell in row])


def _line(cells: Sequence[str]) -> str:
    return SEPARATOR.join(_quoted(cell) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    if any(character in cell for character in ';"\r\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


class _Line(msgspec.Struct, frozen=True):
    number: int
    text: str
    offset: int
    too_long: bool = False


class _Lines:
    """The lines of a file, each of bounded length, with the possibility to put lines back."""

    def __init__(self, source: BinaryIO, *, number: int = 0, offset: int = 0) -> None:
        self._source = source
        self._number = number
        self._offset = offset
        self._waiting: deque[_Line] = deque()

    def take(self) -> _Line | None:
        if self._waiting:
            return self._waiting.popleft()
        raw = self._source.readline(LONGEST_LINE_BYTES)
        if not raw:
            return None
        self._number += 1
        offset = self._offset
        self._offset += len(raw)
        ends = len(raw) < LONGEST_LINE_BYTES or raw.endswith(b"\n")
        if self._number == 1:
            raw = _without_mark(raw)
        if ends:
            return _Line(self._number, _decoded(raw, self._number), offset)
        while rest := self._source.readline(LONGEST_LINE_BYTES):
            self._offset += len(rest)
            if rest.endswith(b"\n"):
                break
        return _Line(self._number, "(te lang)", offset, too_long=True)

    def put_back(self, lines: Sequence[_Line]) -> None:
        self._waiting.extendleft(reversed(lines))


def _without_mark(raw: bytes) -> bytes:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(f"Dit bestand is UTF-16. Wij verwachten UTF-8. {HOW_TO_EXPORT}")
    return raw.removeprefix(b"\xef\xbb\xbf")


def _decoded(raw: bytes, number: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if raw[error.start] in BYTES_UNUSED_IN_WINDOWS_1252:
            found = "Dit bestand is geen leesbare tekst"
        else:
            found = "Dit bestand is opgeslagen als Windows-1252 (ANSI)"
        raise FileRefused(
            f"{found}: zie regel {number}. Wij verwachten UTF-8. {HOW_TO_EXPORT}"
        ) from None


def _header(lines: _Lines, columns: Sequence[str]) -> tuple[str, ...]:
    first = lines.take()
    if first is None or not first.text.strip():
        raise FileRefused(f"Dit bestand is leeg. De eerste regel moet zijn: {_wanted(columns)}")
    text = first.text.rstrip("\r\n")
    if "\0" in text or "\r" in text or first.too_long:
        raise FileRefused(f"Dit is geen gewoon CSV-bestand. {HOW_TO_EXPORT}")
    for separator, name in ((",", "een komma"), ("\t", "een tab"), ("|", "een streep")):
        if SEPARATOR not in text and text.count(separator) >= len(columns) // 2 > 0:
            raise FileRefused(
                f"De kolommen zijn gescheiden door {name}. "
                f"Wij verwachten een puntkomma (;). {HOW_TO_EXPORT}"
            )
    names = tuple(name.strip().strip('"').strip().lower() for name in text.split(SEPARATOR))
    _refuse_other_columns(names, columns)
    return names


def _refuse_other_columns(names: Sequence[str], columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in names]
    unknown = [name or "(leeg)" for name in dict.fromkeys(names) if name not in columns]
    doubled = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    faults = [
        f"{label}: {', '.join(found)[:500]}."
        for label, found in (
            ("Deze kolommen ontbreken", missing),
            ("Deze kolommen kennen wij niet", unknown),
            ("Deze kolommen staan er dubbel", doubled),
        )
        if found
    ]
    if faults:
        raise FileRefused(f"{' '.join(faults)} De eerste regel moet zijn: {_wanted(columns)}")


def _wanted(columns: Sequence[str]) -> str:
    return SEPARATOR.join(columns)


def _record(lines: _Lines, first: _Line, header: Sequence[str]) -> Row:
    if first.too_long:
        return Row(first.number, {}, f"Deze regel is langer dan {LONGEST_LINE_BYTES} tekens.")
    text, more = first.text, list[_Line]()
    cells, fault = _cells(text, len(header))
    while fault and text.count('"') % 2 and len(more) < MOST_LINES_IN_A_RECORD:
        following = lines.take()
        if following is None:
            break
        more.append(following)
        text += following.text
        cells, fault = _cells(text, len(header))
    if fault:
        # A quote that never closes swallows its neighbours: only the first line is to blame.
        lines.put_back(more)
        return Row(first.number, {}, fault)
    return Row(first.number, dict(zip(header, cells, strict=True)), offset=first.offset)


def _cells(text: str, width: int) -> tuple[list[str], str]:
    bare = text.rstrip("\r\n")
    if '"' not in bare:
        if "\0" in bare or "\r" in bare:
            return [], "In deze regel staat een onleesbaar teken."
        cells = bare.split(SEPARATOR)
    else:
        try:
            cells = next(csv.reader([text], delimiter=SEPARATOR, strict=True))
        except (csv.Error, StopIteration):
            return [], 'In deze regel staat een aanhalingsteken (") verkeerd.'
    if len(cells) != width:
        return [], f"Deze regel heeft {len(cells)} kolommen. Het moeten er {width} zijn."
    return cells, ""
