"""An officer finds out the income of a household, and the same decision follows.

The municipality knows the income of about half of the households: of the others nobody is refused
and nothing granted until somebody has looked. What is kept is a percentage with its source and day.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.processing import note_households
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.apply import HouseholdUnknown
from pas.grants.decide import Round, decide_households, settled
from pas.grants.ground import Ground, current_year, opened_ground, read_ground
from pas.grants.overspending import watch_overspending
from pas.grants.read_households import read_facts
from pas.ids import HouseholdNumber, uuid7
from pas.money import BasisPoints


class IncomeDateWrong(Refusal):
    """Op deze dag kan dit inkomen niet gelden."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Vul de dag in waarop u het inkomen vaststelde."


class FoundIncome(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer found out; ``income`` in hundredths of a percent of the social minimum."""

    household: HouseholdNumber
    income: BasisPoints
    source: str
    assessed_on: date


class _Year(msgspec.Struct, frozen=True):
    year: int


INSERT: Final = Statement(
    """
    INSERT INTO income_verdict (id, household_number, income, source, assessed_on, recorded_at,
        recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
    None,
)
INSERT_ADULTS: Final = Statement(
    """
    WITH present AS (
        SELECT v.resident_id, v.birth_date <= $3::date - interval '18 years' AS adult
        FROM resident_version v
        WHERE v.household_number = $2 AND v.valid_from <= $3
            AND (v.left_on IS NULL OR v.left_on > $3) AND (v.died_on IS NULL OR v.died_on > $3)
            AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
                AND n.valid_from > v.valid_from AND n.valid_from <= $3)
    )
    INSERT INTO income_verdict_adult (verdict_id, resident_id)
    SELECT $1, p.resident_id FROM present p
    WHERE p.adult OR NOT EXISTS (SELECT 1 FROM present o WHERE o.adult)
    """,
    None,
)
READ_OPEN_YEARS: Final = Statement(
    """
    SELECT year::int AS year FROM household_application
    WHERE household_number = $1 AND state = 'received' AND year >= $2
    UNION SELECT year::int FROM assessment WHERE year >= $2 AND broken_off_at IS NULL
    ORDER BY year
    """,
    _Year,
)


async def record_income(
    connection: Connection, found: FoundIncome, *, actor: Actor, now: datetime
) -> list[Round]:
    """Note an income and decide: this year, and later years that are assessed or were applied for.

    Raises IncomeDateWrong, or HouseholdUnknown when nobody lives there.
    """
    today = day_of(now)
    if found.assessed_on > today:
        raise IncomeDateWrong("Deze dag moet nog komen.")
    this_year = await current_year(connection, now)
    open_years = await READ_OPEN_YEARS.all(connection, found.household, this_year)
    grounds = [
        await read_ground(connection, year=year, on=today)
        for year in sorted({this_year, *(row.year for row in open_years)})
    ]
    async with connection.transaction():
        grounds = [await opened_ground(connection, ground) for ground in grounds]
    rounds = await settled(lambda: _record(connection, found, grounds, actor=actor, now=now))
    for ground in grounds:
        await watch_overspending(connection, year=ground.plan.year)
    return rounds


async def _record(
    connection: Connection,
    found: FoundIncome,
    grounds: Sequence[Ground],
    *,
    actor: Actor,
    now: datetime,
) -> list[Round]:
    verdict_id = uuid7()
    async with connection.transaction():
        await INSERT.run(
            connection,
            verdict_id,
            found.household,
            found.income,
            found.source,
            found.assessed_on,
            now,
            actor.id,
        )
        # It is theirs wherever they live later, because a household that moves gets another number.
        await INSERT_ADULTS.run(connection, verdict_id, found.household, day_of(now))
        await _refuse_older(connection, found, grounds[0])
        await record_event(
            connection,
            kind="income_verdict.recorded",
            subject_kind="income_verdict",
            subject_id=verdict_id,
            actor=actor,
            after={"householdNumber": found.household, "assessedOn": found.assessed_on},
        )
        at = (now, day_of(now))
        await note_households(
            connection, [found.household], "income_verdict.recorded", actor=actor, at=at
        )
        return [
            await decide_households(
                connection, ground, [found.household], cause="assessment", actor=actor, now=now
            )
            for ground in grounds
        ]


async def _refuse_older(connection: Connection, found: FoundIncome, ground: Ground) -> None:
    """Refuse what would change nothing, because something newer is known or it is too old."""
    facts = await read_facts(connection, [found.household], ground.days)
    if not facts:
        raise HouseholdUnknown
    if found.assessed_on < ground.days.verdicts_from:
        raise IncomeDateWrong("Deze dag ligt te ver terug. Zoek een nieuwer inkomen op.")
    if any(one.income != found.income for one in facts):
        raise IncomeDateWrong("In de bestanden staat een nieuwer inkomen.")
