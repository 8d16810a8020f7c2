"""A pass that an officer ended by mistake goes on: one officer says why, another one makes it so.

What is on the budgets can be spent again, until the day that it could before. What had returned
meanwhile stays returned. What the register ended comes back by the register alone.
"""

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import PassId
from pas.passes.end import LOCK_PASS, READ_PASS, PassNotFound, PassRow
from pas.passes.usable import set_budgets

BY_REGISTER: Final = frozenset(("moved-away", "deceased"))
SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 2000
MOST_LISTED: Final = 100


class PassHasNotEnded(Refusal):
    """Deze pas is niet gestopt."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "U hoeft niets te doen. De pas werkt gewoon."


class PassEndedByRegister(Refusal):
    """Deze pas stopte door een verhuizing of overlijden."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Klopt dat niet? Verbeter de gegevens van de persoon. Dan gaat de pas vanzelf open."
    )


class NoReopeningProposed(Refusal):
    """Niemand stelde voor om deze pas weer te openen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Doe zelf een voorstel, met een reden."


class ColleagueNeeded(Refusal):
    """U kunt uw eigen voorstel niet zelf bevestigen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om de pas weer te openen."


class Reopening(msgspec.Struct, frozen=True, rename="camel"):
    """A proposal that waits for a second person."""

    reason: str
    proposed_at: datetime
    proposed_by: UUID


class WaitingReopening(msgspec.Struct, frozen=True):
    """A proposal in the list; whose pass it is stands on the page of the pass alone."""

    pass_id: PassId
    year: int
    reason: str
    proposed_at: datetime
    is_own: bool


READ_REOPENING: Final = Statement(
    """
    SELECT reopening_reason AS reason, reopening_proposed_at AS proposed_at,
        reopening_proposed_by AS proposed_by
    FROM pass WHERE id = $1 AND reopening_proposed_at IS NOT NULL AND reopened_at IS NULL
    """,
    Reopening,
)
LIST_WAITING: Final = Statement(
    """
    SELECT id AS pass_id, year::int AS year, reopening_reason AS reason, reopening_proposed_at AS proposed_at,
        reopening_proposed_by = $1 AS is_own
    FROM pass WHERE reopening_proposed_at IS NOT NULL AND reopened_at IS NULL AND ended_on IS NOT NULL
    ORDER BY reopening_proposed_at, id LIMIT $2
    """,
    WaitingReopening,
)
PROPOSE: Final = Statement(
    """
    UPDATE pass SET reopening_reason = $2, reopening_proposed_at = $3, reopening_proposed_by = $4,
        reopened_at = NULL, reopened_by = NULL
    WHERE id = $1
    """,
    None,
)
REOPEN: Final = Statement(
    """
    UPDATE pass SET ended_on = NULL, ended_because = NULL, reopened_at = $2, reopened_by = $3
    WHERE id = $1
    """,
    None,
)


async def propose_reopening(
    connection: Connection, pass_id: PassId, reason: str, *, actor: Actor, now: datetime
) -> Reopening:
    """Say why an ended pass should go on; a newer reason replaces one that still waits."""
    async with connection.transaction():
        await _lock_ended(connection, pass_id)
        waiting = await read_reopening(connection, pass_id)
        if waiting and (waiting.reason, waiting.proposed_by) == (reason, actor.id):
            return waiting
        await PROPOSE.run(connection, pass_id, reason, now, actor.id)
        proposed = Reopening(reason, now, actor.id)
        await record_event(
            connection,
            kind="pass.reopening_proposed",
            subject_kind="pass",
            subject_id=pass_id,
            actor=actor,
            before=waiting,
            after=proposed,
            reason=reason,
        )
    return proposed


async def confirm_reopening(
    connection: Connection, pass_id: PassId, *, actor: Actor, now: datetime
) -> PassRow:
    """Let a second person open the pass again, with its budgets as they were."""
    async with connection.transaction():
        stored = await _lock_ended(connection, pass_id)
        waiting = await read_reopening(connection, pass_id)
        if waiting is None:
            raise NoReopeningProposed
        if waiting.proposed_by == actor.id:
            raise ColleagueNeeded
        await REOPEN.run(connection, pass_id, now, actor.id)
        await set_budgets(connection, [pass_id], [None])
        after = msgspec.structs.replace(stored, ended_on=None, ended_because=None)
        await record_event(
            connection,
            kind="pass.reopened",
            subject_kind="pass",
            subject_id=pass_id,
            actor=actor,
            before={"endedOn": stored.ended_on, "because": stored.ended_because},
            after={"endedOn": None, "because": None, "proposedBy": waiting.proposed_by},
            reason=waiting.reason,
        )
    return after


async def waiting_reopenings(connection: Connection, *, actor: Actor) -> list[WaitingReopening]:
    """Give the proposals that nobody judged, the longest waiting first."""
    return await LIST_WAITING.all(connection, actor.id, MOST_LISTED)


async def read_reopening(connection: Connection, pass_id: PassId) -> Reopening | None:
    """Give the proposal that waits, if there is one."""
    return await READ_REOPENING.first(connection, pass_id)


async def read_ended(connection: Connection, pass_id: PassId) -> PassRow:
    """Give a pass that can be opened again."""
    return _refuse_other(await READ_PASS.first(connection, pass_id))


async def _lock_ended(connection: Connection, pass_id: PassId) -> PassRow:
    return _refuse_other(await LOCK_PASS.first(connection, pass_id))


def _refuse_other(stored: PassRow | None) -> PassRow:
    if stored is None:
        raise PassNotFound
    if stored.ended_on is None:
        raise PassHasNotEnded
    if stored.ended_because in BY_REGISTER:
        raise PassEndedByRegister
    return stored
