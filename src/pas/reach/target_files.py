"""Target groups from a CSV file, a row per number; the columns are described in docs/files.md.

A target group is taken whole or not at all: with a row missing its breakdown would mislead. So a
row that is refused takes the other rows of its target group along, and no other target group.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import BinaryIO, Final

import msgspec

from pas import cells
from pas.cells import Draft, Fault
from pas.csvfile import Row, read_rows
from pas.reach import model
from pas.reach.model import EVERYTHING, Dimension, Kind, Part, Status, TargetGroup, Unit, UserIs

MOST_ROWS: Final = 20_000
LONGEST_SOURCE: Final = 300
LONGEST_DEFINITION: Final = 1_000
MOST_AREAS: Final = 30
HIGHEST_COUNT: Final = 1_000_000_000
COLUMNS: Final = (
    "scheme",
    "year",
    "kind",
    "unit",
    "user_is",
    "dimension",
    "value",
    "count",
    "status",
    "source",
    "reference_date",
    "definition",
)
OPEN_CELLS: Final = frozenset(("", "n.t.b.", "n.t.b", "ntb", "pm", "p.m.", "p.m", "onbekend", "?"))
"""What people write where they do not know yet: unknown, which is not zero."""
STATUS_WORDS: Final = (*model.STATUSES, "none")
BAND: Final = re.compile(r"([0-9]{1,4})-([0-9]{1,4})?")
BANDS: Final = frozenset(("age_band", "income_band"))
Key = tuple[str, int, Kind, Unit]


class ReadRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it was understood; ``dimension`` None is the whole target group."""

    line: int
    label: str
    key: Key | None = None
    dimension: Dimension | None = None
    value: str = ""
    count: int | None = None
    status: Status = "unknown"
    user_is: UserIs = "granted"
    source: str = ""
    reference_date: date | None = None
    definition: str = ""
    faults: tuple[Fault, ...] = ()


class ReadGroup(msgspec.Struct, frozen=True):
    """All rows of one target group, in the order of the file."""

    key: Key
    rows: tuple[ReadRow, ...]

    @property
    def total_rows(self) -> list[ReadRow]:
        return [row for row in self.rows if row.dimension is None]

    def made(self) -> TargetGroup:
        """The target group; only of rows without faults, among which is one of the whole."""
        (total,) = self.total_rows
        assert total.reference_date is not None, "a row without it has a fault"
        scheme, year, kind, unit = self.key
        return TargetGroup(
            scheme=scheme,
            year=year,
            kind=kind,
            unit=unit,
            total=total.count,
            status=total.status,
            user_is=total.user_is,
            source=total.source,
            reference_date=total.reference_date,
            definition=total.definition,
            parts=tuple(
                Part(row.dimension, row.value, row.count, row.status)
                for row in sorted(self.rows, key=lambda row: (row.dimension or "", row.value))
                if row.dimension is not None
            ),
        )


def read_target_rows(source: BinaryIO) -> Iterator[ReadRow]:
    """Yield every row; raises FileRefused for a file that is not ours to read."""
    for row in read_rows(source, COLUMNS, most_rows=MOST_ROWS):
        yield _read_row(row)


def by_group(rows: Iterable[ReadRow]) -> list[ReadGroup]:
    """Put the rows that say of which target group they are together."""
    groups: dict[Key, list[ReadRow]] = {}
    for row in rows:
        if row.key is not None:
            groups.setdefault(row.key, []).append(row)
    return [ReadGroup(key, tuple(some)) for key, some in groups.items()]


def _read_row(row: Row) -> ReadRow:
    if row.fault:
        return ReadRow(line=row.line, label="", faults=(Fault("", row.fault),))
    draft = Draft(row)
    key = _key(draft)
    dimension = cells.optional_choice(draft, "dimension", model.DIMENSIONS)
    value = _value(draft, dimension)
    count, status = _count(draft)
    whole = not row.cells["dimension"].strip()
    texts = cells.text if whole else cells.optional_text
    source = texts(draft, "source", longest=LONGEST_SOURCE)
    definition = texts(draft, "definition", longest=LONGEST_DEFINITION)
    reference_date = (cells.day if whole else cells.optional_day)(draft, "reference_date")
    user_is = (cells.choice if whole else cells.optional_choice)(draft, "user_is", model.USERS_ARE)
    return ReadRow(
        line=row.line,
        label=_label(row.cells),
        key=key,
        dimension=dimension,
        value=value,
        count=count,
        status=status,
        user_is=user_is or "granted",
        source=source,
        reference_date=reference_date,
        definition=definition,
        faults=tuple(draft.faults),
    )


def _key(draft: Draft) -> Key | None:
    """Which target group; None when the row does not say that in a readable way."""
    everybody = draft.row.cells["scheme"].strip() == EVERYTHING
    scheme = EVERYTHING if everybody else cells.code(draft, "scheme")
    year = cells.optional_whole(draft, "year", least=2000, most=2199)
    if not draft.row.cells["year"].strip():
        draft.refuse("year", "Kolom year is leeg.")
    kind = cells.choice(draft, "kind", model.KINDS)
    unit = cells.choice(draft, "unit", model.UNITS)
    if draft.faults or year is None:
        return None
    return scheme, year, kind, unit


def _value(draft: Draft, dimension: Dimension | None) -> str:
    text = " ".join(draft.row.cells["value"].split())
    if dimension is None:
        if text and not draft.row.cells["dimension"].strip():
            draft.refuse("value", "Kolom value is gevuld, maar dimension is leeg.")
        return ""
    if not text:
        draft.refuse("value", "Kolom value is leeg. Vul in welk deel dit is.")
        return ""
    if dimension == "area":
        return _areas(draft)
    if dimension in BANDS:
        return _band(draft, text)
    if text not in model.VALUES_OF[dimension]:
        allowed = ", ".join(model.VALUES_OF[dimension])
        draft.refuse("value", f"Kolom value kent deze waarde niet. Kies uit: {allowed}.")
    return text


def _areas(draft: Draft) -> str:
    """One area or several together, in one order."""
    text = cells.optional_text(draft, "value", longest=LONGEST_SOURCE)
    areas = {part.strip() for part in text.split(",") if part.strip()}
    if not areas or len(areas) > MOST_AREAS:
        draft.refuse("value", f"Kolom value: 1 tot {MOST_AREAS} wijken, met komma's ertussen.")
    return ",".join(sorted(areas))


def _band(draft: Draft, text: str) -> str:
    if text == model.UNKNOWN:
        return text
    shape = BAND.fullmatch(text)
    if shape is None or (shape[2] and int(shape[2]) <= int(shape[1])):
        draft.refuse("value", "Kolom value: schrijf een groep als 6-8, of 67- voor 67 en ouder.")
        return ""
    return text


def _count(draft: Draft) -> tuple[int | None, Status]:
    """The number; what is still open is unknown, whatever its status says."""
    chosen = cells.choice(draft, "status", STATUS_WORDS)
    status: Status = "unknown" if chosen == "none" else chosen
    if draft.row.cells["count"].strip().lower() in OPEN_CELLS:
        return None, "unknown"
    count = cells.optional_whole(draft, "count", most=HIGHEST_COUNT)
    if count is not None and status == "unknown":
        draft.refuse("status", "Kolom status zegt onbekend, maar er staat een getal.")
    return count, status


def _label(found: Mapping[str, str]) -> str:
    """Which row it is, for the list of verdicts."""
    names = (found[column].strip()[:60] for column in ("scheme", "year", "kind", "unit"))
    part = found["value"].strip()[:60]
    return " ".join((*names, part)).strip()
