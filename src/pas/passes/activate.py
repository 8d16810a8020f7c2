"""The holder activates a card with the code from the letter; or an officer does, at the counter.

Whoever has no right code hears the same, whatever was wrong: that a card is there, whose it is and
how it stands is nobody else's business. A code has 33 bits and a card five tries. A try is counted
before it is looked at, and committed also when it is wrong, so that guessing many at once brings no
more than five. Then there is a way out: the municipality sends a new code, or activates the card at
the counter.
"""

import hmac
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, MunicipalityName
from pas.passes.activation_tries import count_try, give_try_back
from pas.passes.card_keys import activation_hash, hashes_of_scan
from pas.passes.cards import Card, CardState, lock_card, set_card_state
from pas.passes.codes import ActivationCode, new_activation_code, read_activation_code
from pas.passes.find import FIND_CARD

MOST_TRIES: Final = 5


class ActivationCodeWrong(Refusal):
    """Deze kaart en deze code horen niet bij elkaar."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = (
        "Kijk in de brief met de code. Het is een andere brief dan de kaart. "
        "Na vijf keer kan het niet meer. Bel ons dan. Wij zetten de kaart aan."
    )


class CardNotToActivate(Refusal):
    """Deze kaart kan niet meer aan."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Gebruik uw nieuwe kaart. Geen nieuwe kaart? Bel ons."


class Try(msgspec.Struct, frozen=True):
    state: CardState
    activation_hash: bytes | None
    key_id: str


class KeyRow(msgspec.Struct, frozen=True):
    key_id: str


class Activated(msgspec.Struct, frozen=True):
    state: CardState


COUNT_TRY: Final = Statement(
    """
    UPDATE card SET activation_tries = activation_tries + 1
    WHERE id = $1 AND activation_tries < $2
    RETURNING state, activation_hash, key_id
    """,
    Try,
)
FORGET_TRIES: Final = Statement("UPDATE card SET activation_tries = 0 WHERE id = $1", None)
ACTIVATE: Final = Statement(
    """
    UPDATE card SET state = 'active', state_since = $2
    WHERE id = $1 AND state = 'inactive'
    RETURNING state
    """,
    Activated,
)
READ_KEY: Final = Statement("SELECT key_id FROM card WHERE id = $1", KeyRow)
NEW_CODE: Final = Statement(
    "UPDATE card SET activation_hash = $2, activation_tries = 0 WHERE id = $1", None
)


async def activate_card(
    connection: Connection,
    scanned: str,
    typed: str,
    *,
    ring: KeyRing,
    municipality: MunicipalityName,
    now: datetime,
) -> None:
    """Activate with the code; a card that is active already stays so. Call outside a transaction."""
    assert not connection.is_in_transaction(), "a refusal must not undo the count of tries"
    card, code = hashes_of_scan(scanned, ring, municipality), read_activation_code(typed)
    await count_try(connection, now=now)
    found = await FIND_CARD.first(connection, card.token_hash, card.number_hashes)
    tried = found and await COUNT_TRY.first(connection, found.id, MOST_TRIES)
    if found is None or tried is None:
        raise ActivationCodeWrong
    expected = activation_hash(ring, code, card=found.id, key_id=tried.key_id)
    if not _is_same(expected, tried.activation_hash):
        raise ActivationCodeWrong
    await give_try_back(connection, now=now)
    await FORGET_TRIES.run(connection, found.id)
    if tried.state not in {"inactive", "active"}:
        raise CardNotToActivate
    await _activate(connection, found.id, actor=Actor("holder", found.resident_id), now=now)


async def activate_at_counter(
    connection: Connection, card_id: CardId, *, reason: str, actor: Actor, now: datetime
) -> Card:
    """An officer who has seen who the holder is activates the card without a code."""
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.state == "active":
            return stored
        if stored.state != "inactive":
            raise CardNotToActivate
        after = msgspec.structs.replace(stored, state="active", state_since=now)
        await set_card_state(
            connection, stored, after, kind="card.activated", actor=actor, reason=reason
        )
    return after


async def renew_activation_code(
    connection: Connection, card_id: CardId, *, ring: KeyRing, actor: Actor, now: datetime
) -> ActivationCode:
    """Make a new code for a letter, with five new tries; the code before it is worth nothing."""
    code = new_activation_code()
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.state != "inactive":
            raise CardNotToActivate("Deze kaart heeft geen code nodig.")
        key_id = (await READ_KEY.one(connection, card_id)).key_id
        digest = activation_hash(ring, code, card=card_id, key_id=key_id)
        assert digest is not None, "a key that cards were made with is never thrown away"
        await NEW_CODE.run(connection, card_id, digest)
        await record_event(
            connection,
            kind="card.code_renewed",
            subject_kind="card",
            subject_id=card_id,
            actor=actor,
        )
    return code


async def _activate(
    connection: Connection, card_id: CardId, *, actor: Actor, now: datetime
) -> None:
    async with connection.transaction():
        if await ACTIVATE.first(connection, card_id, now) is not None:
            await record_event(
                connection,
                kind="card.activated",
                subject_kind="card",
                subject_id=card_id,
                actor=actor,
                before={"state": "inactive"},
                after={"state": "active"},
            )


def _is_same(expected: bytes | None, stored: bytes | None) -> bool:
    return expected is not None and stored is not None and hmac.compare_digest(expected, stored)
