"""School holidays of the demonstration: published where they are, assumed for ever after."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from pas.demo.holidays import Holiday, beginning_in, holidays_of, is_holiday

NAMES = {"spring", "may", "summer", "autumn", "christmas"}
YEARS = range(2024, 2081)


def test_published_dates_are_taken_as_they_are() -> None:
    assert beginning_in(2026, "summer") == Holiday(
        "summer", date(2026, 7, 4), date(2026, 8, 16), "published"
    )
    assert {one.source for one in holidays_of(2026)} == {"published"}


def test_other_years_are_calculated_and_say_that_they_are_assumed() -> None:
    assert {one.source for one in holidays_of(2050)} == {"assumed"}


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_all_holidays_from_saturday_to_sunday_and_none_overlap(year: int) -> None:
    found = holidays_of(year)

    assert {one.name for one in found} == NAMES
    assert all((one.first.weekday(), one.last.weekday()) == (5, 6) for one in found)
    assert all(earlier.last < later.first for earlier, later in pairwise(found))
    assert len([one for one in found if one.name == "christmas"]) == 2


@pytest.mark.parametrize("year", YEARS)
def test_summer_lasts_six_weeks_and_christmas_day_is_never_at_school(year: int) -> None:
    summer = beginning_in(year, "summer")

    assert summer.last - summer.first == timedelta(days=43)
    assert is_holiday(date(year, 12, 25))
    assert is_holiday(date(year, 1, 1))
    assert not is_holiday(date(year, 9, 15))
