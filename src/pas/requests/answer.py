"""The municipality takes a request up, asks, takes more time once, and answers with a reason.

Whoever acts names the last step that they saw: what came in meanwhile is read first.
"""

from datetime import datetime

from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.db import Connection
from pas.ids import RequestId
from pas.requests.model import Outcome, Step
from pas.requests.rules import (
    OutcomeImpossible,
    OwnDecision,
    TermExtended,
    extended,
    refuse_moved,
)
from pas.requests.stored import decided_by_hand, read_request, take_step


async def take_up(
    connection: Connection, request_id: RequestId, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Let the holder see that somebody is at it."""
    await _act(connection, request_id, Step(kind="taken_up"), seen=seen, actor=actor, now=now)


async def ask(
    connection: Connection,
    request_id: RequestId,
    question: str,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Ask the holder something; the day by which we answer stays."""
    step = Step(kind="asked", words=question)
    await _act(connection, request_id, step, seen=seen, actor=actor, now=now)


async def extend(
    connection: Connection,
    request_id: RequestId,
    reason: str,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Take more time, once, and say why."""
    actor.require(Permission.REQUESTS_ANSWER)
    async with connection.transaction():
        stored = await read_request(connection, request_id, actor=actor, now=now)
        refuse_moved(stored, seen)
        if stored.is_extended:
            raise TermExtended
        until = extended(stored.kind, stored.answer_by)
        step = Step(kind="extended", words=reason, answer_by=until)
        await take_step(connection, stored, step, actor=actor, now=now)


async def answer(
    connection: Connection,
    request_id: RequestId,
    outcome: Outcome,
    *,
    words: str,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Answer with reasons; nobody answers the objection to their own decision."""
    actor.require(Permission.REQUESTS_ANSWER)
    async with connection.transaction():
        stored = await read_request(connection, request_id, actor=actor, now=now)
        refuse_moved(stored, seen)
        if outcome == "inadmissible" and stored.kind != "objection":
            raise OutcomeImpossible
        if await decided_by_hand(connection, stored.decision_id, actor=actor):
            raise OwnDecision
        step = Step(kind="answered", words=words, outcome=outcome)
        await take_step(connection, stored, step, actor=actor, now=now)


async def _act(
    connection: Connection,
    request_id: RequestId,
    step: Step,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    actor.require(Permission.REQUESTS_ANSWER)
    async with connection.transaction():
        stored = await read_request(connection, request_id, actor=actor, now=now)
        refuse_moved(stored, seen)
        await take_step(connection, stored, step, actor=actor, now=now)
