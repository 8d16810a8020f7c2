"""The reference of a note is read back however it is typed over, and days are whole days in Amsterdam."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from pas.days import day_of
from pas.settlements.debit_notes.reference import in_groups, numbers_within, reference_of
from pas.settlements.debit_notes.rules import days_below, due_day, is_due

NUMBERS = st.integers(1, 999_999_999)
MOMENTS = st.integers(0, 6 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(NUMBERS)
def test_a_reference_is_valid_and_reads_back_to_its_number(number: int) -> None:
    reference = reference_of(number)
    assert iso11649.is_valid(reference)
    for said in (
        reference,
        in_groups(reference),
        f"Betreft {reference.lower()}.",
        f"/RF/{reference}/",
    ):
        assert numbers_within(said) == {number}


@given(NUMBERS, st.integers(2, 15), st.integers(0, 9))
def test_a_digit_that_was_typed_wrong_names_no_other_note(number: int, at: int, digit: int) -> None:
    reference = reference_of(number)
    wrong = f"{reference[:at]}{digit}{reference[at + 1 :]}"
    assert numbers_within(wrong) <= {number}
    assert wrong == reference or not numbers_within(wrong)


@pytest.mark.parametrize(
    "said", ["", "RF18539007547034", "RF46PAS00000000", "RF46PAS0000000012", "xRF46PAS000000001"]
)
def test_a_reference_of_somebody_else_is_none_of_ours(said: str) -> None:
    assert numbers_within(said) == set()


def test_two_notes_in_one_text_are_two() -> None:
    assert numbers_within(f"{reference_of(1)} en {reference_of(2)}") == {1, 2}


@given(MOMENTS, st.integers(0, 800), st.integers(30, 730))
def test_due_is_so_many_days_in_amsterdam_and_stays_due(
    since: datetime, days: int, needed: int
) -> None:
    now = since + timedelta(days=days)
    passed = days_below(since, now)
    assert abs(passed - days) <= 1, "where the clock changes an evening may be the next day"
    assert is_due(since, now, days=needed) == (passed >= needed)
    assert not is_due(None, now, days=needed)
    if is_due(since, now, days=needed):
        assert is_due(since, now + timedelta(hours=1), days=needed)


def test_a_day_begins_at_midnight_in_amsterdam() -> None:
    late = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
    assert days_below(late, late + timedelta(minutes=1)) == 1
    assert due_day(late) == day_of(late) + timedelta(days=30)
