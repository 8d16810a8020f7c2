"""An officer finds out the income of a household, and the same decision follows.

The municipality knows the income of about half of the households: of the others nobody is refused
and nothing granted until somebody has looked. What is kept is a percentage with its source and day.
"""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.decide import Cause, Round, decide_households, settled
from pas.grants.ground import Ground, current_year, opened_ground, read_ground
from pas.grants.read_households import read_facts
from pas.ids import ApplicationId, HouseholdNumber, uuid7
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


class _Closed(msgspec.Struct, frozen=True):
    id: ApplicationId


INSERT: Final = Statement(
    """
    INSERT INTO income_verdict (id, household_number, income, source, assessed_on, recorded_at,
        recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
    None,
)
CLOSE_APPLICATION: Final = Statement(
    """
    UPDATE household_application SET state = 'decided', decided_at = $3
    WHERE household_number = $1 AND year = $2 AND state = 'received'
    RETURNING id
    """,
    _Closed,
)


async def record_income(
    connection: Connection, found: FoundIncome, *, actor: Actor, now: datetime
) -> Round:
    """Note an income and decide; an open application is decided with it. Raises IncomeDateWrong."""
    today = day_of(now)
    if found.assessed_on > today:
        raise IncomeDateWrong("Deze dag moet nog komen.")
    year = await current_year(connection, now)
    ground = await read_ground(connection, year=year, on=today)
    async with connection.transaction():
        ground = await opened_ground(connection, ground)
    return await settled(lambda: _record(connection, found, ground, actor=actor, now=now))


async def _record(
    connection: Connection, found: FoundIncome, ground: Ground, *, actor: Actor, now: datetime
) -> Round:
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
        facts = await read_facts(connection, [found.household], ground.days)
        if any(one.income != found.income for one in facts):
            raise IncomeDateWrong("In de bestanden staat een nieuwer inkomen.")
        await record_event(
            connection,
            kind="income_verdict.recorded",
            subject_kind="income_verdict",
            subject_id=verdict_id,
            actor=actor,
            after={"householdNumber": found.household, "assessedOn": found.assessed_on},
        )
        closed = await CLOSE_APPLICATION.all(connection, found.household, ground.plan.year, now)
        cause: Cause = "application" if closed else "assessment"
        return await decide_households(
            connection, ground, [found.household], cause=cause, actor=actor, now=now
        )
