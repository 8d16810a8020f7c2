"""An officer records the day of a swimming diploma: it opens the pool, and ends the lessons' budget.

What was spent before stays what it was: the budget ends today at the earliest, and lessons that
began earlier may still be paid in the run-out of their scheme.
"""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import PassId, ResidentId
from pas.passes.usable import set_budgets


class DiplomaHolderUnknown(Refusal):
    """Deze persoon kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek de persoon op en kies die uit de lijst."


class DiplomaDateWrong(Refusal):
    """Op deze dag kan het diploma niet zijn gehaald."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Vul de dag in die op het diploma staat."


class SwimmingDiploma(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The day on the diploma; None when there is none on file."""

    obtained_on: date | None


class _Birth(msgspec.Struct, frozen=True):
    birth_date: date


class _Pass(msgspec.Struct, frozen=True):
    id: PassId
    until: date | None


LOCK_RESIDENT: Final = Statement(
    "SELECT FROM resident WHERE id = $1 FOR NO KEY UPDATE",
    None,
)
READ_BIRTH: Final = Statement(
    """
    SELECT birth_date FROM resident_version WHERE resident_id = $1 ORDER BY valid_from DESC LIMIT 1
    """,
    _Birth,
)
READ: Final = Statement(
    "SELECT obtained_on FROM swimming_diploma WHERE resident_id = $1", SwimmingDiploma
)
KEEP: Final = Statement(
    """
    INSERT INTO swimming_diploma (resident_id, obtained_on, ends_on, recorded_at, recorded_by)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (resident_id) DO UPDATE SET obtained_on = excluded.obtained_on,
        ends_on = excluded.ends_on, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
    """,
    None,
)
WITHDRAW: Final = Statement("DELETE FROM swimming_diploma WHERE resident_id = $1", None)
READ_PASSES: Final = Statement(
    """
    SELECT id, ended_on AS until FROM pass WHERE resident_id = $1 ORDER BY id
    """,
    _Pass,
)


async def record_diploma(
    connection: Connection,
    resident: ResidentId,
    diploma: SwimmingDiploma,
    *,
    actor: Actor,
    now: datetime,
) -> SwimmingDiploma:
    """Note a diploma, or withdraw it; the same again changes nothing.

    Raises DiplomaHolderUnknown or DiplomaDateWrong.
    """
    async with connection.transaction():
        await LOCK_RESIDENT.run(connection, resident)
        born = await READ_BIRTH.first(connection, resident)
        if born is None:
            raise DiplomaHolderUnknown
        today, day = day_of(now), diploma.obtained_on
        if day is not None and not born.birth_date <= day <= today:
            raise DiplomaDateWrong
        before = await read_diploma(connection, resident)
        if before == diploma:
            return before
        if day is None:
            await WITHDRAW.run(connection, resident)
        else:
            await KEEP.run(connection, resident, day, today, *(now, actor.id))
        passes = await READ_PASSES.all(connection, resident)
        await set_budgets(connection, [one.id for one in passes], [one.until for one in passes])
        await record_event(
            connection,
            kind="swimming_diploma.recorded",
            subject_kind="resident",
            subject_id=resident,
            actor=actor,
            before=before,
            after=diploma,
        )
    return diploma


async def read_diploma(connection: Connection, resident: ResidentId) -> SwimmingDiploma:
    return await READ.first(connection, resident) or SwimmingDiploma(None)
