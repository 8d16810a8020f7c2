"""Reads a request, and takes its next step: the database refuses any other order."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.processing import note_processing
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import DecisionId, RequestId
from pas.passes.cards import is_own
from pas.requests.model import HolderRequest, Step, StepRow
from pas.requests.rules import OwnDecision, RequestMoved, TermExtended


class RequestNotFound(Refusal):
    """Deze vraag is er niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een vraag uit uw lijst. Of bel ons: wij zoeken haar op."


class DecisionNotYours(Refusal):
    """Deze beslissing is er niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een beslissing uit de lijst."


class TooManyAsked(Refusal):
    """Er staan al heel veel vragen open."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wacht op een antwoord. Of bel ons: dan helpen wij u meteen."


REFUSED_BY_DATABASE: Final[Mapping[str, type[Refusal]]] = {
    "PA295": RequestMoved,
    "PA296": TermExtended,
    "PA297": OwnDecision,
    "PA298": DecisionNotYours,
    "PA299": TooManyAsked,
}
READ: Final = Statement(
    """
    SELECT id, number, kind, resident_id, decision_id, field, channel, received_at, content_hash, object_until, answer_by,
        is_extended, state, state_since, steps
    FROM holder_request WHERE id = $1
    """,
    HolderRequest,
)
READ_STEPS: Final = Statement(
    """
    SELECT s.number, s.kind, s.taken_at, s.actor_kind, s.actor_id, l.name AS by_name, s.words, s.outcome, s.answer_by
    FROM holder_request_step s LEFT JOIN login l ON s.actor_kind = 'login' AND l.id = s.actor_id
    WHERE s.request_id = $1 ORDER BY s.number
    """,
    StepRow,
)
TAKE_STEP: Final = Statement(
    """
    INSERT INTO holder_request_step (request_id, number, kind, taken_at, actor_kind, actor_id, words, outcome, answer_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """,
    None,
)


class ByHandRow(msgspec.Struct, frozen=True):
    by_hand: bool


IS_BY_HAND: Final = Statement("SELECT decided_by_hand($1, $2) AS by_hand", ByHandRow)


async def read_request(
    connection: Connection, request_id: RequestId, *, actor: Actor, now: datetime
) -> HolderRequest:
    """For whom it is about, who manages that person, and officers, of whom it is noted."""
    found = await READ.first(connection, request_id)
    if found is None:
        raise RequestNotFound
    if actor.kind == "login":
        await note_processing(
            connection, [found.resident_id], "request.shown", actor=actor, now=now
        )
    elif not await is_own(connection, found.resident_id, actor=actor, now=now):
        raise RequestNotFound
    return found


async def read_steps(connection: Connection, request_id: RequestId) -> list[StepRow]:
    """Everything that happened, the first step first."""
    return await READ_STEPS.all(connection, request_id)


async def decided_by_hand(
    connection: Connection, decision: DecisionId | None, *, actor: Actor
) -> bool:
    """Whether somebody made this decision by hand, and so leaves the objection to a colleague."""
    if decision is None:
        return False
    return (await IS_BY_HAND.one(connection, decision, actor.id)).by_hand


async def take_step(
    connection: Connection, stored: HolderRequest, step: Step, *, actor: Actor, now: datetime
) -> None:
    """Write the step that follows on what was seen; an event says that, and nothing of what was said."""
    try:
        async with connection.transaction():
            await TAKE_STEP.run(
                connection,
                *(stored.id, stored.steps + 1, step.kind, now, actor.kind, actor.id),
                *(step.words, step.outcome, step.answer_by),
            )
    except asyncpg.PostgresError as error:
        raise refused(error) from None
    about = msgspec.structs.replace(actor, on_behalf_of=stored.resident_id)
    await record_event(
        connection,
        kind=f"request.{step.kind}",
        subject_kind="request",
        subject_id=stored.id,
        actor=about if actor.id != stored.resident_id else actor,
        before={"state": stored.state} if stored.steps else None,
        after={"state": step.kind, "number": stored.number},
    )


def refused(error: asyncpg.PostgresError) -> Exception:
    """What the database refused, in words; anything else is our own mistake."""
    refusal = REFUSED_BY_DATABASE.get(error.sqlstate or "")
    return error if refusal is None else refusal()
