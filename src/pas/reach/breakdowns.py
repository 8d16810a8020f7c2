"""Breakdowns: the same people by area, kind of household, age or income, with small cells hidden.

A breakdown is shown in one unit only: beside the same one in another unit (a household has at least
one person) hidden cells could be narrowed down.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from pas.reach.figures import Bands, Count
from pas.reach.judge_targets import NO_END, limits_of
from pas.reach.model import ADULT, UNKNOWN, VALUES_OF, Dimension, Part, TargetGroup
from pas.reach.numbers import COLUMNS, HIDDEN, UNKNOWN_NUMBER, Column, Number, Totals, shown
from pas.reach.suppression import Cell, hidden_cells, hidden_parts

AGES: Final[tuple[int, ...]] = (4, 6, 8, 12, ADULT, 27, 67)
INCOMES: Final[tuple[int, ...]] = (100, 110, 120, 130)
OTHER: Final = "other"
COUNTED: Final[tuple[Dimension, ...]] = (
    "area",
    "household_type",
    "age_band",
    "income_band",
    "income_source",
    "school_type",
)
OF_HOUSEHOLDS: Final[tuple[Dimension, ...]] = (
    "area",
    "household_type",
    "income_band",
    "income_source",
)
KEPT_COST: Final = 3
"""Hiding the column that the definition names takes away three times as much."""


class Row(msgspec.Struct, frozen=True):
    """One value of a dimension, before anything is hidden; its block adds up by itself."""

    value: str
    granted: int
    used: int
    block: str = ""

    def of(self, column: Column) -> int:
        match column:
            case "granted":
                return self.granted
            case "used":
                return self.used
            case "never":
                return self.granted - self.used


class ShownRow(msgspec.Struct, frozen=True):
    value: str
    numbers: Totals


def bands_of(groups: Iterable[TargetGroup]) -> Bands:
    """Ours, and those of the target groups, so that theirs can be put together."""
    ages: set[int] = set(AGES)
    incomes: set[int] = set(INCOMES)
    for part in (part for group in groups for part in group.parts):
        if part.value == UNKNOWN:
            continue
        if part.dimension == "age_band":
            ages |= set(limits_of(part.value))
        elif part.dimension == "income_band":
            incomes |= set(limits_of(part.value))
    return Bands(ages=_ascending(ages), incomes=_ascending(incomes))


def rows_of(
    dimension: Dimension, counts: Sequence[Count], parts: Sequence[Part], *, bands: Bands
) -> list[Row]:
    """Put what was counted under the values that the target group has, or ours."""
    found: dict[tuple[str, bool], tuple[int, int]] = {}
    for one in counts:
        granted, used = found.get((one.value, one.child), (0, 0))
        found[one.value, one.child] = granted + one.count, used + (one.count if one.used else 0)
    name = _namer(dimension, parts, bands)
    rows: dict[tuple[str, bool], tuple[int, int]] = {
        (value, False): (0, 0) for value in _values(dimension, parts)
    }
    for (value, child), (granted, used) in found.items():
        key = name(value), child and dimension == "age_band"
        before = rows.get(key, (0, 0))
        rows[key] = before[0] + granted, before[1] + used
    return [
        Row(value, granted, used, "child" if child else "")
        for (value, child), (granted, used) in sorted(rows.items(), key=_order(dimension))
        if not (granted == 0 and (value, True) in rows and not child)
    ]


def is_split(rows: Sequence[Row]) -> bool:
    """Whether a band has children and adults, so that it belongs to neither block."""
    values = [row.value for row in rows]
    return len(values) > len(set(values))


def joined(rows: Sequence[Row]) -> list[Row]:
    """Let everybody add up together, children and adults alike."""
    made: dict[str, Row] = {}
    for row in rows:
        before = made.get(row.value, Row(row.value, 0, 0))
        granted, used = before.granted + row.granted, before.used + row.used
        made[row.value] = Row(row.value, granted, used)
    return list(made.values())


def hide_in_table(
    rows: Sequence[Row], totals: Totals, *, keep: Column, threshold: int
) -> list[ShownRow] | None:
    """Show a breakdown beside totals that are shown; None where it is too small to be shown."""
    cells: dict[tuple[int, Column], Cell]
    if totals.all_shown:
        cells = _cells_of_table(rows, keep)
    elif not totals.of(keep).hidden:
        cells = {
            (n, keep): Cell(row.of(keep), ("parts", row.block), ("sum", row.block), row.of(keep))
            for n, row in enumerate(rows)
        }
    else:
        return None
    hidden = hidden_cells(cells, threshold=threshold)
    if hidden is None:
        return None

    def number(place: int, column: Column) -> Number:
        if (place, column) not in cells:
            return HIDDEN
        return shown(rows[place].of(column), hidden=(place, column) in hidden)

    made: list[ShownRow] = []
    for place, row in enumerate(rows):
        one, two, three = (number(place, column) for column in COLUMNS)
        made.append(ShownRow(row.value, Totals(one, two, three)))
    return made


def hide_targets(
    parts: Sequence[Part], total: int | None, *, threshold: int
) -> Mapping[str, Number]:
    """Show the parts of a target group; what is left of its total counts as one of them."""
    known = [part for part in parts if part.count is not None]
    values = [part.count or 0 for part in known]
    rest = [] if total is None or len(known) < len(parts) else [total - sum(values)]
    hidden = hidden_parts([*values, *rest], threshold=threshold, adds_up=bool(rest))
    numbers = {part.value: UNKNOWN_NUMBER for part in parts}
    for place, part in enumerate(known):
        is_hidden = hidden is None or place in hidden
        numbers[part.value] = shown(part.count or 0, hidden=is_hidden)
    return numbers


def _cells_of_table(rows: Sequence[Row], keep: Column) -> dict[tuple[int, Column], Cell]:
    """Who is granted flows to a row, and from there to those who used it and those who did not."""
    cells: dict[tuple[int, Column], Cell] = {}
    for place, row in enumerate(rows):
        for column in COLUMNS:
            value = row.of(column)
            source, sink = (("row", place), (column, row.block))
            if column == "granted":
                source, sink = sink, source
            cost = value * KEPT_COST if column == keep else value
            cells[place, column] = Cell(value, source, sink, cost)
    return cells


def _values(dimension: Dimension, parts: Sequence[Part]) -> list[str]:
    """The rows that are there even when nobody is in them."""
    values = [part.value for part in parts]
    if dimension in {"household_type", "income_source"}:
        values += [value for value in VALUES_OF[dimension] if value not in [*values, UNKNOWN]]
    return values


def _namer(dimension: Dimension, parts: Sequence[Part], bands: Bands) -> Callable[[str], str]:
    """From what was counted to the row it belongs in."""
    if dimension == "area":
        together = {area: part.value for part in parts for area in part.value.split(",")}
        return lambda value: together.get(value, value)
    if dimension in {"age_band", "income_band"}:
        limits = bands.ages if dimension == "age_band" else bands.incomes
        wanted = [part.value for part in parts if part.value != UNKNOWN]
        if not wanted:
            ours = AGES if dimension == "age_band" else INCOMES
            wanted = [f"{a}-{b}" for a, b in zip((0, *ours), (*ours, ""), strict=True)]
        return lambda value: _band_of(int(value), limits, wanted)
    return lambda value: value


def _band_of(place: int, limits: Sequence[int], wanted: Sequence[str]) -> str:
    if place < 0:
        return UNKNOWN
    start = 0 if place == 0 else limits[place - 1]
    for band in wanted:
        first, last = limits_of(band)
        if first <= start < last:
            return band
    return OTHER


def _order(
    dimension: Dimension,
) -> Callable[[tuple[tuple[str, bool], object]], tuple[bool, int, str]]:
    """Closed lists in their own order, bands by number, areas by name; what is unknown last."""

    def key(item: tuple[tuple[str, bool], object]) -> tuple[bool, int, str]:
        value = item[0][0]
        last = value in {UNKNOWN, OTHER}
        if dimension in VALUES_OF and value in VALUES_OF[dimension]:
            return last, VALUES_OF[dimension].index(value), value
        if dimension in {"age_band", "income_band"} and not last:
            return last, limits_of(value)[0], value
        return last, 0, value

    return key


def _ascending(limits: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(limit for limit in limits if 0 < limit < NO_END))
