"""A pass ends from a day on, because its holder moves, dies, or asks for it; never with hindsight.

What was spent until then was spent rightly. Until the day has come it can be set to another day.
The budgets end with the pass, so that what is left returns to where it came from.
The cards stay: they are the holder's, and a new pass of another year works on them.
"""

from datetime import date, datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import PassId, ResidentId
from pas.passes.usable import set_budgets

EndReason = Literal["moved", "died", "asked", "mistake", "other"]


class PassNotFound(Refusal):
    """Deze pas is er niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek de pashouder op en kies daar de pas."


class PassEndsBeforeToday(Refusal):
    """Een pas eindigt niet met terugwerkende kracht."""

    next_step: ClassVar[str] = "Kies vandaag of een latere dag."


class PassHasEnded(Refusal):
    """Deze pas is al geëindigd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Is dat een vergissing? Stel dan voor om de pas weer te openen."


class PassRow(msgspec.Struct, frozen=True, rename="camel"):
    """A pass as stored; it works from ``starts_on`` up to (not including) the end."""

    id: PassId
    resident_id: ResidentId
    year: int
    starts_on: date
    ends_on: date
    ended_on: date | None
    ended_because: str | None


READ_PASS: Final = Statement(
    """
    SELECT id, resident_id, year::int AS year, starts_on, ends_on, ended_on, ended_because
    FROM pass WHERE id = $1
    """,
    PassRow,
)
LOCK_PASS: Final = Statement(
    """
    SELECT id, resident_id, year::int AS year, starts_on, ends_on, ended_on, ended_because
    FROM pass WHERE id = $1 FOR NO KEY UPDATE
    """,
    PassRow,
)
END_PASS: Final = Statement("UPDATE pass SET ended_on = $2, ended_because = $3 WHERE id = $1", None)


async def end_pass(
    connection: Connection,
    pass_id: PassId,
    *,
    from_day: date | None,
    because: EndReason,
    actor: Actor,
    now: datetime,
) -> PassRow:
    """End a pass from a day on; with None it does not end early after all."""
    today = day_of(now)
    async with connection.transaction():
        stored = await LOCK_PASS.first(connection, pass_id)
        if stored is None:
            raise PassNotFound
        after = msgspec.structs.replace(
            stored, ended_on=from_day, ended_because=None if from_day is None else because
        )
        if after == stored:
            return stored
        if stored.ended_on is not None and stored.ended_on <= today:
            raise PassHasEnded
        if from_day is not None and from_day < today:
            raise PassEndsBeforeToday
        await END_PASS.run(connection, pass_id, after.ended_on, after.ended_because)
        await set_budgets(connection, [pass_id], [after.ended_on])
        await record_event(
            connection,
            kind="pass.ended",
            subject_kind="pass",
            subject_id=pass_id,
            actor=actor,
            before={"endedOn": stored.ended_on, "because": stored.ended_because},
            after={"endedOn": after.ended_on, "because": after.ended_because},
        )
    return after
