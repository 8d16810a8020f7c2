"""Reads what is left on a pass, with what one has to know before spending it."""

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.guide.rules import Left
from pas.ids import MerchantId, PassId
from pas.money import BasisPoints, Cents
from pas.passes.cards import is_own
from pas.passes.end import READ_PASS, PassNotFound, PassRow


class LeftRow(msgspec.Struct, frozen=True):
    title: str
    categories: list[str]
    cents: Cents
    visits: int | None
    usable_until: datetime
    merchant_id: MerchantId | None
    merchant_name: str | None
    condition: str | None
    spend_at_once: bool
    once_per_year: bool
    share_basis_points: BasisPoints | None
    has_diploma: bool


READ_LEFT: Final = Statement(
    """
    SELECT v.title, CASE WHEN b.category IS NULL THEN v.categories ELSE ARRAY[b.category] END AS categories,
        c.amount AS cents, n.amount AS visits, c.usable_until, b.merchant_id, m.name AS merchant_name,
        v.precondition AS condition, v.spend_at_once, v.once_per_year, v.share_basis_points,
        EXISTS (SELECT 1 FROM swimming_diploma d WHERE d.resident_id = p.resident_id AND d.obtained_on <= $3::date) AS has_diploma
    FROM budget b
    JOIN pass p ON p.id = b.pass_id
    JOIN scheme_version v ON v.id = b.scheme_version_id
    JOIN balance c ON c.account_id = b.account_id
    LEFT JOIN balance n ON n.account_id = b.visits_account_id
    LEFT JOIN merchant m ON m.id = b.merchant_id
    WHERE b.pass_id = $1 AND c.amount > 0 AND (n.amount IS NULL OR n.amount > 0)
        AND c.usable_from <= $2 AND c.usable_until > $2 AND (p.ended_on IS NULL OR p.ended_on > $3::date)
    ORDER BY c.usable_until, v.title, b.account_id
    """,
    LeftRow,
)


async def left_on_pass(
    connection: Connection, pass_id: PassId, *, actor: Actor, now: datetime
) -> tuple[PassRow, list[Left]]:
    """For its holder and who manages it; to others the pass is not there."""
    found = await READ_PASS.first(connection, pass_id)
    if found is None or not await is_own(connection, found.resident_id, actor=actor, now=now):
        raise PassNotFound
    if actor.is_noted:
        about = [found.resident_id]
        await note_processing(connection, about, "pass.shown", actor=actor, now=now)
    rows = await READ_LEFT.all(connection, pass_id, now, day_of(now))
    return found, [_left(row) for row in rows]


def _left(row: LeftRow) -> Left:
    return Left(
        title=row.title,
        categories=frozenset(row.categories),
        cents=row.cents,
        visits=row.visits,
        until=last_day(row.usable_until),
        merchant_id=row.merchant_id,
        merchant_name=row.merchant_name,
        condition=row.condition,
        spend_at_once=row.spend_at_once,
        once_per_year=row.once_per_year,
        share_basis_points=row.share_basis_points,
        has_diploma=row.has_diploma,
    )


def last_day(usable_until: datetime) -> date:
    return day_of(usable_until - timedelta(seconds=1))
