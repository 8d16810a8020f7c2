"""Somebody shows that they have a card and the code of its letter: to activate it, and to sign in.

Whoever has no right code hears the same, whatever was wrong: that a card is there, whose it is, how
it stands and whether it waits is nobody else's business. A code has 33 bits and a card five tries
before it waits. A try is counted before it is looked at, and committed also when it is wrong, so
that guessing many at once brings no more than five. The way out for its holder: a device that came
in before, the telephone, the counter, a new code by letter; and the card itself pays at tills all
the while.
"""

import hmac
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec
import structlog

from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, MunicipalityName, ResidentId
from pas.passes.activation_tries import count_in_hour, give_back_to_hour
from pas.passes.card_keys import activation_hash, hashes_of_scan
from pas.passes.cards import CardState
from pas.passes.codes import read_activation_code
from pas.passes.find import FIND_CARD
from pas.passes.known_devices import find_device
from pas.passes.sign_in_tries import count_try, forget_tries, note_refused

log = structlog.get_logger("pas.passes")


class ActivationCodeWrong(Refusal):
    """Dit nummer en deze code horen niet bij elkaar."""

    status: ClassVar[int] = 403
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = (
        "Kijk in de brief met de code. Het is een andere brief dan de kaart. "
        "Na vijf keer moet u een uur wachten. Bel ons gerust. Wij helpen u meteen. "
        "Uw kaart werkt gewoon aan de kassa."
    )


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody scanned or typed, and the cookie of their device if it has one."""

    scanned: str
    code: str
    device: str | None = None

    def __repr__(self) -> str:
        """Keep what was typed out of logs and tracebacks."""
        return "Shown()"


class CodeRow(msgspec.Struct, frozen=True):
    state: CardState
    activation_hash: bytes | None
    key_id: str


class ProvedCard(msgspec.Struct, frozen=True):
    """A card whose code somebody knows, and how it stands."""

    id: CardId
    resident_id: ResidentId
    state: CardState


READ_CODE: Final = Statement(
    "SELECT state, activation_hash, key_id FROM card WHERE id = $1", CodeRow
)


async def prove_card(
    connection: Connection,
    shown: Shown,
    *,
    ring: KeyRing,
    municipality: MunicipalityName,
    now: datetime,
) -> ProvedCard:
    """Give the card whose number and code these are; refuse with one and the same sentence."""
    assert not connection.is_in_transaction(), "a refusal must not undo the count of tries"
    scan, code = hashes_of_scan(shown.scanned, ring, municipality), read_activation_code(shown.code)
    found = await FIND_CARD.first(connection, scan.token_hash, scan.number_hashes)
    known = found and await find_device(connection, found.id, shown.device, ring=ring)
    if known is None:
        await count_in_hour(connection, now=now)
    if found is None:
        _log("number", None)
        raise ActivationCodeWrong
    if not await count_try(connection, found.id, known, now=now):
        await _refuse(connection, found.id, "waiting", now=now)
    stored = await READ_CODE.one(connection, found.id)
    expected = activation_hash(ring, code, card=found.id, key_id=stored.key_id)
    if not is_same(expected, stored.activation_hash):
        await _refuse(connection, found.id, "code", now=now)
    if known is None:
        await give_back_to_hour(connection, now=now)
    await forget_tries(connection, found.id, known)
    return ProvedCard(found.id, found.resident_id, stored.state)


def is_same(expected: bytes | None, stored: bytes | None) -> bool:
    return expected is not None and stored is not None and hmac.compare_digest(expected, stored)


async def _refuse(connection: Connection, subject: UUID, reason: str, *, now: datetime) -> None:
    await note_refused(connection, subject, now=now)
    _log(reason, subject)
    raise ActivationCodeWrong


def _log(reason: str, subject: UUID | None) -> None:
    log.warning("sign-in-refused", reason=reason, subject=subject and str(subject))
