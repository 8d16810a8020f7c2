"""The alarm when more was granted than set aside: it blocks nothing, and it is not to be missed.

Looked at after each way of granting and after money moved, and kept, so that a gauge can show it
at any moment. The log says it once, when it begins and when it grows.
"""

from typing import Final

import msgspec
import structlog

from pas.db import Connection, Statement
from pas.money import Cents

log = structlog.get_logger("pas.grants")


class Changed(msgspec.Struct, frozen=True):
    scheme: str
    before_cents: Cents
    overspent_cents: Cents


WATCH: Final = Statement(
    """
    WITH held AS (
        SELECT a.scheme_id, a.budget_year, a.account_id, a.overspent_cents, s.code
        FROM appropriation a JOIN scheme s ON s.id = a.scheme_id
        WHERE a.budget_year = $1 ORDER BY s.code FOR NO KEY UPDATE OF a
    ), counted AS (
        SELECT h.*, greatest(0,
            coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.debit = h.account_id), 0)
            - coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.credit = h.account_id), 0))::bigint AS cents
        FROM held h
    )
    UPDATE appropriation a SET overspent_cents = c.cents
    FROM counted c
    WHERE a.scheme_id = c.scheme_id AND a.budget_year = c.budget_year AND a.overspent_cents <> c.cents
    RETURNING c.code AS scheme, c.overspent_cents AS before_cents, a.overspent_cents
    """,
    Changed,
)


async def watch_overspending(connection: Connection, *, year: int) -> None:
    """Look at the money of a year, outside the transaction that granted."""
    for one in await WATCH.all(connection, year):
        if one.overspent_cents > one.before_cents:
            log.warning(
                "appropriation-overspent",
                scheme=one.scheme,
                year=year,
                overspent_cents=one.overspent_cents,
            )
