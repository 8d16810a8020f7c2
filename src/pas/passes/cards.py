"""A card as stored, and who may see and change it: the holder, who manages the holder, officers."""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor, holder_of
from pas.auth.events import record_event
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId, ResidentId
from pas.money import Cents

CardForm = Literal["paper", "plastic", "phone", "temporary", "voucher"]
LastingForm = Literal["paper", "plastic"]
CardState = Literal["inactive", "active", "blocked", "replaced", "ended"]
InUse = Literal["inactive", "active"]


class CardNotFound(Refusal):
    """Deze kaart is er niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een kaart uit de lijst van de pashouder."


class Card(msgspec.Struct, frozen=True, rename="camel"):
    """A card without its codes."""

    id: CardId
    resident_id: ResidentId
    form: CardForm
    state: CardState
    state_since: datetime
    state_before_block: InUse | None
    unconfirmed_cents: Cents | None
    """So much a sale, until somebody confirmed who has it; None for every other card."""
    expires_at: datetime | None
    replaces: CardId | None
    created_at: datetime


class Manages(msgspec.Struct, frozen=True):
    managed: bool


READ_CARD: Final = Statement(
    """
    SELECT id, resident_id, form, state, state_since, state_before_block,
        unconfirmed_cents, expires_at, replaces, created_at
    FROM card WHERE id = $1
    """,
    Card,
)
LOCK_CARD: Final = Statement(
    """
    SELECT id, resident_id, form, state, state_since, state_before_block,
        unconfirmed_cents, expires_at, replaces, created_at
    FROM card WHERE id = $1 FOR NO KEY UPDATE
    """,
    Card,
)
READ_CARDS: Final = Statement(
    """
    SELECT id, resident_id, form, state, state_since, state_before_block,
        unconfirmed_cents, expires_at, replaces, created_at
    FROM card WHERE resident_id = $1 ORDER BY created_at DESC, id DESC
    """,
    Card,
)
SET_STATE: Final = Statement(
    "UPDATE card SET state = $2, state_since = $3, state_before_block = $4 WHERE id = $1", None
)
MANAGES: Final = Statement(
    """
    SELECT EXISTS (
        SELECT 1 FROM managing_adult a WHERE a.adult_id = $1 AND a.child_id = $2
        AND a.valid_from <= $3::date AND (a.valid_until IS NULL OR a.valid_until > $3::date)
        AND (a.kind = 'administrator' OR EXISTS (
            SELECT 1 FROM resident_version v WHERE v.resident_id = $2
            AND v.birth_date > $3::date - interval '18 years'))
    ) AS managed
    """,
    Manages,
)


async def read_card(
    connection: Connection, card_id: CardId, *, actor: Actor, now: datetime
) -> Card:
    """A holder hears of a card that is none of theirs that it is not there."""
    async with connection.transaction():
        found = await READ_CARD.first(connection, card_id)
        card = await _visible(connection, found, actor, now=now)
        if actor.is_noted:
            await note_processing(
                connection, [card.resident_id], "card.shown", actor=actor, now=now
            )
    return card


async def lock_card(
    connection: Connection, card_id: CardId, *, actor: Actor, now: datetime
) -> Card:
    return await _visible(connection, await LOCK_CARD.first(connection, card_id), actor, now=now)


async def read_cards(connection: Connection, resident_id: ResidentId) -> list[Card]:
    """All cards that somebody ever had, the newest first."""
    return await READ_CARDS.all(connection, resident_id)


async def list_cards(
    connection: Connection, resident_id: ResidentId, *, actor: Actor, now: datetime
) -> list[Card]:
    """As ``read_cards``, for officers and for who sees this holder's pass."""
    if actor.kind == "holder" and not await is_own(connection, resident_id, actor=actor, now=now):
        raise CardNotFound
    async with connection.transaction():
        if actor.is_noted:
            await note_processing(connection, [resident_id], "card.listed", actor=actor, now=now)
        return await read_cards(connection, resident_id)


async def is_own(
    connection: Connection, resident_id: ResidentId, *, actor: Actor, now: datetime
) -> bool:
    """Whether somebody is this holder, has a mandate of them, or manages this holder's pass today.

    A parent's view ends when the child turns eighteen; that of an administrator does not.
    """
    if actor.kind != "holder":
        return False
    whose = holder_of(actor)
    if whose == resident_id:
        return True
    return (await MANAGES.one(connection, whose, resident_id, day_of(now))).managed


async def set_card_state(
    connection: Connection,
    before: Card,
    after: Card,
    *,
    kind: str,
    actor: Actor,
    reason: str | None,
) -> None:
    """Write a state and its event; the same state again writes nothing."""
    if before == after:
        return
    await SET_STATE.run(
        connection, before.id, after.state, after.state_since, after.state_before_block
    )
    await record_event(
        connection,
        kind=kind,
        subject_kind="card",
        subject_id=before.id,
        actor=actor,
        before={"state": before.state},
        after={"state": after.state},
        reason=reason,
    )


async def _visible(
    connection: Connection, card: Card | None, actor: Actor, *, now: datetime
) -> Card:
    if card is None:
        raise CardNotFound
    if actor.kind == "holder" and not await is_own(
        connection, card.resident_id, actor=actor, now=now
    ):
        raise CardNotFound
    return card
