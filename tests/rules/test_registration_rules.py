"""What a club says is checked whole: every fault at once, by the name of its field."""

import msgspec
import pytest

from given.merchants import IBAN
from given.registrations import what_a_club_says
from pas.registrations.links import grouped, hash_of, new_secret, number_of, read_secret
from pas.registrations.model import MOST_PLACES, Said
from pas.registrations.pages.typed import (
    LONGEST_KEPT,
    PARTS,
    fields_of,
    kept,
    part_of,
    places_in,
    said_in,
    typed_from,
    without_place,
)
from pas.registrations.rules import faults_of_said, tidy_said
from pas.web.forms import Form

CODES = ("sport", "swimming")


def fields_wrong(said: Said) -> list[str]:
    return [one.field for one in faults_of_said(tidy_said(said))]


def test_what_is_right_has_no_fault() -> None:
    assert fields_wrong(what_a_club_says()) == []


def test_of_nothing_every_fault_is_told_at_once_on_a_page_of_its_own() -> None:
    said = said_in({}, CODES, agrees=False)
    wrong = fields_wrong(said)
    assert {"name", "kvk_number", "address-0", "postcode-0", "city-0", "purposes"} <= set(wrong)
    assert {"contact_name", "contact_email", "contact_phone", "iban", "holder", "agrees"} <= set(
        wrong
    )
    assert {part_of(field) for field in wrong} == set(PARTS) - {"words"}


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"kvkNumber": "1234567"}, "kvk_number"),
        ({"kvkNumber": "00000000"}, "kvk_number"),
        ({"kvkNumber": "١٢٣٤٥٦٧٨"}, "kvk_number"),
        ({"contactEmail": "noor"}, "contact_email"),
        ({"contactPhone": "12"}, "contact_phone"),
        ({"account": {"iban": "NL91ABNA0417164301", "holder": "x"}}, "iban"),
        ({"account": {"iban": IBAN, "holder": " "}}, "holder"),
        ({"name": "Judo\u202eschool"}, "name"),
        (
            {"places": [{"name": "x", "address": "y", "postcode": "0000", "city": "z"}]},
            "postcode-0",
        ),
        ({"purposes": [{"category": "sport", "words": "x"}] * 2}, "purposes"),
        ({"conditions": "2020-1"}, "agrees"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(parts: dict[str, object], field: str) -> None:
    assert fields_wrong(what_a_club_says(**parts)) == [field]


def test_what_did_not_come_through_our_form_is_bounded_all_the_same() -> None:
    said = msgspec.structs.replace(what_a_club_says(), name="x" * 141, contact_name="y" * 5_000)
    assert fields_wrong(said) == ["name", "contact_name"]


def test_a_form_that_is_filled_in_again_says_the_same() -> None:
    said = tidy_said(what_a_club_says())
    assert said_in(typed_from(said), CODES, agrees=True) == said


def test_a_place_that_is_taken_out_lets_the_others_move_up() -> None:
    typed = {"places": "3", "city-0": "a", "city-1": "b", "city-2": "c"}
    after = typed | without_place(typed, 1)
    assert (places_in(after), after["city-0"], after["city-1"]) == (2, "a", "c")
    assert without_place({"places": "1"}, 0) == {}
    assert without_place(typed, 9) == {}


@pytest.mark.parametrize("typed", ["", "0", "-1", "x", "²", "999999999999", "1e3"])
def test_how_many_places_is_bounded_whatever_a_form_says(typed: str) -> None:
    assert 1 <= places_in({"places": typed}) <= MOST_PLACES


def test_only_what_is_asked_is_kept_and_no_more_of_it_than_anybody_types() -> None:
    form = Form({"name": "x" * 10_000, "kvk_number": "\x00\x1b12", "evil": "y"})
    found = kept(form, fields_of("club", {}, CODES))
    assert set(found) == {"name", "kvk_number"}
    assert len(found["name"]) == LONGEST_KEPT
    assert found["kvk_number"] == "  12"


def test_a_link_is_a_secret_and_its_number_says_nothing_of_it() -> None:
    secret = new_secret()
    number = number_of(hash_of(secret))
    assert read_secret(secret) == secret
    assert len(grouped(number)) == len("7K3Q-9XTM")
    for other in ("", "x", secret + "x", secret[:-1] + "/", secret[:-1] + "é"):
        assert read_secret(other) is None
