"""Numbers that may be shown: the totals of a scheme, over the year and its parts.

Who used it and who never did are together who was granted, and the quarters are together the half
years: so one small number hides another one with it, in such a way that no third one gives it away.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

import msgspec

from pas.reach.model import PERIODS, PeriodName, UserIs
from pas.reach.suppression import Cell, hidden_cells, is_small

Column = Literal["granted", "used", "never"]
COLUMNS: Final[tuple[Column, ...]] = ("granted", "used", "never")
COLUMN_OF: Final[dict[UserIs, Column]] = {"granted": "granted", "redeemed": "used"}
HALF_OF: Final[dict[PeriodName, str]] = {"q1": "h1", "q2": "h1", "q3": "h2", "q4": "h2"}
PARTS_OF: Final[Mapping[PeriodName, tuple[PeriodName, PeriodName]]] = {
    "year": ("h1", "h2"),
    "h1": ("q1", "q2"),
    "h2": ("q3", "q4"),
}
HALF_COST: Final = 1
"""A half year is given up before a quarter, which says more."""


class Number(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number, or why there is none: ``hidden`` to protect people, else nobody counted it."""

    value: int | None = None
    hidden: bool = False


HIDDEN: Final = Number(hidden=True)
UNKNOWN_NUMBER: Final = Number()


class Totals(msgspec.Struct, frozen=True):
    """What is granted, used, and granted but never used."""

    granted: Number
    used: Number
    never: Number

    def of(self, column: Column) -> Number:
        match column:
            case "granted":
                return self.granted
            case "used":
                return self.used
            case "never":
                return self.never

    @property
    def all_shown(self) -> bool:
        return not any(self.of(column).hidden for column in COLUMNS)


NOTHING_SHOWN: Final = Totals(HIDDEN, HIDDEN, HIDDEN)


def shown(value: int, *, hidden: bool) -> Number:
    return HIDDEN if hidden else Number(value)


def shown_totals(granted: int, used: int, *, keep: Column, threshold: int) -> Totals:
    """Show what can be; of a pair of which one must go, ``keep`` stays where it can."""
    never = granted - used
    assert never >= 0, "whoever used it was granted it"
    if is_small(granted, threshold):
        return NOTHING_SHOWN
    hidden: set[Column] = set()
    if is_small(used, threshold):
        hidden = {"used", "never"}
    elif is_small(never, threshold):
        hidden = {"never", "granted" if keep == "used" else "used"}
    values: Mapping[Column, int] = {"granted": granted, "used": used, "never": never}
    one, two, three = (shown(values[column], hidden=column in hidden) for column in COLUMNS)
    return Totals(one, two, three)


def shown_series(
    values: Mapping[PeriodName, int], *, year_shown: bool, threshold: int
) -> dict[PeriodName, Number]:
    """Show a number of the year and its parts; the parts hide with a year that is hidden."""
    if not year_shown:
        return dict.fromkeys(PERIODS, HIDDEN)
    cells: dict[PeriodName, Cell] = {}
    for period in PERIODS:
        if period in HALF_OF:
            cells[period] = Cell(values[period], "quarters", HALF_OF[period], values[period])
        elif period != "year":
            cells[period] = Cell(values[period], period, "year", HALF_COST)
    hidden = hidden_cells(cells, threshold=threshold)
    if hidden is None:
        hidden = frozenset(cells)
    apart = _told_apart(values, hidden, threshold)
    return {period: shown(values[period], hidden=period in apart) for period in PERIODS}


def _told_apart(
    values: Mapping[PeriodName, int], hidden: Collection[PeriodName], threshold: int
) -> set[PeriodName]:
    """Hide besides what tells how few belong to one part alone, or to two parts both.

    Whoever uses it in two halves is one user of the year: so the year less one half are those of
    the other half alone, and the halves less the year are those of both.
    """
    apart = set(hidden)
    for whole, parts in PARTS_OF.items():
        for part in parts:
            if {whole, part}.isdisjoint(apart) and is_small(
                values[whole] - values[part], threshold
            ):
                apart.add(part)
        both = sum(values[part] for part in parts) - values[whole]
        if {whole, *parts}.isdisjoint(apart) and is_small(both, threshold):
            apart.add(parts[0])
    for part in PERIODS:
        if is_small(values["year"] - values[part], threshold):
            apart.add(part)
    return apart


def gives_away(everybody: int, schemes: Sequence[tuple[int, bool]], *, threshold: int) -> bool:
    """Whether the number of all together pins down the hidden ones among its schemes.

    People may have several schemes, so all together are at least what the shown ones leave over.
    """
    hidden = sum(1 for _, is_hidden in schemes if is_hidden)
    left = everybody - sum(value for value, is_hidden in schemes if not is_hidden)
    return hidden > 0 and left >= hidden * (threshold - 1)
