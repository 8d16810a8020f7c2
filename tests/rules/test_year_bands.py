"""Distributions of the end of a year: every pass in one band, and no small number to be worked out."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pas.money import Cents
from pas.years.rules import Distribution, Left, by_age, by_band

SMALL = 10
LEFT = st.lists(
    st.builds(
        Left,
        scheme=st.just("sport"),
        fate=st.just("lapses"),
        age=st.integers(-1, 110),
        band=st.integers(0, 40),
        passes=st.integers(1, 60),
        cents=st.integers(1, 10**6).map(Cents),
        visits=st.just(0),
        last_until=st.just(datetime(2027, 1, 1, tzinfo=UTC)),
    ),
    max_size=12,
)


def refuse_telling(shown: Distribution, left: Sequence[Left]) -> None:
    """Nothing small is shown, and what is hidden is never one cell that the sum gives away."""
    total = sum(one.passes for one in left)
    if shown.parts is None:
        return
    assert shown.passes == total
    numbers = [one.passes for one in shown.parts if one.passes is not None]
    assert not [number for number in numbers if 0 < number < SMALL]
    hidden = [one for one in shown.parts if one.passes is None]
    assert all(one.amount_cents is None for one in hidden)
    assert len(hidden) != 1
    assert not hidden or total - sum(numbers) > len(hidden)


@given(left=LEFT)
def test_no_small_number_is_shown_or_can_be_worked_out(left: list[Left]) -> None:
    refuse_telling(by_band(left, threshold=SMALL), left)
    refuse_telling(by_age(left, threshold=SMALL), left)


@given(left=LEFT)
def test_with_nothing_small_every_pass_and_cent_is_in_one_part(left: list[Left]) -> None:
    for shown in (by_band(left, threshold=1), by_age(left, threshold=1)):
        assert shown.parts is not None
        assert sum(one.passes or 0 for one in shown.parts) == sum(one.passes for one in left)
        assert sum(one.amount_cents or 0 for one in shown.parts) == sum(one.cents for one in left)


def test_from_the_highest_band_on_it_is_one() -> None:
    [high] = [
        Left("sport", "lapses", 3, 37, 12, Cents(1), 0, datetime(2027, 1, 1, tzinfo=UTC)),
    ]
    parts = by_band([high], threshold=SMALL).parts
    assert parts is not None
    assert (parts[-1].label, parts[-1].passes, len(parts)) == ("€ 500 of meer", 12, 21)
