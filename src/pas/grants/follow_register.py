"""What changes in the register does to passes: moves, deaths, births, arrivals, eighteenth birthdays.

A move or a death ends a pass from a day on, never with hindsight; who turns out to live here after
all, or leaves later, has the pass back. Who was born or came after the assessment of a year is assessed now, with the
household; so is whose income was unknown then and is known now, and who applied and waits for that. A child's pass is managed by the
adults it lives with, until it is eighteen, and who manages it no more has it on no telephone. Done
again, this changes nothing; it runs after every file of residents, and daily.
"""

from datetime import UTC, date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.grants import periods
from pas.grants.answer_applications import answer_applications
from pas.grants.assess_newcomers import assess_newcomers
from pas.grants.facts import PersonFacts
from pas.grants.follow_applicants import follow_applicants
from pas.grants.ground import current_year
from pas.grants.help_apply import match_helped
from pas.grants.overspending import watch_overspending
from pas.ids import MunicipalityName, PassId, ResidentId
from pas.passes.telephones import end_cards_of_strangers
from pas.passes.usable import set_budgets
from pas.residents.managing_adults import sync_managing_adults

CHUNK: Final = 500
MOST_LISTED: Final = 200
ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)

NOBODY: Final = PassId(UUID(int=0))

MOVED: Final = "moved-away"
DIED: Final = "deceased"


class RegisterReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What changed; ``unmanaged_children`` have a pass that no adult sees."""

    passes_ended: int
    passes_restored: int
    households_managed: int
    households_assessed: int
    households_answered: int
    persons_granted: int
    unmanaged_children: list[ResidentId]


class ChangedPass(msgspec.Struct, frozen=True):
    id: PassId
    resident_id: ResidentId
    birth_date: date
    ended_on: date | None
    ended_because: str | None
    left_on: date | None
    died_on: date | None


class ChildRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId


READ_CHANGED: Final = Statement(
    """
    SELECT p.id, p.resident_id, v.birth_date, p.ended_on, p.ended_because, v.left_on, v.died_on
    FROM pass p
    CROSS JOIN LATERAL (
        SELECT n.birth_date, n.left_on, n.died_on FROM resident_version n
        WHERE n.resident_id = p.resident_id AND n.valid_from <= $1::date
        ORDER BY n.valid_from DESC LIMIT 1
    ) v
    WHERE p.id > $2 AND CASE
        WHEN p.ended_on IS NULL THEN least(v.left_on, v.died_on) IS NOT NULL
            AND (p.ends_on > greatest(least(v.left_on, v.died_on), $1)
                OR EXISTS (SELECT 1 FROM budget b JOIN balance a ON a.account_id = b.account_id
                    WHERE b.pass_id = p.id AND a.amount > 0
                    AND a.usable_until > greatest(least(v.left_on, v.died_on), $1)::timestamp AT TIME ZONE 'Europe/Amsterdam'))
        WHEN p.ended_because NOT IN ('moved-away', 'deceased')
            THEN p.ended_on > $1 AND least(v.left_on, v.died_on) < p.ended_on
        WHEN p.ended_on <= $1 THEN coalesce(least(v.left_on, v.died_on) > $1, true)
        ELSE greatest(least(v.left_on, v.died_on), $1) IS DISTINCT FROM p.ended_on
            OR EXISTS (SELECT 1 FROM budget b JOIN balance a ON a.account_id = b.account_id
                WHERE b.pass_id = p.id AND a.usable_until
                    > greatest(a.usable_from, p.ended_on::timestamp AT TIME ZONE 'Europe/Amsterdam')) END
    ORDER BY p.id LIMIT $3 FOR NO KEY UPDATE OF p
    """,
    ChangedPass,
)
SET_END: Final = Statement("UPDATE pass SET ended_on = $2, ended_because = $3 WHERE id = $1", None)
READ_UNMANAGED: Final = Statement(
    """
    SELECT p.resident_id FROM pass p
    CROSS JOIN LATERAL (
        SELECT n.birth_date FROM resident_version n WHERE n.resident_id = p.resident_id
            AND n.valid_from <= $1::date ORDER BY n.valid_from DESC LIMIT 1
    ) v
    WHERE p.starts_on <= $1 AND p.ends_on > $1 AND (p.ended_on IS NULL OR p.ended_on > $1)
        AND v.birth_date > $1::date - interval '18 years'
        AND NOT EXISTS (SELECT 1 FROM managing_adult m WHERE m.child_id = p.resident_id
            AND m.valid_from <= $1 AND (m.valid_until IS NULL OR m.valid_until > $1))
    ORDER BY p.resident_id LIMIT $2
    """,
    ChildRow,
)


async def follow_register(
    database: Database,
    municipality: MunicipalityName,
    *,
    actor: Actor,
    now: datetime,
    recorded_since: datetime = ALWAYS,
) -> RegisterReport:
    """Let passes follow the register as it is today; households from what changed since a moment."""
    today = day_of(now)
    managed = await sync_managing_adults(
        database, municipality, on=today, recorded_since=recorded_since
    )
    ended, restored = await _follow_passes(database, municipality, actor=actor, now=now)
    assessed, granted = await assess_newcomers(database, municipality, actor=actor, now=now)
    async with database.connection(municipality) as connection, connection.transaction():
        await end_cards_of_strangers(connection, actor=actor, now=now)
        await follow_applicants(connection, None, actor=actor, now=now)
    await match_helped(database, municipality, now=now)
    answered = await answer_applications(database, municipality, actor=actor, now=now)
    async with database.connection(municipality) as connection:
        # Refunds bring money back without looking at the pot, so that paying stays fast.
        this_year = await current_year(connection, now)
        for year in (this_year - 1, this_year, this_year + 1):
            await watch_overspending(connection, year=year)
        unmanaged = await READ_UNMANAGED.all(connection, today, MOST_LISTED)
    return RegisterReport(
        passes_ended=ended,
        passes_restored=restored,
        households_managed=managed,
        households_assessed=assessed,
        households_answered=answered,
        persons_granted=granted,
        unmanaged_children=[row.resident_id for row in unmanaged],
    )


async def _follow_passes(
    database: Database, municipality: MunicipalityName, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """End and restore passes; gives how many of each."""
    ended = restored = 0
    today, last = day_of(now), NOBODY
    while True:
        async with (
            database.connection(municipality) as connection,
            connection.transaction(),
        ):
            rows = await READ_CHANGED.all(connection, today, last, CHUNK)
            if not rows:
                return ended, restored
            days = [periods.pass_ends_on(_person(row), recorded_on=today) for row in rows]
            await set_budgets(connection, [row.id for row in rows], days)
            for row, day in zip(rows, days, strict=True):
                await _set_end(connection, row, day, actor=actor)
                ended, restored = ended + (day is not None), restored + (day is None)
        last = rows[-1].id


async def _set_end(
    connection: Connection, row: ChangedPass, day: date | None, *, actor: Actor
) -> None:
    because: Literal["moved-away", "deceased"] | None = None
    if day is not None:
        because = DIED if row.died_on is not None else MOVED
    await SET_END.run(connection, row.id, day, because)
    await record_event(
        connection,
        kind="pass.ended_by_register" if day is not None else "pass.restored_by_register",
        subject_kind="pass",
        subject_id=row.id,
        actor=actor,
        before={"endedOn": row.ended_on, "because": row.ended_because},
        after={"endedOn": day, "because": because},
    )


def _person(row: ChangedPass) -> PersonFacts:
    return PersonFacts(
        resident=row.resident_id,
        birth_date=row.birth_date,
        here_from=row.birth_date,
        left_on=row.left_on,
        died_on=row.died_on,
    )
