"""The holder activates a card with the code from the letter; or an officer does, at the counter.

The code stays after that: with it and the card its holder signs in (``sign_in.py``). How often it
may be tried, and what is answered, is in ``prove_code.py``.
"""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.own_sessions import end_sessions_proved_by
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, MunicipalityName
from pas.passes.card_keys import activation_hash
from pas.passes.cards import Card, CardState, lock_card
from pas.passes.codes import ActivationCode, new_activation_code
from pas.passes.known_devices import forget_devices
from pas.passes.prove_code import ProvedCard, Shown, prove_card
from pas.passes.sign_in_tries import forget_all_tries

How = Literal["code", "counter", "telephone", "intermediary"]
HAS_CODE: Final = frozenset({"inactive", "active"})


class CardNotToActivate(Refusal):
    """Deze kaart kan niet meer aan."""

    status: ClassVar[int] = 409
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Gebruik uw nieuwe kaart. Geen nieuwe kaart? Bel ons."


class CardOfEarlierSupplier(Refusal):
    """Bij een kaart van een eerdere leverancier hoort geen code."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Vervang de kaart. Bij de nieuwe kaart hoort een brief met een code."


class KeyRow(msgspec.Struct, frozen=True):
    key_id: str
    is_ours: bool


class BeforeRow(msgspec.Struct, frozen=True):
    state: CardState


ACTIVATE: Final = Statement(
    """
    WITH before AS (
        SELECT id, state FROM card
        WHERE id = $1 AND (state = 'inactive' OR state = 'active' AND unconfirmed_cents IS NOT NULL)
        FOR NO KEY UPDATE
    )
    UPDATE card c SET state = 'active', unconfirmed_cents = NULL,
        state_since = CASE b.state WHEN 'inactive' THEN $2 ELSE c.state_since END
    FROM before b WHERE c.id = b.id
    RETURNING b.state
    """,
    BeforeRow,
)
READ_KEY: Final = Statement(
    "SELECT key_id, codes_encrypted IS NOT NULL AS is_ours FROM card WHERE id = $1", KeyRow
)
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
    """Activate or confirm a card whose code its holder knows; any other state stays."""
    async with connection.transaction():
        await _activate(connection, card.id, actor=Actor("holder", card.resident_id), now=now)


async def activate_at_counter(
    connection: Connection,
    card_id: CardId,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    how: How = "counter",
) -> Card:
    """Somebody who knows who the holder is activates or confirms the card without a code."""
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.state not in {"inactive", "active"}:
            raise CardNotToActivate
        await _activate(connection, card_id, actor=actor, now=now, reason=reason, how=how)
        return await lock_card(connection, card_id, actor=actor, now=now)


async def _activate(
    connection: Connection,
    card_id: CardId,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    how: How = "code",
) -> None:
    """Let it work without a limit; one that does already stays as it is, and nothing is recorded."""
    before = await ACTIVATE.first(connection, card_id, now)
    if before is None:
        return
    await record_event(
        connection,
        kind="card.activated" if before.state == "inactive" else "card.confirmed",
        subject_kind="card",
        subject_id=card_id,
        actor=actor,
        before={"state": before.state},
        after={"state": "active", "how": how},
        reason=reason,
    )


async def renew_activation_code(
    connection: Connection, card_id: CardId, *, ring: KeyRing, actor: Actor, now: datetime
) -> ActivationCode:
    """Make a new code for a letter, with new tries; what the code before it opened ends."""
    code = new_activation_code()
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.form not in {"paper", "plastic"} or stored.state not in HAS_CODE:
            raise CardNotToActivate("Deze kaart heeft geen code nodig.")
        key = await READ_KEY.one(connection, card_id)
        if not key.is_ours:
            raise CardOfEarlierSupplier
        digest = activation_hash(ring, code, card=card_id, key_id=key.key_id)
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
