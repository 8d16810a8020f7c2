"""What an administrator, officer or merchant changed: append-only, with before, after and who.

The event itself names nobody's data and stays for ever. Its content is kept apart with a salt, so
that it can be deleted on its clock while the hash in the event, and every seal over it, stays true.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.event_readers import READERS, thing_of
from pas.db import Connection, Statement
from pas.ids import EventId, uuid7
from pas.logs import SECRET_PARTS

Facts = msgspec.Struct | Mapping[str, object] | None
SECRETS = tuple(part.replace("_", "") for part in SECRET_PARTS)
SALT_BYTES = 16
MOST_EVENTS = 200
BEGINNING = EventId(UUID(int=2**128 - 1))
"""Before which every event comes: the newest page."""


class Event(msgspec.Struct, frozen=True):
    """One change; ``content`` is None once it was deleted on its clock."""

    id: EventId
    kind: str
    subject_kind: str
    subject_id: UUID
    actor_kind: str
    actor_id: UUID
    on_behalf_of: UUID | None
    recorded_at: datetime
    content_hash: bytes
    salt: bytes | None
    content: str | None


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was, what is, and why; written with sorted keys, so that the hash can be repeated."""

    before: object = None
    after: object = None
    reason: str | None = None


RECORD = Statement(
    """
    WITH recorded AS (
        INSERT INTO event (id, kind, subject_kind, subject_id, actor_kind, actor_id, on_behalf_of,
            content_hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    )
    INSERT INTO event_content (event_id, salt, content) VALUES ($1, $9, $10)
    """,
    None,
)
READ_ALL = Statement(
    """
    SELECT e.id, e.kind, e.subject_kind, e.subject_id, e.actor_kind, e.actor_id, e.on_behalf_of,
        e.recorded_at, e.content_hash, c.salt, c.content
    FROM event e LEFT JOIN event_content c ON c.event_id = e.id
    WHERE e.id < $1
    ORDER BY e.id DESC
    LIMIT $2
    """,
    Event,
)
READ_OF_SUBJECT = Statement(
    """
    SELECT e.id, e.kind, e.subject_kind, e.subject_id, e.actor_kind, e.actor_id, e.on_behalf_of,
        e.recorded_at, e.content_hash, c.salt, c.content
    FROM event e LEFT JOIN event_content c ON c.event_id = e.id
    WHERE e.subject_kind = $3 AND e.subject_id = $4 AND e.id < $1
    ORDER BY e.id DESC
    LIMIT $2
    """,
    Event,
)

READ_OF_THING = Statement(
    """
    SELECT e.id, e.kind, e.subject_kind, e.subject_id, e.actor_kind, e.actor_id, e.on_behalf_of,
        e.recorded_at, e.content_hash, c.salt, c.content
    FROM event e LEFT JOIN event_content c ON c.event_id = e.id
    WHERE split_part(e.kind, '.', 1) = $3 AND e.id < $1
    ORDER BY e.id DESC
    LIMIT $2
    """,
    Event,
)


async def record_event(
    connection: Connection,
    *,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    actor: Actor,
    before: Facts = None,
    after: Facts = None,
    reason: str | None = None,
) -> EventId:
    """Record a change, in the transaction that makes it. Never hand over a BSN, token or code."""
    assert thing_of(kind) in READERS, f"say in READERS who may read events like {kind}"
    told = Content(msgspec.to_builtins(before), msgspec.to_builtins(after), reason)
    refuse_secrets(told.before)
    refuse_secrets(told.after)
    content = msgspec.json.encode(told, order="sorted").decode()
    salt = secrets.token_bytes(SALT_BYTES)
    event_id = EventId(uuid7())
    await RECORD.run(
        connection,
        event_id,
        kind,
        subject_kind,
        subject_id,
        actor.kind,
        actor.id,
        actor.on_behalf_of,
        content_hash(salt, content),
        salt,
        content,
    )
    return event_id


async def read_events(
    connection: Connection,
    *,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    before: EventId = BEGINNING,
    limit: int = 50,
) -> list[Event]:
    """Give events, newest first; for the next page, ``before`` is the last id of this one."""
    limit = min(limit, MOST_EVENTS)
    if subject_kind is None or subject_id is None:
        return await READ_ALL.all(connection, before, limit)
    return await READ_OF_SUBJECT.all(connection, before, limit, subject_kind, subject_id)


async def read_events_of_thing(
    connection: Connection, thing: str, *, before: EventId = BEGINNING, limit: int = 50
) -> list[Event]:
    """Give the events of one kind of thing, newest first."""
    return await READ_OF_THING.all(connection, before, min(limit, MOST_EVENTS), thing)


def content_hash(salt: bytes, content: str) -> bytes:
    return hashlib.sha256(salt + content.encode()).digest()


def is_intact(event: Event) -> bool:
    """Whether the content is what was recorded; deleted content is intact, for nothing is said."""
    if event.salt is None or event.content is None:
        return True
    return hmac.compare_digest(event.content_hash, content_hash(event.salt, event.content))


def refuse_secrets(facts: object) -> None:
    """Stop our own mistake of telling an event what may only be known encrypted or hashed."""
    match facts:
        case dict():
            for key, value in cast("dict[str, object]", facts).items():
                assert not any(part in _letters(key) for part in SECRETS), f"{key} in an event"
                refuse_secrets(value)
        case list():
            for value in cast("list[object]", facts):
                refuse_secrets(value)
        case _:
            pass


def _letters(key: str) -> str:
    """``card_number``, ``cardNumber`` and ``card-number`` are one word."""
    return key.lower().replace("_", "").replace("-", "")
