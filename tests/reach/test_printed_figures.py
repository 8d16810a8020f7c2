"""The figures of the policy papers: a verdict for each row, pinned."""

from importlib.resources import files
from pathlib import Path

import pytest

from pas.csvfile import FileRefused
from pas.money import euros
from pas.reach.appropriation_lines import (
    BookedMoney,
    by_subject,
    compare,
    package_differences,
    read_lines,
)
from pas.reach.budget_table import check_budget
from pas.reach.printed import judge_printed
from pas.reach.published_files import FigureUnreadable
from pas.reach.use_by_year import check_use

DATA = Path(str(files("pas.demo") / "data"))
PRINTED = (DATA / "printed_reach.csv").read_bytes()
USE = (DATA / "almere_use_2016_2019.csv").read_bytes()
LINES = (DATA / "velsen_appropriations.csv").read_bytes()
TABLE = (DATA / "velsen_budget_2020_2024.csv").read_bytes()


def test_every_printed_percentage_has_its_verdict() -> None:
    found = [
        (one.municipality, one.year, one.subject, one.verdict, one.tenths)
        for one in judge_printed(PRINTED)
    ]
    assert found == [
        ("Velsen", 2018, "sociaal_culturele_activiteiten", "target_group_implied", 377),
        ("Velsen", 2018, "schoolkosten_voortgezet_onderwijs", "target_group_unknown", None),
        ("Velsen", 2018, "sport_en_cultuur_kinderen", "target_group_unknown", None),
        ("Velsen", 2018, "bijzondere_bijstand", "nothing_printed", 446),
        ("Velsen", 2018, "bewindvoering", "target_group_unknown", None),
        ("Velsen", 2018, "duurzame_gebruiksgoederen", "target_group_unknown", None),
        ("Velsen", 2018, "individuele_inkomenstoeslag", "target_group_unknown", None),
        ("Velsen", 2019, "collectieve_zorgverzekering", "nothing_printed", 317),
        ("Velsen", 2018, "households_up_to_100_pct", "both", 64),
        ("Velsen", 2018, "households_up_to_110_pct", "truncation", 75),
        ("Velsen", 2018, "households_up_to_120_pct", "truncation", 103),
        ("Velsen", 2018, "households_up_to_130_pct", "rounding", 125),
        ("Velsen", 2018, "children_in_minima_households", "rounding", 89),
        ("Velsen", 2018, "long_term_minima", "both", 691),
        ("Almere", 2016, "children_in_minima_households", "rounding", 127),
        ("Almere", 2017, "children_in_minima_households", "both", 123),
        ("Almere", 2018, "children_in_minima_households", "rounding", 119),
        ("Almere", 2019, "children_in_minima_households", "rounding", 114),
        ("Almere", 2016, "minima_households", "rounding", 133),
        ("Almere", 2017, "minima_households", "neither", 130),
        ("Almere", 2018, "minima_households", "both", 124),
        ("Almere", 2019, "minima_households", "rounding", 122),
    ]


def test_an_implied_target_group_says_how_it_would_come_out() -> None:
    first = judge_printed(PRINTED)[0]
    assert (first.rounds, first.truncates) == (False, True)
    assert first.why.endswith("De doelgroep staat er niet zelf: die is afgeleid.")


def test_households_and_grants_stay_different_numbers() -> None:
    found = {one.subject: (one.users, one.grants) for one in judge_printed(PRINTED)}
    assert found["bewindvoering"] == (487, 658)
    assert found["duurzame_gebruiksgoederen"] == (261, 304)


def test_the_printed_totals_of_almere_are_not_the_sum_of_their_rows() -> None:
    table = check_use(USE)
    assert [(one.year, one.printed, one.summed) for one in table.not_adding_up] == [
        (2016, 16804, 15184),
        (2017, 18891, 17095),
        (2018, 18914, 17236),
        (2019, 19564, 17919),
    ]
    children = [one for one in table.totals if one.name == "printed_total_children"]
    assert [(one.year, one.closes) for one in children] == [
        (2017, True),
        (2018, True),
        (2019, True),
    ]


def test_the_printed_growth_of_almere_is_reproduced() -> None:
    found = {one.name: (one.verdict, one.tenths) for one in check_use(USE).growth if one.printed}
    assert found == {
        "bijzondere_bijstand": ("both", 62),
        "individuele_inkomenstoeslag": ("rounding", 185),
        "kwijtschelding_gemeentelijke_belastingen": ("both", 222),
        "woonlastenfonds": ("rounding", 368),
        "collectieve_zorgverzekering": ("both", 124),
        "aanvullende_inkomensvoorziening_ouderen": ("both", 151),
        "printed_total": ("both", 164),
    }


def test_every_column_of_the_budget_table_closes_and_open_cells_stay_unknown() -> None:
    columns = check_budget(TABLE)
    assert {one.year: one.closes for one in columns} == dict.fromkeys(range(2020, 2025), True)
    assert [one.open_lines for one in columns] == [
        [],
        [],
        *[["savings_from_new_approach"]] * 3,
    ]
    savings = [line for line in columns[4].lines if line.line == "savings_from_new_approach"]
    assert savings[0].amount_cents is None


def test_a_column_that_does_not_close_says_so() -> None:
    (first, *_) = check_budget(TABLE.replace(b"3978913", b"3978914"))
    assert not first.closes
    assert [one.name for one in first.sums if not one.closes] == ["printed_total"]


def test_the_package_is_less_than_the_budget_table_says() -> None:
    differences = package_differences(read_lines(LINES), check_budget(TABLE))
    assert [
        (one.year, euros(one.summed_cents), euros(one.table_cents), euros(one.difference_cents))
        for one in differences
    ] == [(2023, "€\u00a0232.000,00", "€\u00a0235.338,00", "€\u00a03.338,00")]


def test_a_budget_has_its_cover_lines_and_an_open_one_stays_unknown() -> None:
    found = {(one.subject, one.year): one for one in by_subject(read_lines(LINES))}
    fund = found["jeugdfonds", 2023]
    assert fund.budget_cents == 15_500_000
    assert [line.cover_line for line in fund.lines] == [
        "minimabeleid",
        "structural extension sport",
        "structural extension culture",
        "structural extension swimming",
    ]
    assert found["all_other_schemes", 2023].budget_cents is None


def test_what_is_granted_above_a_budget_is_over_spending_and_unknown_is_not() -> None:
    booked = {
        (code, 2023): BookedMoney(code, *(0, cents, 0))  # pyright: ignore[reportArgumentType]
        for code, cents in (("jeugdfonds_sport", 15_000_000), ("jeugdfonds_cultuur", 1_000_000))
    }
    found = {
        one.subject: one
        for one in compare(by_subject(read_lines(LINES)), booked)
        if one.year == 2023
    }
    assert found["jeugdfonds"].schemes == ["jeugdfonds_cultuur", "jeugdfonds_sport"]
    assert found["jeugdfonds"].granted_above_cents == 500_000
    assert found["all_other_schemes"].granted_above_cents is None
    assert found["kind_regelingen"].granted_cents is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LINES.replace(b"18000000", b"18000000,5"), "kolommen"),
        (LINES.replace(b"18000000", b"veel"), "geen heel getal"),
        (LINES.replace(b"18000000", b"1" * 16), "geen heel getal"),
        (LINES.replace(b"18000000", b"-1"), "minder dan nul"),
        (LINES.replace(b"spend", b"cadeau", 1), "kies budget of spend"),
    ],
)
def test_a_cell_that_cannot_be_read_refuses_the_file_with_its_line(
    content: bytes, said: str
) -> None:
    with pytest.raises((FigureUnreadable, FileRefused), match=said):
        read_lines(content)
