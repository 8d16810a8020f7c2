"""What is expected of a year: as the year before went, else as this one goes, and never less than what is."""

from collections.abc import Sequence
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pas.bookkeeping.spending.model import Forecast, MonthOfMoney, Outlook
from pas.bookkeeping.spending.rules import expect
from pas.money import Cents

MAY = date(2026, 5, 1)
AMOUNTS = st.lists(st.integers(0, 10_000_000), min_size=12, max_size=12)


def a_year(granted: Sequence[int], spent: Sequence[int], *, year: int = 2026) -> list[MonthOfMoney]:
    """Twelve months; those that are not given are nothing."""
    rows = zip([*granted, *[0] * 12][:12], [*spent, *[0] * 12][:12], strict=True)
    return [
        MonthOfMoney(date(year, month, 1), granted_cents=Cents(given), spent_cents=Cents(used))
        for month, (given, used) in enumerate(rows, start=1)
    ]


def expected(
    granted: Sequence[int],
    spent: Sequence[int],
    *,
    before: tuple[Sequence[int], Sequence[int]] = ((), ()),
    running: date = MAY,
    appropriated: int = 0,
    closed_pot: bool = False,
) -> Forecast:
    return expect(
        a_year(granted, spent),
        a_year(*before, year=2025),
        running=running,
        appropriated_cents=Cents(appropriated),
        closed_pot=closed_pot,
    )


def outlook(granted: Sequence[int], *, appropriated: int, closed_pot: bool = False) -> Outlook:
    spent = [one // 10 * 9 for one in granted]
    return expected(granted, spent, appropriated=appropriated, closed_pot=closed_pot).outlook


def test_nothing_is_expected_before_a_month_is_over() -> None:
    ahead = expected([500], [10], running=date(2026, 1, 1), appropriated=100)
    assert (ahead.granted_cents, ahead.spent_cents, ahead.outlook) == (None, None, "unknown")


def test_a_year_goes_on_as_the_year_before_went() -> None:
    before = ([800, 0, 0, 0, 100, 100], [10, 10, 10, 10, *[20] * 8])
    ahead = expected([1_600], [30, 30, 30, 30, 7], before=before)
    assert (ahead.granted_cents, ahead.spent_cents, ahead.by_last_year) == (2_000, 600, True)


def test_without_a_year_before_the_latest_months_tell_the_pace() -> None:
    ahead = expected([5_000, 99, 30, 30, 30], [100, 100, 100, 100])
    assert ahead.granted_cents == 5_159 + 53 * 8
    assert (ahead.spent_cents, ahead.by_last_year) == (1_200, False)


def test_what_was_granted_in_the_first_month_is_no_pace() -> None:
    assert expected([5_000], [], running=date(2026, 2, 1)).granted_cents == 5_000


def test_no_more_is_expected_to_be_spent_than_there_is() -> None:
    assert expected([1_000], [900, 0, 0, 0]).spent_cents == 1_000


def test_a_closed_pot_alarms_before_it_is_empty_and_an_open_one_warns() -> None:
    granted = [5_000, 100, 100, 100]
    assert outlook(granted, appropriated=5_900, closed_pot=True) == "nearly_empty"
    assert outlook(granted, appropriated=5_900) == "short"
    assert outlook(granted, appropriated=6_200) == "fine"
    assert outlook(granted, appropriated=5_200) == "overspent"
    assert outlook(granted, appropriated=0) == "unknown"
    assert outlook([5_500], appropriated=6_000, closed_pot=True) == "nearly_empty"


def test_an_appropriation_that_runs_out_says_in_which_month() -> None:
    ahead = expected([5_000, 100, 100, 100], [], appropriated=5_650)
    assert ahead.empty_in == date(2026, 8, 1)
    assert expected([5_000, 100, 100, 100], [], appropriated=6_100).empty_in is None


def test_much_that_nobody_will_spend_is_told() -> None:
    assert expected([1_000], [10, 10, 10, 10], appropriated=2_000).outlook == "lapses"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(granted=AMOUNTS, spent=AMOUNTS, before=st.tuples(AMOUNTS, AMOUNTS), month=st.integers(2, 12))
def test_it_is_never_less_than_what_is_and_spends_no_more_than_is_granted(
    granted: list[int], spent: list[int], before: tuple[list[int], list[int]], month: int
) -> None:
    spent = [min(pair) for pair in zip(granted, spent, strict=True)]
    ahead = expected(granted, spent, before=before, running=date(2026, month, 1))
    assert ahead.granted_cents is not None
    assert ahead.spent_cents is not None
    assert ahead.granted_cents >= sum(granted)
    assert sum(spent) <= ahead.spent_cents <= ahead.granted_cents
