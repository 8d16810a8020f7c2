"""Reading a form: every field its own sentence."""

import pytest

from pas.web.forms import Form


def test_a_field_is_trimmed_and_given() -> None:
    form = Form({"naam": "  Fatma Yılmaz "})
    assert form.text("naam", "Vul uw naam in.") == "Fatma Yılmaz"
    assert form.ok


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Vul uw naam in."),
        ("   ", "Vul uw naam in."),
        ("x" * 201, "Gebruik hoogstens 200 tekens."),
        ("a\x00b", "Er staat een teken in dat wij niet kunnen lezen."),
        ("a\x1bb", "Er staat een teken in dat wij niet kunnen lezen."),
    ],
)
def test_a_wrong_text_says_what_to_do(typed: str, sentence: str) -> None:
    form = Form({"naam": typed})
    assert form.text("naam", "Vul uw naam in.") is None
    assert form.errors == {"naam": sentence}


def test_an_optional_field_may_stay_empty() -> None:
    form = Form({})
    assert form.text("toelichting", "", optional=True) is None
    assert form.ok


def test_a_choice_is_one_of_the_options() -> None:
    options = {"ik": 1, "gezin": 2}
    form = Form({"wie": "gezin", "waar": "maan"})
    assert form.choice("wie", "Kies voor wie.", options) == 2
    assert form.choice("waar", "Kies waar.", options) is None
    assert form.errors == {"waar": "Kies waar."}


def test_an_amount_is_read_in_cents() -> None:
    form = Form({"bedrag": "€ 12,40", "prijs": "12,4"})
    assert form.cents("bedrag", "Vul een bedrag in.") == 1240
    assert form.cents("prijs", "Vul een bedrag in.") is None
    assert form.errors == {"prijs": "Typ twee cijfers achter de komma, bijvoorbeeld 12,40."}


def test_what_was_typed_is_kept_to_show_again() -> None:
    form = Form({"bedrag": "twaalf", "bestand": b"geen tekst"})
    form.cents("bedrag", "Vul een bedrag in.")
    assert form.value("bedrag") == "twaalf"
    assert form.value("bestand") == ""


def test_the_first_thing_wrong_with_a_field_is_what_is_said() -> None:
    form = Form({"naam": ""})
    form.text("naam", "Vul uw naam in.")
    form.refuse("naam", "Deze naam is er al.")
    assert form.errors["naam"] == "Vul uw naam in."
