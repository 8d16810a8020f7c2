"""A till asks what it may sell without a network: a new permit, or the one that it has.

It says how far its queue goes. A new permit is made only when we have the end of that queue, and
the one before was used or is a quarter of an hour old; otherwise it is given the same one again. So
nobody gets round the total by asking every minute, and a permit whose answer was lost comes again.
"""

import base64
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pas.auth.keys import KeyRing, Purpose
from pas.auth.municipality_settings import MunicipalitySettings, read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import MerchantId, TillId, uuid7
from pas.money import Cents
from pas.passes.cards_off import CardsOff, cards_off
from pas.redemptions.bodies import Body, Told
from pas.redemptions.facts import MerchantState, TillState
from pas.redemptions.offline.permit import (
    Permit,
    SoldFor,
    VisitPrice,
    public_key,
    read_back,
    signed,
    written,
)
from pas.redemptions.offline.permits_kept import KeptPermit
from pas.redemptions.offline.queue import MOST_SEQUENCE, Hash, previous_of
from pas.redemptions.offline.refusals import OfflineNotAllowed, OfflineQueueDiverged
from pas.redemptions.offline.rules import stopped
from pas.redemptions.refusals import CategoryNotAgreed, TillNotAllowed, TillUnknown
from pas.redemptions.sell import print_key
from pas.redemptions.told_till import READ_PURPOSES

RENEWED_AFTER: Final = timedelta(minutes=15)
"""A permit that nothing was sold on is made anew after this: for a fresh list, and more time."""


class PermitAsk(Body, frozen=True, kw_only=True):
    """How far the queue of the till goes: the number of its last sale and the hash of its text."""

    last_sequence: Annotated[int, Meta(ge=0, le=MOST_SEQUENCE)] = 0
    last_hash: Hash = "0" * 64


class BlockedTold(Told, frozen=True):
    """Of tokens eight bytes of their hash; of numbers three bytes of SHA-256(salt ‖ number)."""

    salt: str
    tokens: list[str]
    numbers: list[str]


class PermitTold(Told, frozen=True):
    """``signature`` is of ``text``, which is the permit as JSON; with the key ``publicKey`` (spki)."""

    permit: Permit
    text: str
    signature: str
    key_id: str
    public_key: str
    server_time: datetime
    blocked: BlockedTold


class TillRow(msgspec.Struct, frozen=True):
    """How a till stands: its merchant, and what came in of the queue that it says to have."""

    state: TillState
    merchant_id: MerchantId | None
    merchant_state: MerchantState | None
    sells_offline: bool | None
    last_arrived: bool
    last_is_other: bool
    permit_used: bool


READ_NEWEST: Final = Statement(
    """
    SELECT id, number, merchant_id, issued_at, valid_until, per_sale_cents, per_pass_day_cents,
        total_cents, risk_day_cents, listed_from, key_id, content, signature
    FROM offline_permit WHERE till_id = $1 ORDER BY number DESC LIMIT 1
    """,
    KeptPermit,
)
ONE_AT_A_TIME: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtextextended(current_schema || '.permit.' || ($1::uuid)::text, 0))",
    None,
)
READ_TILL: Final = Statement(
    """
    SELECT t.state, t.merchant_id, m.state AS merchant_state, m.sells_offline,
        $2::bigint = coalesce((SELECT max(s.sequence) FROM offline_sale s WHERE s.till_id = t.id), 0)
            AND ($2 = 0 OR EXISTS (SELECT 1 FROM offline_sale s WHERE s.till_id = t.id AND s.sequence = $2
                AND (s.digest = $3 OR NOT s.holds_number))) AS last_arrived,
        EXISTS (SELECT 1 FROM offline_sale s WHERE s.till_id = t.id AND s.sequence = $2 AND s.holds_number
            AND s.digest <> $3) AS last_is_other,
        EXISTS (SELECT 1 FROM offline_sale s WHERE s.permit_id = $4) AS permit_used
    FROM till t LEFT JOIN merchant m ON m.id = t.merchant_id
    WHERE t.id = $1
    """,
    TillRow,
)
INSERT_PERMIT: Final = Statement(
    """
    INSERT INTO offline_permit (id, till_id, number, merchant_id, issued_at, valid_until, per_sale_cents,
        per_pass_day_cents, total_cents, risk_day_cents, listed_from, key_id, content, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    """,
    None,
)


async def ask_permit(
    connection: Connection, till_id: TillId, ask: PermitAsk, *, ring: KeyRing, now: datetime
) -> PermitTold:
    """Give the till its permit, with the cards that it has to turn away now."""
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    settings = await read_municipality_settings(connection)
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection, till_id)
        newest = await READ_NEWEST.first(connection, till_id)
        row = await read_till(connection, till_id, ask, newest=newest, ring=ring)
        refuse_till(row, settings)
        off = await cards_off(connection, ring, now=now)
        if newest is None or may_renew(row, newest, ring=ring, now=now):
            permit = await drawn_up(connection, till_id, settings, ring=ring, now=now)
            number = 1 if newest is None else newest.number + 1
            newest = await new_permit(
                connection,
                permit,
                row,
                number=number,
                risk=settings.offline_risk_cents,
                since=off.since,
                ring=ring,
            )
    return told_permit(newest, off, ring=ring, now=now)


async def read_till(
    connection: Connection,
    till_id: TillId,
    ask: PermitAsk,
    *,
    newest: KeptPermit | None,
    ring: KeyRing,
) -> TillRow:
    last = previous_of(ask.last_hash, print_key(ring))
    row = await READ_TILL.first(
        connection, till_id, ask.last_sequence, last, None if newest is None else newest.id
    )
    if row is None:
        raise TillUnknown
    return row


def refuse_till(row: TillRow, settings: MunicipalitySettings) -> None:
    """Refuse a till that may not sell now, or not without a network, or whose queue is another."""
    if row.merchant_state is None:
        raise TillNotAllowed
    refusal = stopped(row.state, row.merchant_state)
    if refusal is not None:
        raise refusal()
    if row.last_is_other:
        raise OfflineQueueDiverged
    if not (row.sells_offline and settings.offline_sales):
        raise OfflineNotAllowed


def may_renew(row: TillRow, newest: KeptPermit, *, ring: KeyRing, now: datetime) -> bool:
    """Whether another permit is made; one that was signed by a key that is gone is worth nothing."""
    if ring.find(Purpose.OFFLINE_PERMIT, newest.key_id) is None:
        return True
    is_old = now >= min(newest.issued_at + RENEWED_AFTER, newest.valid_until)
    return row.last_arrived and (row.permit_used or is_old)


async def new_permit(
    connection: Connection,
    permit: Permit,
    row: TillRow,
    *,
    number: int,
    risk: Cents,
    since: datetime,
    ring: KeyRing,
) -> KeptPermit:
    """Sign and keep a permit."""
    key, content = ring.current(Purpose.OFFLINE_PERMIT), written(permit)
    assert row.merchant_id is not None, "refused before"
    kept = KeptPermit(
        id=permit.id,
        number=number,
        merchant_id=row.merchant_id,
        issued_at=permit.issued_at,
        valid_until=permit.valid_until,
        per_sale_cents=permit.per_sale_cents,
        per_pass_day_cents=permit.per_pass_day_cents,
        total_cents=permit.total_cents,
        risk_day_cents=risk,
        listed_from=since,
        key_id=key.key_id,
        content=content,
        signature=signed(content, key),
    )
    await INSERT_PERMIT.run(connection, kept.id, permit.till_id, *msgspec.structs.astuple(kept)[1:])
    return kept


async def drawn_up(
    connection: Connection,
    till_id: TillId,
    settings: MunicipalitySettings,
    *,
    ring: KeyRing,
    now: datetime,
) -> Permit:
    """Write down what this till may sell from now on, by the agreements of today."""
    purposes = await READ_PURPOSES.all(connection, till_id, None, day_of(now))
    if not purposes:
        raise CategoryNotAgreed
    return Permit(
        id=uuid7(),
        municipality=ring.municipality,
        till_id=till_id,
        issued_at=now,
        valid_until=now + timedelta(hours=settings.offline_hours),
        per_sale_cents=settings.offline_per_sale_cents,
        per_pass_day_cents=settings.offline_per_pass_day_cents,
        total_cents=settings.offline_total_cents,
        visit_prices=tuple(
            VisitPrice(one.code, one.visit_price_cents)
            for one in purposes
            if one.visit_price_cents is not None
        ),
        categories=tuple(SoldFor(one.code, one.title) for one in purposes),
    )


def told_permit(kept: KeptPermit, off: CardsOff, *, ring: KeyRing, now: datetime) -> PermitTold:
    key = ring.find(Purpose.OFFLINE_PERMIT, kept.key_id)
    assert key is not None, "a permit of a key that is gone was made anew"
    return PermitTold(
        permit=read_back(kept.content),
        text=kept.content,
        signature=base64.b64encode(kept.signature).decode("ascii"),
        key_id=kept.key_id,
        public_key=base64.b64encode(public_key(key)).decode("ascii"),
        server_time=now.astimezone(UTC),
        blocked=BlockedTold(
            salt=base64.b64encode(off.salt).decode("ascii"), tokens=off.tokens, numbers=off.numbers
        ),
    )
