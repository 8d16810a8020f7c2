"""A merchant makes a till and gets a code to pair one device with it; or a login gets a till.

The till of an intermediary or a counter officer is their login: it needs no device of its own.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

import asyncpg
import msgspec

from pas.auth.actor import Actor, OtherMerchant
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LocationId, LoginId, MerchantId, TillId, uuid7
from pas.merchants.locations import find_location
from pas.merchants.model import SaleLimit, Till, TillName
from pas.merchants.pairing import VALID_FOR, PairingCode, hash_of, new_pairing_code
from pas.merchants.rules import TillIsRevoked
from pas.merchants.stored import lock_present_merchant
from pas.merchants.tills import lock_till, read_till
from pas.merchants.values import tidy

MOST_TILLS: Final = 500
DAY: Final = timedelta(days=1)
MOST_MADE_IN_A_DAY: Final = 100
"""Each new till may try a few unknown cards; one after the other they would try out all numbers."""

BoundKind = Literal["intermediary", "counter"]


class TooManyTills(Refusal):
    """Deze aanbieder heeft al heel veel kassa's."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Zet kassa's uit die niet meer in gebruik zijn."


class TooManyTillsToday(Refusal):
    """Deze aanbieder maakte vandaag al heel veel kassa's."""

    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Maak er morgen meer. Of gebruik een kassa die er al is."


class TillIsPaired(Refusal):
    """Deze kassa is al gekoppeld aan een apparaat."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Ander apparaat? Zet deze kassa uit en maak een nieuwe kassa."


class LoginCannotScan(Refusal):
    """Deze persoon mag geen passen scannen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Geef de persoon eerst de rol voor de balie of van intermediair."


class LoginHasTill(Refusal):
    """Deze persoon heeft al een kassa."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Gebruik die kassa. Of zet die eerst uit."


class NewTill(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"
):
    """How a merchant's till is called and where it stands; a limit per sale if wanted."""

    name: TillName
    location_id: LocationId | None = None
    sale_limit_cents: SaleLimit | None = None


class InvitedTill(msgspec.Struct, frozen=True):
    """The code is shown once, as a QR code, and stored as a hash."""

    till: Till
    code: PairingCode
    until: datetime


class Counts(msgspec.Struct, frozen=True):
    in_use: int
    made: int


class LoginRole(msgspec.Struct, frozen=True):
    role: str


COUNT_TILLS: Final = Statement(
    """
    SELECT count(*) FILTER (WHERE state <> 'revoked') AS in_use,
        count(*) FILTER (WHERE created_at > $2) AS made
    FROM till WHERE merchant_id = $1
    """,
    Counts,
)
INSERT_TILL: Final = Statement(
    """
    INSERT INTO till (id, kind, merchant_id, location_id, name, state, state_since, pairing_hash,
        pairing_until, sale_limit_cents, created_by)
    VALUES ($1, 'merchant', $2, $3, $4, 'invited', $5, $6, $7, $8, $9)
    """,
    None,
)
NEW_CODE: Final = Statement(
    "UPDATE till SET pairing_hash = $2, pairing_until = $3 WHERE id = $1", None
)
INSERT_BOUND_TILL: Final = Statement(
    """
    INSERT INTO till (id, kind, login_id, name, state, state_since, created_by)
    VALUES ($1, $2, $3, $4, 'active', $5, $6)
    """,
    None,
)
READ_SCANNING_ROLES: Final = Statement(
    """
    SELECT r.role FROM login l JOIN login_role r ON r.login_id = l.id
    WHERE l.id = $1 AND l.state <> 'ended' AND l.merchant_id IS NULL
    """,
    LoginRole,
)


async def create_till(
    connection: Connection, merchant_id: MerchantId, new: NewTill, *, actor: Actor, now: datetime
) -> InvitedTill:
    """Make a till that waits for its device."""
    till_id, code, until = TillId(uuid7()), new_pairing_code(), now + VALID_FOR
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        await refuse_more(connection, merchant_id, now=now)
        if new.location_id is not None:
            await find_location(connection, merchant_id, new.location_id)
        await INSERT_TILL.run(
            connection,
            till_id,
            merchant_id,
            new.location_id,
            tidy(new.name) or "kassa",
            now,
            hash_of(code),
            until,
            new.sale_limit_cents,
            actor.id,
        )
        till = await read_till(connection, till_id, actor=actor)
        await _record(connection, till, kind="till.invited", actor=actor)
    return InvitedTill(till, code, until)


async def refuse_more(connection: Connection, merchant_id: MerchantId, *, now: datetime) -> None:
    counts = await COUNT_TILLS.one(connection, merchant_id, now - DAY)
    if counts.in_use >= MOST_TILLS:
        raise TooManyTills
    if counts.made >= MOST_MADE_IN_A_DAY:
        raise TooManyTillsToday


async def renew_pairing_code(
    connection: Connection, till_id: TillId, *, actor: Actor, now: datetime
) -> InvitedTill:
    """Give a new code; the one before it is worth nothing from now on."""
    code, until = new_pairing_code(), now + VALID_FOR
    async with connection.transaction():
        stored = await lock_till(connection, till_id, actor=actor)
        if stored.state == "revoked":
            raise TillIsRevoked
        if stored.state != "invited":
            raise TillIsPaired
        await NEW_CODE.run(connection, till_id, hash_of(code), until)
        till = msgspec.structs.replace(stored, pairing_until=until)
        await _record(connection, till, kind="till.invited", actor=actor)
    return InvitedTill(till, code, until)


async def bind_till(
    connection: Connection,
    login_id: LoginId,
    *,
    kind: BoundKind,
    name: str,
    actor: Actor,
    now: datetime,
) -> Till:
    """Let an intermediary or a counter officer scan, as themselves; revoked like any till."""
    if actor.merchant_id is not None:
        raise OtherMerchant
    till_id = TillId(uuid7())
    async with connection.transaction():
        if kind not in {row.role for row in await READ_SCANNING_ROLES.all(connection, login_id)}:
            raise LoginCannotScan
        try:
            async with connection.transaction():
                await INSERT_BOUND_TILL.run(
                    connection, till_id, kind, login_id, tidy(name) or kind, now, actor.id
                )
        except asyncpg.UniqueViolationError:
            raise LoginHasTill from None
        till = await read_till(connection, till_id, actor=actor)
        await _record(connection, till, kind="till.bound", actor=actor)
    return till


async def _record(connection: Connection, till: Till, *, kind: str, actor: Actor) -> None:
    await record_event(
        connection, kind=kind, subject_kind="till", subject_id=till.id, actor=actor, after=till
    )
