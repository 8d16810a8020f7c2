"""Takes what a holder asks: by themselves, by who manages their pass, or typed by an officer for them.

The same id again gives what there is, so that a form that is sent twice is one request. Late is taken
too: whether that can be forgiven is judged with the rest (Awb 6:11).
"""

from datetime import date, datetime
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import DecisionId, ResidentId
from pas.passes.cards import is_own
from pas.requests.model import Asked, HolderRequest, Step
from pas.requests.rules import (
    answer_by,
    content_hash,
    content_of,
    last_day_to_object,
    number_of,
)
from pas.requests.stored import (
    READ,
    DecisionNotYours,
    RequestNotFound,
    read_request,
    refused,
    take_step,
)


class PersonNotYours(Refusal):
    """Deze persoon kennen wij niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kijk of het adres klopt. Of bel ons."


class MadeRow(msgspec.Struct, frozen=True):
    decided_at: datetime


class ThereRow(msgspec.Struct, frozen=True):
    is_there: bool


READ_DECIDED: Final = Statement(
    "SELECT decided_at FROM decision WHERE id = $1 AND resident_id = $2", MadeRow
)
IS_THERE: Final = Statement(
    "SELECT EXISTS (SELECT 1 FROM resident WHERE id = $1) AS is_there", ThereRow
)
INSERT: Final = Statement(
    """
    INSERT INTO holder_request (id, number, kind, resident_id, decision_id, field, channel, received_at, content_hash,
        object_until, answer_by, state_since)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $8)
    """,
    None,
)


async def refuse_stranger(
    connection: Connection, resident_id: ResidentId, *, actor: Actor, now: datetime
) -> None:
    """Whom this actor neither is, nor manages, nor may act for, is not there."""
    if actor.kind == "login":
        actor.require(Permission.REQUESTS_FILE)
        there = (await IS_THERE.one(connection, resident_id)).is_there
    else:
        there = await is_own(connection, resident_id, actor=actor, now=now)
    if not there:
        raise PersonNotYours


async def file_request(
    connection: Connection, asked: Asked, *, actor: Actor, now: datetime
) -> HolderRequest:
    """Take a request and its first step; what was asked is sealed by the hash on the receipt."""
    await refuse_stranger(connection, asked.resident_id, actor=actor, now=now)
    async with connection.transaction():
        if (known := await READ.first(connection, asked.id)) is not None:
            if known.resident_id != asked.resident_id:
                raise RequestNotFound
            return known
        until = None
        if asked.decision_id is not None:
            until = await _object_until(connection, asked.resident_id, asked.decision_id)
        try:
            async with connection.transaction():
                await INSERT.run(
                    connection,
                    *(asked.id, number_of(asked.id), asked.kind, asked.resident_id),
                    *(asked.decision_id, asked.field, asked.channel, now),
                    content_hash(content_of(asked, now)),
                    *(until, answer_by(asked.kind, day_of(now), object_until=until)),
                )
        except asyncpg.PostgresError as error:
            raise refused(error) from None
        stored = await READ.one(connection, asked.id)
        step = Step(kind="received", words=asked.words)
        await take_step(connection, stored, step, actor=actor, now=now)
        if actor.kind == "login":
            who = [asked.resident_id]
            await note_processing(connection, who, "request.filed", actor=actor, now=now)
    return await read_request(connection, asked.id, actor=actor, now=now)


async def _object_until(
    connection: Connection, resident_id: ResidentId, decision_id: DecisionId
) -> date:
    made = await READ_DECIDED.first(connection, decision_id, resident_id)
    if made is None:
        raise DecisionNotYours
    weeks = (await read_municipality_settings(connection)).objection_weeks
    return last_day_to_object(day_of(made.decided_at), weeks=weeks)
