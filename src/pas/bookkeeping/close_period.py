"""Close a month: nothing is booked in it any more, and every line of its journal is frozen.

Announced and committed first: from then on what is booked is in the next open month. Then, when
everybody who began before has ended, the lines are added up. Booking waits for nobody. Where it
stops half-way the month stays announced, and whoever closes it again goes on.
"""

from datetime import date, datetime, timedelta
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.bookkeeping.journal import read_groups
from pas.bookkeeping.periods import (
    Closing,
    Period,
    name_of,
    proof_needed_since,
    read_period,
    read_periods,
)
from pas.bookkeeping.profiles import newest_profile
from pas.bookkeeping.rules import refuse_unmapped
from pas.db import Connection, Statement, take_long
from pas.errors import Refusal
from pas.ids import ClosingId, uuid7

NOT_YET: Final = "PA310"
PATIENCE: Final = timedelta(seconds=10)


class PeriodNotToClose(Refusal):
    """Deze maand kan nu niet dicht."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Sluit eerst de maanden ervoor af. Een maand moet begonnen zijn."


class PeriodClosedAlready(Refusal):
    """Deze maand is al afgesloten."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Moet er iets anders? Stel voor om de maand weer te openen."


class PeriodNotProved(Refusal):
    """De boeken van deze maand zijn nog niet nagekeken, of kloppen niet."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Kijk de boeken eerst na. Kloppen ze niet? Bel de technisch beheerder."
    )


class SettlementStillWaits(Refusal):
    """Er wacht nog een voorstel voor een uitbetaling."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat het voorstel beoordelen, of trek het in. Sluit daarna af."


class PeriodStillMoving(Refusal):
    """Er wordt nog iets geboekt dat eerder begon."""

    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Wacht een minuut. Sluit de maand dan nog eens af."


REFUSED_BY_DATABASE: Final = {"PA312": PeriodClosedAlready, "PA313": PeriodStillMoving}
"""Somebody else was first, or somebody who began earlier goes on."""


class _Proof(msgspec.Struct, frozen=True):
    closes: bool
    proved_at: datetime


class _Waiting(msgspec.Struct, frozen=True):
    number: int


class _Announced(msgspec.Struct, frozen=True):
    id: ClosingId


READ_LAST_PROOF: Final = Statement(
    "SELECT closes, proved_at FROM proof ORDER BY proved_at DESC LIMIT 1", _Proof
)
READ_WAITING_RUN: Final = Statement(
    "SELECT number FROM settlement_run WHERE state = 'proposed'", _Waiting
)
ONE_CLOSER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.period_closing'))", None
)
ANNOUNCE: Final = Statement(
    """
    INSERT INTO period_closing (id, period, number, announced_by)
    SELECT $1, $2::date, coalesce(max(c.number), 0) + 1, $3 FROM period_closing c WHERE c.period = $2
    ON CONFLICT DO NOTHING RETURNING id
    """,
    _Announced,
)
CLOSE: Final = Statement("SELECT close_period($1, $2, $3, $4)", None)


async def close_period(
    connection: Connection,
    period: date,
    *,
    actor: Actor,
    now: datetime,
    patience: timedelta = PATIENCE,
) -> Closing:
    """Close it; of two who do so at once, one is refused. Never call it inside a transaction."""
    assert not connection.is_in_transaction(), "the announcement is committed before anything else"
    refuse_programs(actor)
    found = await read_period(connection, period, now=now)
    if found.state in {"closed", "reopening"}:
        raise PeriodClosedAlready
    await refuse_unfit(connection, found, now=now)
    if found.state == "closing" and found.closing is not None:
        closing = found.closing.id
    else:
        closing = await _announce(connection, period, actor=actor)
    await _freeze(connection, closing, found, actor=actor, now=now, patience=patience)
    closed = (await read_period(connection, period, now=now)).closing
    assert closed is not None, "it was closed a moment ago"
    return closed


async def refuse_unfit(connection: Connection, period: Period, *, now: datetime) -> None:
    """Refuse what the books are not ready for: months before it, a proof, a run, a mapping."""
    earlier = [one for one in await read_periods(connection, now=now) if one.period < period.period]
    if unclosed := [name_of(one.period) for one in earlier if one.state in {"open", "closing"}]:
        raise PeriodNotToClose(f"Eerst moeten dicht: {', '.join(unclosed[::-1][:12])}.")
    proof = await READ_LAST_PROOF.first(connection)
    since = proof_needed_since(period.period, now=now)
    if proof is None or not proof.closes or proof.proved_at < since:
        raise PeriodNotProved
    if (run := await READ_WAITING_RUN.first(connection)) is not None:
        raise SettlementStillWaits(f"Uitbetaling {run.number} wacht nog op een oordeel.")
    profile = await newest_profile(connection)
    refuse_unmapped(await read_groups(connection, period), profile.content)


async def _announce(connection: Connection, period: date, *, actor: Actor) -> ClosingId:
    try:
        async with connection.transaction():
            await ONE_CLOSER.run(connection)
            made = await ANNOUNCE.first(connection, uuid7(), period, actor.id)
    except asyncpg.PostgresError as error:
        if error.sqlstate != NOT_YET:
            raise
        raise PeriodNotToClose from error
    if made is None:
        raise PeriodClosedAlready("Iemand anders sluit deze maand op dit moment af.")
    return made.id


async def _freeze(
    connection: Connection,
    closing: ClosingId,
    period: Period,
    *,
    actor: Actor,
    now: datetime,
    patience: timedelta,
) -> None:
    profile = await newest_profile(connection)
    try:
        async with connection.transaction():
            await take_long(connection)
            await CLOSE.run(connection, closing, profile.id, actor.id, patience)
            # What came in since it was looked at may need an account more.
            closed = await read_period(connection, period.period, now=now)
            frozen = await read_groups(connection, closed)
            refuse_unmapped(frozen, profile.content)
            await record_event(
                connection,
                kind="period.closed",
                subject_kind="period",
                subject_id=closing,
                actor=actor,
                after=_told(closed, profile.number),
            )
    except asyncpg.PostgresError as error:
        refusal = REFUSED_BY_DATABASE.get(error.sqlstate or "")
        if refusal is None:
            raise
        raise refusal from error


def _told(period: Period, profile: int) -> dict[str, object]:
    closing = period.closing
    assert closing is not None, "it was closed a moment ago"
    return {
        "period": name_of(period.period),
        "number": closing.number,
        "lines": closing.lines,
        "transfers": closing.transfers,
        "totalCents": closing.total_cents,
        "hash": closing.content_hash,
        "profile": profile,
    }
