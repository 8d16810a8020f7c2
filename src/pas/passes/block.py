"""A lost or misused card is blocked, and unblocked when it is found: states that are set.

Whoever blocks twice has blocked once. Unblocking gives back the state before the block, so a card
that was never activated does not become active by being blocked and unblocked.
"""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId
from pas.passes.cards import Card, lock_card, set_card_state


class CardIsOver(Refusal):
    """Deze kaart is al vervangen of gestopt."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk bij de pashouder welke kaart nu geldt."


class UnblockAtMunicipality(Refusal):
    """De gemeente heeft deze kaart geblokkeerd."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Bel ons. Wij zetten de kaart aan, of sturen een nieuwe."


class BlockedBy(msgspec.Struct, frozen=True):
    is_holder: bool


BLOCKED_BY: Final = Statement(
    """
    SELECT coalesce((
        SELECT actor_kind = 'holder' FROM event
        WHERE subject_kind = 'card' AND subject_id = $1 AND kind = 'card.blocked'
        ORDER BY recorded_at DESC, id DESC LIMIT 1
    ), false) AS is_holder
    """,
    BlockedBy,
)


async def blocked_by_holder(connection: Connection, card_id: CardId) -> bool:
    """Whether it was the holder, or who manages the holder's pass, who blocked it last."""
    return (await BLOCKED_BY.one(connection, card_id)).is_holder


async def block_card(
    connection: Connection, card_id: CardId, *, reason: str, actor: Actor, now: datetime
) -> Card:
    """Block at once: the next scan is refused. The budgets stay."""
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.state == "blocked":
            await _take_over(connection, stored, reason=reason, actor=actor)
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
    """Undo a block; a holder undoes their own, the municipality any: it knows why it was blocked."""
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        if stored.state in {"inactive", "active"}:
            return stored
        if actor.kind == "holder" and not await blocked_by_holder(connection, card_id):
            raise UnblockAtMunicipality
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


async def _take_over(connection: Connection, card: Card, *, reason: str, actor: Actor) -> None:
    """A block of the holder becomes one of the municipality, which the holder does not undo."""
    if actor.kind == "login" and await blocked_by_holder(connection, card.id):
        await record_event(
            connection,
            kind="card.blocked",
            subject_kind="card",
            subject_id=card.id,
            actor=actor,
            before={"state": card.state},
            after={"state": card.state},
            reason=reason,
        )
