"""An assessment as it runs: how far it is and what it counted, so that it goes on after a crash."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.decide import Round
from pas.grants.facts import Decision, HouseholdFacts, Outcome, Reason
from pas.ids import AssessmentId, SchemeVersionId, uuid7
from pas.money import NO_CENTS, BasisPoints, Cents

CountKey = tuple[SchemeVersionId, Outcome, Reason]


class AssessmentNotFound(Refusal):
    """Deze toekenningsronde is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een ronde uit de lijst."


class Run(msgspec.Struct, frozen=True, rename="camel"):
    """An assessment; ``ended_at`` None means that it is not done: it still runs, or was broken off."""

    id: AssessmentId
    year: int
    assessed_on: date
    started_at: datetime
    ended_at: datetime | None
    broken_off_at: datetime | None
    last_household: str
    households: int
    unknown_households: int
    persons: int
    persons_granted: int
    passes: int


class CountRow(msgspec.Struct, frozen=True):
    scheme_version_id: SchemeVersionId
    outcome: Outcome
    reason: Reason
    persons: int
    amount_cents: Cents


class Tally:
    """What was counted in one chunk, or in a whole dry run."""

    def __init__(self) -> None:
        self.households = 0
        self.unknown_households = 0
        self.persons = 0
        self.persons_granted = 0
        self.passes = 0
        self.of_schemes: Counter[CountKey] = Counter()
        self.cents: Counter[CountKey] = Counter()
        self.persons_by_limit: Counter[BasisPoints] = Counter()
        self.cents_by_limit: Counter[BasisPoints] = Counter()

    def add(self, households: Sequence[HouseholdFacts], decisions: Sequence[Decision]) -> None:
        self.households += len(households)
        self.unknown_households += sum(one.income is None for one in households)
        self.persons += len(decisions)
        for decision in decisions:
            self.persons_granted += bool(decision.granted)
            for one in decision.verdicts:
                key: CountKey = (one.version, one.outcome, one.reason)
                self.of_schemes[key] += 1
                if one.award is not None:
                    self.cents[key] += one.award.amount_cents
                    if one.limit is not None:
                        self.cents_by_limit[one.limit] += one.award.amount_cents
            self.persons_by_limit.update(
                {one.limit for one in decision.granted if one.limit is not None}
            )

    def rows(self) -> list[CountRow]:
        return [
            CountRow(*key, count, Cents(self.cents.get(key, NO_CENTS)))
            for key, count in self.of_schemes.items()
        ]


ONE_STARTER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.assessment'))", None
)
INSERT: Final = Statement(
    """
    INSERT INTO assessment (id, year, assessed_on, started_at, actor_kind, actor_id)
    VALUES ($1, $2, $3, $4, $5, $6)
    """,
    None,
)
READ: Final = Statement(
    """
    SELECT id, year::int AS year, assessed_on, started_at, ended_at, broken_off_at, last_household,
        households, unknown_households, persons, persons_granted, passes
    FROM assessment WHERE id = $1
    """,
    Run,
)
LOCK: Final = Statement(
    """
    SELECT id, year::int AS year, assessed_on, started_at, ended_at, broken_off_at, last_household,
        households, unknown_households, persons, persons_granted, passes
    FROM assessment WHERE id = $1 FOR UPDATE
    """,
    Run,
)
READ_ALL: Final = Statement(
    """
    SELECT id, year::int AS year, assessed_on, started_at, ended_at, broken_off_at, last_household,
        households, unknown_households, persons, persons_granted, passes
    FROM assessment WHERE $1::int IS NULL OR year = $1
    ORDER BY started_at DESC, id DESC LIMIT 200
    """,
    Run,
)
BROKEN_OFF: Final = Statement(
    """
    SELECT id, year::int AS year, assessed_on, started_at, ended_at, broken_off_at, last_household,
        households, unknown_households, persons, persons_granted, passes
    FROM assessment
    WHERE year = $1 AND assessed_on = $2 AND ended_at IS NULL AND broken_off_at IS NULL
    ORDER BY started_at DESC LIMIT 1
    """,
    Run,
)
BREAK_OFF: Final = Statement(
    """
    UPDATE assessment SET broken_off_at = $3
    WHERE year = $1 AND assessed_on < $2 AND ended_at IS NULL AND broken_off_at IS NULL
    """,
    None,
)
ADVANCE: Final = Statement(
    """
    UPDATE assessment SET last_household = $2, households = households + $3,
        unknown_households = unknown_households + $4, persons = persons + $5,
        persons_granted = persons_granted + $6, passes = passes + $7
    WHERE id = $1
    """,
    None,
)
END: Final = Statement(
    "UPDATE assessment SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", None
)
COUNT: Final = Statement(
    """
    INSERT INTO assessment_count AS c (assessment_id, scheme_version_id, outcome, reason, persons, amount_cents)
    SELECT $1, n.version_id, n.outcome, n.reason, n.persons, n.cents
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
        AS n (version_id, outcome, reason, persons, cents)
    ORDER BY n.version_id, n.reason
    ON CONFLICT (assessment_id, scheme_version_id, reason) DO UPDATE
    SET persons = c.persons + excluded.persons, amount_cents = c.amount_cents + excluded.amount_cents
    """,
    None,
)
READ_COUNTS: Final = Statement(
    """
    SELECT scheme_version_id, outcome, reason, persons, amount_cents
    FROM assessment_count WHERE assessment_id = $1
    """,
    CountRow,
)


async def start_run(
    connection: Connection, *, year: int, on: date, actor: Actor, now: datetime
) -> Run:
    """Start an assessment, or go on with one of the same year and day that stopped half-way.

    One of an earlier day ends there as broken off: this one assesses whom that had not come to.
    """
    async with connection.transaction():
        await ONE_STARTER.run(connection)
        await BREAK_OFF.run(connection, year, on, now)
        found = await BROKEN_OFF.first(connection, year, on)
        if found is not None:
            return found
        run_id = AssessmentId(uuid7())
        await INSERT.run(connection, run_id, year, on, now, actor.kind, actor.id)
        return await read_run(connection, run_id)


async def read_run(connection: Connection, run_id: AssessmentId) -> Run:
    found = await READ.first(connection, run_id)
    if found is None:
        raise AssessmentNotFound
    return found


async def read_runs(connection: Connection, *, year: int | None = None) -> list[Run]:
    return await READ_ALL.all(connection, year)


async def lock_run(connection: Connection, run_id: AssessmentId) -> Run:
    """Hold a run until the end of the transaction, so that each household is done once."""
    return await LOCK.one(connection, run_id)


async def advance(connection: Connection, run_id: AssessmentId, done: Round, *, last: str) -> None:
    """Note that all households up to ``last`` are done, in the transaction that did them."""
    tally = Tally()
    tally.add(done.households, [one.decision for one in done.decided])
    await ADVANCE.run(
        connection,
        run_id,
        last,
        tally.households,
        tally.unknown_households,
        tally.persons,
        tally.persons_granted,
        done.new_passes,
    )
    rows = tally.rows()
    await COUNT.run(
        connection,
        run_id,
        [row.scheme_version_id for row in rows],
        [row.outcome for row in rows],
        [row.reason for row in rows],
        [row.persons for row in rows],
        [row.amount_cents for row in rows],
    )


async def end_run(connection: Connection, run_id: AssessmentId, *, now: datetime) -> None:
    await END.run(connection, run_id, now)


async def read_counts(connection: Connection, run_id: AssessmentId) -> Sequence[CountRow]:
    return await READ_COUNTS.all(connection, run_id)


def by_version(rows: Sequence[CountRow]) -> Mapping[SchemeVersionId, list[CountRow]]:
    found: dict[SchemeVersionId, list[CountRow]] = {}
    for row in rows:
        found.setdefault(row.scheme_version_id, []).append(row)
    return found
