"""What stands out and what does not: each bound from both sides, and what honest clubs do."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from given.signals import (
    HONEST,
    Venue,
    a_copied_card,
    a_school,
    a_sports_day,
    a_stack_of_cards,
    a_till_that_was_taken_home,
    after,
    cash_for_passes,
    emptied_to_the_cent,
    found_in,
    kinds,
    looking_what_is_on_it,
    two_parents,
)
from pas.ids import TillId
from pas.money import Cents
from pas.signals.model import Bounds, Found
from pas.signals.rules import Known, is_night, what_to_do

ROUND = (1_000, 2_000, 3_000, 5_000, 7_000)
ABUSES = {
    "round_amounts": cash_for_passes,
    "emptied_budgets": emptied_to_the_cent,
    "many_cards": a_stack_of_cards,
    "odd_hours": a_till_that_was_taken_home,
    "voids": looking_what_is_on_it,
}


@pytest.mark.parametrize("honest", HONEST)
def test_what_an_honest_club_does_in_a_week_does_not_stand_out(honest: Callable[[], Venue]) -> None:
    assert found_in(honest()) == []


def test_two_parents_with_one_pass_do_not_stand_out_when_there_was_time_to_go() -> None:
    assert found_in(*two_parents()) == []


@pytest.mark.parametrize("kind", ABUSES)
def test_each_abuse_is_found_and_nothing_else_of_it(kind: str) -> None:
    assert kinds(found_in(ABUSES[kind]())) == [kind]


def test_every_abuse_is_found_in_a_week_full_of_honest_sales() -> None:
    honest = [make() for make in HONEST]
    abuses = [make() for make in ABUSES.values()]
    found = found_in(*honest, *two_parents(), *abuses, *a_copied_card())
    assert kinds(found) == sorted([*ABUSES, "two_places"])


# --- round amounts --------------------------------------------------------------------------


def round_sales(count: int, *, others: int = 0, prices: tuple[int, ...] = ROUND) -> Venue:
    venue = Venue(31)
    for number in range(count):
        venue.sells(prices[number % len(prices)], day=number % 6)
    for number in range(others):
        venue.sells(1_295, day=number % 6)
    return venue


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        (round_sales(10), ["round_amounts"]),
        (round_sales(9), []),
        (round_sales(12, others=3), ["round_amounts"]),
        (round_sales(12, others=4), []),
        (round_sales(12, prices=ROUND[:4]), []),
        (round_sales(12, prices=(*ROUND, *[5_000] * 9)), []),
    ],
    ids=["ten", "nine", "four fifths", "fewer", "four prices", "one price is most"],
)
def test_ten_round_amounts_of_five_prices_stand_out(venue: Venue, expected: list[str]) -> None:
    assert kinds(found_in(venue)) == expected


def test_visits_what_the_holder_added_to_and_what_was_undone_are_no_round_amounts() -> None:
    venue = round_sales(9)
    venue.sells(4_000, visits=2)
    venue.sells(4_000, taken_cents=Cents(3_999))
    venue.sells(4_000, is_undone=True)
    assert found_in(venue) == []


# --- emptied budgets ------------------------------------------------------------------------


def emptied(count: int, *, others: int = 0, price: int | None = None, left: int = 0) -> Venue:
    venue = Venue(32)
    for number in range(count):
        cents = price or 4_135 + 117 * number
        venue.sells(cents, day=number % 6, emptied_cents=Cents(cents - left))
    for number in range(others):
        venue.sells(1_295 + number, day=number % 6)
    return venue


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        (emptied(6), ["emptied_budgets"]),
        (emptied(5), []),
        (emptied(6, others=6), ["emptied_budgets"]),
        (emptied(6, others=7), []),
        (emptied(20, price=5_000), []),
        (emptied(20, left=1), []),
    ],
    ids=["six", "five", "half", "fewer", "one price", "a part"],
)
def test_six_budgets_emptied_to_the_cent_stand_out(venue: Venue, expected: list[str]) -> None:
    assert kinds(found_in(venue)) == expected


# --- many cards -----------------------------------------------------------------------------


def a_row(count: int, *, seconds: int = 50, prices: int = 9, card: bool = False) -> Venue:
    venue = Venue(33)
    for number in range(count):
        at = after("15:00", number * seconds)
        sale = venue.sells(1_115 + number % prices * 35, at=at)
        if card:
            venue.sold[-1] = msgspec.structs.replace(sale, card_id=venue.sold[0].card_id)
    return venue


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        (a_row(15), ["many_cards"]),
        (a_row(14), []),
        (a_row(40, seconds=75), []),
        (a_row(40, prices=4), []),
        (a_row(40, card=True), []),
    ],
    ids=["fifteen", "fourteen", "slower", "a price list", "one card"],
)
def test_fifteen_cards_in_a_quarter_of_an_hour_stand_out(venue: Venue, expected: list[str]) -> None:
    assert kinds(found_in(venue)) == expected


def test_the_cards_of_two_tills_are_not_one_row() -> None:
    venue = a_row(20)
    other = TillId(UUID(int=9))
    sold = [
        msgspec.structs.replace(sale, till_id=other) if n % 2 else sale
        for n, sale in enumerate(venue.sold)
    ]
    venue.sold = sold
    assert found_in(venue) == []


def test_the_fullest_quarter_of_an_hour_is_told_not_the_whole_day() -> None:
    venue = a_stack_of_cards()
    for number in range(30):
        venue.sells(1_305, day=5, at=after("10:00", number * 600))
    [found] = found_in(venue)
    assert (found.counted, found.different, found.out_of) == (20, 20, 50)
    assert found.last_at - found.first_at <= timedelta(minutes=15)


# --- odd hours ------------------------------------------------------------------------------


def sales_at(at: str, count: int) -> Venue:
    venue = Venue(34)
    for number in range(count):
        venue.sells(795, day=number % 7, at=at)
    return venue


@pytest.mark.parametrize(
    ("at", "count", "expected"),
    [
        ("23:00", 3, ["odd_hours"]),
        ("05:59", 3, ["odd_hours"]),
        ("22:59", 30, []),
        ("06:00", 30, []),
        ("02:00", 2, []),
    ],
)
def test_three_sales_between_eleven_and_six_stand_out(
    at: str, count: int, expected: list[str]
) -> None:
    assert kinds(found_in(sales_at(at, count))) == expected


def test_a_municipality_says_when_its_night_is() -> None:
    bounds = Bounds(night_from=1, night_until=5)
    assert found_in(sales_at("23:30", 9), bounds=bounds) == []
    assert is_night(sales_at("01:00", 1).sold[0].at, bounds)
    assert not is_night(sales_at("05:00", 1).sold[0].at, bounds)


# --- voids ----------------------------------------------------------------------------------


def undone(count: int, *, of: int, days: int = 2) -> Venue:
    venue = Venue(35)
    for number in range(of):
        back = number < count
        venue.sells(795 + number, day=number % days, is_voided=back, is_undone=back)
    return venue


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        (undone(6, of=30), ["voids"]),
        (undone(5, of=6), []),
        (undone(6, of=31), []),
        (undone(20, of=20, days=1), []),
    ],
    ids=["six", "five", "less than a fifth", "one day"],
)
def test_six_voids_on_two_days_stand_out_where_they_are_a_fifth(
    venue: Venue, expected: list[str]
) -> None:
    assert kinds(found_in(venue)) == expected


# --- one card in two places -----------------------------------------------------------------


def twice(*, at: str = "15:05", place: str | None = "1974", **facts: object) -> list[Found]:
    here, there = Venue(36), Venue(37, place="1974")
    card = here.sells(1_995, at="15:00").card_id
    there.sells(995, 0, at, card_id=card, place=place, **facts)
    return found_in(here, there)


def test_a_card_in_two_places_within_five_minutes_stands_out() -> None:
    [found] = twice()
    assert (found.kind, found.counted) == ("two_places", 2)
    assert found.about == found.sales[1]


@pytest.mark.parametrize(
    "facts",
    [
        {"at": "15:06"},
        {"place": "1971"},
        {"place": None},
        {"is_undone": True},
        {"is_online": False},
    ],
    ids=["later", "next door", "unknown place", "undone", "a clock that is not ours"],
)
def test_a_card_that_could_be_there_does_not_stand_out(facts: dict[str, object]) -> None:
    assert twice(**facts) == []  # pyright: ignore[reportArgumentType]


# --- news -----------------------------------------------------------------------------------


def the_abuse() -> Found:
    return found_in(cash_for_passes())[0]


@pytest.mark.parametrize(
    ("quiet", "deed"), [(None, "new"), (11, "leave"), (20, "leave"), (10, "new")]
)
def test_what_was_nothing_comes_back_when_it_is_twice_as_much(quiet: int | None, deed: str) -> None:
    found = the_abuse()
    assert found.counted == 20
    assert what_to_do(found, None, quiet) == deed


@pytest.mark.parametrize(
    ("known", "deed"),
    [
        (Known(1, 20, 24, None, None), "leave"),
        (Known(1, 19, 24, None, None), "grow"),
        (Known(1, 20, 23, None, None), "grow"),
        (Known(1, 11, 24, "handled", 11), "leave"),
        (Known(1, 10, 24, "nothing", 10), "new"),
    ],
)
def test_an_open_signal_grows_and_a_judged_one_comes_back_when_it_is_worse(
    known: Known, deed: str
) -> None:
    assert what_to_do(the_abuse(), known, None) == deed


def test_the_more_it_is_the_heavier_it_is() -> None:
    few, many = found_in(round_sales(10))[0], found_in(round_sales(40))[0]
    assert few.weight < many.weight
    assert found_in(round_sales(900))[0].weight <= 99


def test_three_hundred_children_and_a_school_are_no_signal_each() -> None:
    assert found_in(a_sports_day(), a_school()) == []
