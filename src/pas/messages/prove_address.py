"""An address is used after a code that was sent to it came back: once, soon, and tried a few times.

Whoever types an address may type that of somebody else. So until then it gets one message, with a
code and nothing about anybody; and codes are sent sparingly, to one person and from a municipality.
"""

import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ResidentId, uuid7
from pas.messages.choices import forget_channel
from pas.messages.model import CHANNEL, Channel, CheckId, Language, MessageId
from pas.messages.sealed import (
    CodeHash,
    hash_code,
    is_code,
    open_address,
    seal_address,
    seal_letter,
)
from pas.messages.texts import code_letter

CODES: Final = 1_000_000
DIGITS: Final = 6
LASTS: Final = timedelta(minutes=15)
MOST_TRIES: Final = 5
MOST_IN_AN_HOUR: Final = 3
MOST_IN_A_DAY: Final = 6
MOST_OF_ALL: Final = 200
"""In an hour in one municipality: whoever has many sessions cannot make a flood of our messages."""


class ContactCodeWrong(Refusal):
    """Deze code klopt niet, of is niet meer geldig."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk in het nieuwste bericht. Of vraag een nieuwe code."


class TooManyContactCodes(Refusal):
    """Wij stuurden al veel codes."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Probeer het morgen opnieuw. Of bel ons."


class Counted(msgspec.Struct, frozen=True):
    in_an_hour: int
    in_a_day: int
    of_all: int


class CheckRow(msgspec.Struct, frozen=True):
    id: CheckId
    address_encrypted: bytes
    code_hash: bytes
    key_id: str
    expires_at: datetime


class AddressRow(msgspec.Struct, frozen=True):
    channel: Channel
    address_encrypted: bytes


class Gone(msgspec.Struct, frozen=True):
    count: int


ONE_AT_A_TIME: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.contact_check'))", None
)
COUNT: Final = Statement(
    """
    SELECT count(*) FILTER (WHERE resident_id = $1 AND made_at > $2::timestamptz - interval '1 hour') AS in_an_hour,
        count(*) FILTER (WHERE resident_id = $1) AS in_a_day,
        count(*) FILTER (WHERE made_at > $2::timestamptz - interval '1 hour') AS of_all
    FROM contact_check WHERE made_at > $2::timestamptz - interval '1 day'
    """,
    Counted,
)
END_OLDER: Final = Statement(
    "UPDATE contact_check SET ended_at = $3 WHERE resident_id = $1 AND channel = $2 AND ended_at IS NULL",
    None,
)
INSERT_CHECK: Final = Statement(
    """
    INSERT INTO contact_check (id, resident_id, channel, address_encrypted, code_hash, key_id, made_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """,
    None,
)
INSERT_MESSAGE: Final = Statement(
    """
    INSERT INTO holder_message (id, recipient_id, holder_id, reason, channel, check_id, content_encrypted, made_at, next_try_at)
    VALUES ($1, $2, $2, 'code', $3, $4, $5, $6, $6)
    """,
    None,
)
TELL: Final = Statement("SELECT pg_notify($1, current_schema())", None)
READ_OPEN: Final = Statement(
    """
    SELECT id, address_encrypted, code_hash, key_id, expires_at FROM contact_check
    WHERE resident_id = $1 AND channel = $2 AND ended_at IS NULL
    """,
    CheckRow,
)
COUNT_TRY: Final = Statement(
    """
    UPDATE contact_check SET tries = tries + 1
    WHERE resident_id = $1 AND channel = $2 AND ended_at IS NULL AND tries < $3 AND expires_at > $4
    RETURNING id, address_encrypted, code_hash, key_id, expires_at
    """,
    CheckRow,
)
PROVE: Final = Statement(
    """
    WITH proved AS (
        UPDATE contact_check SET ended_at = $2, proved = true WHERE id = $1 AND ended_at IS NULL RETURNING 1
    )
    SELECT count(*) AS count FROM proved
    """,
    Gone,
)
WRITE_CONTACT: Final = Statement(
    """
    INSERT INTO holder_contact (resident_id, channel, address_encrypted, verified_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (resident_id, channel) DO UPDATE SET address_encrypted = $3, verified_at = $4
    """,
    None,
)
REMOVE_CONTACT: Final = Statement(
    """
    WITH gone AS (DELETE FROM holder_contact WHERE resident_id = $1 AND channel = $2 RETURNING 1)
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
READ_CONTACTS: Final = Statement(
    "SELECT channel, address_encrypted FROM holder_contact WHERE resident_id = $1 ORDER BY channel",
    AddressRow,
)


async def send_code(
    connection: Connection,
    channel: Channel,
    address: str,
    *,
    language: Language,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> None:
    """Send a code to an address that ``fit_address`` made; an earlier code ends."""
    recipient, code = ResidentId(actor.id), f"{secrets.randbelow(CODES):0{DIGITS}d}"
    check, message = CheckId(uuid7()), MessageId(uuid7())
    hashed = hash_code(ring, code, check=check)
    sealed = seal_address(ring, address, resident=recipient, channel=channel)
    letter = seal_letter(ring, code_letter(code, language=language), message=message)
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection)
        counted = await COUNT.one(connection, recipient, now)
        if (
            counted.in_an_hour >= MOST_IN_AN_HOUR
            or counted.in_a_day >= MOST_IN_A_DAY
            or counted.of_all >= MOST_OF_ALL
        ):
            raise TooManyContactCodes(headers={"Retry-After": "3600"})
        await END_OLDER.run(connection, recipient, channel, now)
        of_check = (hashed.digest, hashed.key_id, now, now + LASTS)
        await INSERT_CHECK.run(connection, check, recipient, channel, sealed, *of_check)
        await INSERT_MESSAGE.run(connection, message, recipient, channel, check, letter, now)
        await TELL.run(connection, CHANNEL)


async def prove_address(
    connection: Connection,
    channel: Channel,
    code: str,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> None:
    """Make the address theirs, or raise ContactCodeWrong; a try counts before the code is looked at."""
    recipient = ResidentId(actor.id)
    check = await COUNT_TRY.first(connection, recipient, channel, MOST_TRIES, now)
    if check is None:
        raise ContactCodeWrong
    expected = CodeHash(check.key_id, check.code_hash)
    if not is_code(ring, code, expected, check=check.id):
        raise ContactCodeWrong
    async with connection.transaction():
        if (await PROVE.one(connection, check.id, now)).count == 0:
            raise ContactCodeWrong
        await WRITE_CONTACT.run(connection, recipient, channel, check.address_encrypted, now)
        await record_event(
            connection,
            kind="contact.proved",
            subject_kind="resident",
            subject_id=recipient,
            actor=actor,
            after={"channel": channel},
        )


async def remove_address(
    connection: Connection, channel: Channel, *, actor: Actor, now: datetime
) -> None:
    """Forget an address; again changes nothing."""
    recipient = ResidentId(actor.id)
    async with connection.transaction():
        await END_OLDER.run(connection, recipient, channel, now)
        if (await REMOVE_CONTACT.one(connection, recipient, channel)).count:
            await forget_channel(connection, recipient, channel, actor=actor, now=now)


async def waiting_address(
    connection: Connection, channel: Channel, *, ring: KeyRing, actor: Actor, now: datetime
) -> str | None:
    """The address that waits for its code; None when a new code has to be asked."""
    recipient = ResidentId(actor.id)
    found = await READ_OPEN.first(connection, recipient, channel)
    if found is None or found.expires_at <= now:
        return None
    return open_address(ring, found.address_encrypted, resident=recipient, channel=channel)


async def own_addresses(
    connection: Connection, *, ring: KeyRing, actor: Actor
) -> dict[Channel, str]:
    """The proved addresses of the actor."""
    recipient = ResidentId(actor.id)
    return {
        row.channel: open_address(
            ring, row.address_encrypted, resident=recipient, channel=row.channel
        )
        for row in await READ_CONTACTS.all(connection, recipient)
    }
