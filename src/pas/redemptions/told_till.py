"""What a device is told of itself when it opens: whose till it is, and what it may be used for.

Also a till that was paused hears it, so that it can say so to its cashier before anybody scans.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.ids import MerchantId, MunicipalityName, TillId
from pas.money import Cents
from pas.passes.codes import municipality_tag
from pas.passes.takes_over import takes_over
from pas.redemptions.bodies import Told
from pas.redemptions.facts import TillKind, TillState
from pas.redemptions.paused_till import PauseTold, read_pause
from pas.redemptions.till_desk import TillGone
from pas.redemptions.till_state import refuse_revoked


class PurposeTold(Told, frozen=True):
    """What passes can be used for here today, and the price agreed for a visit."""

    code: str
    title: str
    visit_price_cents: Cents | None


class TillTold(Told, frozen=True):
    """``merchant`` is who is paid; None for a till that names a payee at each sale.

    ``municipalityTag`` are the four characters after ``SC1`` in the codes of this municipality.
    """

    id: UUID
    name: str
    kind: TillKind
    state: TillState
    merchant: str | None
    categories: tuple[PurposeTold, ...]
    municipality_tag: str
    void_hours: int
    earlier_cards: bool
    """Whether cards of an earlier supplier work here: then any text may be the number of one."""
    sells_offline: bool
    """Whether it may ask for a permit to sell without a network."""
    server_time: datetime
    pause: PauseTold | None = None
    """Why it stands still, where it does."""


class TillRow(msgspec.Struct, frozen=True):
    name: str
    kind: TillKind
    state: TillState
    merchant: str | None
    sells_offline: bool


READ_TILL: Final = Statement(
    """
    SELECT t.name, t.kind, t.state, m.name AS merchant,
        coalesce(t.kind = 'merchant' AND m.sells_offline, false) AS sells_offline
    FROM till t LEFT JOIN merchant m ON m.id = CASE t.kind WHEN 'merchant' THEN t.merchant_id ELSE $2 END
    WHERE t.id = $1
    """,
    TillRow,
)
READ_PURPOSES: Final = Statement(
    """
    SELECT a.category AS code, c.title, max(a.visit_price_cents) AS visit_price_cents
    FROM till t
    JOIN agreement a ON a.merchant_id = CASE t.kind WHEN 'merchant' THEN t.merchant_id ELSE $2 END
    JOIN category c ON c.code = a.category
    WHERE t.id = $1 AND a.valid_from <= $3 AND (a.valid_until IS NULL OR a.valid_until > $3)
    GROUP BY a.category, c.title
    ORDER BY c.title, a.category
    """,
    PurposeTold,
)


async def tell_till(
    connection: Connection,
    till_id: TillId,
    *,
    municipality: MunicipalityName,
    payee: MerchantId | None,
    now: datetime,
    today: date,
) -> TillTold:
    """Tell a till what it is; one that was revoked hears that instead."""
    await refuse_revoked(connection, till_id)
    row = await READ_TILL.first(connection, till_id, payee)
    if row is None:
        raise TillGone
    purposes = await READ_PURPOSES.all(connection, till_id, payee, today)
    settings = await read_municipality_settings(connection)
    return TillTold(
        id=till_id,
        name=row.name,
        kind=row.kind,
        state=row.state,
        merchant=row.merchant,
        categories=tuple(purposes),
        municipality_tag=municipality_tag(municipality),
        void_hours=settings.void_hours,
        earlier_cards=await takes_over(connection),
        sells_offline=row.sells_offline,
        server_time=now,
        pause=await read_pause(connection, till_id),
    )
