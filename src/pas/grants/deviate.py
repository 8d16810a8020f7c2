"""A deviation (maatwerk): granting or refusing against the rule, by two people, with a reason.

One proposes, another confirms or turns it down. A confirmed grant is granted at once, by the common
road; a confirmed refusal holds for every assessment of its year. An objection that is upheld comes
here too. What was granted before is never taken back by a refusal.
"""

from datetime import datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.decide import settled
from pas.grants.deviation_decision import (
    decide_grant,
    decide_refusal,
    find_case,
    refuse_impossible,
)
from pas.grants.ground import opened_ground, read_ground
from pas.grants.overspending import watch_overspending
from pas.ids import DecisionId, DeviationId, ResidentId, SchemeVersionId, uuid7
from pas.money import Cents

Effect = Literal["grant", "refuse"]
Origin = Literal["deviation", "objection"]
MOST_LISTED: Final = 500
SHORTEST_REASON: Final = 10


class DeviationNotFound(Refusal):
    """Deze afwijking is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een afwijking uit de lijst."


class DeviationWaits(Refusal):
    """Er ligt al een voorstel voor deze persoon en regeling."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat een collega dat voorstel eerst beoordelen."


class DeviationJudged(Refusal):
    """Over deze afwijking is al beslist."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Is er iets veranderd? Doe dan een nieuw voorstel."


class SecondPersonNeeded(Refusal):
    """U kunt uw eigen voorstel niet zelf bevestigen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om te bevestigen."


class ReasonTooShort(Refusal):
    """De reden is te kort."""

    next_step: ClassVar[str] = "Schrijf in een paar woorden waarom u afwijkt van de regel."


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody proposes; an amount only where the scheme is one in euros."""

    resident: ResidentId
    version: SchemeVersionId
    year: int
    effect: Effect
    reason: str
    amount_cents: Cents | None = None
    origin: Origin = "deviation"


class Deviation(msgspec.Struct, frozen=True, rename="camel"):
    """A proposal and what became of it."""

    id: DeviationId
    resident_id: ResidentId
    scheme_version_id: SchemeVersionId
    scheme: str
    title: str
    year: int
    effect: Effect
    origin: Origin
    amount_cents: Cents | None
    reason: str
    proposed_at: datetime
    proposed_by: UUID
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    rejected_at: datetime | None
    rejected_by: UUID | None
    rejected_because: str | None
    decision_id: DecisionId | None

    @property
    def is_judged(self) -> bool:
        return self.confirmed_at is not None or self.rejected_at is not None


INSERT: Final = Statement(
    """
    INSERT INTO deviation (id, resident_id, scheme_version_id, year, effect, origin, amount_cents,
        reason, proposed_at, proposed_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """,
    None,
)
READ: Final = Statement(
    """
    SELECT d.id, d.resident_id, d.scheme_version_id, s.code AS scheme, v.title, d.year::int AS year,
        d.effect, d.origin, d.amount_cents, d.reason, d.proposed_at, d.proposed_by, d.confirmed_at,
        d.confirmed_by, d.rejected_at, d.rejected_by, d.rejected_because, d.decision_id
    FROM deviation d JOIN scheme_version v ON v.id = d.scheme_version_id
    JOIN scheme s ON s.id = v.scheme_id
    WHERE d.id = $1
    """,
    Deviation,
)
LOCK: Final = Statement("SELECT FROM deviation WHERE id = $1 FOR UPDATE", None)
LIST: Final = Statement(
    """
    SELECT d.id, d.resident_id, d.scheme_version_id, s.code AS scheme, v.title, d.year::int AS year,
        d.effect, d.origin, d.amount_cents, d.reason, d.proposed_at, d.proposed_by, d.confirmed_at,
        d.confirmed_by, d.rejected_at, d.rejected_by, d.rejected_because, d.decision_id
    FROM deviation d JOIN scheme_version v ON v.id = d.scheme_version_id
    JOIN scheme s ON s.id = v.scheme_id
    WHERE ($1::int IS NULL OR d.year = $1) AND ($2::uuid IS NULL OR d.resident_id = $2)
        AND ($3::bool IS NULL OR $3 = (d.confirmed_at IS NULL AND d.rejected_at IS NULL))
        AND ($4::timestamptz IS NULL OR (d.proposed_at, d.id) < ($4, $5))
    ORDER BY d.proposed_at DESC, d.id DESC LIMIT $6
    """,
    Deviation,
)
CONFIRM: Final = Statement(
    "UPDATE deviation SET confirmed_at = $2, confirmed_by = $3, decision_id = $4 WHERE id = $1",
    None,
)
REJECT: Final = Statement(
    "UPDATE deviation SET rejected_at = $2, rejected_by = $3, rejected_because = $4 WHERE id = $1",
    None,
)


async def propose_deviation(
    connection: Connection, proposal: Proposal, *, actor: Actor, now: datetime
) -> Deviation:
    """Put a deviation to a second person; what could not be granted is refused at once."""
    if len(proposal.reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort
    ground = await read_ground(connection, year=proposal.year, on=day_of(now))
    case = await find_case(connection, ground, proposal.resident, version=proposal.version)
    refuse_impossible(case, effect=proposal.effect, amount_cents=proposal.amount_cents)
    deviation_id = DeviationId(uuid7())
    try:
        async with connection.transaction():
            await INSERT.run(
                connection,
                *(deviation_id, proposal.resident, proposal.version, proposal.year),
                *(proposal.effect, proposal.origin, proposal.amount_cents, proposal.reason),
                *(now, actor.id),
            )
            made = await read_deviation(connection, deviation_id)
            await _event(connection, "deviation.proposed", made, actor=actor, now=now)
    except asyncpg.UniqueViolationError:
        raise DeviationWaits from None
    return made


async def confirm_deviation(
    connection: Connection, deviation_id: DeviationId, *, actor: Actor, now: datetime
) -> Deviation:
    """Let a second person make it so; the decision follows at once."""
    stored = await read_deviation(connection, deviation_id)
    ground = await read_ground(connection, year=stored.year, on=day_of(now))
    async with connection.transaction():
        ground = await opened_ground(connection, ground)

    async def confirm() -> Deviation:
        async with connection.transaction():
            held = await _held(connection, deviation_id, actor=actor)
            case = await find_case(
                connection, ground, held.resident_id, version=held.scheme_version_id
            )
            decide = decide_grant if held.effect == "grant" else decide_refusal
            decision_id = await decide(
                connection,
                case,
                amount_cents=held.amount_cents,
                cause=held.origin,
                actor=actor,
                now=now,
            )
            await CONFIRM.run(connection, deviation_id, now, actor.id, decision_id)
            after = await read_deviation(connection, deviation_id)
            await _event(connection, "deviation.confirmed", after, actor=actor, now=now)
            return after

    judged = await settled(confirm)
    await watch_overspending(connection, year=judged.year)
    return judged


async def reject_deviation(
    connection: Connection, deviation_id: DeviationId, because: str, *, actor: Actor, now: datetime
) -> Deviation:
    """Let a second person turn it down, with a reason."""
    async with connection.transaction():
        await _held(connection, deviation_id, actor=actor)
        await REJECT.run(connection, deviation_id, now, actor.id, because)
        after = await read_deviation(connection, deviation_id)
        await _event(connection, "deviation.rejected", after, actor=actor, now=now)
    return after


async def read_deviation(connection: Connection, deviation_id: DeviationId) -> Deviation:
    found = await READ.first(connection, deviation_id)
    if found is None:
        raise DeviationNotFound
    return found


async def list_deviations(
    connection: Connection,
    *,
    year: int | None = None,
    resident: ResidentId | None = None,
    waiting: bool | None = None,
    before: DeviationId | None = None,
    limit: int = 100,
) -> list[Deviation]:
    """Give the report of deviations, newest first; the next page is ``before`` the last of this one.

    ``waiting`` asks for those that wait for a second person, or for the others.
    """
    last = None if before is None else await read_deviation(connection, before)
    since = None if last is None else last.proposed_at
    return await LIST.all(
        connection, year, resident, waiting, since, before, min(limit, MOST_LISTED)
    )


async def _held(connection: Connection, deviation_id: DeviationId, *, actor: Actor) -> Deviation:
    """Hold a deviation until the end of the transaction, for somebody who may still judge it."""
    await LOCK.run(connection, deviation_id)
    stored = await read_deviation(connection, deviation_id)
    if stored.is_judged:
        raise DeviationJudged
    if stored.proposed_by == actor.id:
        raise SecondPersonNeeded
    return stored


async def _event(
    connection: Connection, kind: str, deviation: Deviation, *, actor: Actor, now: datetime
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="deviation",
        subject_id=deviation.id,
        actor=actor,
        after=deviation,
        reason=deviation.reason,
    )
    await note_processing(connection, [deviation.resident_id], kind, actor=actor, now=now)
