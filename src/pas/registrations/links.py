"""The link of a registration: a secret that only the club has, and a number to name it by.

The secret is made before anything is stored, so that a form that is sent twice is one registration.
Only its hash is kept; the number comes from that hash and tells nothing about the secret.
"""

import hashlib
import re
import secrets
from typing import Final, NewType

from pas.crockford import encoded

Secret = NewType("Secret", str)

SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
NUMBER_BYTES: Final = 5
NUMBER_LENGTH: Final = 8
GROUP: Final = 4


def new_secret() -> Secret:
    return Secret(secrets.token_urlsafe(32))


def read_secret(text: str) -> Secret | None:
    """What has the shape of a secret of ours; anything else is none."""
    return Secret(text) if SECRET.fullmatch(text) else None


def hash_of(secret: Secret) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def number_of(link_hash: bytes) -> str:
    """Eight characters, to be read aloud on the telephone."""
    return encoded(int.from_bytes(link_hash[:NUMBER_BYTES]), NUMBER_LENGTH)


def grouped(number: str) -> str:
    return f"{number[:GROUP]}-{number[GROUP:]}"
