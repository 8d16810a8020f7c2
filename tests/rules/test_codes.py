"""What a scan or a typed line may be, and what it may never be taken for."""

import random
import re
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pas.crockford import ALPHABET
from pas.errors import Refusal, TillRefusal
from pas.ids import CardId, MunicipalityName
from pas.passes.codes import (
    SECRETS,
    UNAMBIGUOUS,
    ActivationCode,
    ActivationCodeUnreadable,
    CardNumber,
    CardNumberMistyped,
    CardUnreadable,
    HashKey,
    PhoneCodeNotAccepted,
    Token,
    grouped,
    hash_activation_code,
    hash_card_number,
    new_activation_code,
    new_card_number,
    new_token,
    printed,
    read_activation_code,
    read_scanned,
)

VELSEN = MunicipalityName("velsen")
KEY = HashKey(key_id="k1", secret=b"s" * 32)

secrets_drawn = st.integers(0, SECRETS - 1)
tokens = secrets_drawn.map(lambda value: new_token(VELSEN, lambda _: value))
numbers = st.integers(0, 8_999_999_999).map(lambda value: new_card_number(lambda _: value))


@given(tokens)
def test_a_token_stays_in_the_alphanumeric_mode_of_a_qr_code_and_reads_back(token: Token) -> None:
    assert re.fullmatch(r"SC1[0-9A-Z]{30}", token.text())
    assert read_scanned(token.text()) == token


@given(secrets_drawn, secrets_drawn)
def test_two_secrets_never_share_a_token(one: int, other: int) -> None:
    texts = {new_token(VELSEN, lambda _, value=value: value).text() for value in (one, other)}
    assert len(texts) == len({one, other})


def test_a_token_uses_all_130_bits() -> None:
    assert new_token(VELSEN, lambda below: below - 1).secret == ALPHABET[-1] * 26
    assert new_token(VELSEN, lambda _: 0).secret == "0" * 26


@given(tokens, st.data())
def test_what_scanners_and_people_add_to_a_token_is_forgiven(
    token: Token, data: st.DataObject
) -> None:
    text = token.text()
    cut = data.draw(st.integers(0, len(text)))
    separator = data.draw(st.sampled_from([" ", "-", "\n", "\u00a0", "\u200b", ":", ""]))
    around = data.draw(
        st.sampled_from(
            [
                "{}",
                "]Q1{}",
                "  {}\r\n",
                "\ufeff{}",
                "http://{}",
                "https://pas.example.nl/kaart/{}",
                "https://pas.example.nl/kaart/{}/?bron=1",
                "https://pas.example.nl/?kaart={}&taal=nl#boven",
            ]
        )
    )
    case = data.draw(st.sampled_from([str.upper, str.lower, str.swapcase]))
    scanned = case(around.format(text[:cut] + separator + text[cut:]))
    assert read_scanned(scanned) == token


@given(tokens)
def test_letters_that_look_like_digits_are_read_as_digits(token: Token) -> None:
    for letter, digit in (("O", "0"), ("o", "0"), ("I", "1"), ("l", "1"), ("L", "1")):
        assert read_scanned(token.text().replace(digit, letter)) == token


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        "   ",
        "SC1",
        "SC1ACP24JC2FD1SS9JMA14PPM3ZNV0BY",
        "SC1ACP24JC2FD1SS9JMA14PPM3ZNV0BYBB",
        "SC2ACP24JC2FD1SS9JMA14PPM3ZNV0BYB",
        "SC1UCP24JC2FD1SS9JMA14PPM3ZNV0BYB",
        "\u017fC1ACP24JC2FD1SS9JMA14PPM3ZNV0BYB",
        "\uff33\uff23\uff11ACP24JC2FD1SS9JMA14PPM3ZNV0BYB",
        "https://example.nl/",
        "https://example.nl/294137825841",
        "WIFI:T:WPA;S=bar;P=geheim;;",
        "\u0662\u0669\u0664\u0661\u0663\u0667\u0668\u0662\u0665\u0668\u0664\u0661",
        "294137825841\x00",
        "' OR 1=1 --",
        "SC1" * 1000,
        "9" * 301,
    ],
)
def test_what_is_no_card_is_refused_and_says_so(scanned: str) -> None:
    with pytest.raises(CardUnreadable):
        read_scanned(scanned)


@pytest.mark.parametrize("scanned", ["SP1:6BFOXN*TS0", "sp1:6bfoxn*ts0/=?x", " SP1:6BF OXN"])
def test_a_phone_code_is_refused_with_what_to_show_instead(scanned: str) -> None:
    with pytest.raises(PhoneCodeNotAccepted, match="kaart"):
        read_scanned(scanned)


@given(numbers)
def test_a_number_is_printed_in_groups_and_reads_back(number: CardNumber) -> None:
    assert re.fullmatch(r"[1-9]\d{3} \d{4} \d{4}", grouped(number))
    assert read_scanned(grouped(number)) == number
    assert read_scanned(grouped(number).replace(" ", "-").replace("0", "o")) == number


@given(numbers)
def test_every_single_wrong_digit_is_caught(number: CardNumber) -> None:
    for place in range(12):
        for digit in "0123456789".replace(number[place], ""):
            refuse_number(number[:place] + digit + number[place + 1 :])


@given(numbers)
def test_every_swap_of_two_neighbours_and_over_one_digit_is_caught(number: CardNumber) -> None:
    for distance in (1, 2):
        for place in range(12 - distance):
            swapped = list(number)
            swapped[place], swapped[place + distance] = swapped[place + distance], swapped[place]
            if "".join(swapped) != number:
                refuse_number("".join(swapped))


@given(numbers)
def test_every_wrongly_doubled_digit_is_caught(number: CardNumber) -> None:
    for place, (one, other) in enumerate(pairwise(number)):
        if one == other:
            for digit in "0123456789".replace(one, ""):
                refuse_number(number[:place] + digit * 2 + number[place + 2 :])


@given(numbers)
def test_a_missing_or_extra_digit_is_caught(number: CardNumber) -> None:
    refuse_number(number[:-1])
    refuse_number(number + "0")


@pytest.mark.parametrize("body", [123_456_789, 12_345_678_901])
def test_right_check_digits_do_not_make_another_length_right(body: int) -> None:
    refuse_number(f"{body}{98 - body * 100 % 97:02d}")


def test_numbers_start_at_the_first_with_twelve_digits() -> None:
    assert new_card_number(lambda _: 0).startswith("1000000000")
    assert new_card_number(lambda below: below - 1).startswith("9999999999")


def test_a_scan_of_up_to_300_characters_is_read() -> None:
    text = new_token(VELSEN).text()
    assert read_scanned(text + " " * (300 - len(text)))
    with pytest.raises(CardUnreadable):
        read_scanned(text + " " * (301 - len(text)))


def test_one_pair_of_check_digits_fits_a_number() -> None:
    for body in range(1_000_000_000, 1_000_000_097):
        right = [check for check in range(100) if is_number(f"{body}{check:02d}")]
        assert len(right) == 1
        assert 2 <= right[0] <= 98


def is_number(digits: str) -> bool:
    try:
        return read_scanned(digits) == digits
    except CardNumberMistyped:
        return False


def refuse_number(digits: str) -> None:
    with pytest.raises(CardNumberMistyped):
        read_scanned(digits)


@given(st.text(max_size=400))
def test_any_text_is_a_card_or_a_refusal(text: str) -> None:
    try:
        read = read_scanned(text)
    except TillRefusal:
        return
    assert isinstance(read, (Token, str))


def test_a_card_knows_its_municipality_and_its_hash_survives_a_new_name() -> None:
    token = new_token(VELSEN, lambda _: 7)
    elsewhere = new_token(MunicipalityName("beverwijk"), lambda _: 7)
    assert token.is_of(VELSEN)
    assert not elsewhere.is_of(VELSEN)
    assert token.sha256() == elsewhere.sha256()
    assert token.sha256() != new_token(VELSEN, lambda _: 8).sha256()


def test_the_tag_of_a_municipality_never_changes() -> None:
    assert new_token(VELSEN).municipality_tag == "ACP2"


def test_a_secret_stays_out_of_logs() -> None:
    token = new_token(VELSEN)
    assert token.secret not in repr(token)
    assert "sss" not in repr(KEY)


@given(numbers, numbers)
def test_the_hash_of_a_number_needs_the_key(number: CardNumber, other: CardNumber) -> None:
    ours = hash_card_number(number, KEY)
    assert ours.key_id == "k1"
    assert ours == hash_card_number(number, KEY)
    assert (ours == hash_card_number(other, KEY)) == (number == other)
    assert ours != hash_card_number(number, HashKey("k1", b"t" * 32))
    assert ours != hash_card_number(number, HashKey("k2", KEY.secret))


@given(st.randoms(use_true_random=False))
def test_an_activation_code_is_printed_and_read_back(source: random.Random) -> None:
    code = new_activation_code(source.randrange)
    assert re.fullmatch(f"[{UNAMBIGUOUS}]{{4}}-[{UNAMBIGUOUS}]{{4}}", printed(code))
    assert read_activation_code(f" {printed(code).lower()} ") == code


@pytest.mark.parametrize(
    ("typed", "advice"),
    [("", "8 tekens"), ("4X7K-9MP", "8 tekens"), ("4X7K9MPTT", "8 tekens"), ("4X7K-9MPO", "6 7 9")],
)
def test_a_mistyped_activation_code_says_what_is_wrong(typed: str, advice: str) -> None:
    with pytest.raises(ActivationCodeUnreadable, match=advice):
        read_activation_code(typed)


def test_an_activation_code_is_bound_to_its_card_and_never_equals_the_hash_of_a_number() -> None:
    code, one, other = ActivationCode("4X7K9MPT"), CardId(UUID(int=1)), CardId(UUID(int=2))
    hashes = {hash_activation_code(code, card=card, key=KEY).digest for card in (one, other)}
    assert len(hashes) == 2
    assert hash_card_number(CardNumber("294137825841"), KEY).digest not in hashes


@given(st.text(max_size=40))
def test_any_text_is_an_activation_code_or_a_refusal(text: str) -> None:
    try:
        assert set(read_activation_code(text)) <= set(UNAMBIGUOUS)
    except Refusal:
        return
