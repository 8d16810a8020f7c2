"""The pieces of which our own texts are made, each sentence marked so that it is said in the holder's language."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from pas.letters.rules import BULLET, HEADING
from pas.web.languages import said


class Part(msgspec.Struct, frozen=True):
    """Sentences that stand together: in a paragraph, or each on a line of its own."""

    lines: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...] = ("",)

    def text(self) -> str:
        """In the language that is spoken; names in braces stay."""
        spoken = [" ".join(said(sentence) for sentence in line) for line in self.lines]
        marks = self.marks * len(spoken) if len(self.marks) == 1 else self.marks
        return "\n".join(mark + line for mark, line in zip(marks, spoken, strict=True))


Text: TypeAlias = Sequence[Part]


def paragraph(*sentences: str) -> Part:
    return Part((sentences,))


def heading(words: str) -> Part:
    return Part(((words,),), (HEADING,))


def bullets(*items: tuple[str, ...]) -> Part:
    return Part(items, (BULLET,))


def steps(*items: tuple[str, ...]) -> Part:
    return Part(items, tuple(f"{number}. " for number in range(1, len(items) + 1)))


def text_of(parts: Text) -> str:
    return "\n\n".join(part.text() for part in parts)
