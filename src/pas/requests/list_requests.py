"""Requests in lists: of one person, the newest first; and what waits for the municipality, late on top."""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.grants.decide import Cause
from pas.ids import DecisionId, RequestId, ResidentId
from pas.requests.model import Kind, State

MOST_LISTED: Final = 200
MOST_DECISIONS: Final = 50


class ListedRequest(msgspec.Struct, frozen=True):
    id: RequestId
    number: str
    kind: Kind
    resident_id: ResidentId
    name: str
    received_at: datetime
    answer_by: date
    state: State
    state_since: datetime


class DecisionRow(msgspec.Struct, frozen=True):
    """A decision that one can object to."""

    id: DecisionId
    year: int
    cause: Cause
    decided_at: datetime


READ_OF_RESIDENT: Final = Statement(
    """
    SELECT r.id, r.number, r.kind, r.resident_id, '' AS name, r.received_at, r.answer_by, r.state, r.state_since
    FROM holder_request r WHERE r.resident_id = $1 ORDER BY r.received_at DESC, r.id LIMIT $2
    """,
    ListedRequest,
)
READ_OPEN: Final = Statement(
    """
    SELECT r.id, r.number, r.kind, r.resident_id, v.given_name || ' ' || v.family_name AS name, r.received_at, r.answer_by,
        r.state, r.state_since
    FROM holder_request r
    JOIN LATERAL (SELECT given_name, family_name FROM resident_version
        WHERE resident_id = r.resident_id ORDER BY valid_from DESC LIMIT 1) v ON true
    WHERE r.state NOT IN ('answered', 'withdrawn')
    ORDER BY r.answer_by, r.received_at, r.id LIMIT $1
    """,
    ListedRequest,
)
READ_CLOSED: Final = Statement(
    """
    SELECT r.id, r.number, r.kind, r.resident_id, v.given_name || ' ' || v.family_name AS name, r.received_at, r.answer_by,
        r.state, r.state_since
    FROM holder_request r
    JOIN LATERAL (SELECT given_name, family_name FROM resident_version
        WHERE resident_id = r.resident_id ORDER BY valid_from DESC LIMIT 1) v ON true
    WHERE r.state IN ('answered', 'withdrawn')
    ORDER BY r.state_since DESC, r.id LIMIT $1
    """,
    ListedRequest,
)
READ_DECISIONS: Final = Statement(
    """
    SELECT id, year::int AS year, cause, decided_at FROM decision
    WHERE resident_id = $1 ORDER BY decided_at DESC, id DESC LIMIT $2
    """,
    DecisionRow,
)


class Lists(msgspec.Struct, frozen=True):
    """What is late, what waits for us, what waits for the holder, and what is done."""

    late: list[ListedRequest]
    waiting: list[ListedRequest]
    asked: list[ListedRequest]
    done: list[ListedRequest]


async def requests_of(connection: Connection, resident_id: ResidentId) -> list[ListedRequest]:
    return await READ_OF_RESIDENT.all(connection, resident_id, MOST_LISTED)


async def decisions_of(connection: Connection, resident_id: ResidentId) -> list[DecisionRow]:
    """What somebody can object to, the newest first."""
    return await READ_DECISIONS.all(connection, resident_id, MOST_DECISIONS)


async def all_requests(connection: Connection, *, actor: Actor, now: datetime) -> Lists:
    """For officers; that everybody on the list was shown is noted."""
    today = day_of(now)
    async with connection.transaction():
        found = await READ_OPEN.all(connection, MOST_LISTED)
        done = await READ_CLOSED.all(connection, MOST_LISTED // 4)
        who = [one.resident_id for one in (*found, *done)]
        await note_processing(connection, who, "request.listed", actor=actor, now=now)
    late = [one for one in found if one.answer_by < today]
    rest = [one for one in found if one.answer_by >= today]
    return Lists(
        late=late,
        waiting=[one for one in rest if one.state != "asked"],
        asked=[one for one in rest if one.state == "asked"],
        done=done,
    )
