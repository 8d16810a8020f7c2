"""The municipality asks back, or refuses, with words that the club reads on its link.

Whoever judges names the last step that they saw: what the club changed meanwhile is read first.
"""

from datetime import datetime

from pas.auth.actor import Actor
from pas.db import Connection
from pas.ids import LoginId, RegistrationId
from pas.registrations.rules import refuse_moved
from pas.registrations.stored import ONE_AT_A_TIME, Step, read_registration, take_step


async def ask_back(
    connection: Connection,
    registration_id: RegistrationId,
    question: str,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Ask something; the club answers on its link, and may change what it said. Any number of times."""
    step = Step(kind="asked", words=question, by=LoginId(actor.id))
    await _judge(connection, registration_id, step, seen=seen, actor=actor, now=now)


async def refuse_registration(
    connection: Connection,
    registration_id: RegistrationId,
    reason: str,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Refuse, for a reason; the club may register again."""
    step = Step(kind="refused", words=reason, by=LoginId(actor.id))
    await _judge(connection, registration_id, step, seen=seen, actor=actor, now=now)


async def _judge(
    connection: Connection,
    registration_id: RegistrationId,
    step: Step,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection)
        stored = await read_registration(connection, registration_id)
        refuse_moved(stored, seen)
        await take_step(connection, stored, step, actor=actor, now=now)
