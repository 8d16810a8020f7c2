"""Base 45 (RFC 9285): bytes in the characters that a QR code packs tightest, two bytes in three."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
PAIR: Final = 2
TRIPLE: Final = 3


def encoded(content: bytes) -> str:
    return "".join(_written(content[at : at + PAIR]) for at in range(0, len(content), PAIR))


def decoded(text: str) -> bytes:
    """Read it back, or refuse with ValueError what no bytes are written as."""
    return b"".join(_read(text[at : at + TRIPLE]) for at in range(0, len(text), TRIPLE))


def _written(some: bytes) -> str:
    value, characters = int.from_bytes(some, "big"), list[str]()
    for _ in range(len(some) + 1):
        value, digit = divmod(value, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return "".join(characters)


def _read(piece: str) -> bytes:
    if len(piece) < PAIR or not set(piece) <= VALUES.keys():
        raise ValueError("no base 45")
    value = 0
    for character in reversed(piece):
        value = value * len(ALPHABET) + VALUES[character]
    size = len(piece) - 1
    if value >= 1 << (8 * size):
        raise ValueError("no base 45")
    return value.to_bytes(size, "big")
