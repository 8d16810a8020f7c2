"""A pass on a telephone: a card of that form for each holder whose pass stands on it.

A telephone is a device with a lasting session, which its holder said is their own. The card has codes of
its own, so whatever the telephone kept is worth nothing from the moment that it is removed; the database
itself ends its cards when the session ends, however that comes about.
"""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.own_sessions import OwnSession, end_own_session, own_sessions
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import CardId, ResidentId, SessionId
from pas.passes.cards import is_own
from pas.passes.end import PassNotFound
from pas.passes.make_cards import NewCard, Press, make_card

MOST_TELEPHONES: Final = 6
"""Of one holder; the one used longest ago makes room."""


class PhoneCard(msgspec.Struct, frozen=True):
    id: CardId


class SessionRow(msgspec.Struct, frozen=True):
    id: SessionId


FIND_SESSION: Final = Statement(
    """
    SELECT id FROM session
    WHERE token_hash = $1 AND actor_kind = 'holder' AND is_long AND ended_at IS NULL AND id IS NOT NULL
    FOR NO KEY UPDATE
    """,
    SessionRow,
)
FIND_CARD: Final = Statement(
    """
    SELECT id FROM card WHERE phone_session = $1 AND resident_id = $2 AND state = 'active'
    """,
    PhoneCard,
)
MAKE_ROOM: Final = Statement(
    """
    UPDATE session SET ended_at = $4
    WHERE id IN (
        SELECT s.id FROM session s
        WHERE s.actor_kind = 'holder' AND s.actor_id = $1 AND s.is_long AND s.ended_at IS NULL AND s.id <> $2
        ORDER BY s.used_at DESC, s.id DESC OFFSET $3
    )
    """,
    None,
)
END_STRANGE: Final = Statement(
    """
    WITH strange AS (
        SELECT c.id FROM card c JOIN session s ON s.id = c.phone_session
        WHERE c.state <> 'ended' AND c.resident_id = coalesce($1, c.resident_id)
            AND NOT (speaks_for(coalesce(s.on_behalf_of, s.actor_id), c.resident_id, $2)
                AND (s.on_behalf_of IS NULL OR EXISTS (SELECT FROM mandate m WHERE m.id = s.actor_id AND m.valid_until > $2)))
        ORDER BY c.id FOR NO KEY UPDATE OF c
    )
    UPDATE card c SET state = 'ended', state_since = $3, state_before_block = NULL
    FROM strange x WHERE c.id = x.id
    RETURNING c.id
    """,
    PhoneCard,
)
BIND: Final = Statement("UPDATE card SET phone_session = $2 WHERE id = $1", None)


async def card_on_telephone(
    connection: Connection,
    resident: ResidentId,
    *,
    session_hash: bytes,
    press: Press,
    actor: Actor,
    now: datetime,
) -> CardId | None:
    """Give the card of this telephone for a holder, made at first sight; None on any other device.

    Raises PassNotFound for somebody else's pass. A second look at the same moment waits for the first.
    """
    if not await is_own(connection, resident, actor=actor, now=now):
        raise PassNotFound
    async with connection.transaction():
        session = await FIND_SESSION.first(connection, session_hash)
        if session is None:
            return None
        found = await FIND_CARD.first(connection, session.id, resident)
        if found is not None:
            return found.id
        new = NewCard(form="phone", state="active")
        made = await make_card(connection, resident, new, press=press, now=now)
        await BIND.run(connection, made.card_id, session.id)
        await MAKE_ROOM.run(connection, actor.id, session.id, MOST_TELEPHONES - 1, now)
        await record_event(
            connection,
            kind="card.issued",
            subject_kind="card",
            subject_id=made.card_id,
            actor=actor,
            after=new,
        )
    return made.card_id


async def telephones(
    connection: Connection, *, actor: Actor, this: bytes, now: datetime
) -> list[OwnSession]:
    """The devices that somebody said are their own, this one first."""
    found = await own_sessions(connection, actor=actor, this=this, now=now)
    return [one for one in found if one.is_long]


async def remove_telephone(
    connection: Connection, session: SessionId, *, actor: Actor, now: datetime
) -> bool:
    """Take the pass off a telephone: it is signed out there, and none of its codes pays any more.

    False when it is nobody's, over already, or of somebody else.
    """
    async with connection.transaction():
        ended = await end_own_session(connection, session, actor=actor, now=now)
        if ended:
            await record_event(
                connection,
                kind="telephone.removed",
                subject_kind="session",
                subject_id=session,
                actor=actor,
            )
    return ended


async def end_cards_of_strangers(
    connection: Connection, resident: ResidentId | None = None, *, actor: Actor, now: datetime
) -> None:
    """End what telephones show of a pass, or of every one, whose holders do not manage it today."""
    async with connection.transaction():
        for ended in await END_STRANGE.all(connection, resident, day_of(now), now):
            await record_event(
                connection,
                kind="card.ended",
                subject_kind="card",
                subject_id=ended.id,
                actor=actor,
                after={"state": "ended"},
            )
