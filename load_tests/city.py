"""A city made of numbers: holder 17 or till 4 has the same ids and keys in every process.

So nothing has to be handed over between the process that sets the city up and those that load it.
"""

import hashlib
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pas.days import day_of, start_of
from pas.ids import (
    AccountId,
    CardId,
    LocationId,
    MerchantId,
    MunicipalityName,
    PassId,
    ResidentId,
    SchemeId,
    SchemeVersionId,
    TillId,
)
from pas.passes.codes import Token, new_token

MUNICIPALITY: Final = MunicipalityName("velsen")
YEAR: Final = day_of(datetime.now(UTC)).year
FIRST_DAY: Final = date(YEAR, 1, 1)
LAST_DAY: Final = date(YEAR + 1, 1, 1)
USABLE_FROM: Final = start_of(FIRST_DAY)
USABLE_UNTIL: Final = start_of(LAST_DAY)

MERCHANTS: Final = 2_000
TILLS: Final = 2 * MERCHANTS
"""As many as a large city has."""
TILLS_AT_SQL_LEVEL: Final = TILLS - 1_000
"""The last thousand sell over HTTP alone, where each stays below its limit per hour."""
CATEGORIES: Final = ("sport", "culture")
BUDGETS: Final = len(CATEGORIES)
"""Per pass, one in each category."""
BUDGET_CENTS: Final = 100_000_000
"""The most that a scheme may grant: one pass alone buys for five rounds."""
OFFICER: Final = UUID(int=1)


def digest(kind: str, number: int, size: int) -> bytes:
    content = number.to_bytes(8, "big")
    return hashlib.blake2b(content, digest_size=size, person=kind.encode()).digest()


def made_id(kind: str, number: int) -> UUID:
    """Draw an id that looks random, as real ones do: an index on it is hit all over."""
    return UUID(bytes=digest(kind, number, 16))


def made_account(kind: str, number: int) -> AccountId:
    return AccountId(1 + (int.from_bytes(digest(kind, number, 8), "big") >> 2))


def resident(number: int) -> ResidentId:
    return ResidentId(made_id("resident", number))


def pass_of(number: int) -> PassId:
    return PassId(made_id("pass", number))


def card(number: int) -> CardId:
    return CardId(made_id("card", number))


def token(number: int) -> Token:
    drawn = int.from_bytes(digest("token", number, 20), "big")
    return new_token(MUNICIPALITY, lambda most: drawn % most)


def budget(holder: int, category: int) -> AccountId:
    """Give the account of a holder's budget in one of the categories."""
    return made_account("budget", holder * BUDGETS + category)


def scheme(category: int) -> SchemeId:
    return SchemeId(made_id("scheme", category))


def version(category: int) -> SchemeVersionId:
    return SchemeVersionId(made_id("version", category))


def merchant(number: int) -> MerchantId:
    return MerchantId(made_id("merchant", number))


def merchant_account(number: int) -> AccountId:
    return made_account("merchant", number)


def location(number: int) -> LocationId:
    return LocationId(made_id("location", number))


def till(number: int) -> TillId:
    return TillId(made_id("till", number))


def keeper(till_number: int) -> int:
    """Say which merchant a till is of. Each has two, and the first of each sells at SQL level."""
    return till_number % MERCHANTS


def till_key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(digest("till key", number, 32))
