"""An officer asks for more: the clock of an application stands still, with the reason in sight."""

from datetime import datetime
from typing import ClassVar, Final

from pas.applications.decide import AwardReasonMissing, judge_again, record_step
from pas.applications.judge import todays_ground
from pas.applications.open_cases import END_PAUSE, SET_STATE, held_case
from pas.auth.actor import Actor
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ApplicationId


class AlreadyPaused(Refusal):
    """De termijn staat al stil."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat de termijn eerst verder lopen."


PAUSE: Final = Statement(
    """
    INSERT INTO child_application_pause (application_id, from_on, reason, paused_by)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (application_id, from_on) DO UPDATE
        SET until_on = NULL, reason = excluded.reason, paused_by = excluded.paused_by
    """,
    None,
)


async def pause(
    connection: Connection,
    application_id: ApplicationId,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Ask for more: the clock stands still from today, with the reason in sight."""
    if not reason.strip():
        raise AwardReasonMissing
    async with connection.transaction():
        held = await held_case(connection, application_id)
        if held.is_paused:
            raise AlreadyPaused
        await PAUSE.run(connection, held.id, day_of(now), reason.strip(), actor.id)
        await SET_STATE.run(connection, held.id, "with_officer", [])
        await record_step(connection, held, "paused", actor=actor, reason=reason.strip())


async def resume(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> None:
    """Let the clock run again from today."""
    ground = await todays_ground(connection, now)
    async with connection.transaction():
        held = await held_case(connection, application_id)
        if held.is_paused:
            await END_PAUSE.run(connection, held.id, day_of(now))
            await record_step(connection, held, "resumed", actor=actor)
    await judge_again(connection, application_id, ground=ground, now=now)
