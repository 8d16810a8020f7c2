"""Whether our fonts can print a text: a letter with an empty box in a name is worse than none."""

import re
from functools import cache
from pathlib import Path
from typing import Final

CHARACTERS: Final = Path(__file__).parent / "fonts" / "characters.txt"
UNKNOWN: Final = "?"


def is_printable(text: str) -> bool:
    return _unprintable().search(text) is None


def as_printed(text: str) -> str:
    """Write what no font of ours has as a question mark, for what must be printed all the same."""
    return _unprintable().sub(UNKNOWN, text)


@cache
def _unprintable() -> re.Pattern[str]:
    """Any character that one of the fonts' weights does not have."""
    pairs = [line.split("-") for line in CHARACTERS.read_text("ascii").splitlines()]
    ranges = "".join(f"\\U{int(a, 16):08x}-\\U{int(b, 16):08x}" for a, b in pairs)
    return re.compile(f"[^{ranges}]")
