"""A card that is lost, stolen or worn is replaced: a new card for the same holder, pass and budgets.

The old card is dead the moment the new one exists, in one transaction, and a temporary one with it:
whoever lost a purse lost both. Of two replacements at once one makes a card and the other is told
that there is a newer one.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.own_sessions import end_sessions_proved_by
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, ResidentId
from pas.passes.arriving import new_card_by_post
from pas.passes.cards import Card, CardState, LastingForm, lock_card, set_card_state
from pas.passes.issue import READ_KNOWN, ResidentNotFound
from pas.passes.make_cards import IssuedCard, NewCard, Press, make_card

TEMPORARY_DAYS: Final = 14
MOST_TEMPORARY_DAYS: Final = 60


class CardAlreadyReplaced(Refusal):
    """Deze kaart is al vervangen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk bij de pashouder welke kaart nu geldt. Vervang die."


class CardNotToReplace(Refusal):
    """Deze kaart wordt niet vervangen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Geef de pashouder een nieuwe kaart."


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """How the new card begins: sent by post it waits for its code, handed over it works at once."""

    form: LastingForm
    handed_over: bool = False
    reason: str
    asked_in: bytes | None = None
    """The holder's own session, where the holder asks: it goes on."""


class EndedCard(msgspec.Struct, frozen=True):
    id: CardId
    state: CardState


END_TEMPORARY: Final = Statement(
    """
    WITH before AS (
        SELECT id, state FROM card
        WHERE resident_id = $1 AND form = 'temporary' AND state IN ('active', 'blocked')
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE card c SET state = 'ended', state_since = $2, state_before_block = NULL
    FROM before b WHERE b.id = c.id
    RETURNING c.id, b.state
    """,
    EndedCard,
)


async def replace_card(
    connection: Connection,
    card_id: CardId,
    replacement: Replacement,
    *,
    press: Press,
    actor: Actor,
    now: datetime,
) -> IssuedCard:
    """Replace a card whatever its state, but for one that was replaced or has ended."""
    async with connection.transaction():
        stored = await lock_card(connection, card_id, actor=actor, now=now)
        refuse_replacing(stored)
        after = msgspec.structs.replace(
            stored, state="replaced", state_since=now, state_before_block=None
        )
        await set_card_state(
            connection,
            stored,
            after,
            kind="card.replaced",
            actor=actor,
            reason=replacement.reason,
        )
        await _end_temporary(connection, stored.resident_id, actor=actor, now=now)
        await end_sessions_proved_by(connection, card_id, now=now, but=replacement.asked_in)
        if replacement.handed_over:
            new = NewCard(form=replacement.form, state="active", replaces=card_id)
        else:
            new = await new_card_by_post(connection, replacement.form, replaces=card_id)
        made = await make_card(connection, stored.resident_id, new, press=press, now=now)
        await _record(connection, made, new, actor=actor)
    return made


async def issue_temporary_card(
    connection: Connection,
    resident_id: ResidentId,
    *,
    days: int = TEMPORARY_DAYS,
    press: Press,
    actor: Actor,
    now: datetime,
) -> IssuedCard:
    """Print a paper card at the counter that works at once, for days; the lasting card stays.

    A temporary card from before ends: one is enough.
    """
    until = now + timedelta(days=max(1, min(days, MOST_TEMPORARY_DAYS)))
    new = NewCard(form="temporary", state="active", expires_at=until)
    async with connection.transaction():
        if not await READ_KNOWN.all(connection, [resident_id]):
            raise ResidentNotFound
        await _end_temporary(connection, resident_id, actor=actor, now=now)
        made = await make_card(connection, resident_id, new, press=press, now=now)
        await _record(connection, made, new, actor=actor)
    return made


def refuse_replacing(card: Card) -> None:
    if card.state == "replaced":
        raise CardAlreadyReplaced
    if card.state == "ended" or card.form not in {"paper", "plastic"}:
        raise CardNotToReplace


async def _end_temporary(
    connection: Connection, resident_id: ResidentId, *, actor: Actor, now: datetime
) -> None:
    for ended in await END_TEMPORARY.all(connection, resident_id, now):
        await record_event(
            connection,
            kind="card.ended",
            subject_kind="card",
            subject_id=ended.id,
            actor=actor,
            before={"state": ended.state},
            after={"state": "ended"},
        )


async def _record(connection: Connection, made: IssuedCard, new: NewCard, *, actor: Actor) -> None:
    await record_event(
        connection,
        kind="card.issued",
        subject_kind="card",
        subject_id=made.card_id,
        actor=actor,
        after=new,
    )
