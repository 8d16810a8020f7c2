"""Reads forms that people fill in: every field is checked, every mistake is shown in one go."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from pas.errors import Refusal, TillRefusal
from pas.money import Cents, parse_euros
from pas.web.languages import said, say

T = TypeVar("T")

MOST_CHARACTERS = 200
LONGEST_SEEN = 6


def sentence_of(refusal: Refusal) -> str:
    """What stands beside the field: of a refusal at a till the words for the holder, who types here."""
    return refusal.holder if isinstance(refusal, TillRefusal) else refusal.detail


class Form:
    """What somebody typed, and what is wrong with it, by the name of the field.

    A getter returns None for a field that is empty or wrong, and then ``errors`` says why.
    Check ``form.ok`` after the last getter; if it is false, show the page again with this form.
    """

    def __init__(self, typed: Mapping[str, object] | None = None) -> None:
        given = typed or {}
        self.typed = {name: value for name, value in given.items() if isinstance(value, str)}
        self.errors: dict[str, str] = {}

    @property
    def ok(self) -> bool:
        return not self.errors

    def value(self, name: str) -> str:
        """What was typed, to show it again."""
        return self.typed.get(name, "")

    def text(
        self,
        name: str,
        missing: str,
        *,
        most: int = MOST_CHARACTERS,
        optional: bool = False,
    ) -> str | None:
        """A line of text; ``missing`` is the sentence for an empty field: "Vul uw naam in."."""
        typed = self.value(name).strip()
        if not typed:
            return None if optional else self._wrong(name, missing)
        if len(typed) > most:
            return self._wrong(name, say("Gebruik hoogstens {most} tekens.", most=most))
        if any(ord(character) < ord(" ") and character not in "\r\n\t" for character in typed):
            return self._wrong(name, say("Er staat een teken in dat wij niet kunnen lezen."))
        return typed

    def choice(self, name: str, missing: str, options: Mapping[str, T]) -> T | None:
        """One of the options, by the value in the page."""
        typed = self.value(name)
        if typed in options:
            return options[typed]
        return self._wrong(name, missing)

    def cents(self, name: str, missing: str) -> Cents | None:
        """An amount in euros as people write it: ``12,40``."""
        return self.parsed(name, missing, parse_euros)

    def parsed(
        self,
        name: str,
        missing: str,
        parse: Callable[[str], T],
        *,
        optional: bool = False,
    ) -> T | None:
        """A field read by ``parse``, whose refusal becomes the sentence beside the field."""
        typed = self.text(name, missing, optional=optional)
        if typed is None:
            return None
        try:
            return parse(typed)
        except Refusal as refusal:
            return self._wrong(name, said(sentence_of(refusal)))

    def seen(self) -> int:
        """The number of what the page showed when it was filled in; 0 where that cannot be read."""
        typed = self.value("seen")
        return (
            int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_SEEN else 0
        )

    def ticked(self, name: str) -> bool:
        return bool(self.value(name))

    def refuse(self, name: str, sentence: str) -> None:
        """Note what a rule says about a field, after reading it."""
        self.errors.setdefault(name, sentence)

    def _wrong(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, sentence)
