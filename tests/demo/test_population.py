"""The demonstration city has the printed figures, exactly, and nobody real in it."""

import io
from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache

import pytest
from stdnum.nl import bsn

from pas.csvfile import FileRefused
from pas.demo.figures import AREAS, CHILD_AREAS, assumed, printed, read_table
from pas.demo.homes import Home
from pas.demo.population import (
    Population,
    areas,
    make_population,
    residents_file,
    truth_file,
)
from pas.passes.compare import compare
from pas.passes.resident_files import read_residents, survey
from pas.passes.residents import Resident, age_on

NEW_YEAR = date(2026, 1, 1)


@cache
def city() -> Population:
    return make_population(NEW_YEAR)


def minima() -> list[Home]:
    return [home for home in city().homes if home.income <= 11_000]


def members(homes: Sequence[Home]) -> list[Resident]:
    numbers = {home.number for home in homes}
    return [one for one in city().residents if one.household_number in numbers]


def children(homes: Sequence[Home]) -> int:
    return sum(age_on(one.birth_date, NEW_YEAR) < 18 for one in members(homes))


def printed_tenths(part: int, whole: int, *, decimals: int) -> set[int]:
    """A percentage in tenths, as rounding (half up) and as truncation would print it."""
    unit = 10 ** (1 - decimals)
    rounded = (part * 2000 + whole * unit) // (2 * whole * unit) * unit
    truncated = part * 1000 // (whole * unit) * unit
    return {rounded, truncated}


@pytest.mark.parametrize("band", [100, 110, 120, 130])
def test_households_up_to_each_limit_are_as_printed(band: int) -> None:
    count = sum(home.income <= band * 100 for home in city().homes)

    assert count == printed()[f"households_up_to_{band}_pct"]


def test_persons_and_children_in_minima_households_are_as_printed() -> None:
    figures = printed()

    assert len(minima()) == 2328
    assert len(members(minima())) == figures["persons_in_minima_households"] == 5122
    assert children(minima()) == figures["children_in_minima_households"] == 1189
    assert printed_tenths(5122, 2328 * 100, decimals=1) == {figures["persons_per_minima_household"]}


def test_income_sources_of_minima_households_are_as_printed() -> None:
    figures = printed()

    assert Counter(home.source for home in minima()) == {
        "participatiewet": figures["income_source_participatiewet"],
        "other": figures["income_source_other"],
        "aow": figures["income_source_aow"],
    }


def test_children_in_households_on_benefit_are_as_printed() -> None:
    on_benefit = [home for home in city().homes if home.source == "participatiewet"]

    assert children(on_benefit) == printed()["children_in_participatiewet_households"] == 782


def test_long_term_minima_are_as_printed() -> None:
    long_term = Counter(home.source for home in city().homes if home.long_term)

    assert sum(long_term.values()) == printed()["long_term_minima_households"] == 1608
    assert long_term["aow"] == printed()["long_term_minima_aow_households"] == 329
    assert all(home.income <= 11_000 for home in city().homes if home.long_term)


def test_the_areas_add_up_to_the_printed_households_and_children() -> None:
    figures, assumptions = printed(), assumed()

    assert sum(assumptions[f"households_{area}"] for area in AREAS) == figures["households"]
    assert sum(assumptions[f"children_{area}"] for area in CHILD_AREAS) == figures["children"]


@pytest.mark.parametrize("area", AREAS[:5])
def test_poverty_of_an_area_is_as_printed_by_rounding_and_by_truncation(area: str) -> None:
    here = sum(home.area == area for home in minima())
    households = assumed()[f"households_{area}"]

    assert printed_tenths(here, households, decimals=0) == {printed()[f"poverty_pct_{area}"]}


def test_poverty_of_the_other_areas_together_is_as_printed() -> None:
    others = AREAS[5:]
    here = sum(home.area in others for home in minima())
    households = sum(assumed()[f"households_{area}"] for area in others)

    assert printed_tenths(here, households, decimals=1) == {printed()["poverty_pct_other_average"]}


@pytest.mark.parametrize("group", [group for group in CHILD_AREAS if group != "other"])
def test_child_poverty_is_as_printed_by_rounding_and_by_truncation(group: str) -> None:
    poor = children([home for home in minima() if home.area in CHILD_AREAS[group]])
    all_children = assumed()[f"children_{group}"]

    assert printed_tenths(poor, all_children, decimals=0) == {
        printed()[f"child_poverty_pct_{group}"]
    }


def test_every_printed_figure_is_used_and_every_assumption_is_marked() -> None:
    proven = {
        "households_up_to_100_pct",
        "households_up_to_110_pct",
        "households_up_to_120_pct",
        "households_up_to_130_pct",
        "persons_per_minima_household",
        "income_source_participatiewet",
        "income_source_other",
        "income_source_aow",
        "households",
        "children",
        "children_in_minima_households",
        "persons_in_minima_households",
        "children_in_participatiewet_households",
        "long_term_minima_households",
        "long_term_minima_aow_households",
        "poverty_pct_other_average",
        *(f"poverty_pct_{area}" for area in AREAS[:5]),
        *(f"child_poverty_pct_{group}" for group in CHILD_AREAS if group != "other"),
    }

    # The inhabitants of the whole city are printed, and nobody above 130 % is made.
    assert set(printed()) - proven == {"inhabitants"}
    assert {row["status"] for row in read_table("assumptions.csv")} == {"invented"}


def test_the_municipality_knows_what_the_papers_say_it_knows() -> None:
    unknown = [home for home in minima() if not home.known]

    assert len(unknown) == 1115
    assert {home.source for home in unknown} == {"other", "aow"}
    for one in members(unknown):
        assert one.income is None
        assert one.income_source is None
    for home in city().homes:
        if home.known:
            assert {one.income for one in members([home])[:1]} == {home.income}


def test_incomes_lie_at_and_one_hundredth_above_each_limit() -> None:
    incomes = Counter(int(home.income) for home in city().homes)
    known = Counter(int(home.income) for home in city().homes if home.known)

    for limit in (10_000, 11_000, 12_000, 13_000):
        assert incomes[limit] >= assumed()["at_exactly_a_limit"]
    for limit in (10_001, 11_001, 12_001):
        assert incomes[limit] >= assumed()["just_above_a_limit"]
    for limit in (10_000, 11_001, 12_000, 12_001, 13_000):
        assert known[limit]


def test_household_types_fit_who_lives_there() -> None:
    for home in city().homes:
        assert (home.type in {"alone", "couple"}) == (not home.children and not home.grown_up)
        assert (home.type in {"couple", "couple_with_children"}) == home.partner


def test_all_residents_come_in_through_the_front_door() -> None:
    content = "".join(residents_file(city())).encode()
    source = io.BytesIO(content)
    found = survey(source, today=NEW_YEAR, areas=areas())

    read = list(read_residents(source, found, today=NEW_YEAR, areas=areas()))

    assert found.rows == len(city().residents)
    assert not found.without_adults
    assert {compare(one, []).outcome for one in read} == {"added"}
    assert tuple(one.resident for one in read) == city().residents


def test_the_same_day_gives_the_same_bytes_and_another_day_the_same_figures() -> None:
    other = make_population(date(2027, 7, 1))

    assert list(residents_file(make_population(NEW_YEAR))) == list(residents_file(city()))
    assert list(truth_file(other)) == list(truth_file(city()))
    young = [one for one in other.residents if age_on(one.birth_date, date(2027, 7, 1)) < 18]
    assert len(young) == children(city().homes)


def test_citizen_numbers_are_of_the_series_that_nobody_has() -> None:
    numbers = [one.bsn for one in city().residents if one.bsn]

    assert len(numbers) == len(set(numbers))
    assert all(number.startswith("999") and bsn.is_valid(number) for number in numbers)
    assert 0 < len(numbers) < len(city().residents)


def test_names_come_in_several_scripts() -> None:
    names = "".join(one.given_name + one.family_name for one in city().residents)

    assert set("ışłï") <= set(names)
    assert any("\u0600" <= character <= "\u06ff" for character in names)


def test_a_cut_file_is_refused_whole() -> None:
    content = "".join(residents_file(city())).encode()

    with pytest.raises(FileRefused):
        survey(io.BytesIO(content[content.index(b"\n") :]), today=NEW_YEAR)
