"""Numbers on cards of an earlier supplier: any text, found by a keyed hash as our own numbers are.

What is printed, what a scanner reads and what a spreadsheet made of it differ in case, in spaces and
in zeros in front; so those do not count. Two cards that differ in nothing else are one number, and a
list that has both is refused.
"""

import re
import unicodedata
from typing import Final, NewType

from pas.auth.keys import KeyRing, Purpose
from pas.passes.codes import SCANNER_MARK, TOKEN, HashKey, KeyedHash, keyed_hash

EarlierNumber = NewType("EarlierNumber", str)
"""Upper case, without spaces and hyphens; digits alone also without zeros in front."""

SHORTEST: Final = 4
LONGEST: Final = 64
LONGEST_SCANNED: Final = 300
_LEFT_OUT: Final = re.compile(r"[\s\u00ad\u2010-\u2015-]+")
_NUMBER: Final = re.compile(r"(?=.*[0-9])[0-9A-Z][!-~]*")
_PIECES: Final = re.compile(r"[/=#?&]")


def read_earlier_number(text: str) -> EarlierNumber | None:
    """None for what no supplier printed, and for what reads as one of our own codes."""
    if len(text) > LONGEST_SCANNED:
        return None
    plain = _LEFT_OUT.sub("", unicodedata.normalize("NFKC", text)).upper()
    if plain.isdigit():
        plain = plain.lstrip("0")
    if not SHORTEST <= len(plain) <= LONGEST or not _NUMBER.fullmatch(plain):
        return None
    return None if TOKEN.fullmatch(plain) else EarlierNumber(plain)


def hash_earlier_number(number: EarlierNumber, key: HashKey) -> KeyedHash:
    """HMAC-SHA256: numbers in a row cannot be tried out without the key."""
    return keyed_hash(b"pas earlier card number 1", number.encode("ascii"), key)


def earlier_hashes(ring: KeyRing, text: str) -> list[bytes]:
    """What a scanned or typed text may be found by, under every key; of an address also its last piece."""
    scanned = SCANNER_MARK.sub("", text.strip())
    pieces = [piece for piece in _PIECES.split(scanned) if piece]
    read = [read_earlier_number(one) for one in (scanned, *pieces[-1:])]
    numbers = dict.fromkeys(one for one in read if one is not None)
    return [
        hash_earlier_number(number, HashKey(key.key_id, key.secret)).digest
        for number in numbers
        for key in ring.of(Purpose.CARD_NUMBER_HASH)
    ]
