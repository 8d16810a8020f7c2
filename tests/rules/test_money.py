"""Money: written, read and shared without losing or inventing a cent."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pas.money import (
    MAX_CENTS,
    WHOLE,
    AmountOutOfRange,
    AmountUnreadable,
    BasisPoints,
    Cents,
    euros,
    parse_euros,
    percent,
    share_of,
)

amounts = st.integers(0, MAX_CENTS).map(Cents)


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, "€\u00a00,00"),
        (5, "€\u00a00,05"),
        (1240, "€\u00a012,40"),
        (123_456, "€\u00a01.234,56"),
        (100_000_000_000, "€\u00a01.000.000.000,00"),
        (-1240, "€\u00a0-12,40"),
        (-5, "€\u00a0-0,05"),
    ],
)
def test_an_amount_is_written_the_dutch_way(cents: int, written: str) -> None:
    assert euros(Cents(cents)) == written


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12", 1200),
        ("12,40", 1240),
        ("12.40", 1240),
        ("€ 12,40", 1240),
        ("€12,40", 1240),
        ("€\u00a012,40", 1240),
        ("EUR 12,40", 1240),
        ("12,40 euro", 1240),
        ("12 €", 1200),
        ("12,-", 1200),
        ("12,--", 1200),
        ("1.234,50", 123_450),
        ("1.234.567,89", 123_456_789),
        ("1234,50", 123_450),
        ("  12,40\n", 1240),
        ("0,50", 50),
        ("05,00", 500),
        ("0", 0),
        (" " * 38 + "12", 1200),
        ("1000000000", 100_000_000_000),
    ],
)
def test_what_people_type_is_read(typed: str, cents: int) -> None:
    assert parse_euros(typed) == cents


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "12,40"),
        ("   ", "12,40"),
        ("twaalf", "12,40"),
        ("7,5", "7,50"),
        ("12.4", "12,40"),
        ("1.234", r"1234,00 of 1,23\?"),
        ("1,234", "1234,00 of 1,23"),
        ("1,234.50", "12,40"),
        ("12 40", "12,40"),
        ("1 234,50", "12,40"),
        ("-12", "zonder min"),
        ("\u221212,40", "zonder min"),
        (",50", "0,50"),
        ("12,", "12,40"),
        ("12,405", "12,40"),
        ("01.234,50", "12,40"),
        ("1.23.456,00", "12,40"),
        ("12.40,00", "12,40"),
        ("12,40,00", "12,40"),
        ("1e3", "12,40"),
        ("0x10", "12,40"),
        ("+12", "12,40"),
        ("1_000", "12,40"),
        ("NaN", "12,40"),
        ("\u0661\u0662", "12,40"),
        ("\uff11\uff12", "12,40"),
        ("12\u00b2", "12,40"),
        ("12;DROP TABLE", "12,40"),
        ("€ 12 €", "12,40"),
        ("12\x00", "12,40"),
        ("9" * 10_000, "12,40"),
        (" " * 39 + "12", "12,40"),
    ],
)
def test_what_is_ambiguous_or_hostile_is_refused_with_what_to_type(typed: str, advice: str) -> None:
    with pytest.raises(AmountUnreadable, match=advice):
        parse_euros(typed)


@pytest.mark.parametrize("typed", ["1000000000,01", "999999999999999", "9.999.999.999,00"])
def test_an_amount_above_the_bound_is_refused(typed: str) -> None:
    with pytest.raises(AmountOutOfRange, match=r"1\.000\.000\.000,00"):
        parse_euros(typed)


@given(amounts)
def test_what_is_written_can_be_read_back(cents: Cents) -> None:
    assert parse_euros(euros(cents)) == cents


@given(st.text(alphabet="0123456789.,-€ eu\u00a0+x", max_size=14))
def test_whatever_is_read_means_its_digits_and_nothing_else(typed: str) -> None:
    try:
        cents = parse_euros(typed)
    except (AmountUnreadable, AmountOutOfRange):
        return
    digits = int("".join(character for character in typed if character.isdigit()))
    has_cents = typed.rstrip("€ eu\u00a0\n")[-3:-2] in {",", "."}
    assert cents == (digits if has_cents else digits * 100)


@pytest.mark.parametrize(
    ("cents", "basis_points", "share"),
    [(1000, 2500, 250), (1, 5000, 1), (1, 4999, 0), (3, 5000, 2), (1999, 3333, 666), (7, 10000, 7)],
)
def test_a_percentage_rounds_half_a_cent_up(cents: int, basis_points: int, share: int) -> None:
    assert share_of(Cents(cents), BasisPoints(basis_points)) == share


@given(amounts, st.integers(0, WHOLE).map(BasisPoints))
def test_a_percentage_is_within_half_a_cent_and_never_above_the_whole(
    cents: Cents, share: BasisPoints
) -> None:
    taken = share_of(cents, share)
    assert taken <= cents
    assert -Fraction(1, 2) < taken - Fraction(cents * share, WHOLE) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("basis_points", "written"),
    [
        (1250, "12,5%"),
        (1205, "12,05%"),
        (1200, "12%"),
        (1000, "10%"),
        (5, "0,05%"),
        (0, "0%"),
        (-50, "-0,5%"),
    ],
)
def test_a_percentage_is_written_the_dutch_way(basis_points: int, written: str) -> None:
    assert percent(BasisPoints(basis_points)) == written
