"""Tells holders that money on their pass will lapse: once per budget and person, some weeks before.

Whoever chose e-mail or a text message gets it from here. Everybody else gets a letter, unless they
want none: ``note_posted_between`` says that those were made.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import uuid5

import msgspec

from pas.auth.keys import KeyRing, KeyStore
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.ids import AccountId, MunicipalityName, ResidentId
from pas.jobs.kinds import Progress, job_kind
from pas.messages.model import Channel, Language, MessageId
from pas.messages.outbox import NAMESPACE, Message, put_in_outbox, sender_of
from pas.messages.texts import Lapsing, Sender, lapse_letter
from pas.money import Cents
from pas.settings import read_settings

KIND: Final = "messages.remind"
AT_ONCE: Final = 500
"""People in one transaction, about."""


class Reminder(msgspec.Struct, frozen=True):
    """One budget of which one person is to be told by message."""

    recipient_id: ResidentId
    holder_id: ResidentId
    channel: Channel
    language: Language | None
    name: str
    account_id: AccountId
    title: str
    left_cents: Cents
    left_visits: int | None
    usable_until: datetime


class PostReminder(msgspec.Struct, frozen=True):
    """One budget of which a letter is to tell; the address is the holder's own."""

    holder_id: ResidentId
    account_id: AccountId


class Noted(msgspec.Struct, frozen=True):
    account_id: AccountId


class RemindReport(msgspec.Struct, frozen=True, rename="camel"):
    """How many people were told, and of how many budgets."""

    messages: int
    budgets: int


READ_REMINDERS: Final = Statement(
    """
    SELECT c.recipient_id, c.holder_id, c.before_lapse AS channel, f.language, v.given_name AS name, b.account_id, s.title,
        l.amount AS left_cents, n.amount::int AS left_visits, l.usable_until
    FROM holder_choice c
    JOIN pass p ON p.resident_id = c.holder_id AND (p.ended_on IS NULL OR p.ended_on > $1)
    JOIN budget b ON b.pass_id = p.id
    JOIN balance l ON l.account_id = b.account_id AND l.usable_from <= $2 AND l.usable_until > $2 AND l.usable_until <= $3
    LEFT JOIN balance n ON n.account_id = b.visits_account_id
    JOIN scheme_version s ON s.id = b.scheme_version_id
    LEFT JOIN holder_preference f ON f.resident_id = c.recipient_id
    CROSS JOIN LATERAL (
        SELECT w.given_name FROM resident_version w WHERE w.resident_id = c.holder_id ORDER BY w.valid_from DESC LIMIT 1
    ) v
    WHERE c.before_lapse IN ('email', 'text') AND (l.amount > 0 OR n.amount > 0)
        AND speaks_for(c.recipient_id, c.holder_id, $1)
        AND EXISTS (SELECT 1 FROM holder_contact a WHERE a.resident_id = c.recipient_id AND a.channel = c.before_lapse)
        AND NOT EXISTS (SELECT 1 FROM lapse_reminder r WHERE r.account_id = b.account_id AND r.recipient_id = c.recipient_id)
    ORDER BY c.recipient_id, c.holder_id, l.usable_until, b.account_id LIMIT $4
    """,
    Reminder,
)
READ_POST: Final = Statement(
    """
    SELECT p.resident_id AS holder_id, b.account_id
    FROM budget b
    JOIN balance l ON l.account_id = b.account_id AND l.usable_from <= $2 AND l.usable_until > $2 AND l.usable_until <= $3
    LEFT JOIN balance n ON n.account_id = b.visits_account_id
    JOIN pass p ON p.id = b.pass_id AND (p.ended_on IS NULL OR p.ended_on > $1)
    WHERE (l.amount > 0 OR n.amount > 0)
        AND EXISTS (SELECT 1 FROM resident_version v WHERE v.resident_id = p.resident_id)
        AND NOT EXISTS (SELECT 1 FROM lapse_reminder r WHERE r.account_id = b.account_id AND r.recipient_id = p.resident_id)
        AND coalesce((SELECT bool_or(c.before_lapse = 'post') FROM holder_choice c
            WHERE c.holder_id = p.resident_id AND speaks_for(c.recipient_id, c.holder_id, $1)), true)
    ORDER BY p.resident_id, l.usable_until, b.account_id
    """,
    PostReminder,
)
NOTE: Final = Statement(
    """
    INSERT INTO lapse_reminder (account_id, recipient_id, channel, told_at)
    SELECT n.account, n.recipient, $3, $4 FROM unnest($1::bigint[], $2::uuid[]) AS n (account, recipient)
    ON CONFLICT DO NOTHING
    RETURNING account_id
    """,
    Noted,
)


@job_kind(KIND)
async def remind_daily(
    database: Database, municipality: MunicipalityName, progress: Progress
) -> RemindReport:
    """Begun again after a crash it goes on with whom it did not tell yet."""
    assert progress.job is not None
    ring = KeyStore(read_settings().keys).ring(municipality)
    return await remind(database, municipality, ring=ring, now=datetime.now(UTC))


async def remind(
    database: Database, municipality: MunicipalityName, *, ring: KeyRing, now: datetime
) -> RemindReport:
    """Put what is to be told in the outbox, each person in the transaction that notes it."""
    messages, budgets = 0, 0
    while True:
        async with database.connection(municipality) as connection:
            weeks = (await read_municipality_settings(connection)).lapse_reminder_weeks
            until = now + timedelta(weeks=weeks)
            rows = await READ_REMINDERS.all(connection, day_of(now), now, until, AT_ONCE)
            if not rows:
                return RemindReport(messages, budgets)
            sender = await sender_of(connection)
            for _, some in groupby(rows, key=lambda row: (row.recipient_id, row.holder_id)):
                told = await _tell(connection, list(some), sender, ring=ring, now=now)
                messages, budgets = messages + (told > 0), budgets + told


async def note_posted_between(
    connection: Connection, *, since: datetime, until: datetime, now: datetime
) -> None:
    """Say that letters were made about all that lapses in a time, for who wants those.

    In the transaction that keeps the letters.
    """
    rows = await READ_POST.all(connection, day_of(now), since, until)
    accounts, holders = [one.account_id for one in rows], [one.holder_id for one in rows]
    await NOTE.all(connection, accounts, holders, "post", now)


async def _tell(
    connection: Connection, rows: list[Reminder], sender: Sender, *, ring: KeyRing, now: datetime
) -> int:
    """Tell one person of the budgets of one pass that nobody told them of; gives how many."""
    first = rows[0]
    async with connection.transaction():
        accounts = [row.account_id for row in rows]
        people = [first.recipient_id] * len(rows)
        noted = await NOTE.all(connection, accounts, people, first.channel, now)
        fresh = {one.account_id for one in noted}
        told = [row for row in rows if row.account_id in fresh]
        if told:
            await put_in_outbox(connection, [_message(told, sender)], ring=ring)
    return len(told)


def _message(rows: Sequence[Reminder], sender: Sender) -> Message:
    first = rows[0]
    about = ",".join(str(row.account_id) for row in rows)
    lapsing = [
        Lapsing(
            row.title,
            row.left_cents,
            row.left_visits,
            day_of(row.usable_until - timedelta(seconds=1)),
        )
        for row in rows
    ]
    return Message(
        id=MessageId(uuid5(NAMESPACE, f"lapse/{first.recipient_id}/{about}")),
        recipient_id=first.recipient_id,
        holder_id=first.holder_id,
        reason="lapse",
        channel=first.channel,
        letter=lapse_letter(
            lapsing,
            sender,
            channel=first.channel,
            language=first.language or "nl",
            child=None if first.recipient_id == first.holder_id else first.name,
        ),
    )
