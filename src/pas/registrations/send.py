"""The club sends its registration, and later answers a question or corrects what it said.

Anybody can send one, so everything is checked here as if no form had been there. The link makes
sending twice harmless: the same link is the same registration. How many may come in during an hour
that nobody has looked at yet has a limit, for the whole municipality.
"""

from datetime import datetime
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId, RegistrationId, uuid7
from pas.merchants.stored import refuse_unknown_categories
from pas.merchants.values import refuse_faults
from pas.registrations.drafts import HOUR, TooManyRegistrations, forget_draft
from pas.registrations.links import Secret, hash_of, number_of
from pas.registrations.model import Registration, Said
from pas.registrations.rules import faults_of_said, refuse_moved, tidy_said
from pas.registrations.stored import (
    ONE_AT_A_TIME,
    KvkNumberKnown,
    RegistrationNotFound,
    Step,
    by_link,
    read_registration,
    take_step,
    the_club,
)

MOST_RECEIVED_IN_AN_HOUR: Final = 30
MOST_STEPS: Final = 100
"""After which a club changes nothing; the table has room for as many more of ours."""


class ChangedTooOften(Refusal):
    """U veranderde deze aanmelding al heel vaak."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bel ons. Dan kijken wij samen."


class KnownRow(msgspec.Struct, frozen=True):
    is_known: bool


class ReceivedRow(msgspec.Struct, frozen=True):
    received: int


IS_KNOWN: Final = Statement(
    """
    SELECT EXISTS (SELECT 1 FROM merchant m WHERE m.kvk_number = $1 AND m.state <> 'ended')
        OR EXISTS (SELECT 1 FROM merchant_registration r WHERE r.kvk_number = $1 AND r.link_hash <> $2
            AND r.state IN ('received', 'asked', 'answered')) AS is_known
    """,
    KnownRow,
)
COUNT_RECEIVED: Final = Statement(
    """
    SELECT count(*) AS received FROM merchant_registration r
    WHERE r.received_at > $1 AND r.state IN ('received', 'answered') AND NOT EXISTS (
        SELECT 1 FROM merchant_registration_step s WHERE s.registration_id = r.id AND s.kind = 'asked')
    """,
    ReceivedRow,
)
INSERT: Final = Statement(
    """
    INSERT INTO merchant_registration (id, number, link_hash, name, kvk_number, received_at, state_since)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    """,
    None,
)


async def refuse_known(connection: Connection, kvk_number: str, secret: Secret) -> None:
    """Say that this number is there already, and nothing about who has it or how it stands."""
    if (await IS_KNOWN.one(connection, kvk_number, hash_of(secret))).is_known:
        raise KvkNumberKnown


async def send_registration(
    connection: Connection, secret: Secret, said: Said, *, typed_by: Actor | None, now: datetime
) -> Registration:
    """Take a registration; the same one again gives what there is. ``typed_by`` helped at a desk."""
    told = await _checked(connection, said)
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection)
        if (known := await by_link(connection, secret)) is not None:
            return known
        await refuse_known(connection, told.kvk_number, secret)
        if (await COUNT_RECEIVED.one(connection, now - HOUR)).received >= MOST_RECEIVED_IN_AN_HOUR:
            raise TooManyRegistrations
        registration_id, link = RegistrationId(uuid7()), hash_of(secret)
        try:
            async with connection.transaction():
                await INSERT.run(
                    connection,
                    *(registration_id, number_of(link), link, told.name, told.kvk_number, now),
                )
        except asyncpg.UniqueViolationError:
            raise KvkNumberKnown from None
        stored = await read_registration(connection, registration_id)
        await _say(connection, stored, told, words=None, typed_by=typed_by, now=now)
        await forget_draft(connection, secret)
    return await read_registration(connection, registration_id)


async def answer_registration(
    connection: Connection,
    secret: Secret,
    said: Said,
    *,
    words: str | None,
    seen: int,
    typed_by: Actor | None,
    now: datetime,
) -> Registration:
    """Answer a question, or correct what was said, for as long as nothing is decided."""
    told = await _checked(connection, said)
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection)
        stored = await by_link(connection, secret)
        if stored is None:
            raise RegistrationNotFound
        refuse_moved(stored, seen)
        if stored.steps >= MOST_STEPS:
            raise ChangedTooOften
        await refuse_known(connection, told.kvk_number, secret)
        await _say(connection, stored, told, words=words, typed_by=typed_by, now=now)
        await forget_draft(connection, secret)
    return await read_registration(connection, stored.id)


async def _checked(connection: Connection, said: Said) -> Said:
    told = tidy_said(said)
    refuse_faults(faults_of_said(told))
    await refuse_unknown_categories(connection, (one.category for one in told.purposes))
    return told


async def _say(
    connection: Connection,
    stored: Registration,
    said: Said,
    *,
    words: str | None,
    typed_by: Actor | None,
    now: datetime,
) -> None:
    kind = "answered" if stored.steps else "received"
    by = LoginId(typed_by.id) if typed_by is not None and typed_by.kind == "login" else None
    actor = the_club(stored.id) if by is None or typed_by is None else typed_by
    step = Step(kind=kind, words=words, said=said, by=by)
    await take_step(connection, stored, step, actor=actor, now=now)
