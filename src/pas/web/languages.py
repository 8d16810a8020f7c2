"""The languages that holders read: every sentence is written in Dutch, and said in theirs.

A sentence is its own key: ``say("Nog {count} dagen.", count=3)``. The catalogues beside this file hold
it in the other languages; ``make languages`` adds what is new, and a test fails on what is missing.
Who works with the pass reads Dutch, so only pages that say so are spoken in another language.

Amounts keep the Dutch way of writing in all languages: that is how they stand on the price tag.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from markupsafe import Markup, escape

Language = Literal["nl", "en", "ar", "tr", "pl", "uk"]

DUTCH: Final = "nl"
NAMES: Final[Mapping[Language, str]] = {
    "nl": "Nederlands",
    "en": "English",
    "ar": "العربية",
    "tr": "Türkçe",
    "pl": "Polski",
    "uk": "Українська",
}
"""What speakers call their language, Dutch first."""
BY_CODE: Final[Mapping[str, Language]] = {code: code for code in NAMES}
RIGHT_TO_LEFT: Final[frozenset[Language]] = frozenset({"ar"})
CATALOGUES: Final = Path(__file__).parent / "catalogues"

ISOLATE: Final = "\u2066{}\u2069"
"""Left to right whatever stands around it (Unicode Bidirectional Algorithm, LRI and PDI)."""

_spoken: ContextVar[Language] = ContextVar("language", default=DUTCH)


def language() -> Language:
    """The language that is spoken now."""
    return _spoken.get()


def direction() -> Literal["ltr", "rtl"]:
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


def speak(chosen: Language) -> None:
    """Speak a language from here on, until the request ends."""
    _spoken.set(chosen)


@contextmanager
def speaking(chosen: Language) -> Generator[None]:
    """Speak a language for as long as it takes, as for a letter or a message."""
    before = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(before)


def say(text: str, **values: object) -> str:
    """Say a Dutch sentence in the language that is spoken now; ``{names}`` in it are filled in."""
    return said(text).format(**values)


def say_count(one: str, more: str, count: int, **values: object) -> str:
    """Say it of one or of more, as the language counts; ``{count}`` is the number."""
    return _translations().ngettext(one, more, count).format(count=count, **values)


def mark(text: str) -> str:
    """Mark a sentence that is said elsewhere, with ``said``, such as one of a table."""
    return text


def said(text: str) -> str:
    """Say a marked sentence, without filling anything in; Dutch where no catalogue has it."""
    return _translations().gettext(text) if text else ""


def left_to_right(text: str) -> str:
    """Keep an amount or a number in its own order amid text from right to left."""
    return ISOLATE.format(text) if language() in RIGHT_TO_LEFT else text


def say_in_page(text: str, **values: object) -> Markup:
    """As ``say``, for templates: what is filled in is escaped, and may be a link of our own."""
    return escape(said(text)).format(**values)


def count_in_page(one: str, more: str, count: int, **values: object) -> Markup:
    return escape(_translations().ngettext(one, more, count)).format(count=count, **values)


def as_data(text: str) -> Markup:
    """Show what somebody wrote, such as a name, as it is: amid another language it says which it is."""
    if language() == DUTCH:
        return escape(text)
    return Markup('<span lang="nl" dir="auto">{}</span>').format(text)


def as_language(text: str) -> Language | None:
    """The language of a code, where it is one of ours."""
    return BY_CODE.get(text)


def preferred(accepted: str) -> Language | None:
    """The first of ours in a browser's ``Accept-Language`` (RFC 9110), the heaviest first."""
    ranked: list[tuple[float, Language]] = []
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.partition(";q=")
        known = as_language(tag.strip().lower().partition("-")[0])
        if known is not None:
            ranked.append((_weight(weight), known))
    ranked.sort(key=lambda pair: -pair[0])
    return ranked[0][1] if ranked and ranked[0][0] > 0 else None


def _weight(text: str) -> float:
    try:
        return float(text.strip() or "1")
    except ValueError:
        return 0.0


def _translations() -> NullTranslations:
    return translations(language())


@cache
def translations(of: Language) -> NullTranslations:
    """Read a catalogue; Dutch needs none."""
    if of == DUTCH:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{of}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=of))
    compiled.seek(0)
    return Translations(compiled)
