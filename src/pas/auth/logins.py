"""Logins: people and programs of the municipality, its merchants and its intermediaries.

Somebody is invited by a link that works once, or by the subject under which the municipality's own
identity provider knows them. A login ends; it is never deleted, because events name it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId, MerchantId, uuid7

LoginState = Literal["invited", "active", "ended"]

PROGRAM = "program"
"""The issuer of a login that nobody signs in with: a program works under it, with a token."""

INVITATION_LASTS = timedelta(days=7)
MOST_LOGINS = 200


class LoginNotFound(Refusal):
    """Deze persoon kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek de persoon in de lijst. Of nodig de persoon uit."


class LoginExists(Refusal):
    """Deze persoon is al uitgenodigd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Zoek de persoon in de lijst. Geef daar een rol of heropen de toegang."
    )


class OwnLogin(Refusal):
    """U kunt uw eigen toegang niet veranderen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een andere beheerder."


class MerchantUnknown(Refusal):
    """Deze aanbieder kennen wij niet."""

    next_step: ClassVar[str] = "Schrijf de aanbieder eerst in."


class Person(msgspec.Struct, frozen=True):
    """Whom an invitation is for; a merchant's people carry the merchant."""

    name: str
    email: str | None = None
    merchant_id: MerchantId | None = None


class KnownSubject(msgspec.Struct, frozen=True):
    """Under which name an identity provider knows somebody."""

    issuer: str
    subject: str


class Invited(msgspec.Struct, frozen=True):
    """The code belongs in a link to that person; it works once and is stored as a hash."""

    login_id: LoginId
    code: str | None
    until: datetime | None


class LoginRow(msgspec.Struct, frozen=True):
    """A login with its roles."""

    id: LoginId
    name: str
    email: str | None
    state: LoginState
    merchant_id: MerchantId | None
    created_at: datetime
    is_program: bool
    roles: list[str]


INVITE = Statement(
    """
    INSERT INTO login (id, issuer, subject, name, email, merchant_id, state, invitation_hash,
        invitation_until)
    VALUES ($1, $2, $3, $4, $5, $6, 'invited', $7, $8)
    """,
    None,
)
ADD_PROGRAM = Statement(
    "INSERT INTO login (id, issuer, subject, name, state) VALUES ($1, $2, $3, $4, 'active')", None
)
READ_ONE = Statement(
    """
    SELECT l.id, l.name, l.email, l.state, l.merchant_id, l.created_at,
        l.issuer IS NOT DISTINCT FROM 'program' AS is_program,
        ARRAY(SELECT r.role FROM login_role r WHERE r.login_id = l.id ORDER BY r.role) AS roles
    FROM login l
    WHERE l.id = $1
    """,
    LoginRow,
)
LOCK_ONE = Statement("SELECT 1 FROM login WHERE id = $1 FOR NO KEY UPDATE", None)
READ_MANY = Statement(
    """
    SELECT l.id, l.name, l.email, l.state, l.merchant_id, l.created_at,
        l.issuer IS NOT DISTINCT FROM 'program' AS is_program,
        ARRAY(SELECT r.role FROM login_role r WHERE r.login_id = l.id ORDER BY r.role) AS roles
    FROM login l
    WHERE l.id > $1
    ORDER BY l.id
    LIMIT $2
    """,
    LoginRow,
)


async def invite_login(
    connection: Connection,
    person: Person,
    *,
    known_as: KnownSubject | None = None,
    actor: Actor,
    now: datetime,
) -> Invited:
    """Invite somebody: by a link, or without one when the provider's subject is known already."""
    invited = new_invitation(LoginId(uuid7()), now=now, by_link=known_as is None)
    try:
        async with connection.transaction():
            await INVITE.run(
                connection,
                invited.login_id,
                known_as and known_as.issuer,
                known_as and known_as.subject,
                person.name,
                person.email,
                person.merchant_id,
                invited.code and invitation_hash(invited.code),
                invited.until,
            )
            await record_event(
                connection,
                kind="login.invited",
                subject_kind="login",
                subject_id=invited.login_id,
                actor=actor,
                after={"name": person.name, "merchantId": person.merchant_id},
            )
    except asyncpg.UniqueViolationError:
        raise LoginExists from None
    except asyncpg.ForeignKeyViolationError:
        raise MerchantUnknown from None
    return invited


async def add_program(connection: Connection, name: str, *, actor: Actor) -> LoginId:
    """Make a login for a program; it gets roles like anybody, and tokens instead of a sign-in."""
    login_id = LoginId(uuid7())
    async with connection.transaction():
        await ADD_PROGRAM.run(connection, login_id, PROGRAM, str(login_id), name)
        await record_event(
            connection,
            kind="login.added",
            subject_kind="login",
            subject_id=login_id,
            actor=actor,
            after={"name": name, "issuer": PROGRAM},
        )
    return login_id


async def read_login(connection: Connection, login_id: LoginId) -> LoginRow:
    found = await READ_ONE.first(connection, login_id)
    if found is None:
        raise LoginNotFound
    return found


async def lock_login(connection: Connection, login_id: LoginId) -> LoginRow:
    """Read a login so that nobody else changes it in the meantime."""
    await LOCK_ONE.run(connection, login_id)
    return await read_login(connection, login_id)


async def list_logins(
    connection: Connection, *, after: LoginId | None = None, limit: int = 50
) -> list[LoginRow]:
    """Give logins in the order in which they were invited."""
    beginning = LoginId(UUID(int=0))
    return await READ_MANY.all(connection, after or beginning, min(limit, MOST_LOGINS))


def invitation_hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def new_invitation(login_id: LoginId, *, now: datetime, by_link: bool) -> Invited:
    if not by_link:
        return Invited(login_id=login_id, code=None, until=None)
    return Invited(login_id=login_id, code=secrets.token_urlsafe(32), until=now + INVITATION_LASTS)


def refuse_own(login_id: LoginId, actor: Actor) -> None:
    if actor.kind == "login" and actor.id == login_id:
        raise OwnLogin
