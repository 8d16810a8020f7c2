"""The holder answers a question, or takes the request back; an officer may type it for them."""

from datetime import datetime

from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.db import Connection
from pas.ids import RequestId
from pas.requests.model import Step
from pas.requests.rules import NothingAsked, refuse_moved
from pas.requests.stored import read_request, take_step


async def reply(
    connection: Connection,
    request_id: RequestId,
    words: str,
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Answer what we asked."""
    _require(actor)
    async with connection.transaction():
        stored = await read_request(connection, request_id, actor=actor, now=now)
        refuse_moved(stored, seen)
        if not stored.waits_for_holder:
            raise NothingAsked
        step = Step(kind="replied", words=words)
        await take_step(connection, stored, step, actor=actor, now=now)


async def withdraw(
    connection: Connection, request_id: RequestId, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Stop it; the holder can always ask again."""
    _require(actor)
    async with connection.transaction():
        stored = await read_request(connection, request_id, actor=actor, now=now)
        refuse_moved(stored, seen)
        await take_step(connection, stored, Step(kind="withdrawn"), actor=actor, now=now)


def _require(actor: Actor) -> None:
    if actor.kind == "login":
        actor.require(Permission.REQUESTS_FILE)
