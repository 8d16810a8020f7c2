"""A year of purchases has seasons, opening hours and people who never buy; a seed gives it again."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest

from given.purses import PLANNED_YEAR, a_market, a_purse_to_plan
from pas.demo.figures import read_table
from pas.demo.holidays import is_holiday
from pas.demo.plan_year import Purchase, plan
from pas.demo.population import categories
from pas.demo.seasons import habits

PEOPLE = 600


def bought(category: str, **changes: object) -> list[Purchase]:
    purses = [a_purse_to_plan(number, category, **changes) for number in range(PEOPLE)]
    return plan(a_market(), purses)


def by_month(purchases: Sequence[Purchase]) -> Counter[int]:
    return Counter(one.at.month for one in purchases)


def share_in(purchases: Sequence[Purchase], months: set[int]) -> float:
    return sum(one.at.month in months for one in purchases) / len(purchases)


def test_every_purpose_has_a_habit_that_is_marked_as_invented() -> None:
    assert set(habits()) == set(categories())
    assert {row["status"] for row in read_table("habits.csv")} == {"invented"}


@pytest.mark.parametrize(
    ("category", "months"),
    [
        ("sport", {1, 8, 9}),
        ("bicycle", {3, 4, 5}),
        ("school_costs", {8, 9}),
        ("swimming", {6, 7, 8}),
        ("clothing", {10, 11, 12}),
    ],
)
def test_each_purpose_has_its_season(category: str, months: set[int]) -> None:
    assert share_in(bought(category), months) > 0.45


def test_museums_are_visited_in_school_holidays_and_lessons_are_not_given_then() -> None:
    museums, lessons = bought("museum", visits=3), bought("zwemdiploma")

    assert sum(is_holiday(one.at.date()) for one in museums) > len(museums) / 2
    assert not any(is_holiday(one.at.date()) for one in lessons)


def test_everybody_is_served_in_opening_hours_and_after_school_on_a_wednesday() -> None:
    for category, habit in habits().items():
        for one in bought(category):
            weekend = one.at.weekday() >= 5
            assert (10 if weekend and habit.opens > 10 else habit.opens) <= one.at.hour
            assert one.at.hour < habit.closes
            if one.at.weekday() == 2 and not is_holiday(one.at.date()):
                assert one.at.hour >= 13


def test_saturday_is_the_busiest_day_of_a_shop() -> None:
    days = Counter(one.at.weekday() for one in bought("clothing"))
    assert days.most_common(1)[0][0] == 5


def test_nobody_buys_before_a_budget_begins_or_after_it_ends() -> None:
    first, until = date(PLANNED_YEAR, 8, 20), date(PLANNED_YEAR, 9, 10)
    purchases = bought("sport", usable_from=first, until=until)

    assert purchases
    assert all(first <= one.at.date() < until for one in purchases)


def test_no_more_visits_are_planned_than_one_more_than_there_are() -> None:
    purchases = bought("museum", visits=2)
    counts = Counter(one.token_hash for one in purchases)
    assert max(Counter(counts.values())) <= 3 * (PEOPLE // 256 + 1)
    assert all(one.request.visits == 1 for one in purchases)


def test_about_one_in_six_never_uses_the_pass() -> None:
    purses = [a_purse_to_plan(number, category) for number in range(256) for category in habits()]
    used = {one.token_hash for one in plan(a_market(), purses)}
    assert 0.10 < 1 - len(used) / 256 < 0.25


def test_the_same_budgets_give_the_same_year_whoever_else_there_is() -> None:
    some = [a_purse_to_plan(number) for number in range(50)]
    others = [a_purse_to_plan(number, "culture") for number in range(100, 150)]
    alone, together = plan(a_market(), some), plan(a_market(), [*others, *reversed(some)])

    assert alone == plan(a_market(), some)
    assert [one for one in together if one in alone] == alone


def test_every_purchase_has_an_id_of_its_own() -> None:
    purchases = bought("zwemdiploma")
    assert len({one.id for one in purchases}) == len(purchases)


def test_a_person_a_visitor_can_be_buys_a_little_and_keeps_the_rest() -> None:
    spared = {one.token_hash for one in bought("sport", spared=True)}
    assert spared
    assert not bought("bicycle", spared=True)
    assert not bought("school_costs", spared=True)
