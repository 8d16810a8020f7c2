"""The holder activates a card with the code from the letter; or an officer does, at the counter.

A code has 33 bits and a card five tries. A try is counted before it is looked at, and committed
also when it is wrong, so that guessing many at once brings no more than five. Then there is a way
out: the municipality sends a new code, or activates the card at the counter.
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
from pas.ids import CardId
from pas.passes.card_keys import activation_hash
from pas.passes.cards import Card, CardState, lock_card, set_card_state
from pas.passes.codes import ActivationCode, new_activation_code, read_activation_code

MOST_TRIES: Final = 5


class ActivationCodeWrong(Refusal):
    """Deze code hoort niet bij deze kaart."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Kijk in de brief met de code. Het is een andere brief dan de kaart."


class ActivationTriesUsedUp(Refusal):
    """De code is te vaak verkeerd ingevuld."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Bel ons of kom langs. Dan zetten wij de kaart aan."


class CardNotToActivate(Refusal):
    """Deze kaart kan niet meer aan."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Gebruik uw nieuwe kaart. Geen nieuwe kaart? Bel ons."


class Try(msgspec.Struct, frozen=True):
    tries: int
    activation_hash: bytes | None
    key_id: str


class Activated(msgspec.Struct, frozen=True):
    state: CardState


COUNT_TRY: Final = Statement(
    """
    UPDATE card SET activation_tries = activation_tries + 1
    WHERE id = $1 AND state = 'inactive' AND activation_tries < $2
    RETURNING activation_tries AS tries, activation_hash, key_id
    """,
    Try,
)
ACTIVATE: Final = Statement(
    """
    UPDATE card SET state = 'active', state_since = $2, activation_tries = 0
    WHERE id = $1 AND state = 'inactive'
    RETURNING state
    """,
    Activated,
)
READ_CODE: Final = Statement(
    "SELECT activation_tries AS tries, activation_hash, key_id FROM card WHERE id = $1", Try
)
NEW_CODE: Final = Statement(
    "UPDATE card SET activation_hash = $2, activation_tries = 0 WHERE id = $1", None
)


async def activate_card(
    connection: Connection,
    card_id: CardId,
    typed: str,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> None:
    """Activate with the code; a card that is active already stays so. Call outside a transaction."""
    assert not connection.is_in_transaction(), "a refusal must not undo the count of tries"
    code = read_activation_code(typed)
    tried = await COUNT_TRY.first(connection, card_id, MOST_TRIES)
    if tried is None:
        await _refuse_unless_active(connection, card_id, actor=actor, now=now)
        return
    expected = activation_hash(ring, code, card=card_id, key_id=tried.key_id)
    if not _is_same(expected, tried.activation_hash):
        raise _wrong(tried.tries)
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
        key_id = (await READ_CODE.one(connection, card_id)).key_id
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


async def _refuse_unless_active(
    connection: Connection, card_id: CardId, *, actor: Actor, now: datetime
) -> None:
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
    if stored.state == "inactive":
        raise ActivationTriesUsedUp
    if stored.state != "active":
        raise CardNotToActivate


def _is_same(expected: bytes | None, stored: bytes | None) -> bool:
    return expected is not None and stored is not None and hmac.compare_digest(expected, stored)


def _wrong(tries: int) -> Refusal:
    left = MOST_TRIES - tries
    if left == 0:
        return ActivationTriesUsedUp()
    again = "nog één keer" if left == 1 else f"nog {left} keer"
    return ActivationCodeWrong(
        f"Deze code hoort niet bij deze kaart. U kunt het {again} proberen.", triesLeft=left
    )
