"""Which adults see and manage the pass of a child, from when until when.

The adults of a household manage its children, from the day that they live together to the day that
the child turns eighteen or one of them moves out. Those are of the kind ``parent``, and a guardian
whom the register names is ``registered_guardian``: both follow the register by themselves. Who else
manages a child of another household (a co-parent, a guardian) is recorded by an officer, with its
dates. So is an administrator (bewindvoerder), who manages the pass of somebody of any age and goes
on past eighteen, until the day that is recorded.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.errors import Refusal
from pas.ids import HouseholdNumber, MunicipalityName, ResidentId
from pas.passes.residents import ADULT_AGE, birthday
from pas.passes.telephones import end_cards_of_strangers

CHUNK: Final = 1_000
RecordedKind = Literal["co_parent", "guardian", "administrator"]


class NotAChild(Refusal):
    """Dit is geen kind."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Vanaf 18 jaar beheert iemand de eigen pas. Alleen een bewindvoerder kan dat dan nog."
    )


class NotAnAdult(Refusal):
    """Alleen een volwassene kan een pas beheren."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies iemand van 18 jaar of ouder."


class ManagementDatesWrong(Refusal):
    """Deze dagen kunnen niet."""

    next_step: ClassVar[str] = (
        "Kies een laatste dag na de eerste dag. Bij een kind is dat vóór de 18e verjaardag."
    )


class ManagementNotFound(Refusal):
    """Deze persoon beheert de pas van dit kind niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies iemand uit de lijst bij het kind."


class ManagementExists(Refusal):
    """Deze persoon beheert de pas van dit kind al."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk in de lijst bij het kind."


class ManagingAdult(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody who manages a child's pass, up to (not including) ``valid_until``."""

    child_id: ResidentId
    adult_id: ResidentId
    kind: str
    valid_from: date
    valid_until: date | None


class _Household(msgspec.Struct, frozen=True):
    household_number: HouseholdNumber


class _Birth(msgspec.Struct, frozen=True):
    id: ResidentId
    birth_date: date


NEXT_HOUSEHOLDS: Final = Statement(
    """
    SELECT DISTINCT household_number FROM resident_version
    WHERE household_number > $1 AND recorded_at >= $2
    ORDER BY household_number LIMIT $3
    """,
    _Household,
)
SYNC: Final = Statement(
    """
    WITH touched AS (
        SELECT DISTINCT v.resident_id FROM resident_version v WHERE v.household_number = ANY ($1::text[])
    ), child AS (
        SELECT resident_id AS id FROM touched
        UNION
        SELECT m.child_id FROM managing_adult m JOIN touched t ON t.resident_id = m.adult_id
        WHERE m.kind IN ('parent', 'registered_guardian') AND (m.valid_until IS NULL OR m.valid_until > $2)
        UNION
        SELECT v.resident_id FROM touched t JOIN resident r ON r.id = t.resident_id
        JOIN resident_version v ON v.guardian_number = r.person_number
    ), home AS (
        SELECT c.id, v.household_number, v.guardian_number, v.valid_from, v.birth_date,
            (v.birth_date + interval '18 years')::date
                + CASE WHEN to_char(v.birth_date, 'MMDD') = '0229'
                    AND to_char(v.birth_date + interval '18 years', 'MMDD') = '0228' THEN 1 ELSE 0 END AS eighteen
        FROM child c
        CROSS JOIN LATERAL (
            SELECT * FROM resident_version v WHERE v.resident_id = c.id AND v.valid_from <= $2
            ORDER BY v.valid_from DESC LIMIT 1
        ) v
        WHERE (v.left_on IS NULL OR v.left_on > $2) AND (v.died_on IS NULL OR v.died_on > $2)
    ), wanted AS (
        SELECT h.id AS child_id, a.resident_id AS adult_id, 'parent' AS kind, greatest(h.valid_from, h.birth_date, a.valid_from) AS since,
            h.eighteen AS until
        FROM home h
        JOIN resident_version a ON a.household_number = h.household_number AND a.valid_from <= $2
            AND a.birth_date <= $2::date - interval '18 years'
            AND (a.left_on IS NULL OR a.left_on > $2) AND (a.died_on IS NULL OR a.died_on > $2)
            AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = a.resident_id
                AND n.valid_from > a.valid_from AND n.valid_from <= $2)
        WHERE h.eighteen > $2
        UNION ALL
        SELECT h.id, g.id, 'registered_guardian', greatest(h.valid_from, h.birth_date), h.eighteen
        FROM home h
        JOIN resident g ON g.person_number = h.guardian_number
        CROSS JOIN LATERAL (
            SELECT * FROM resident_version a WHERE a.resident_id = g.id AND a.valid_from <= $2
            ORDER BY a.valid_from DESC LIMIT 1
        ) a
        WHERE h.eighteen > $2 AND a.birth_date <= $2::date - interval '18 years'
            AND (a.left_on IS NULL OR a.left_on > $2) AND (a.died_on IS NULL OR a.died_on > $2)
            AND a.household_number <> h.household_number
    ), ended AS (
        UPDATE managing_adult m SET valid_until = greatest($2::date, m.valid_from + 1)
        FROM child c
        WHERE m.child_id = c.id AND m.kind IN ('parent', 'registered_guardian') AND (m.valid_until IS NULL OR m.valid_until > $2)
            AND m.valid_until IS DISTINCT FROM greatest($2::date, m.valid_from + 1)
            AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.child_id = m.child_id AND w.adult_id = m.adult_id)
    ), corrected AS (
        UPDATE managing_adult m SET valid_until = w.until
        FROM wanted w
        WHERE m.child_id = w.child_id AND m.adult_id = w.adult_id AND m.kind IN ('parent', 'registered_guardian')
            AND (m.valid_until IS NULL OR m.valid_until > $2) AND m.valid_from < w.until
            AND m.valid_until IS DISTINCT FROM w.until
    ), shortened AS (
        UPDATE managing_adult m SET valid_until = greatest(h.eighteen, $2::date, m.valid_from + 1)
        FROM home h
        WHERE m.child_id = h.id AND m.kind IN ('co_parent', 'guardian')
            AND m.valid_until > greatest(h.eighteen, $2::date, m.valid_from + 1)
    )
    INSERT INTO managing_adult (child_id, adult_id, kind, valid_from, valid_until)
    SELECT w.child_id, w.adult_id, w.kind,
        CASE WHEN EXISTS (SELECT 1 FROM managing_adult m WHERE m.child_id = w.child_id AND m.adult_id = w.adult_id)
            THEN greatest($2::date, w.since) ELSE w.since END,
        w.until
    FROM wanted w
    WHERE NOT EXISTS (SELECT 1 FROM managing_adult m WHERE m.child_id = w.child_id AND m.adult_id = w.adult_id
        AND (m.valid_until IS NULL OR m.valid_until > $2))
    ORDER BY w.child_id, w.adult_id
    ON CONFLICT (child_id, adult_id, valid_from) DO NOTHING
    """,
    None,
)
READ_OF_CHILD: Final = Statement(
    """
    SELECT child_id, adult_id, kind, valid_from, valid_until FROM managing_adult
    WHERE child_id = $1 ORDER BY valid_from, adult_id
    """,
    ManagingAdult,
)
READ_BIRTHS: Final = Statement(
    """
    SELECT DISTINCT ON (resident_id) resident_id AS id, birth_date FROM resident_version
    WHERE resident_id = ANY ($1::uuid[]) ORDER BY resident_id, valid_from DESC
    """,
    _Birth,
)
RECORD: Final = Statement(
    """
    INSERT INTO managing_adult (child_id, adult_id, kind, valid_from, valid_until)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (child_id, adult_id, valid_from) DO NOTHING
    RETURNING child_id, adult_id, kind, valid_from, valid_until
    """,
    ManagingAdult,
)
END: Final = Statement(
    """
    UPDATE managing_adult SET valid_until = greatest($3::date, valid_from + 1)
    WHERE child_id = $1 AND adult_id = $2 AND kind NOT IN ('parent', 'registered_guardian')
        AND (valid_until IS NULL OR valid_until > $4)
    RETURNING child_id, adult_id, kind, valid_from, valid_until
    """,
    ManagingAdult,
)


async def sync_managing_adults(
    database: Database,
    municipality: MunicipalityName,
    *,
    on: date,
    recorded_since: datetime,
) -> int:
    """Let the households that changed since a moment follow the register; gives how many."""
    done, last = 0, HouseholdNumber("")
    while True:
        async with database.connection(municipality) as connection:
            rows = await NEXT_HOUSEHOLDS.all(connection, last, recorded_since, CHUNK)
            numbers = [row.household_number for row in rows]
            if not numbers:
                return done
            await follow_households(connection, numbers, on=on)
        done, last = done + len(numbers), numbers[-1]


async def follow_households(
    connection: Connection, numbers: Sequence[HouseholdNumber], *, on: date
) -> None:
    """Let managing adults of these households follow the register as it is on a day."""
    await SYNC.run(connection, numbers, on)


async def managing_adults_of(connection: Connection, child: ResidentId) -> list[ManagingAdult]:
    """Everybody who manages or managed a child's pass."""
    return await READ_OF_CHILD.all(connection, child)


async def record_managing_adult(
    connection: Connection, wanted: ManagingAdult, *, actor: Actor, now: datetime
) -> ManagingAdult:
    """Let somebody outside the household manage a pass: of a child until eighteen at most.

    An administrator manages that of an adult too, without an end unless one is given.
    """
    births = await READ_BIRTHS.all(connection, [wanted.child_id, wanted.adult_id])
    born = {row.id: row.birth_date for row in births}
    if wanted.child_id not in born or wanted.adult_id not in born:
        raise ManagementNotFound("Een van deze personen kennen wij niet.")
    today = day_of(now)
    eighteen = birthday(born[wanted.child_id], ADULT_AGE)
    at_any_age = wanted.kind == "administrator"
    if (eighteen <= today and not at_any_age) or wanted.child_id == wanted.adult_id:
        raise NotAChild
    if birthday(born[wanted.adult_id], ADULT_AGE) > today:
        raise NotAnAdult
    until = wanted.valid_until if at_any_age else min(wanted.valid_until or eighteen, eighteen)
    if not born[wanted.child_id] <= wanted.valid_from < (until or date.max):
        raise ManagementDatesWrong
    async with connection.transaction():
        made = await RECORD.first(
            connection,
            *(wanted.child_id, wanted.adult_id, wanted.kind, wanted.valid_from, until),
        )
        if made is None:
            raise ManagementExists
        await _event(connection, "managing_adult.recorded", made, actor=actor)
    return made


async def end_managing_adult(
    connection: Connection,
    child: ResidentId,
    adult: ResidentId,
    *,
    from_day: date,
    actor: Actor,
    now: datetime,
) -> ManagingAdult:
    """End what an officer recorded, from today at the earliest."""
    if from_day < day_of(now):
        raise ManagementDatesWrong("Kies vandaag of een latere dag.")
    async with connection.transaction():
        ended = await END.first(connection, child, adult, from_day, day_of(now))
        if ended is None:
            raise ManagementNotFound
        await _event(connection, "managing_adult.ended", ended, actor=actor)
        await end_cards_of_strangers(connection, child, actor=actor, now=now)
    return ended


async def _event(
    connection: Connection, kind: str, managing: ManagingAdult, *, actor: Actor
) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="resident",
        subject_id=managing.child_id,
        actor=actor,
        after=managing,
    )
