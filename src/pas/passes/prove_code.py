"""Somebody shows that they have a card and the code of its letter: to activate it, and to sign in.

A mandate has a number and a code too, and is guessed at in the same way.

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
from pas.ids import CardId, MandateId, MunicipalityName, ResidentId
from pas.passes.activation_tries import (
    TooManyActivationTries,
    count_in_hour,
    give_back_to_hour,
)
from pas.passes.card_keys import activation_hash, hashes_of_scan
from pas.passes.cards import CardState
from pas.passes.codes import read_activation_code
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


class Subject(msgspec.Struct, frozen=True):
    """A card, or a mandate, which has no state."""

    id: UUID
    resident_id: ResidentId
    state: CardState | None
    code_hash: bytes | None
    key_id: str


class ProvedCard(msgspec.Struct, frozen=True):
    """A card whose code somebody knows, and how it stands."""

    id: CardId
    resident_id: ResidentId
    state: CardState


class ProvedMandate(msgspec.Struct, frozen=True):
    """A mandate whose code somebody knows, and of whom it is."""

    id: MandateId
    resident_id: ResidentId


FIND: Final = Statement(
    """
    (SELECT id, resident_id, state, activation_hash AS code_hash, key_id FROM card
    WHERE id = coalesce(
        (SELECT t.id FROM card t WHERE t.token_hash = $1),
        (SELECT n.id FROM card n WHERE n.number_hash = ANY ($2::bytea[])
            ORDER BY array_position($2::bytea[], n.number_hash) LIMIT 1)))
    UNION ALL
    (SELECT m.id, m.resident_id, NULL, m.code_hash, m.key_id FROM mandate m
    WHERE m.number_hash = ANY ($2::bytea[]) ORDER BY array_position($2::bytea[], m.number_hash) LIMIT 1)
    LIMIT 1
    """,
    Subject,
)


async def prove_code(
    connection: Connection,
    shown: Shown,
    *,
    ring: KeyRing,
    municipality: MunicipalityName,
    now: datetime,
) -> ProvedCard | ProvedMandate:
    """Give the card or mandate of this number and code; refuse with one and the same sentence."""
    assert not connection.is_in_transaction(), "a refusal must not undo the count of tries"
    scan, code = hashes_of_scan(shown.scanned, ring, municipality), read_activation_code(shown.code)
    found = await FIND.first(connection, scan.token_hash, scan.number_hashes)
    known = found and await find_device(connection, found.id, shown.device, ring=ring)
    if known is None:
        await _count_in_hour(connection, found and found.id, now=now)
    if found is None:
        _log("number", None)
        raise ActivationCodeWrong
    if not await count_try(connection, found.id, known, now=now):
        await refuse(connection, found.id, "waiting", now=now)
    expected = activation_hash(ring, code, card=CardId(found.id), key_id=found.key_id)
    if not is_same(expected, found.code_hash):
        await refuse(connection, found.id, "code", now=now)
    if known is None:
        await give_back_to_hour(connection, now=now)
    await forget_tries(connection, found.id, known)
    if found.state is None:
        return ProvedMandate(MandateId(found.id), found.resident_id)
    return ProvedCard(CardId(found.id), found.resident_id, found.state)


async def prove_card(
    connection: Connection,
    shown: Shown,
    *,
    ring: KeyRing,
    municipality: MunicipalityName,
    now: datetime,
) -> ProvedCard:
    """As ``prove_code``, of a card alone: the number of a mandate is no card."""
    proved = await prove_code(connection, shown, ring=ring, municipality=municipality, now=now)
    if isinstance(proved, ProvedMandate):
        raise ActivationCodeWrong
    return proved


def is_same(expected: bytes | None, stored: bytes | None) -> bool:
    return expected is not None and stored is not None and hmac.compare_digest(expected, stored)


async def refuse(connection: Connection, subject: UUID, reason: str, *, now: datetime) -> None:
    await note_refused(connection, subject, now=now)
    _log(reason, subject)
    raise ActivationCodeWrong


async def _count_in_hour(connection: Connection, subject: UUID | None, *, now: datetime) -> None:
    try:
        await count_in_hour(connection, now=now)
    except TooManyActivationTries:
        _log("hour", subject)
        raise


def _log(reason: str, subject: UUID | None) -> None:
    log.warning("sign-in-refused", reason=reason, subject=subject and str(subject))
