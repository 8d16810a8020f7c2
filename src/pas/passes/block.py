"""A lost or misused card is blocked, and unblocked when it is found: states that are set.

Whoever blocks twice has blocked once. Unblocking gives back the state before the block, so a card
that was never activated does not become active by being blocked and unblocked.
"""

from datetime import datetime
from typing import ClassVar

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import CardId
from pas.passes.cards import Card, lock_card, set_card_state


class CardIsOver(Refusal):
    """Deze kaart is al vervangen of gestopt."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk bij de pashouder welke kaart nu geldt."


class UnblockAtMunicipality(Refusal):
    """Een geblokkeerde kaart kunt u niet zelf weer aanzetten."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Bel ons. Wij zetten de kaart aan, of sturen een nieuwe."


async def block_card(
    connection: Connection, card_id: CardId, *, reason: str, actor: Actor, now: datetime
) -> Card:
    """Block at once: the next scan is refused. The budgets stay."""
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.state == "blocked":
            return stored
        if stored.state not in {"inactive", "active"}:
            raise CardIsOver
        after = msgspec.structs.replace(
            stored,
            state="blocked",
            state_since=now,
            state_before_block="active" if stored.state == "active" else "inactive",
        )
        await set_card_state(
            connection, stored, after, kind="card.blocked", actor=actor, reason=reason
        )
    return after


async def unblock_card(
    connection: Connection, card_id: CardId, *, reason: str, actor: Actor, now: datetime
) -> Card:
    """Undo a block; only the municipality does, who hears why it was blocked."""
    if actor.kind == "holder":
        raise UnblockAtMunicipality
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.state in {"inactive", "active"}:
            return stored
        if stored.state != "blocked":
            raise CardIsOver
        after = msgspec.structs.replace(
            stored,
            state=stored.state_before_block or "inactive",
            state_since=now,
            state_before_block=None,
        )
        await set_card_state(
            connection, stored, after, kind="card.unblocked", actor=actor, reason=reason
        )
    return after
