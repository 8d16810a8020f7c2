"""Whether our fonts can print a text: a letter with an empty box in a name is worse than none."""

from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Final

CHARACTERS: Final = Path(__file__).parent / "fonts" / "characters.txt"


def is_printable(text: str) -> bool:
    firsts, lasts = _ranges()
    for character in text:
        code = ord(character)
        place = bisect_right(firsts, code) - 1
        if place < 0 or code > lasts[place]:
            return False
    return True


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """The characters that every one of the fonts' weights has, as first and last of each range."""
    pairs = [line.split("-") for line in CHARACTERS.read_text("ascii").splitlines()]
    return [int(first, 16) for first, _ in pairs], [int(last, 16) for _, last in pairs]
