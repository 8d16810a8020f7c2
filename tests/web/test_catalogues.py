"""The catalogues are complete, fit to be filled in, and say what the Dutch says in short sentences."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from catalogues import (
    KEYWORDS,
    OTHERS,
    SOURCE,
    brought_up_to_date,
    parts,
    read,
    sentences,
    text_of,
    translated,
)
from pas.web.languages import CATALOGUES, Language

MOST_WORDS = 12
AN_END = re.compile(r"(?<=[.?!:])\s+")
ADDRESSED_AS_A_FRIEND = re.compile(r"\b(jij|je|jouw|jullie)\b", re.IGNORECASE)
CYRILLIC, ARABIC = re.compile("[а-яіїєґ]", re.IGNORECASE), re.compile("[\u0600-\u06ff]")
A_BLANK = re.compile(r"\{\w+\}")
SCRIPTS = {"ar": ARABIC, "uk": CYRILLIC}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_a_sentence_is_short_enough_to_be_read_by_everybody() -> None:
    written = [part for sentence in sentences() for part in parts(sentence)]
    told = [one for part in written for one in AN_END.split(part)]
    assert [one for one in told if len(one.split()) > MOST_WORDS] == []
    assert [part for part in written if ADDRESSED_AS_A_FRIEND.search(part)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_said_in_every_language(language: Language) -> None:
    made = brought_up_to_date(language)
    missing = [str(one.id) for one in made if one.id and not all(translated(one))]
    assert not missing, f"make languages, and say in {language}.po: {missing}"
    assert (CATALOGUES / f"{language}.po").read_bytes() == text_of(made), "make languages"


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_the_same_in_every_language(language: Language) -> None:
    for message in read(language):
        if not message.id:
            continue
        wanted = set().union(*map(blanks, parts_of(message.id)))
        for said in filter(None, translated(message)):
            # One of them, such as an Arabic dual, may say the number in the word itself.
            assert blanks(said) | {"count"} == wanted | {"count"}, (language, message.id, said)


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_translation_is_written_in_the_script_of_its_language(language: Language) -> None:
    for message in read(language):
        for said in filter(None, translated(message)) if message.id else ():
            assert SCRIPTS[language].search(said) or not re.search(
                "[a-z]{3}", A_BLANK.sub("", said)
            ), said


def parts_of(message_id: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message_id,) if isinstance(message_id, str) else tuple(message_id)


def test_no_sentence_is_said_where_it_is_not_found() -> None:
    """Such as within the braces of an f-string, or from a variable."""
    found = {part for sentence in sentences() for part in parts(sentence)}
    said = {(path.name, one) for path in spoken_modules() for one in literals(path)}
    assert {(name, one) for name, one in said if one not in found} == set()


def spoken_modules() -> list[Path]:
    known = "from pas.web.languages import"
    return [path for path in SOURCE.rglob("*.py") if known in path.read_text("utf-8")]


def literals(path: Path) -> Iterator[str | None]:
    """What ``say`` and its kin are given, None where that is no literal."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in KEYWORDS
        ):
            for argument in node.args[: 2 if node.func.id == "say_count" else 1]:
                value = argument.value if isinstance(argument, ast.Constant) else None
                yield value if isinstance(value, str) else None
