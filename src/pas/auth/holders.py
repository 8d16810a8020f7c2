"""Which resident signed in: found by the keyed hash of the citizen number, which is then forgotten."""

from typing import ClassVar, Final

import msgspec
import structlog

from pas.auth.citizen_number import CitizenNumberWrong, bsn_hashes, read_citizen_number
from pas.auth.keys import KeyRing
from pas.auth.oidc import Identity, SignInUntrusted
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ResidentId

log = structlog.get_logger("pas.auth")


class HolderUnknown(Refusal):
    """Wij kennen u nog niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Bel ons. Wij zoeken samen uit of u een pas kunt krijgen."


class HolderRow(msgspec.Struct, frozen=True):
    id: ResidentId


FIND_HOLDER: Final = Statement(
    "SELECT id FROM resident WHERE bsn_hash = ANY ($1::bytea[])", HolderRow
)


async def find_holder(connection: Connection, identity: Identity, *, ring: KeyRing) -> ResidentId:
    """Give the resident; raises HolderUnknown, or SignInUntrusted when the token has no number."""
    try:
        number = read_citizen_number(identity.citizen_number)
    except CitizenNumberWrong:
        log.warning("sign-in-untrusted", issuer=identity.issuer, reason="no citizen number")
        raise SignInUntrusted from None
    found = await FIND_HOLDER.first(connection, bsn_hashes(ring, number))
    if found is None:
        raise HolderUnknown
    return found.id
