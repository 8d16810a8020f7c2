"""What holders ask, by the use cases; and decisions to object to."""

from datetime import datetime
from uuid import UUID

import msgspec

from given.days import NOW, TODAY, YEAR
from given.logins import OFFICER
from pas.auth.actor import Actor
from pas.db import Connection
from pas.ids import DecisionId, RequestId, ResidentId, uuid7
from pas.requests.file import file_request
from pas.requests.model import Asked, HolderRequest


async def a_decision(
    connection: Connection,
    resident: ResidentId,
    *,
    cause: str = "assessment",
    by: UUID = OFFICER,
    at: datetime = NOW,
) -> DecisionId:
    """A decision that refused everything, by somebody of the municipality."""
    decision = DecisionId(uuid7())
    await connection.execute(
        """
        INSERT INTO decision (id, resident_id, household_number, year, cause, assessed_on, decided_at, verdicts,
            actor_kind, actor_id)
        VALUES ($1, $2, 'H1', $3, $4, $5, $6, '[]', 'login', $7)
        """,
        *(decision, resident, YEAR, cause, TODAY, at, by),
    )
    return decision


def asked_by(resident: ResidentId, **parts: object) -> Asked:
    defaults: dict[str, object] = {
        "id": uuid7(),
        "kind": "complaint",
        "resident_id": resident,
        "words": "Ik werd niet geholpen aan de balie.",
        "channel": "page",
    }
    return msgspec.convert({**defaults, **parts}, Asked)


def as_holder(resident: ResidentId) -> Actor:
    return Actor(kind="holder", id=resident)


async def a_request(
    connection: Connection,
    resident: ResidentId,
    *,
    actor: Actor | None = None,
    now: datetime = NOW,
    **parts: object,
) -> HolderRequest:
    asked = asked_by(resident, **parts)
    return await file_request(connection, asked, actor=actor or as_holder(resident), now=now)


async def an_objection(
    connection: Connection, resident: ResidentId, decision: DecisionId, *, now: datetime = NOW
) -> HolderRequest:
    return await a_request(
        connection,
        resident,
        now=now,
        kind="objection",
        decision_id=decision,
        words="Mijn inkomen is lager.",
    )


def request_id(text: str) -> RequestId:
    """Of the last part of an address."""
    return RequestId(UUID(text.rsplit("/", 1)[-1]))
