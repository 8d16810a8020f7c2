"""The figures of a period: halves that add up, children that do not, and small cells kept back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from pas.applications.figures import (
    Figures,
    Money,
    PurposeLine,
    Row,
    Span,
    figures,
)
from pas.applications.small_cells import hide_together, suppressed
from pas.ids import ResidentId
from pas.money import Cents

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))
FIRST = Span(date(2026, 1, 1), date(2026, 7, 1))
SECOND = Span(date(2026, 7, 1), date(2027, 1, 1))
TODAY = date(2026, 12, 31)


def row(child: int = 1, received: date = date(2026, 3, 1), **fields: object) -> Row:
    """An application that was awarded a week later, unless said otherwise."""
    whole = Row(
        scheme="sport",
        fund="Jeugdfonds",
        profession="leerkracht",
        received_on=received,
        decided_on=received.replace(day=8),
        paused_days=0,
        state="awarded",
        refusal=None,
        awarded_cents=Cents(25_000),
        resident_id=ResidentId(UUID(int=child)),
        birth_date=date(2017, 1, 1),
        area="Centrum",
        used=True,
    )
    return msgspec.structs.replace(whole, **fields)


def told(rows: list[Row], span: Span = YEAR, beside: Sequence[Span] = ()) -> Figures:
    funds = {"sport": "Jeugdfonds"}
    return figures(
        rows, {"sport": Money()}, span, today=TODAY, funds=funds, smallest=10, beside=beside
    )


def test_counts_and_euros_of_the_halves_are_the_year_and_children_are_not() -> None:
    rows = [row(1), row(1, date(2026, 9, 1), scheme="culture"), row(2, date(2026, 10, 1))]
    rows.append(row(3, date(2026, 6, 25), decided_on=date(2026, 7, 2)))
    halves, year = [told(rows, FIRST), told(rows, SECOND)], told(rows)
    for name in ("applications", "awarded", "refused", "awarded_cents", "decided_in_time"):
        assert sum(getattr(one, name) for one in halves) == getattr(year, name), name
    assert [one.children for one in (*halves, year)] == [1, 3, 3]


def test_in_time_is_without_the_days_that_the_clock_stood_still() -> None:
    late = row(decided_on=date(2026, 3, 23))
    paused = msgspec.structs.replace(late, paused_days=1)
    made = told([row(), late, paused])
    assert (made.decided_in_time, made.in_time_share, made.median_days) == (2, 6_667, 21)


def test_open_and_overdue_are_of_today() -> None:
    rows = [
        row(received=date(2026, 12, day), state="with_officer", decided_on=None, awarded_cents=None)
        for day in (9, 10)
    ]
    made = told(rows)
    assert (made.open, made.overdue) == (2, 1)


def test_a_cell_below_ten_is_kept_back_and_cannot_be_told_by_subtraction() -> None:
    assert suppressed({"a": 9, "b": 30, "c": 12}, smallest=10) == {"a", "c"}
    assert suppressed({"a": 9, "b": 8, "c": 12}, smallest=10) == {"a", "b"}
    assert suppressed({"a": 10, "b": 0}, smallest=10) == frozenset()


def test_two_cells_that_must_be_one_each_take_a_third_along() -> None:
    assert suppressed({"a": 1, "b": 1, "c": 12, "d": 30}, smallest=10) == {"a", "b", "c"}
    assert suppressed({"a": 1, "b": 2, "c": 12}, smallest=10) == {"a", "b"}


def test_a_cell_of_one_half_is_not_told_by_the_year_less_the_other_half() -> None:
    year = {"a": 16, "b": 40, "c": 30}
    first, second = {"a": 11, "b": 20, "c": 15}, {"a": 5, "b": 20, "c": 15}
    hidden = hide_together([year, first, second], smallest=10)
    for key in year:
        told = [key not in some for some in hidden]
        assert told.count(False) != 1, key
    assert {"a"} < hidden[2]
    assert {"a"} < hidden[1]


def test_the_year_and_its_halves_keep_back_the_same_whichever_is_asked() -> None:
    rows = [row(number, area="Noord") for number in range(11)]
    rows += [row(20 + number, date(2026, 9, 1), area="Noord") for number in range(5)]
    rows += [row(40 + number, date(2026, month, 1)) for month in (3, 9) for number in range(30)]
    beside = (YEAR, FIRST, SECOND)
    half, year = told(rows, FIRST, beside), told(rows, YEAR, beside)
    assert {one.key: one.children for one in half.by_area} == {"Centrum": None, "Noord": None}
    assert {one.key: one.children for one in year.by_area} == {"Centrum": 30, "Noord": 16}


def test_the_cells_of_an_area_are_kept_back_together_and_the_total_stays() -> None:
    rows = [row(number) for number in range(12)] + [row(20, area="Noord")]
    made = told(rows)
    assert made.children == 13
    assert {(one.key, one.children, one.awarded_cents) for one in made.by_area} == {
        ("Centrum", None, None),
        ("Noord", None, None),
    }


def test_ages_come_in_their_order_and_areas_in_the_alphabet() -> None:
    rows = [
        row(10 * year + number, birth_date=date(year, 1, 1), area=area)
        for year, area in ((2012, "Centrum"), (2023, "Zee"), (2018, "Duin"))
        for number in range(10)
    ]
    made = told(rows)
    assert [one.key for one in made.by_age] == ["0 tot 4 jaar", "8 tot 12 jaar", "12 tot 18 jaar"]
    assert [one.key for one in made.by_area] == ["Centrum", "Duin", "Zee"]


def test_what_tells_the_children_of_a_purpose_is_kept_back_there_and_with_its_fund() -> None:
    rows = [row(number) for number in range(5)]
    rows += [row(20 + number, scheme="swim") for number in range(40)]
    rows += [row(80 + number, scheme="culture", fund="Cultuur") for number in range(12)]
    made = told(rows)

    def shown(lines: list[PurposeLine]) -> dict[str, tuple[int | None, ...]]:
        return {one.key: (one.children, one.awarded, one.awarded_cents) for one in lines}

    nothing = (None, None, None)
    assert shown(made.by_purpose) == {
        "sport": nothing,
        "culture": nothing,
        "swim": (40, 40, 1_000_000),
    }
    assert shown(made.by_fund) == {"Jeugdfonds": nothing, "Cultuur": nothing}


def test_children_are_kept_back_where_reach_would_tell_who_never_came() -> None:
    rows = [row(number, used=number > 3) for number in range(20)]
    rows += [row(40 + number, scheme="swim") for number in range(30)]
    rows += [row(80 + number, scheme="culture", used=number > 10) for number in range(40)]
    made = told(rows)
    assert {one.key: one.children for one in made.by_purpose} == {
        "culture": 40,
        "sport": None,
        "swim": None,
    }
