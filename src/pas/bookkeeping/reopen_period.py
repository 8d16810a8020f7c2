"""Open a closed month again: one person proposes it with a reason, another one decides.

Nothing that was frozen is lost: closed anew, the month gets other lines beside those of before. What
is booked from now on is still in the first open month that is not before the one that runs. So a month
that is over is opened again to be closed by another profile, or because closing it was a mistake; a
correction of what is in it is booked in the open month.
"""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.bookkeeping.periods import Closing, name_of, read_period
from pas.db import Connection, Statement
from pas.errors import Refusal


class _Year(msgspec.Struct, frozen=True):
    year: int


PROPOSE: Final = Statement(
    """
    UPDATE period_closing SET reopening_proposed_at = $2, reopening_proposed_by = $3, reopening_because = $4
    WHERE id = $1
    """,
    None,
)
REOPEN: Final = Statement(
    "UPDATE period_closing SET reopened_at = $2, reopened_by = $3 WHERE id = $1", None
)
TURN_DOWN: Final = Statement(
    """
    UPDATE period_closing SET reopening_proposed_at = NULL, reopening_proposed_by = NULL, reopening_because = NULL
    WHERE id = $1
    """,
    None,
)
READ_CLOSED_YEAR: Final = Statement(
    """
    SELECT c.year::int AS year FROM year_closing c
    WHERE $1::date >= c.starts_on AND $1 < c.ends_on AND c.reopened_at IS NULL AND c.rejected_at IS NULL
    """,
    _Year,
)
LOCK: Final = Statement("SELECT 1 FROM period_closing WHERE period = $1 FOR NO KEY UPDATE", None)


class PeriodInOtherState(Refusal):
    """Dit kan nu niet met deze maand."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de maand opnieuw en kijk hoe het er nu mee staat."


class PeriodOfClosedYear(Refusal):
    """Deze maand hoort bij een jaar dat dicht is."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat eerst het jaar weer openen, of het voorstel vervallen."


class OwnReopening(Refusal):
    """U heeft dit zelf voorgesteld."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om het te beoordelen."


async def propose_reopening(
    connection: Connection, period: date, *, reason: str, actor: Actor, now: datetime
) -> Closing:
    async with connection.transaction():
        closing = await _locked(connection, period, now=now, state="closed", actor=actor)
        await PROPOSE.run(connection, closing.id, now, actor.id, reason)
        await _record(connection, closing, "period.reopening_proposed", actor=actor, reason=reason)
    return await _read(connection, period, now=now)


async def confirm_reopening(
    connection: Connection, period: date, *, actor: Actor, now: datetime
) -> Closing:
    """Open it; not by whoever proposed it."""
    async with connection.transaction():
        closing = await _locked(connection, period, now=now, state="reopening", actor=actor)
        if closing.reopening_proposed_by == actor.id:
            raise OwnReopening
        await REOPEN.run(connection, closing.id, now, actor.id)
        await _record(
            connection, closing, "period.reopened", actor=actor, reason=closing.reopening_because
        )
    return await _read(connection, period, now=now)


async def reject_reopening(
    connection: Connection, period: date, *, reason: str, actor: Actor, now: datetime
) -> Closing:
    """Leave it closed; whoever proposed it may take it back as well."""
    async with connection.transaction():
        closing = await _locked(connection, period, now=now, state="reopening", actor=actor)
        await TURN_DOWN.run(connection, closing.id)
        await _record(connection, closing, "period.reopening_rejected", actor=actor, reason=reason)
    return await _read(connection, period, now=now)


async def _locked(
    connection: Connection, period: date, *, now: datetime, state: str, actor: Actor
) -> Closing:
    refuse_programs(actor)
    await LOCK.run(connection, period)
    if await READ_CLOSED_YEAR.first(connection, period) is not None:
        raise PeriodOfClosedYear
    return _in_state((await read_period(connection, period, now=now)).closing, state)


def _in_state(closing: Closing | None, state: str) -> Closing:
    if closing is None or closing.state != state:
        raise PeriodInOtherState
    return closing


async def _read(connection: Connection, period: date, *, now: datetime) -> Closing:
    closing = (await read_period(connection, period, now=now)).closing
    assert closing is not None, "it was there a moment ago"
    return closing


async def _record(
    connection: Connection, closing: Closing, kind: str, *, actor: Actor, reason: str | None
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="period",
        subject_id=closing.id,
        actor=actor,
        after={"period": name_of(closing.period), "number": closing.number},
        reason=reason,
    )
