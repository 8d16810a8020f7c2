"""How coupons went: of a run all together, of a merchant list by list."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.coupons.enter_list import READ_LINES, READ_LIST, Line
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CouponListId, CouponRunId, MerchantId
from pas.money import Cents

MOST: Final = 50


class CouponListNotFound(Refusal):
    """Deze lijst is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een lijst die u eerder invoerde."


class RunShown(msgspec.Struct, frozen=True):
    """A run and what came of it; what nobody used costs nothing."""

    id: CouponRunId
    started_at: datetime
    ended_at: datetime | None
    codes_until: datetime
    coupons: int
    worth_cents: Cents
    used: int
    used_cents: Cents
    borne_cents: Cents


class ListShown(msgspec.Struct, frozen=True):
    id: CouponListId
    entered_at: datetime
    paid: int
    paid_cents: Cents
    refused: int


READ_RUNS: Final = Statement(
    """
    SELECT r.id, r.started_at, r.ended_at, r.codes_until, count(c.id)::int AS coupons,
        coalesce(sum(c.face_cents), 0)::bigint AS worth_cents, count(e.entry_id)::int AS used,
        coalesce(sum(e.amount_cents), 0)::bigint AS used_cents,
        coalesce(sum(e.risk_cents), 0)::bigint AS borne_cents
    FROM coupon_run r LEFT JOIN coupon c ON c.run_id = r.id LEFT JOIN coupon_entry e ON e.coupon_id = c.id AND e.entry_id IS NOT NULL
    GROUP BY r.id ORDER BY r.started_at DESC, r.id LIMIT $1
    """,
    RunShown,
)
READ_LISTS: Final = Statement(
    """
    SELECT l.id, l.entered_at, count(e.entry_id)::int AS paid,
        coalesce(sum(e.amount_cents) FILTER (WHERE e.entry_id IS NOT NULL), 0)::bigint AS paid_cents,
        count(*) FILTER (WHERE e.entry_id IS NULL)::int AS refused
    FROM coupon_list l JOIN coupon_entry e ON e.list_id = l.id
    WHERE l.merchant_id = $1 GROUP BY l.id ORDER BY l.entered_at DESC, l.id LIMIT $2
    """,
    ListShown,
)


async def shown_runs(connection: Connection) -> list[RunShown]:
    return await READ_RUNS.all(connection, MOST)


async def lists_of(connection: Connection, merchant: MerchantId) -> list[ListShown]:
    return await READ_LISTS.all(connection, merchant, MOST)


async def list_lines(
    connection: Connection, list_id: CouponListId, merchant: MerchantId
) -> list[Line]:
    """The verdicts of a list of this merchant; raises CouponListNotFound."""
    found = await READ_LIST.first(connection, list_id)
    if found is None or found.merchant_id != merchant:
        raise CouponListNotFound
    return await READ_LINES.all(connection, list_id)
