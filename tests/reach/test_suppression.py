"""Nobody can work a small cell out: an attacker who knows everything else tries."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pas.reach import suppression
from pas.reach.breakdowns import Row, ShownRow, hide_in_table
from pas.reach.numbers import COLUMNS, Column, Number, Totals, gives_away, shown_series
from pas.reach.suppression import Cell, hidden_cells, hidden_parts

SMALL = 3
"""A low threshold, so that an attacker can try every table there is."""

counts = st.integers(0, 6)
tables = st.lists(st.tuples(counts, counts), min_size=1, max_size=4)


def other_rows(hidden: Sequence[int | None], total: int) -> Iterator[list[int]]:
    """Every row that shows the same: hidden cells are at least one, because a zero is shown."""
    most = total - sum(cell for cell in hidden if cell is not None)
    places = [n for n, cell in enumerate(hidden) if cell is None]
    for tried in product(range(1, most + 1), repeat=len(places)):
        if sum(tried) == most:
            row = [0 if cell is None else cell for cell in hidden]
            for place, value in zip(places, tried, strict=True):
                row[place] = value
            yield row


@given(st.lists(counts, min_size=1, max_size=5))
@settings(max_examples=300, deadline=None)
def test_no_hidden_part_of_a_known_sum_can_be_worked_out(values: list[int]) -> None:
    hidden = hidden_parts(values, threshold=SMALL)
    if hidden is None:
        return
    seen = [None if n in hidden else value for n, value in enumerate(values)]
    possible = list(other_rows(seen, sum(values)))
    assert values in possible
    for place in hidden:
        assert len({row[place] for row in possible}) > 1


@given(st.lists(counts, min_size=1, max_size=5))
def test_every_small_part_is_hidden_and_no_zero_is(values: list[int]) -> None:
    hidden = hidden_parts(values, threshold=SMALL)
    if hidden is not None:
        assert {n for n, value in enumerate(values) if 0 < value < SMALL} <= hidden
        assert all(values[n] > 0 for n in hidden)


def totals_of(rows: Sequence[Row]) -> Totals:
    one, two, three = (Number(sum(row.of(column) for row in rows)) for column in COLUMNS)
    return Totals(one, two, three)


def same_tables(shown: Sequence[ShownRow], totals: Totals) -> Iterator[list[tuple[int, int]]]:
    """Every table of used and never used that shows the same as ours, sums and all."""

    def pairs(row: ShownRow) -> list[tuple[int, int]]:
        most = totals.granted.value or 0
        fits: list[tuple[int, int]] = []
        for used, never in product(range(most + 1), repeat=2):
            cells: Mapping[Column, int] = {"granted": used + never, "used": used, "never": never}
            if all(agrees(row.numbers.of(column), cells[column]) for column in COLUMNS):
                fits.append((used, never))
        return fits

    for table in product(*(pairs(row) for row in shown)):
        used, never = (sum(pair[column] for pair in table) for column in (0, 1))
        if (used, never) == (totals.used.value, totals.never.value):
            yield list(table)


def agrees(shown: Number, value: int) -> bool:
    return value >= 1 if shown.hidden else shown.value == value


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=3), st.sampled_from(COLUMNS[:2]))
@settings(max_examples=150, deadline=None)
def test_no_hidden_cell_of_a_breakdown_can_be_worked_out(
    pairs: list[tuple[int, int]], keep: Column
) -> None:
    rows = [Row(str(n), used + never, used) for n, (used, never) in enumerate(pairs)]
    totals = totals_of(rows)
    shown = hide_in_table(rows, totals, keep=keep, threshold=SMALL)
    if shown is None:
        return
    possible = list(same_tables(shown, totals))
    assert pairs in possible
    for place, row in enumerate(shown):
        if row.numbers.used.hidden:
            assert len({table[place][0] for table in possible}) > 1
        if row.numbers.never.hidden:
            assert len({table[place][1] for table in possible}) > 1
        if row.numbers.granted.hidden:
            assert len({sum(table[place]) for table in possible}) > 1


@given(tables)
@settings(deadline=None)
def test_what_a_breakdown_shows_is_what_was_counted(pairs: list[tuple[int, int]]) -> None:
    rows = [Row(str(n), used + never, used) for n, (used, never) in enumerate(pairs)]
    for row, one in zip(
        rows,
        hide_in_table(rows, totals_of(rows), keep="granted", threshold=SMALL) or [],
        strict=False,
    ):
        for column in COLUMNS:
            number = one.numbers.of(column)
            assert number.hidden or number.value == row.of(column)
            assert number.hidden or not 0 < row.of(column) < SMALL


def test_the_attacker_finds_the_cell_when_only_small_ones_are_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard seen to fail: without a second hidden cell, subtraction gives the first away."""

    def only_small(cells: Mapping[int, Cell], *, threshold: int) -> frozenset[int]:
        return frozenset(n for n, cell in cells.items() if 0 < cell.value < threshold)

    monkeypatch.setattr(suppression, "hidden_cells", only_small)
    hidden = suppression.hidden_parts([2, 20, 30], threshold=SMALL)
    assert hidden == {0}
    assert len(list(other_rows([None, 20, 30], 52))) == 1


def test_the_smallest_neighbour_goes_with_a_small_cell() -> None:
    assert hidden_parts([4, 40, 30, 90], threshold=10) == {0, 2}


def test_ones_that_must_be_ones_take_a_third_along() -> None:
    """Two hidden cells of together two are one each, for a zero is shown."""
    assert hidden_parts([1, 1, 40], threshold=10) == {0, 1, 2}


def test_a_table_that_cannot_be_kept_safe_is_not_shown() -> None:
    assert hidden_parts([4, 0, 0], threshold=10) is None


def test_a_quarter_takes_half_years_along_before_a_quarter_that_says_more() -> None:
    values = {"year": 112, "h1": 104, "h2": 8, "q1": 100, "q2": 4, "q3": 8, "q4": 0}
    shown = shown_series(values, year_shown=True, threshold=10)  # pyright: ignore[reportArgumentType]
    assert {name for name, number in shown.items() if number.hidden} == {"h1", "h2", "q2", "q3"}
    assert shown["q1"] == Number(100)


def test_who_used_it_in_one_half_alone_is_not_told_by_the_year_less_the_other_half() -> None:
    values = {"year": 200, "h1": 196, "h2": 150, "q1": 120, "q2": 120, "q3": 90, "q4": 90}
    shown = shown_series(values, year_shown=True, threshold=10)  # pyright: ignore[reportArgumentType]
    assert {name for name, number in shown.items() if number.hidden} == {"h1"}


def test_who_used_it_in_both_halves_is_not_told_by_the_halves_less_the_year() -> None:
    values = {"year": 200, "h1": 104, "h2": 100, "q1": 60, "q2": 60, "q3": 60, "q4": 60}
    shown = shown_series(values, year_shown=True, threshold=10)  # pyright: ignore[reportArgumentType]
    assert {name for name, number in shown.items() if number.hidden} == {"h1"}


def test_all_schemes_together_are_hidden_when_they_give_one_away() -> None:
    """109 in all and 100 in the other scheme: then the hidden one has nine, the most it can have."""
    assert gives_away(109, [(100, False), (9, True)], threshold=10)
    assert not gives_away(105, [(100, False), (9, True)], threshold=10)
    assert not gives_away(109, [(100, False), (30, False)], threshold=10)


def test_names_of_cells_may_be_anything() -> None:
    cells = {("a", 1): Cell(2, "x", "y", 2), ("b", 2): Cell(50, "x", "y", 50)}
    assert hidden_cells(cells, threshold=10) == {("a", 1), ("b", 2)}
