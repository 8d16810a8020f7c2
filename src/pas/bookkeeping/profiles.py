"""Keeps how the journal becomes a file: versions, of which the newest counts."""

import difflib
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.bookkeeping.model import JournalProfile, KeptProfile
from pas.bookkeeping.rules import refuse_wrong
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import JournalProfileId, uuid7

MOST_CHARACTERS: Final = 200_000


class JournalProfileNotFound(Refusal):
    """Er is nog niet gezegd hoe het journaal eruitziet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Richt eerst het journaal in: welke rekening is wat."


class JournalProfileTooLarge(Refusal):
    """Deze inrichting van het journaal is te groot."""

    next_step: ClassVar[str] = "Noem alleen regelingen die van de rest afwijken."


class _Row(msgspec.Struct, frozen=True):
    id: JournalProfileId
    number: int
    content: str
    recorded_by: UUID


class _Code(msgspec.Struct, frozen=True):
    code: str


READ_NEWEST: Final = Statement(
    "SELECT id, number, content, recorded_by FROM journal_profile ORDER BY number DESC LIMIT 1",
    _Row,
)
READ_ONE: Final = Statement(
    "SELECT id, number, content, recorded_by FROM journal_profile WHERE id = $1", _Row
)
ADD: Final = Statement(
    """
    INSERT INTO journal_profile (id, number, content, recorded_by)
    SELECT $1, coalesce(max(number), 0) + 1, $2, $3 FROM journal_profile
    """,
    None,
)
ONE_WRITER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.journal_profile'))", None
)
READ_SCHEMES: Final = Statement("SELECT code FROM scheme ORDER BY code", _Code)


async def find_profile(connection: Connection) -> KeptProfile | None:
    row = await READ_NEWEST.first(connection)
    return None if row is None else _kept(row)


async def newest_profile(connection: Connection) -> KeptProfile:
    found = await find_profile(connection)
    if found is None:
        raise JournalProfileNotFound
    return found


async def read_profile(connection: Connection, profile: JournalProfileId) -> KeptProfile:
    row = await READ_ONE.first(connection, profile)
    if row is None:
        raise JournalProfileNotFound
    return _kept(row)


async def keep_profile(
    connection: Connection, profile: JournalProfile, *, actor: Actor
) -> KeptProfile:
    """Keep a new version; the same as the newest is the newest."""
    content = msgspec.json.format(msgspec.json.encode(profile)).decode()
    if len(content) > MOST_CHARACTERS:
        raise JournalProfileTooLarge
    async with connection.transaction():
        await ONE_WRITER.run(connection)
        schemes = {one.code for one in await READ_SCHEMES.all(connection)}
        refuse_wrong(profile, schemes=schemes)
        before = await READ_NEWEST.first(connection)
        if before is not None and before.content == content:
            return _kept(before)
        made = JournalProfileId(uuid7())
        await ADD.run(connection, made, content, actor.id)
        kept = await newest_profile(connection)
        await record_event(
            connection,
            kind="journal_profile.changed",
            subject_kind="journal_profile",
            subject_id=made,
            actor=actor,
            after={
                "number": kept.number,
                "changed": _differences(before.content if before else "", content),
            },
        )
    return kept


def _kept(row: _Row) -> KeptProfile:
    content = msgspec.json.decode(row.content, type=JournalProfile)
    return KeptProfile(row.id, row.number, content, row.recorded_by)


def _differences(before: str, after: str) -> list[str]:
    """Give the lines that are other than they were, for whoever reads the event."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))][:400]
