"""The list of the till's guards is of the till as it is."""

from pathlib import Path

import pytest

from till_guards import GUARDS, Guard

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_where_the_list_says_and_has_a_test(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text("utf-8").count(guard.code) == 1
    of = ROOT / guard.of
    tests = sorted(of.glob("test_*.py")) if of.is_dir() else [of]
    assert any(guard.tests in one.read_text("utf-8") for one in tests)
