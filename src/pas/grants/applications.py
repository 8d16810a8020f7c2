"""Applications as they are kept: read, listed, withdrawn."""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.processing import note_households
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ApplicationId, HouseholdNumber

Channel = Literal["page", "paper", "counter", "helper"]
ApplicationState = Literal["received", "decided", "withdrawn"]
MOST_LISTED: Final = 200


class ApplicationNotFound(Refusal):
    """Deze aanvraag is er niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een aanvraag uit de lijst."


class ApplicationNotOpen(Refusal):
    """Deze aanvraag is al afgehandeld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Is er iets veranderd? Vraag de pas dan opnieuw aan."


class Receipt(msgspec.Struct, frozen=True, rename="camel"):
    """What the household gets in hand, and how its application stands."""

    id: ApplicationId
    household_number: HouseholdNumber
    year: int
    channel: Channel
    received_at: datetime
    content_hash: str
    state: ApplicationState
    decided_at: datetime | None


READ: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    FROM household_application WHERE id = $1
    """,
    Receipt,
)
READ_OPEN: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    FROM household_application
    WHERE household_number = $1 AND year = $2 AND state = 'received'
    ORDER BY received_at, id LIMIT 1
    """,
    Receipt,
)
LIST: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    FROM household_application
    WHERE state = $1 AND ($2::int IS NULL OR year = $2)
        AND ($3::timestamptz IS NULL OR (received_at, id) > ($3, $4))
    ORDER BY received_at, id LIMIT $5
    """,
    Receipt,
)
WITHDRAW: Final = Statement(
    """
    UPDATE household_application SET state = 'withdrawn', decided_at = $2
    WHERE id = $1 AND state = 'received'
    RETURNING id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    """,
    Receipt,
)


async def open_application(
    connection: Connection, household: HouseholdNumber, *, year: int
) -> Receipt | None:
    """Give the application that waits for a decision."""
    return await READ_OPEN.first(connection, household, year)


async def withdraw_application(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> Receipt:
    """Stop an application at the household's wish; applying again is always possible."""
    async with connection.transaction():
        withdrawn = await WITHDRAW.first(connection, application_id, now)
        if withdrawn is not None:
            await record_application(
                connection, "application.withdrawn", withdrawn, actor=actor, now=now
            )
            return withdrawn
    await read_application(connection, application_id)
    raise ApplicationNotOpen


async def read_application(connection: Connection, application_id: ApplicationId) -> Receipt:
    found = await READ.first(connection, application_id)
    if found is None:
        raise ApplicationNotFound
    return found


async def list_applications(
    connection: Connection,
    *,
    state: ApplicationState = "received",
    year: int | None = None,
    after: ApplicationId | None = None,
    limit: int = 50,
) -> list[Receipt]:
    """Give applications, the longest waiting first; the next page starts after the last of this one."""
    last = None if after is None else await read_application(connection, after)
    return await LIST.all(
        connection,
        state,
        year,
        None if last is None else last.received_at,
        after,
        min(limit, MOST_LISTED),
    )


async def record_application(
    connection: Connection, kind: str, receipt: Receipt, *, actor: Actor, now: datetime
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="household_application",
        subject_id=receipt.id,
        actor=actor,
        after=receipt,
    )
    at = (now, day_of(now))
    await note_households(connection, [receipt.household_number], kind, actor=actor, at=at)
