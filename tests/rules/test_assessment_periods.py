"""From when until when something is granted: years, versions, births, moves and deaths."""

from datetime import date, timedelta

import pytest

from deciding import CHILD, NEW_YEAR, decide, only, seen
from given.assessment import a_household, a_person, a_version, earlier_grants
from pas.grants.facts import Reason
from pas.grants.periods import (
    Calendar,
    PassYearOver,
    PassYearTooFar,
    pass_ends_on,
)
from pas.grants.plan import plan
from pas.grants.rules import assess


def test_the_version_of_the_day_decides() -> None:
    first = a_version(valid_until=date(2026, 7, 1), income_limit=11_000)
    second = a_version(valid_from=date(2026, 7, 1), income_limit=12_000)
    household = a_household(income=11_500)

    before = only(decide(household, first, second, on=date(2026, 6, 30)))
    after = only(decide(household, first, second, on=date(2026, 7, 1)))

    assert (before.outcome, before.version) == ("refused", first.id)
    assert (after.outcome, after.version) == ("granted", second.id)


@pytest.mark.parametrize("status", ["proposed", "ended"])
def test_what_is_not_in_force_is_not_in_the_decision(status: str) -> None:
    assert decide(a_household(), a_version(status=status))[0].verdicts == ()


def test_a_year_that_is_over_is_not_assessed_and_one_to_come_starts_on_its_first_day() -> None:
    with pytest.raises(PassYearOver):
        plan([], year=2026, on=date(2027, 1, 1))

    ahead = only(decide(a_household(), a_version(), on=date(2025, 12, 10)))
    assert ahead.award
    assert (ahead.award.starts_on, ahead.award.ends_on) == (NEW_YEAR, date(2027, 1, 1))


@pytest.mark.parametrize("month", [1, 7])
def test_nothing_is_granted_for_a_year_after_the_next(month: int) -> None:
    calendar = Calendar(pass_year_month=month)
    first = date(2026, month, 1)

    with pytest.raises(PassYearTooFar, match=f"Toekennen voor 2027 kan vanaf 1-{month}-2026"):
        plan([], year=2027, on=first - timedelta(days=1), calendar=calendar)
    assert plan([], year=2027, on=first, calendar=calendar).year == 2027


def test_a_pass_year_may_start_in_any_month() -> None:
    household, version = a_household(), a_version()
    summer = Calendar(pass_year_month=7)

    award = only(decide(household, version, on=date(2026, 9, 1), calendar=summer)).award

    assert award
    assert (award.period_key, award.starts_on) == ("2026", date(2026, 9, 1))
    assert award.ends_on == date(2027, 7, 1)


def test_a_school_year_is_the_one_of_the_day_and_may_run_out_later() -> None:
    version = a_version(period="school_year", run_out_days=30)

    january = only(decide(a_household(), version)).award
    september = only(decide(a_household(), version, on=date(2026, 9, 1))).award

    assert january
    assert september
    assert (january.period_key, january.ends_on) == ("2025/2026", date(2026, 8, 1))
    assert january.lapses_on == date(2026, 8, 31)
    assert (september.period_key, september.ends_on) == ("2026/2027", date(2027, 8, 1))


def test_once_per_child_runs_past_a_year_end_up_to_eighteen_or_a_chosen_day() -> None:
    version = a_version(unit="child", period="once_per_child")
    household = a_household(a_person(CHILD))
    chosen = Calendar(once_per_child_until=date(2030, 1, 1))

    first = decide(household, version)
    award = only(first).award
    limited = only(decide(household, version, calendar=chosen)).award
    passed = Calendar(once_per_child_until=NEW_YEAR)
    assert only(decide(household, version, calendar=passed)).award == award

    assert award
    assert limited
    assert (award.ends_on, limited.ends_on) == (date(2034, 6, 1), date(2030, 1, 1))
    later = assess(
        household, plan([version], year=2028, on=date(2028, 1, 1)), earlier_grants(*first)
    )
    assert seen(later) == [("held", "already-granted")]
    grown = assess(
        household, plan([version], year=2035, on=date(2035, 1, 1)), earlier_grants(*first)
    )
    assert seen(grown) == [("held", "already-granted")]


def test_births_and_arrivals_are_assessed_within_the_year_from_their_day_on() -> None:
    version = a_version()
    parent, baby = a_person(), a_person(date(2026, 4, 2))
    first = decide(a_household(parent, baby), version, on=date(2026, 4, 1))

    later = decide(a_household(parent, baby), version, on=date(2026, 4, 2), earlier=first)

    assert only(first, 1).reason == "not-here-yet"
    assert [only(later, n).outcome for n in range(2)] == ["held", "granted"]
    award = only(later, 1).award
    assert award
    assert (award.starts_on, award.ends_on) == (date(2026, 4, 2), date(2027, 1, 1))


@pytest.mark.parametrize(("field", "reason"), [("left_on", "moved-away"), ("died_on", "deceased")])
def test_who_is_gone_gets_nothing_and_the_others_do(field: str, reason: Reason) -> None:
    gone = a_person(date(1980, 1, 1), **{field: NEW_YEAR})

    decisions = decide(a_household(gone, a_person()), a_version())

    assert [only(decisions, n).reason for n in range(2)] == [reason, "within-limit"]


def test_a_pass_ends_from_a_day_and_never_in_the_past() -> None:
    moved = a_person(left_on=date(2026, 3, 1))

    assert pass_ends_on(moved, recorded_on=date(2026, 2, 1)) == date(2026, 3, 1)
    assert pass_ends_on(moved, recorded_on=date(2026, 5, 1)) == date(2026, 5, 1)
    assert pass_ends_on(a_person(), recorded_on=date(2026, 5, 1)) is None


def test_who_is_known_to_leave_is_granted_the_whole_period_for_a_move_may_not_happen() -> None:
    leaves = a_person(left_on=date(2026, 3, 1))

    award = only(decide(a_household(leaves), a_version())).award

    assert award
    assert (award.ends_on, award.lapses_on) == (date(2027, 1, 1), date(2027, 1, 1))


def test_at_eighteen_the_budget_stays_until_its_own_end() -> None:
    almost = a_person(date(2008, 3, 1))
    version = a_version(unit="child")

    award = only(decide(a_household(almost), version)).award

    assert award
    assert award.ends_on == date(2027, 1, 1)
