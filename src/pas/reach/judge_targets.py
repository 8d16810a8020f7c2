"""What is wrong with target groups as a whole: overlap, parts above the whole, units that do not fit.

Pure: the rows of a file, and what is known of schemes, areas and earlier versions, go in.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from pas import cells
from pas.cells import Fault
from pas.csvfile import RowVerdict
from pas.reach.model import ADULT, EVERYTHING, UNITS_OF_SCHEME, Dimension, TargetGroup, Unit
from pas.reach.target_files import BAND, BANDS, Key, ReadGroup, ReadRow
from pas.schemes.model import Unit as SchemeUnit

OPEN_REMARK: Final = "Er staat geen getal. Wij bewaren dit als onbekend, niet als nul."
NO_END: Final = 10_000
Faults = dict[int, list[Fault]]


class SchemeFacts(msgspec.Struct, frozen=True):
    """Per whom a scheme is granted in the year, and until which age."""

    unit: SchemeUnit
    age_until: int | None = None


class Known(msgspec.Struct, frozen=True):
    """What rows are judged by; no ``areas`` means that any area will do."""

    schemes: Mapping[tuple[str, int], SchemeFacts]
    areas: frozenset[str]
    stored: Mapping[Key, TargetGroup]


def judge_rows(
    rows: Sequence[ReadRow], groups: Sequence[ReadGroup], known: Known
) -> list[RowVerdict]:
    """Give a verdict for every row; one row that is wrong takes its target group along."""
    faults: Faults = {row.line: list(row.faults) for row in rows}
    for group in groups:
        _judge_group(group, known, faults)
    totals = _totals(groups, known, faults)
    for group in groups:
        _refuse_more_than_all(group, totals, faults)
    outcome = {group.key: _outcome(group, known, faults) for group in groups}
    by_line = {row.line: group for group in groups for row in group.rows}
    return [_verdict(row, by_line.get(row.line), faults=faults, outcome=outcome) for row in rows]


def _judge_group(group: ReadGroup, known: Known, faults: Faults) -> None:
    _refuse_scheme(group, known, faults)
    _refuse_doubles(group, faults)
    totals = group.total_rows
    if not totals:
        _add(faults, group.rows[:1], ("dimension", "Het totaal van deze doelgroep ontbreekt."))
        return
    by_dimension: dict[Dimension, list[ReadRow]] = {}
    for row in group.rows:
        if row.dimension is not None and not row.faults:
            by_dimension.setdefault(row.dimension, []).append(row)
    for dimension, rows in by_dimension.items():
        if dimension == "area":
            _refuse_areas(rows, known, faults)
        elif dimension in BANDS:
            _refuse_overlap(rows, faults)
        _refuse_too_much(rows, totals[0].count, faults)


def _refuse_scheme(group: ReadGroup, known: Known, faults: Faults) -> None:
    scheme, year, _, unit = group.key
    if scheme == EVERYTHING:
        return
    facts = known.schemes.get((scheme, year))
    if facts is None:
        _add(faults, group.rows, ("scheme", "Deze regeling kennen wij niet in dit jaar."))
    elif not fits(unit, facts):
        _add(faults, group.rows, ("unit", "Deze eenheid past niet bij de regeling."))


def fits(unit: Unit, facts: SchemeFacts) -> bool:
    """Whether a scheme can be counted so: one for persons under 18 also in children."""
    only_children = facts.unit == "person" and (facts.age_until or ADULT + 1) <= ADULT
    if unit == "children" and only_children:
        return True
    return unit in UNITS_OF_SCHEME[facts.unit]


def _refuse_doubles(group: ReadGroup, faults: Faults) -> None:
    seen: dict[tuple[Dimension | None, str], ReadRow] = {}
    for row in group.rows:
        first = seen.setdefault((row.dimension, row.value), row)
        if first is not row and not row.faults:
            said = f"Dit staat er dubbel: zie ook regel {first.line}."
            _add(faults, [row], ("value", said))


def _refuse_areas(rows: Sequence[ReadRow], known: Known, faults: Faults) -> None:
    first_with: dict[str, ReadRow] = {}
    for row in rows:
        for area in row.value.split(","):
            if known.areas and area not in known.areas:
                _add(faults, [row], ("value", "Deze wijk kennen wij niet."))
            other = first_with.setdefault(area, row)
            if other is not row and other.value != row.value:
                said = f"Deze wijk zit ook in regel {other.line}. Wijken mogen niet overlappen."
                _add(faults, [row], ("value", said))


def _refuse_overlap(rows: Sequence[ReadRow], faults: Faults) -> None:
    bands = sorted((*limits_of(row.value), row.line) for row in rows if BAND.fullmatch(row.value))
    by_line = {row.line: row for row in rows}
    for (_, until, line), (start, _, later) in pairwise(bands):
        if start < until and by_line[line].value != by_line[later].value:
            said = f"Deze groep overlapt met regel {line}."
            _add(faults, [by_line[later]], ("value", said))


def limits_of(band: str) -> tuple[int, int]:
    """The limits of ``6-8``, half open for ages; ``67-`` has no end."""
    start, _, until = band.partition("-")
    return int(start), int(until) if until else NO_END


def _refuse_too_much(rows: Sequence[ReadRow], total: int | None, faults: Faults) -> None:
    if total is None:
        return
    for row in rows:
        if row.count is not None and row.count > total:
            _add(faults, [row], ("count", f"Dit deel is groter dan het totaal ({total})."))
            return
    together = sum(row.count or 0 for row in rows)
    if together > total:
        said = f"De delen zijn samen {together}, en het totaal is {total}."
        _add(faults, rows[-1:], ("count", said))


def _totals(groups: Sequence[ReadGroup], known: Known, faults: Faults) -> dict[Key, int | None]:
    """What each target group counts after this file, for those that it leaves as they are too."""
    totals = {key: group.total for key, group in known.stored.items()}
    for group in groups:
        if group.total_rows and not any(faults[row.line] for row in group.rows):
            totals[group.key] = group.total_rows[0].count
    return totals


def _refuse_more_than_all(
    group: ReadGroup, totals: Mapping[Key, int | None], faults: Faults
) -> None:
    """There are never more children, or households, than persons."""
    scheme, year, kind, unit = group.key
    if unit not in {"children", "households"} or not group.total_rows:
        return
    count = group.total_rows[0].count
    persons = totals.get((scheme, year, kind, "persons"))
    if count is not None and persons is not None and count > persons:
        what = "kinderen" if unit == "children" else "huishoudens"
        said = f"Er zijn meer {what} ({count}) dan personen ({persons})."
        _add(faults, group.total_rows, ("count", said))


def _outcome(group: ReadGroup, known: Known, faults: Faults) -> str:
    if any(faults[row.line] for row in group.rows):
        return "refused"
    stored = known.stored.get(group.key)
    if stored is None:
        return "added"
    return "same" if stored == group.made() else "changed"


def _verdict(
    row: ReadRow, group: ReadGroup | None, *, faults: Faults, outcome: Mapping[Key, str]
) -> RowVerdict:
    own = faults[row.line]
    if own:
        said = cells.sentences(own)
        return RowVerdict(
            line=row.line, key=row.label, outcome="refused", reason=said, fields=cells.fields(own)
        )
    assert group is not None, "a row without a target group has a fault"
    match outcome[group.key]:
        case "refused":
            line = min(one.line for one in group.rows if faults[one.line])
            reason = f"Een andere regel van deze doelgroep klopt niet: zie regel {line}."
            return RowVerdict(line=row.line, key=row.label, outcome="refused", reason=reason)
        case "added":
            kept = RowVerdict(line=row.line, key=row.label, outcome="added")
        case "changed":
            kept = RowVerdict(line=row.line, key=row.label, outcome="changed")
        case _:
            kept = RowVerdict(line=row.line, key=row.label, outcome="same")
    remark = OPEN_REMARK if row.count is None else ""
    return msgspec.structs.replace(kept, reason=remark)


def _add(faults: Faults, rows: Iterable[ReadRow], fault: tuple[str, str]) -> None:
    for row in rows:
        faults[row.line].append(Fault(*fault))
