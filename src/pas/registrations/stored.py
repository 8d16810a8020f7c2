"""Reads a registration, by the club's link or by its id, to look at it or to take its next step."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId, MerchantId, RegistrationId
from pas.registrations.links import Secret, hash_of
from pas.registrations.model import Registration, Said, State, StepRow
from pas.registrations.rules import OwnRegistration, RegistrationMoved

REFUSED_BY_DATABASE: Final[Mapping[str, type[Refusal]]] = {
    "PA225": RegistrationMoved,
    "PA226": OwnRegistration,
}


class RegistrationNotFound(Refusal):
    """Deze aanmelding is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kijk of de link compleet is. Of bel ons: wij zoeken haar op."


class KvkNumberKnown(Refusal):
    """Met dit KvK-nummer is al een club of winkel aangemeld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bent u dat? Gebruik de link die u toen kreeg. Of bel ons."


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """The next step; ``said`` is what the club says from now on, ``by`` who of us did it."""

    kind: State
    words: str | None = None
    said: Said | None = None
    by: LoginId | None = None
    merchant_id: MerchantId | None = None
    manager_id: LoginId | None = None


ONE_AT_A_TIME: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.merchant_registration'))", None
)
"""Taken first by all that goes on with a registration: they are few, and none may hold its row."""
READ_BY_LINK: Final = Statement(
    """
    SELECT id, number, name, kvk_number, received_at, state, state_since, steps, merchant_id, login_id
    FROM merchant_registration WHERE link_hash = $1
    """,
    Registration,
)
READ_BY_ID: Final = Statement(
    """
    SELECT id, number, name, kvk_number, received_at, state, state_since, steps, merchant_id, login_id
    FROM merchant_registration WHERE id = $1
    """,
    Registration,
)
READ_STEPS: Final = Statement(
    """
    SELECT s.number, s.kind, s.taken_at, s.login_id AS by, l.name AS by_name, s.words, s.said
    FROM merchant_registration_step s LEFT JOIN login l ON l.id = s.login_id
    WHERE s.registration_id = $1 ORDER BY s.number
    """,
    StepRow,
)
TAKE_STEP: Final = Statement(
    """
    INSERT INTO merchant_registration_step (registration_id, number, kind, taken_at, login_id, words,
        said, merchant_id, manager_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """,
    None,
)


async def by_link(connection: Connection, secret: Secret) -> Registration | None:
    return await READ_BY_LINK.first(connection, hash_of(secret))


async def read_registration(
    connection: Connection, registration_id: RegistrationId
) -> Registration:
    found = await READ_BY_ID.first(connection, registration_id)
    if found is None:
        raise RegistrationNotFound
    return found


async def read_steps(connection: Connection, registration_id: RegistrationId) -> list[StepRow]:
    """Everything that happened, the first step first."""
    return await READ_STEPS.all(connection, registration_id)


def newest_said(steps: list[StepRow]) -> Said:
    """What the club says now."""
    said = next(one.said for one in reversed(steps) if one.said is not None)
    return msgspec.json.decode(said, type=Said)


async def take_step(
    connection: Connection, stored: Registration, step: Step, *, actor: Actor, now: datetime
) -> None:
    """Write the step that follows on what was seen; the database refuses any other order."""
    said = None if step.said is None else msgspec.json.encode(step.said).decode()
    try:
        async with connection.transaction():
            await TAKE_STEP.run(
                connection,
                *(stored.id, stored.steps + 1, step.kind, now, step.by, step.words, said),
                *(step.merchant_id, step.manager_id),
            )
    except asyncpg.UniqueViolationError:
        raise KvkNumberKnown from None
    except asyncpg.PostgresError as error:
        if refusal := REFUSED_BY_DATABASE.get(error.sqlstate or ""):
            raise refusal from None
        raise
    await record_event(
        connection,
        kind=f"registration.{step.kind}",
        subject_kind="registration",
        subject_id=stored.id,
        actor=actor,
        before={"state": stored.state} if stored.steps else None,
        after={"state": step.kind, "number": stored.number},
        reason=step.words if step.kind in {"asked", "refused"} else None,
    )


def the_club(registration_id: RegistrationId) -> Actor:
    """Whoever has the link: nobody that we know by name."""
    return Actor(kind="system", id=UUID(int=0), on_behalf_of=registration_id)
