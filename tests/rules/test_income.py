"""Which income counts: the newest word, and an officer's for two pass years."""

from datetime import date

import pytest

from pas.grants.income import FiledIncome, IncomeVerdict, income_of
from pas.money import BasisPoints

PREVIOUS_YEAR = date(2025, 1, 1)
WINTER, SPRING, SUMMER = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)


def filed(income: int | None, since: date | None = WINTER) -> FiledIncome:
    return FiledIncome(None if income is None else BasisPoints(income), since)


def verdict(income: int, assessed_on: date) -> IncomeVerdict:
    return IncomeVerdict(BasisPoints(income), assessed_on)


NEVER = filed(None, None)


@pytest.mark.parametrize(
    ("members", "officer", "expected"),
    [
        ([filed(9_500)], None, 9_500),
        ([filed(0)], None, 0),
        ([NEVER], None, None),
        ([], None, None),
        # A file that never knew says nothing against an officer, however late.
        ([NEVER], verdict(10_500, PREVIOUS_YEAR), 10_500),
        ([NEVER], verdict(10_500, date(2024, 12, 31)), None),
        # The newest word counts; on one day it is the officer's.
        ([filed(9_500, SPRING)], verdict(10_500, WINTER), 9_500),
        ([filed(9_500, SPRING)], verdict(10_500, SPRING), 10_500),
        ([filed(9_500, SPRING)], verdict(10_500, SUMMER), 10_500),
        # A file that knew an income and now leaves it empty says that it is unknown.
        ([filed(None, SPRING)], verdict(10_500, WINTER), None),
        ([filed(None, SPRING)], verdict(10_500, SUMMER), 10_500),
        # Of members who differ the newest counts; a newborn's empty cell says nothing.
        ([filed(9_500), filed(13_000, SPRING)], None, 13_000),
        ([filed(9_500), NEVER], None, 9_500),
        ([filed(9_500), filed(9_500)], None, 9_500),
        ([filed(9_500), filed(13_000)], None, None),
    ],
)
def test_the_newest_word_counts(
    members: list[FiledIncome], officer: IncomeVerdict | None, expected: int | None
) -> None:
    assert income_of(members, officer, counts_from=PREVIOUS_YEAR) == expected
