"""Percentages, points and verdicts, to the tenth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pas.reach.rules import (
    PrintedPercentage,
    in_words,
    judge,
    of_each_hundred,
    parse_printed,
    points_between,
    reach_tenths,
    rounded,
    truncated,
)


@pytest.mark.parametrize(
    ("users", "target", "tenths"),
    [(877, 2328, 377), (1, 3, 333), (2, 3, 667), (1, 2000, 1), (1, 2001, 0), (0, 5, 0)],
)
def test_a_percentage_is_rounded_half_up_to_a_tenth(users: int, target: int, tenths: int) -> None:
    assert reach_tenths(users, target) == tenths


def test_above_the_whole_is_shown_as_it_is() -> None:
    assert reach_tenths(120, 100) == 1200
    assert in_words(1200) == "120%"
    assert of_each_hundred(1200) == "120 van elke 100"


@pytest.mark.parametrize("target", [None, 0])
def test_without_a_target_group_there_is_no_reach(target: int | None) -> None:
    assert reach_tenths(5, target) is None


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_rounding_is_the_nearest_and_truncation_the_one_below(part: int, whole: int) -> None:
    assert 2 * abs(rounded(part, whole) * whole - part) <= whole
    assert truncated(part, whole) * whole <= part < (truncated(part, whole) + 1) * whole
    assert rounded(-part, whole) == -rounded(part, whole)


def test_a_difference_of_percentages_is_in_percentage_points() -> None:
    """A paper that calls 12.7 to 11.4 "-1.3 %" means percentage points."""
    assert points_between(127, 114) == "1,3 procentpunt minder"
    assert points_between(114, 124) == "1 procentpunt meer"
    assert points_between(114, 114) == "gelijk"
    assert points_between(None, 114) == "niet te vergelijken"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("37", PrintedPercentage(37, 0)),
        ("7.4", PrintedPercentage(74, 1)),
        ("12,50%", PrintedPercentage(1250, 2)),
        ("-1.3", PrintedPercentage(-13, 1)),
        ("", None),
        ("ongeveer 37", None),
        ("٣٧", None),
    ],
)
def test_a_printed_percentage_is_read_with_its_decimals(
    text: str, printed: PrintedPercentage | None
) -> None:
    assert parse_printed(text) == printed


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 2))
def test_what_we_would_print_ourselves_is_always_reproduced(
    part: int, whole: int, decimals: int
) -> None:
    scaled = part * 100 * 10**decimals
    by_rounding = judge(part, whole, PrintedPercentage(rounded(scaled, whole), decimals))
    by_truncation = judge(part, whole, PrintedPercentage(truncated(scaled, whole), decimals))
    assert by_rounding.verdict in {"rounding", "both"}
    assert by_truncation.verdict in {"truncation", "both"}
