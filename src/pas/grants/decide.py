"""Decides about households and writes it down: the one road to a grant by the rules.

The yearly assessment, an application, a birth, an arrival and an income all come here. A person's decision is
written when there is something to say that was not said before in this year, so doing it again adds
nothing. What a household of unknown income gets is neither granted nor refused, and not written.
An application that waits is answered by whichever of these knows the income first.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, Literal, TypeVar

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.csvfile import chunks
from pas.db import Connection, Statement
from pas.grants import periods
from pas.grants.facts import Decision, HouseholdFacts, Verdict
from pas.grants.grant import GrantedElsewhere, Wanted, lock_grants, write_grants
from pas.grants.ground import Ground
from pas.grants.open_applications import ANSWER, READ_APPLIED
from pas.grants.pots import assess_within
from pas.grants.read_households import Households, read_households
from pas.ids import DecisionId, HouseholdNumber, PassId, ResidentId, uuid7
from pas.money import Cents
from pas.passes.issue import MOST_AT_ONCE, WantedPass, issue_passes

Cause = Literal[
    "assessment",
    "application",
    "deviation",
    "birth",
    "arrival",
    "income",
    "objection",
    "award",
    "takeover",
]
Signature = frozenset[tuple[str, str, str, int | None]]

_Answer = TypeVar("_Answer")

TRIES: Final = 3
ANSWERED: Final[frozenset[Cause]] = frozenset(("application", "deviation", "objection"))
SAYS_SOMETHING: Final = frozenset(("granted", "held", "refused"))
NO_LONGER_HERE: Final = frozenset(("moved-away", "deceased", "not-here-yet"))


class Decided(msgspec.Struct, frozen=True):
    """A person's decision; ``id`` None when there was nothing new to write down."""

    decision: Decision
    id: DecisionId | None
    cause: Cause


class Round(msgspec.Struct, frozen=True):
    """What was decided about some households at once."""

    households: tuple[HouseholdFacts, ...]
    decided: tuple[Decided, ...]
    new_passes: int


class LatestRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    verdicts: str


class PassRow(msgspec.Struct, frozen=True):
    id: PassId
    resident_id: ResidentId


READ_LATEST: Final = Statement(
    """
    SELECT DISTINCT ON (resident_id) resident_id, verdicts
    FROM decision WHERE resident_id = ANY ($1::uuid[]) AND year = $2
    ORDER BY resident_id, decided_at DESC, id DESC
    """,
    LatestRow,
)
WRITE_DECISIONS: Final = Statement(
    """
    INSERT INTO decision (id, resident_id, household_number, year, cause, assessed_on, decided_at,
        verdicts, actor_kind, actor_id)
    SELECT d.id, d.resident_id, d.household, $6, d.cause, $7, $8, d.verdicts::jsonb, $9, $10
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
        AS d (id, resident_id, household, verdicts, cause)
    """,
    None,
)
READ_PASSES: Final = Statement(
    """
    SELECT id, resident_id FROM pass WHERE resident_id = ANY ($1::uuid[]) AND year = $2
    """,
    PassRow,
)
VERDICTS: Final = msgspec.json.Decoder(tuple[Verdict, ...])


async def settled(attempt: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """Try a transaction again when something was granted meanwhile, or two waited for each other."""
    for _ in range(TRIES - 1):
        with suppress(GrantedElsewhere, asyncpg.DeadlockDetectedError):
            return await attempt()
    return await attempt()


async def decide_households(
    connection: Connection,
    ground: Ground,
    numbers: Sequence[HouseholdNumber],
    *,
    cause: Cause,
    actor: Actor,
    now: datetime,
) -> Round:
    """Decide and write, in the transaction of the caller; may raise GrantedElsewhere."""
    pots = await lock_grants(connection, ground)
    found = await read_for(connection, ground, numbers)
    decisions = assess_all(found, ground, pots)
    known = [one.facts.number for one in found.known if one.facts.income is not None]
    applied = await READ_APPLIED.all(connection, known, ground.plan.year)
    done = await write_decisions(
        connection,
        ground,
        (tuple(one.facts for one in found.known), decisions),
        cause=cause,
        applied=frozenset(one.household_number for one in applied),
        actor=actor,
        now=now,
    )
    told = {one.decision.household for one in done.decided if one.id is not None}
    answered = [one.id for one in applied if one.household_number in told]
    await ANSWER.run(connection, answered, now)
    return done


async def read_for(
    connection: Connection, ground: Ground, numbers: Sequence[HouseholdNumber]
) -> Households:
    return await read_households(
        connection,
        numbers,
        ground.days,
        year=ground.plan.year,
        versions=ground.versions,
        household_schemes=ground.household_schemes,
    )


def assess_all(found: Households, ground: Ground, pots: dict[str, Cents]) -> list[Decision]:
    """Assess household by household, in the order of their numbers, each out of what is left."""
    return [
        decision
        for one in found.known
        for decision in assess_within(
            one.facts, ground.plan, one.earlier, pots=pots, refused=found.refused
        )
    ]


async def write_decisions(
    connection: Connection,
    ground: Ground,
    assessed: tuple[tuple[HouseholdFacts, ...], Sequence[Decision]],
    *,
    cause: Cause,
    applied: frozenset[HouseholdNumber] = frozenset(),
    actor: Actor,
    now: datetime,
) -> Round:
    """Write what is new: decisions, passes and grants; who ``applied`` is answered."""
    households, decisions = assessed
    latest = await _latest(connection, decisions, year=ground.plan.year)
    decided = tuple(
        _decided(one, latest, cause="application" if one.household in applied else cause)
        for one in decisions
    )
    wanted = [grant for one in decided for grant in _wanted(one)]
    passes, new = await _issue(connection, ground, wanted, actor=actor)
    await _write(connection, decided, ground, actor=actor, now=now)
    persons = [one.resident for one in decisions]
    await note_processing(connection, persons, "grant.assessed", actor=actor, now=now)
    await write_grants(connection, wanted, passes, ground=ground, actor=actor, now=now)
    return Round(households, decided, new)


def signature(verdicts: Sequence[Verdict]) -> Signature:
    """What a decision comes down to: held is granted before, and what is not for somebody is nothing."""
    return frozenset(
        (one.scheme, "granted", "", None)
        if one.outcome in {"granted", "held"}
        else (one.scheme, one.outcome, one.reason, one.income)
        for one in verdicts
        if one.outcome != "not_applicable"
    )


def _decided(
    decision: Decision, latest: Mapping[ResidentId, Signature], *, cause: Cause
) -> Decided:
    news = _is_news(decision, latest, cause=cause)
    return Decided(decision, DecisionId(uuid7()) if news else None, cause)


def _is_news(decision: Decision, latest: Mapping[ResidentId, Signature], *, cause: Cause) -> bool:
    """Whoever asked gets an answer, also when it is the same as before or that nothing is for them."""
    if all(one.outcome not in SAYS_SOMETHING for one in decision.verdicts):
        return cause == "application" and _is_for_nothing(decision)
    news = cause in ANSWERED or bool(decision.granted)
    return news or latest.get(decision.resident) != signature(decision.verdicts)


def _is_for_nothing(decision: Decision) -> bool:
    """Whether somebody lives here, and no scheme is for them or may yet turn out to be."""
    return bool(decision.verdicts) and all(
        one.outcome == "not_applicable" and one.reason not in NO_LONGER_HERE
        for one in decision.verdicts
    )


def _wanted(one: Decided) -> list[Wanted]:
    grants: list[Wanted] = []
    for verdict in one.decision.granted:
        assert one.id is not None, "what is granted is news"
        assert verdict.award is not None, "what is granted has an award"
        grants.append(
            Wanted(
                decision=one.id,
                resident=one.decision.resident,
                household=one.decision.household,
                scheme=verdict.scheme,
                version=verdict.version,
                award=verdict.award,
            )
        )
    return grants


async def _latest(
    connection: Connection, decisions: Sequence[Decision], *, year: int
) -> dict[ResidentId, Signature]:
    residents = [one.resident for one in decisions]
    rows = await READ_LATEST.all(connection, residents, year)
    return {row.resident_id: signature(VERDICTS.decode(row.verdicts)) for row in rows}


async def _issue(
    connection: Connection, ground: Ground, wanted: Sequence[Wanted], *, actor: Actor
) -> tuple[dict[ResidentId, PassId], int]:
    plan, passes, new = ground.plan, dict[ResidentId, PassId](), 0
    ends_on = periods.pass_year(plan.calendar, plan.year).ends_on
    residents = dict.fromkeys(one.resident for one in wanted)
    for some in chunks(residents, MOST_AT_ONCE):
        asked = [WantedPass(one, plan.year, plan.effective_on, ends_on) for one in some]
        issued = await issue_passes(connection, asked, actor=actor)
        passes.update((one.resident_id, one.id) for one in issued)
        new += sum(one.is_new for one in issued)
    return passes, new


async def read_passes(
    connection: Connection, residents: Sequence[ResidentId], *, year: int
) -> dict[ResidentId, PassId]:
    """Give the passes that there are of a year."""
    rows = await READ_PASSES.all(connection, residents, year)
    return {row.resident_id: row.id for row in rows}


async def _write(
    connection: Connection,
    decided: Sequence[Decided],
    ground: Ground,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    news = [one for one in decided if one.id is not None]
    if not news:
        return
    await WRITE_DECISIONS.run(
        connection,
        [one.id for one in news],
        [one.decision.resident for one in news],
        [one.decision.household for one in news],
        [msgspec.json.encode(one.decision.verdicts).decode() for one in news],
        [one.cause for one in news],
        ground.plan.year,
        ground.plan.assessed_on,
        now,
        actor.kind,
        actor.id,
    )
