"""The code of a coupon: ten characters that survive handwriting, of which two check the other eight.

Eight characters out of eighteen that nobody confuses are eleven billion codes. The check is their number
modulo 317, the largest prime below 18 × 18: every single wrong character and every swap of two that stand
side by side is caught, and 316 of 317 other mistakes. So what was copied wrong is told apart from what was
made up. The database has a keyed hash alone: without the key no code can be tried out there.
"""

import hashlib
import hmac
import secrets
from typing import ClassVar, Final, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pas.auth.keys import Key, KeyRing, Purpose
from pas.crockford import SEPARATORS
from pas.errors import Refusal
from pas.ids import CouponId
from pas.passes.codes import UNAMBIGUOUS, Draw

CouponCode = NewType("CouponCode", str)
"""Ten characters, upper case, of which the last two are right."""

BODY: Final = 8
LENGTH: Final = 10
PRIME: Final = 317
BASE: Final = len(UNAMBIGUOUS)
CODES: Final = BASE**BODY
NONCE_BYTES: Final = 12
KEY_ID_ENDS: Final = b"\n"


class CouponCodeMistyped(Refusal):
    """Deze code is niet goed overgenomen."""

    next_step: ClassVar[str] = "Kijk op de bon en typ de 10 tekens opnieuw."


def new_code(draw: Draw = secrets.randbelow) -> CouponCode:
    number = draw(CODES)
    return CouponCode(_written(number, BODY) + _written(number % PRIME, LENGTH - BODY))


def read_code(text: str) -> CouponCode:
    """Make out what was typed, or refuse it: spaces, hyphens and small letters are forgiven."""
    code = SEPARATORS.sub("", text).upper()
    if len(code) != LENGTH or any(character not in UNAMBIGUOUS for character in code):
        raise CouponCodeMistyped
    if _read(code[:BODY]) % PRIME != _read(code[BODY:]):
        raise CouponCodeMistyped
    return CouponCode(code)


def printed(code: CouponCode) -> str:
    """Write a code the way it is printed: ``4X7K-9MPT-CH``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def hash_code(key: Key, code: CouponCode) -> bytes:
    return hmac.digest(key.secret, f"pas coupon 1\n{code}".encode("ascii"), hashlib.sha256)


def code_hashes(ring: KeyRing, code: CouponCode) -> list[bytes]:
    """Under every key, the current one first: a coupon keeps the hash it was made with."""
    return [hash_code(key, code) for key in ring.of(Purpose.CARD_NUMBER_HASH)]


def seal_code(ring: KeyRing, code: CouponCode, *, coupon: CouponId) -> bytes:
    key, nonce = ring.current(Purpose.CARD_ENCRYPTION), secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key.secret).encrypt(nonce, code.encode("ascii"), _bound_to(ring, coupon))
    return key.key_id.encode("ascii") + KEY_ID_ENDS + nonce + sealed


def open_code(ring: KeyRing, sealed: bytes, *, coupon: CouponId) -> CouponCode | None:
    """None when the key is gone, or this is the code of another coupon."""
    key_id, _, rest = sealed.partition(KEY_ID_ENDS)
    key = ring.find(Purpose.CARD_ENCRYPTION, key_id.decode("ascii", "replace"))
    if key is None:
        return None
    try:
        plain = AESGCM(key.secret).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound_to(ring, coupon)
        )
    except InvalidTag:
        return None
    return CouponCode(plain.decode("ascii"))


def _written(number: int, length: int) -> str:
    return "".join(UNAMBIGUOUS[number // BASE**place % BASE] for place in reversed(range(length)))


def _read(text: str) -> int:
    number = 0
    for character in text:
        number = number * BASE + UNAMBIGUOUS.index(character)
    return number


def _bound_to(ring: KeyRing, coupon: CouponId) -> bytes:
    return f"coupon code\n{ring.municipality}\n{coupon}".encode()
