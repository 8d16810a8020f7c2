"""The permits of a till as they are kept, and what was sold on them so far."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.ids import MerchantId, TillId
from pas.money import Cents


class KeptPermit(msgspec.Struct, frozen=True):
    """A permit; ``content`` is the text that was signed, word for word."""

    id: UUID
    number: int
    merchant_id: MerchantId
    issued_at: datetime
    valid_until: datetime
    per_sale_cents: Cents
    per_pass_day_cents: Cents
    total_cents: Cents
    risk_day_cents: Cents
    listed_from: datetime
    key_id: str
    content: str
    signature: bytes


READ_PERMITS: Final = Statement(
    """
    SELECT id, number, merchant_id, issued_at, valid_until, per_sale_cents, per_pass_day_cents,
        total_cents, risk_day_cents, listed_from, key_id, content, signature
    FROM offline_permit WHERE till_id = $1 AND id = ANY ($2::uuid[])
    """,
    KeptPermit,
)


async def permits_of(
    connection: Connection, till_id: TillId, ids: Collection[UUID]
) -> dict[UUID, KeptPermit]:
    """Give those of these permits that are this till's."""
    found = await READ_PERMITS.all(connection, till_id, list(ids))
    return {permit.id: permit for permit in found}
