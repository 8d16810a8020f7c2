"""Children who come to a club with an award: the club sees whom to expect, and what it may still state.

It learns a name and a reference, and nothing else of the child: that is enough to enrol it.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.db import Connection, Statement
from pas.ids import ApplicationId, EntryId, MerchantId, ResidentId
from pas.money import Cents

MOST_LISTED: Final = 200


class AwardRow(msgspec.Struct, frozen=True):
    application_id: ApplicationId
    resident_id: ResidentId
    merchant_id: MerchantId
    child: str
    title: str
    awarded_cents: Cents
    left_cents: Cents | None
    until: datetime | None
    participation: str | None


class ClubAward(msgspec.Struct, frozen=True, rename="camel"):
    """A child that comes; ``left_cents`` is what can still be stated until ``until``."""

    application_id: ApplicationId
    child: str
    title: str
    awarded_cents: Cents
    left_cents: Cents
    until: datetime | None
    participation: str | None

    @property
    def reference(self) -> str:
        return reference_of(self.application_id)


class ClubConfirmation(msgspec.Struct, frozen=True, rename="camel"):
    """What a club stated, with what came back of it."""

    id: EntryId
    merchant_id: MerchantId
    amount_cents: Cents
    reversed_cents: Cents
    invoice_reference: str
    recorded_at: datetime


LIST: Final = Statement(
    """
    SELECT a.id AS application_id, a.resident_id, a.merchant_id,
        coalesce(v.given_name || ' ' || v.family_name, '') AS child,
        coalesce(w.title, s.code) AS title, a.awarded_cents, c.amount AS left_cents, c.usable_until AS until, a.participation
    FROM child_application a
    JOIN scheme s ON s.id = a.scheme_id
    LEFT JOIN budget b ON b.application_id = a.id
    LEFT JOIN balance c ON c.account_id = b.account_id
    LEFT JOIN scheme_version w ON w.id = b.scheme_version_id
    LEFT JOIN LATERAL (SELECT r.given_name, r.family_name FROM resident_version r WHERE r.resident_id = a.resident_id
        ORDER BY r.valid_from DESC LIMIT 1) v ON true
    WHERE a.state = 'awarded' AND a.merchant_id = $1 AND ($2::uuid IS NULL OR a.id = $2)
        AND ($2::uuid IS NOT NULL OR b.account_id IS NOT NULL AND c.usable_until > $3)
    ORDER BY a.participation IS NOT NULL, a.decided_at, a.id LIMIT $4 OFFSET $5
    """,
    AwardRow,
)
READ_CONFIRMATIONS: Final = Statement(
    """
    SELECT r.entry_id AS id, r.merchant_id, r.taken_cents AS amount_cents,
        coalesce((SELECT sum(x.amount_cents) FROM redemption_reversal x WHERE x.original_id = r.entry_id), 0)::bigint AS reversed_cents,
        r.invoice_reference, r.recorded_at
    FROM budget b
    JOIN transfer t ON t.debit = b.account_id
    JOIN entry e ON e.id = t.entry_id AND e.kind = 'confirm'
    JOIN redemption r ON r.entry_id = e.id
    WHERE b.application_id = $1 AND r.invoice_reference IS NOT NULL AND ($2::uuid IS NULL OR r.merchant_id = $2)
    ORDER BY r.recorded_at DESC, r.entry_id DESC LIMIT 100
    """,
    ClubConfirmation,
)


async def expected_children(
    connection: Connection,
    merchant: MerchantId,
    *,
    offset: int = 0,
    limit: int = MOST_LISTED,
    actor: Actor,
    now: datetime,
) -> list[ClubAward]:
    """Whom the club can still state something for; those it has not heard of first."""
    actor.require_merchant(merchant)
    most = max(1, min(limit, MOST_LISTED))
    async with connection.transaction():
        rows = await LIST.all(connection, merchant, None, now, most, offset)
        residents = [row.resident_id for row in rows]
        await note_processing(connection, residents, "award.listed", actor=actor, now=now)
    return [_award(row) for row in rows]


async def read_award(
    connection: Connection, merchant: MerchantId, application: UUID, *, actor: Actor, now: datetime
) -> ClubAward | None:
    """One of them; one of another club is not there."""
    actor.require_merchant(merchant)
    row = await LIST.first(connection, merchant, application, now, 1, 0)
    return None if row is None else _award(row)


async def confirmations_of(
    connection: Connection, application: ApplicationId, *, merchant: MerchantId | None
) -> list[ClubConfirmation]:
    """What was stated for an award, the newest first, by one club or by all; as long as its link is kept."""
    return await READ_CONFIRMATIONS.all(connection, application, merchant)


def reference_of(application: UUID) -> str:
    """Short enough for an invoice, and enough to tell two children of a club apart."""
    text = application.hex[-8:].upper()
    return f"{text[:4]}-{text[4:]}"


def _award(row: AwardRow) -> ClubAward:
    return ClubAward(
        application_id=row.application_id,
        child=row.child,
        title=row.title,
        awarded_cents=row.awarded_cents,
        left_cents=row.left_cents or Cents(0),
        until=row.until,
        participation=row.participation,
    )
