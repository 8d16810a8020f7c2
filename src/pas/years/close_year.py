"""Close a year: one person proposes it, another one closes it, and its file is fixed by a seal and a hash.

From the proposal on nothing is granted in the year and no month of it opens. What comes back or comes in
late is booked all the same, in the open month. The seal is the first one that stands over all that was
booked before the proposal; so the file that the second person closes is the one that anybody gets later.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import YearClosingId, uuid7
from pas.years.ready import YearNotReady, refuse_unready
from pas.years.span import YearSpan, span_of_year
from pas.years.stored import State, YearClosing, read_last_closing, seal_after
from pas.years.year_file import YearNotSealed, read_year
from pas.years.year_table import hash_of


class YearInOtherState(Refusal):
    """Dit kan nu niet met dit jaar."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open het jaar opnieuw en kijk hoe het er nu mee staat."


class OwnYearProposal(Refusal):
    """U stelde dit zelf voor."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om het te beoordelen."


REFUSED_BY_DATABASE: Final = {
    "PA314": YearNotReady,
    "PA315": YearInOtherState,
    "PA318": YearNotSealed,
}

PROPOSE: Final = Statement(
    """
    INSERT INTO year_closing (id, year, number, starts_on, ends_on, proposed_by)
    SELECT $1, $2::smallint, coalesce(max(c.number), 0) + 1, $3, $4, $5 FROM year_closing c WHERE c.year = $2
    """,
    None,
)
CLOSE: Final = Statement(
    """
    UPDATE year_closing SET closed_at = $2, closed_by = $3, checkpoint_size = $4, merchant_names = $5, file_hash = $6
    WHERE id = $1
    """,
    None,
)
TURN_DOWN: Final = Statement(
    "UPDATE year_closing SET rejected_at = $2, rejected_by = $3, rejected_because = $4 WHERE id = $1",
    None,
)
LOCK: Final = Statement("SELECT 1 FROM year_closing WHERE id = $1 FOR NO KEY UPDATE", None)


async def propose_closing(
    connection: Connection, year: int, *, actor: Actor, now: datetime
) -> YearClosing:
    """Propose it; raises YearNotReady with all that has to be done first."""
    refuse_programs(actor)
    span = await span_of_year(connection, year)
    await in_state(connection, year, "open")
    await refuse_unready(connection, span, now=now)
    try:
        async with connection.transaction():
            closing = YearClosingId(uuid7())
            await PROPOSE.run(connection, closing, year, span.starts_on, span.ends_on, actor.id)
            await record(connection, closing, "closing_proposed", year=year, actor=actor)
    except asyncpg.UniqueViolationError as error:
        raise YearInOtherState from error
    except asyncpg.PostgresError as error:
        raise refusal_of(error) from error
    return await last_of(connection, year)


async def confirm_closing(
    connection: Connection, year: int, *, actor: Actor, now: datetime
) -> YearClosing:
    """Close it, not by whoever proposed it; raises YearNotSealed while the seal runs behind."""
    refuse_programs(actor)
    closing = await in_state(connection, year, "proposed")
    assert closing is not None, "what was proposed is there"
    if closing.proposed_by == actor.id:
        raise OwnYearProposal
    span = YearSpan(year, closing.starts_on, closing.ends_on)
    await refuse_unready(connection, span, now=now)
    file = await read_year(connection, span, checkpoint=await seal_after(connection, closing))
    fixed = (file.checkpoint.size, msgspec.json.encode(file.names).decode(), hash_of(file))
    try:
        async with connection.transaction():
            await LOCK.run(connection, closing.id)
            await in_state(connection, year, "proposed")
            await CLOSE.run(connection, closing.id, now, actor.id, *fixed)
            after = {"sealSize": fixed[0], "fileHash": fixed[2].hex()}
            await record(connection, closing.id, "closed", year=year, actor=actor, after=after)
    except asyncpg.PostgresError as error:
        raise refusal_of(error) from error
    return await last_of(connection, year)


async def reject_closing(
    connection: Connection, year: int, *, reason: str, actor: Actor, now: datetime
) -> YearClosing:
    """Leave it open; whoever proposed it may take it back as well."""
    refuse_programs(actor)
    async with connection.transaction():
        closing = await in_state(connection, year, "proposed")
        assert closing is not None, "what was proposed is there"
        await LOCK.run(connection, closing.id)
        await in_state(connection, year, "proposed")
        await TURN_DOWN.run(connection, closing.id, now, actor.id, reason)
        kind = "closing_rejected"
        await record(connection, closing.id, kind, year=year, actor=actor, reason=reason)
    return await last_of(connection, year)


def refuse_program(actor: Actor) -> None:
    refuse_programs(actor)


async def in_state(connection: Connection, year: int, state: State) -> YearClosing | None:
    """Give the last closing of a year that is in this state; of an open one there may be none."""
    closing = await read_last_closing(connection, year)
    if ("open" if closing is None else closing.state) != state:
        raise YearInOtherState
    return closing


def refusal_of(error: asyncpg.PostgresError) -> Exception:
    """Give what the database refused, in words; anything else stays what it was."""
    refusal = REFUSED_BY_DATABASE.get(error.sqlstate or "")
    return error if refusal is None else refusal()


async def record(
    connection: Connection,
    closing: YearClosingId,
    deed: str,
    *,
    year: int,
    actor: Actor,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    await record_event(
        connection,
        kind=f"year.{deed}",
        subject_kind="year",
        subject_id=closing,
        actor=actor,
        after={"year": year, **(after or {})},
        reason=reason,
    )


async def last_of(connection: Connection, year: int) -> YearClosing:
    closing = await read_last_closing(connection, year)
    assert closing is not None, "it was there a moment ago"
    return closing
