"""Puts the pass on another telephone: a link that works once, for ten minutes, on whoever's it is opened.

Who is signed in makes it and opens it on the other device, as a QR code or by typing. It starts a
lasting session there, as whoever made it; so it is worth as much as signing in, and is told in the list
of telephones at once. The code is 130 random bits, stored as a hash, and stands behind the ``#`` of the
address, where no server sees it.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.devices import DeviceKind
from pas.auth.events import record_event
from pas.auth.sessions import Begun, NewSession, SessionToken, start_session
from pas.crockford import ALPHABET, encoded, normalised
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ResidentId, uuid7

VALID_FOR: Final = timedelta(minutes=10)
LENGTH: Final = 26
CODES: Final = 2 ** (5 * LENGTH)
SHAPE: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
MAX_TYPED: Final = 500


class TelephoneLinkOver(Refusal):
    """Deze code werkt niet meer."""

    status: ClassVar[int] = 404
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Maak een nieuwe code op het andere apparaat. Of log hier in."


class Beginning(msgspec.Struct, frozen=True):
    """What the new session inherits of the one that made the link."""

    resident_id: ResidentId
    assurance: str
    proved_by: UUID | None
    on_behalf_of: UUID | None


class CountRow(msgspec.Struct, frozen=True):
    count: int


MAKE: Final = Statement(
    """
    INSERT INTO telephone_link (code_hash, id, resident_id, session_id, valid_until)
    SELECT $1, $2, r.id, s.id, $4 FROM session s JOIN resident r ON r.id = s.actor_id
    WHERE s.token_hash = $3 AND s.actor_kind = 'holder' AND s.ended_at IS NULL
    """,
    None,
)
# The session that made it must still stand: who was signed out leaves no way in behind.
USE: Final = Statement(
    """
    UPDATE telephone_link l SET used_at = $2
    FROM session s
    WHERE l.code_hash = $1 AND l.used_at IS NULL AND l.valid_until > $2
        AND s.id = l.session_id AND s.ended_at IS NULL AND s.idle_until > $2 AND s.ends_at > $2
    RETURNING l.resident_id, s.assurance, s.proved_by, s.on_behalf_of
    """,
    Beginning,
)


async def make_telephone_link(connection: Connection, session_hash: bytes, *, now: datetime) -> str:
    """Give a new code, of 26 characters."""
    code = encoded(secrets.randbelow(CODES), LENGTH)
    await MAKE.run(connection, hash_of(code), uuid7(), session_hash, now + VALID_FOR)
    return code


async def add_telephone(
    connection: Connection,
    typed: str,
    *,
    device: DeviceKind,
    replaces: SessionToken | None,
    now: datetime,
) -> NewSession:
    """Start a lasting session on this device, once per code."""
    code = normalised(typed[:MAX_TYPED].rpartition("#")[2])
    if not SHAPE.fullmatch(code):
        raise TelephoneLinkOver
    async with connection.transaction():
        begins = await USE.first(connection, hash_of(code), now)
        if begins is None:
            raise TelephoneLinkOver
        session = await start_session(
            connection,
            actor_kind="holder",
            actor_id=begins.resident_id,
            assurance=begins.assurance,
            now=now,
            replaces=replaces,
            begun=Begun(
                device=device,
                is_long=True,
                proved_by=begins.proved_by,
                on_behalf_of=begins.on_behalf_of,
            ),
        )
        await record_event(
            connection,
            kind="telephone.added",
            subject_kind="resident",
            subject_id=begins.resident_id,
            actor=Actor("holder", begins.resident_id),
        )
    return session


def hash_of(code: str) -> bytes:
    """SHA-256 suffices: nobody can try out 130 random bits."""
    return hashlib.sha256(b"pas telephone link 1\x00" + code.encode("ascii")).digest()


def grouped(code: str) -> str:
    """Write a code for copying by hand."""
    return "-".join(code[at : at + 5] for at in range(0, LENGTH, 5))
