"""Our own texts: short sentences, and fields that a letter can be made of, in every language."""

import pytest

from pas.letters.kinds import KINDS, NAME_MEANINGS, LetterKind
from pas.letters.rules import (
    MOST_WORDS,
    blocks,
    check_fields,
    filled,
    long_sentences,
    read_text_file,
    write_text_file,
)
from pas.web.languages import NAMES, Language

ABOUT_MONEY_TROUBLE = ("minima", "armoede", "bijstand", "uitkering", "laag inkomen", "schuld")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_sentence_is_longer_than_twelve_words(kind: LetterKind) -> None:
    for field, text in kind.text_of_ours("nl").items():
        assert not long_sentences(text), (field, MOST_WORDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_nothing_shows_that_this_is_for_people_with_little_money(kind: LetterKind) -> None:
    text = " ".join(kind.text_of_ours("nl").values()).lower()
    assert not [word for word in ABOUT_MONEY_TROUBLE if word in text]


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_letter_can_be_made_of_our_text_in_every_language(
    kind: LetterKind, language: Language
) -> None:
    assert check_fields(kind.text_of_ours(language), kind.rules()) == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_text_comes_back_from_its_file_as_it_was(kind: LetterKind) -> None:
    ours = kind.text_of_ours("nl")
    assert read_text_file(write_text_file(ours, iter(["uitleg"]))) == ours


def test_every_letter_says_where_to_call() -> None:
    for kind in KINDS.values():
        assert "{telefoon}" in kind.text_of_ours("nl")["slot"], kind.name


def test_every_name_in_braces_is_explained() -> None:
    used = {name for kind in KINDS.values() for name in next(iter(kind.rules().values())).names}
    assert used == set(NAME_MEANINGS)


def test_a_sentence_of_thirteen_words_is_found_and_one_of_twelve_is_not() -> None:
    twelve = " ".join(["woord"] * 12) + "."
    assert long_sentences(f"{twelve} Kort.\n- {twelve}") == []
    assert long_sentences(f"Kort. Nog {twelve}") == [f"Nog {twelve}"]


def test_a_name_is_filled_in_once_whatever_it_holds() -> None:
    assert filled("{naam}, {pas}", {"naam": "{pas}", "pas": "Stadspas"}) == "{pas}, Stadspas"


def test_a_text_becomes_paragraphs_headings_lists_and_steps() -> None:
    made = blocks("Eerst.\nDan.\n\n## Kop\n- een\n- twee\n\n1. stap\n2. stap\nSlot.")
    assert [(one.kind, one.lines or one.items or one.text) for one in made] == [
        ("paragraph", ("Eerst.", "Dan.")),
        ("heading", "Kop"),
        ("list", ("een", "twee")),
        ("steps", ("stap", "stap")),
        ("paragraph", ("Slot.",)),
    ]
