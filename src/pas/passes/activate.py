"""The holder activates a card with the code from the letter; or an officer does, at the counter.

The code stays after that: with it and the card its holder signs in (``sign_in.py``). How often it
may be tried, and what is answered, is in ``prove_code.py``.
"""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.own_sessions import end_sessions_proved_by
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, MunicipalityName
from pas.passes.card_keys import activation_hash
from pas.passes.cards import Card, CardState, lock_card, set_card_state
from pas.passes.codes import ActivationCode, new_activation_code
from pas.passes.known_devices import forget_devices
from pas.passes.prove_code import ProvedCard, Shown, prove_card
from pas.passes.sign_in_tries import forget_all_tries

HAS_CODE: Final = frozenset({"inactive", "active"})


class CardNotToActivate(Refusal):
    """Deze kaart kan niet meer aan."""

    status: ClassVar[int] = 409
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Gebruik uw nieuwe kaart. Geen nieuwe kaart? Bel ons."


class KeyRow(msgspec.Struct, frozen=True):
    key_id: str


class Activated(msgspec.Struct, frozen=True):
    state: CardState


ACTIVATE: Final = Statement(
    """
    UPDATE card SET state = 'active', state_since = $2
    WHERE id = $1 AND state = 'inactive'
    RETURNING state
    """,
    Activated,
)
READ_KEY: Final = Statement("SELECT key_id FROM card WHERE id = $1", KeyRow)
NEW_CODE: Final = Statement("UPDATE card SET activation_hash = $2 WHERE id = $1", None)


async def activate_card(
    connection: Connection,
    shown: Shown,
    *,
    ring: KeyRing,
    municipality: MunicipalityName,
    now: datetime,
) -> None:
    """Activate with the code; a card that is active already stays so. Call outside a transaction."""
    card = await prove_card(connection, shown, ring=ring, municipality=municipality, now=now)
    if card.state not in {"inactive", "active"}:
        raise CardNotToActivate
    await activate_proved(connection, card, now=now)


async def activate_proved(connection: Connection, card: ProvedCard, *, now: datetime) -> None:
    """Activate a card whose code its holder knows; any other state stays."""
    async with connection.transaction():
        if await ACTIVATE.first(connection, card.id, now) is not None:
            await record_event(
                connection,
                kind="card.activated",
                subject_kind="card",
                subject_id=card.id,
                actor=Actor("holder", card.resident_id),
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
    """Make a new code for a letter, with new tries; what the code before it opened ends."""
    code = new_activation_code()
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.form not in {"paper", "plastic"} or stored.state not in HAS_CODE:
            raise CardNotToActivate("Deze kaart heeft geen code nodig.")
        key_id = (await READ_KEY.one(connection, card_id)).key_id
        digest = activation_hash(ring, code, card=card_id, key_id=key_id)
        assert digest is not None, "a key that cards were made with is never thrown away"
        await NEW_CODE.run(connection, card_id, digest)
        await forget_all_tries(connection, card_id)
        await forget_devices(connection, card_id)
        await end_sessions_proved_by(connection, card_id, now=now)
        await record_event(
            connection,
            kind="card.code_renewed",
            subject_kind="card",
            subject_id=card_id,
            actor=actor,
        )
    return code
