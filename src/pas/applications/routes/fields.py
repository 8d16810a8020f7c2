"""What several bodies and queries of applications have in common."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from pas.applications.confirm import LONGEST_INVOICE
from pas.auth.state import ring_of
from pas.money import Cents
from pas.problems.bodies import AppRequest
from pas.redemptions.sell import print_key

Amount = Annotated[Cents, Meta(ge=1, le=100_000_000)]
Name = Annotated[str, Meta(min_length=1, max_length=140, pattern=r"\S")]
Person = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
Why = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"\S")]
Invoice = Annotated[str, Meta(min_length=1, max_length=LONGEST_INVOICE, pattern=r"\S")]
SchemeCode = Annotated[str, Meta(min_length=2, max_length=61)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Offset = Annotated[int, QueryParameter(ge=0, le=100_000)]


class Recognised(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: UUID


async def key_of(request: AppRequest, municipality: str) -> bytes:
    """The key of fingerprints of confirmations."""
    return print_key(await ring_of(request, municipality))
