"""What became of the sales that a till handed in, as it is stored and told; for life."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.errors import TillRefusal
from pas.ids import EntryId, TillId
from pas.money import Cents
from pas.redemptions.bodies import RefusalTold, Told, refusal_told
from pas.redemptions.judge import refusal_named
from pas.redemptions.refusals import SaleIdReused
from pas.seals.receipts import make_receipt

Outcome = Literal["booked", "replay", "declined"]
Bearer = Literal["budget", "municipality", "both", "merchant"]
MOST_LISTED: Final = 200


class StoredSale(msgspec.Struct, frozen=True):
    """One row; ``digest`` tells two texts under one number apart."""

    sequence: int
    digest: bytes
    id: EntryId
    outcome: Outcome
    bearer: Bearer
    take_cents: Cents
    risk_cents: Cents
    reason: str | None
    recorded_at: datetime


class Count(msgspec.Struct, frozen=True):
    count: int


class OfflineTold(Told, frozen=True):
    """What became of one sale that a till made without a network.

    ``bearer`` is who pays for it: the pass (``budget``), the ``municipality``, ``both``, or nobody
    but the ``merchant`` itself. ``replay`` was booked with a network before, and is not booked twice.
    """

    sequence: int
    id: EntryId
    outcome: Outcome
    bearer: Bearer
    take_cents: Cents
    risk_cents: Cents
    reason: RefusalTold | None
    recorded_at: datetime
    receipt: str | None
    """What was ``booked`` or ``declined``, promised: it stands under a seal within a day. Keep it."""


class OfflineAnswers(Told, frozen=True):
    items: tuple[OfflineTold, ...]


READ_STORED: Final = Statement(
    """
    SELECT sequence, digest, id, outcome, bearer, take_cents, risk_cents, reason, recorded_at
    FROM offline_sale WHERE till_id = $1 AND sequence = ANY ($2::bigint[])
    """,
    StoredSale,
)
COUNT_DECLINED: Final = Statement(
    """
    SELECT count(*) AS count FROM (SELECT 1 FROM offline_sale WHERE till_id = $1 AND outcome = 'declined'
        AND recorded_at > now() - interval '1 day' LIMIT $2) s
    """,
    Count,
)
READ_AFTER: Final = Statement(
    """
    SELECT sequence, digest, id, outcome, bearer, take_cents, risk_cents, reason, recorded_at
    FROM offline_sale WHERE till_id = $1 AND sequence > $2
    ORDER BY sequence, recorded_at, digest LIMIT $3
    """,
    StoredSale,
)


async def declined_lately(connection: Connection, till_id: TillId, *, most: int) -> int:
    """Count what was declined of a till in a day, as far as ``most``."""
    return (await COUNT_DECLINED.one(connection, till_id, most)).count


async def stored_of(
    connection: Connection, till_id: TillId, sequences: Collection[int]
) -> dict[tuple[int, bytes], StoredSale]:
    rows = await READ_STORED.all(connection, till_id, list(sequences))
    return {(row.sequence, row.digest): row for row in rows}


async def sales_after(
    connection: Connection, till_id: TillId, sequence: int
) -> Sequence[StoredSale]:
    """What became of the sales of a till after one of them, in its order; a page at a time."""
    return await READ_AFTER.all(connection, till_id, sequence, MOST_LISTED)


def told(row: StoredSale, ring: KeyRing) -> OfflineTold:
    reason = None
    if row.reason is not None and row.outcome != "replay":
        reason = refusal_told(refusal_named(row.reason))
    return OfflineTold(
        sequence=row.sequence,
        id=row.id,
        outcome=row.outcome,
        bearer=row.bearer,
        take_cents=row.take_cents,
        risk_cents=row.risk_cents,
        reason=reason,
        recorded_at=row.recorded_at,
        receipt=receipt_of(row, ring),
    )


def receipt_of(row: StoredSale, ring: KeyRing) -> str | None:
    """Promise what stands under this sale's own id: no replay, and no id that was another sale's."""
    if row.outcome == "replay" or row.reason == SaleIdReused.code():
        return None
    return make_receipt(
        ring,
        row.id,
        cents=row.take_cents + row.risk_cents,
        is_booked=row.outcome == "booked",
        recorded_at=row.recorded_at,
    )


def unread(reason: type[TillRefusal], *, now: datetime) -> OfflineTold:
    """Answer what says so little of itself that it cannot be kept."""
    return OfflineTold(
        sequence=0,
        id=EntryId(UUID(int=0)),
        outcome="declined",
        bearer="merchant",
        take_cents=Cents(0),
        risk_cents=Cents(0),
        reason=refusal_told(reason),
        recorded_at=now,
        receipt=None,
    )
