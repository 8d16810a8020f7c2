"""Which addresses messages go to, and how long one is tried."""

from datetime import timedelta

import pytest

from pas.messages.rules import (
    PAUSES,
    EmailWrong,
    MobileWrong,
    fit_email,
    fit_mobile,
    hidden,
    pause_after,
)

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Fatma.Yilmaz@Voorbeeld.NL ", "Fatma.Yilmaz@voorbeeld.nl"),
        ("o'brien+pas@mail.example.org", "o'brien+pas@mail.example.org"),
    ],
)
def test_an_address_is_kept_as_mail_reads_it(typed: str, kept: str) -> None:
    assert fit_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "fatma",
        "@voorbeeld.nl",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@voorbeeld.nl\nBcc: b@voorbeeld.nl",
        "a@voorbeeld.nl\r\nBcc: b@voorbeeld.nl",
        "a\r\nRCPT TO:<b@voorbeeld.nl>@voorbeeld.nl",
        "a@voorbeeld.nl,b@voorbeeld.nl",
        "a b@voorbeeld.nl",
        '"a b"@voorbeeld.nl',
        "Fatma <a@voorbeeld.nl>",
        "a@voorbeeld..nl",
        ".a@voorbeeld.nl",
        "a@voorbééld.nl",
        f"{'a' * 65}@voorbeeld.nl",
        f"a@{'b.' * 140}nl",
    ],
)
def test_what_could_reach_somebody_else_is_no_address(typed: str) -> None:
    with pytest.raises(EmailWrong):
        fit_email(typed)


@pytest.mark.parametrize(
    "typed",
    ["06 12345678", "06-12 34 56 78", "+31 6 1234 5678", "0031612345678", "+31(0)612345678"],
)
def test_a_mobile_number_is_kept_in_one_form(typed: str) -> None:
    assert fit_mobile(typed) == "+31612345678"


@pytest.mark.parametrize(
    "typed",
    [
        "0900 1234567",
        "020 1234567",
        "+32 470 12 34 56",
        "+1 900 123 4567",
        "0612345",
        "066 1234567",
        "06123456789",
        "0612345678;0687654321",
        "06１２３４５６７８",
    ],
)
def test_a_number_that_could_cost_more_is_none(typed: str) -> None:
    with pytest.raises(MobileWrong):
        fit_mobile(typed)


def test_an_address_is_shown_without_giving_it_away() -> None:
    assert hidden("email", "fatma@voorbeeld.nl") == "f…@voorbeeld.nl"
    assert hidden("text", "+31612345678") == "06 … 78"


def test_pauses_grow_and_end_within_the_time_that_a_message_says_something() -> None:
    pauses = [
        pause_after("lapse", tries, age=MINUTE, chance=0) for tries in range(1, len(PAUSES) + 1)
    ]
    assert pauses == list(PAUSES)
    assert pause_after("lapse", len(PAUSES) + 1, age=MINUTE, chance=0) is None
    assert pause_after("code", 1, age=MINUTE, chance=1) is not None
    assert pause_after("code", 1, age=15 * MINUTE, chance=0) is None
