"""Crockford's base 32: codes that people copy by hand and that QR codes hold in few squares.

No I, L, O or U; who types I or L means 1, who types O means 0.
"""

import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MEANT: Final = str.maketrans("OIL", "011")
SEPARATORS: Final = re.compile(r"[\s\-_.:;\u200b-\u200f\u2010-\u2014\u202a-\u202e\u2060\ufeff]")
"""Also what a copy from a web page or a letter carries unseen: zero width and direction marks."""


def encoded(value: int, length: int) -> str:
    """Write a number with leading zeros."""
    assert 0 <= value < 32**length
    return "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(length)))


def normalised(text: str) -> str:
    """Drop what separates, and read letters as they were meant; nothing if not ASCII."""
    plain = SEPARATORS.sub("", text)
    return plain.upper().translate(MEANT) if plain.isascii() else ""
