"""Open a closed year again, with a reason: one person proposes it, another one decides.

Then money can be set aside in it again and its months can be opened. Closed anew it is another closing,
with a file of its own; the one of before stays, with its seal and its hash.
"""

from datetime import datetime
from typing import Final

from pas.auth.actor import Actor, refuse_programs
from pas.db import Connection, Statement
from pas.years.close_year import LOCK, OwnYearProposal, in_state, last_of, record
from pas.years.stored import State, YearClosing

PROPOSE: Final = Statement(
    """
    UPDATE year_closing SET reopening_proposed_at = $2, reopening_proposed_by = $3, reopening_because = $4
    WHERE id = $1
    """,
    None,
)
REOPEN: Final = Statement(
    "UPDATE year_closing SET reopened_at = $2, reopened_by = $3 WHERE id = $1", None
)
TURN_DOWN: Final = Statement(
    """
    UPDATE year_closing SET reopening_proposed_at = NULL, reopening_proposed_by = NULL, reopening_because = NULL
    WHERE id = $1
    """,
    None,
)


async def propose_year_reopening(
    connection: Connection, year: int, *, reason: str, actor: Actor, now: datetime
) -> YearClosing:
    async with connection.transaction():
        closing = await _locked(connection, year, "closed", actor=actor)
        await PROPOSE.run(connection, closing.id, now, actor.id, reason)
        kind = "reopening_proposed"
        await record(connection, closing.id, kind, year=year, actor=actor, reason=reason)
    return await last_of(connection, year)


async def confirm_year_reopening(
    connection: Connection, year: int, *, actor: Actor, now: datetime
) -> YearClosing:
    """Open it; not by whoever proposed it."""
    async with connection.transaction():
        closing = await _locked(connection, year, "reopening", actor=actor)
        if closing.reopening_proposed_by == actor.id:
            raise OwnYearProposal
        await REOPEN.run(connection, closing.id, now, actor.id)
        reason = closing.reopening_because
        await record(connection, closing.id, "reopened", year=year, actor=actor, reason=reason)
    return await last_of(connection, year)


async def reject_year_reopening(
    connection: Connection, year: int, *, reason: str, actor: Actor
) -> YearClosing:
    """Leave it closed; whoever proposed it may take it back as well."""
    async with connection.transaction():
        closing = await _locked(connection, year, "reopening", actor=actor)
        await TURN_DOWN.run(connection, closing.id)
        kind = "reopening_rejected"
        await record(connection, closing.id, kind, year=year, actor=actor, reason=reason)
    return await last_of(connection, year)


async def _locked(connection: Connection, year: int, state: State, *, actor: Actor) -> YearClosing:
    refuse_programs(actor)
    closing = await in_state(connection, year, state)
    assert closing is not None, "only an open year has no closing"
    await LOCK.run(connection, closing.id)
    again = await in_state(connection, year, state)
    assert again is not None, "it was there a moment ago"
    return again
