"""Shows take-overs: how they stand, what each scheme comes to, and what becomes of each row."""

from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import TakeoverId
from pas.takeovers.model import RowOutcome, SchemeTotal, Takeover, TakeoverNotFound, TakeoverRow

MOST_LISTED: Final = 100
MOST_ROWS: Final = 1_000

READ: Final = Statement(
    """
    SELECT t.id, t.supplier, t.budget_year::int AS year, t.file_name, encode(t.sha256, 'hex') AS sha256, t.proposed_at,
        t.proposed_by_kind, t.proposed_by, t.approved_at, t.approved_by, t.ended_at, t.outcome, t.because,
        count(*) FILTER (WHERE r.outcome = 'waiting') AS waiting, count(*) FILTER (WHERE r.outcome = 'booked') AS booked,
        count(*) FILTER (WHERE r.outcome = 'same') AS same, count(*) FILTER (WHERE r.outcome = 'refused') AS refused
    FROM takeover t LEFT JOIN takeover_row r ON r.takeover_id = t.id
    WHERE ($1::uuid IS NULL OR t.id = $1) AND (NOT $2 OR t.ended_at IS NULL)
    GROUP BY t.id ORDER BY t.proposed_at DESC, t.id DESC LIMIT $3
    """,
    Takeover,
)
READ_TOTALS: Final = Statement(
    """
    SELECT s.code AS scheme, (
            SELECT v.title FROM scheme_version v WHERE v.scheme_id = s.id ORDER BY v.valid_from DESC LIMIT 1
        ) AS title,
        t.told_cents, coalesce(sum(r.amount_cents) FILTER (WHERE r.outcome = 'waiting'), 0)::bigint AS waiting_cents,
        coalesce(sum(r.amount_cents) FILTER (WHERE r.outcome = 'booked'), 0)::bigint AS booked_cents,
        coalesce(sum(r.amount_cents) FILTER (WHERE r.outcome = 'same'), 0)::bigint AS same_cents,
        coalesce(sum(r.amount_cents) FILTER (WHERE r.outcome = 'refused'), 0)::bigint AS refused_cents
    FROM takeover_total t JOIN scheme s ON s.id = t.scheme_id
    LEFT JOIN takeover_row r ON r.takeover_id = t.takeover_id AND r.scheme_id = t.scheme_id
    WHERE t.takeover_id = $1 GROUP BY s.id, s.code, t.told_cents ORDER BY s.code
    """,
    SchemeTotal,
)
READ_ROWS: Final = Statement(
    """
    SELECT r.line, r.outcome, r.reason, s.code AS scheme, r.amount_cents
    FROM takeover_row r LEFT JOIN scheme s ON s.id = r.scheme_id
    WHERE r.takeover_id = $1 AND r.line > $2 AND ($3::text IS NULL OR r.outcome = $3)
    ORDER BY r.line LIMIT $4
    """,
    TakeoverRow,
)


class ShownTakeover(msgspec.Struct, frozen=True, rename="camel"):
    """A take-over with its totals, and a page of its rows."""

    takeover: Takeover
    totals: list[SchemeTotal]
    rows: list[TakeoverRow]


async def read_takeover(connection: Connection, takeover_id: TakeoverId) -> Takeover:
    every = False
    found = await READ.first(connection, takeover_id, every, 1)
    if found is None:
        raise TakeoverNotFound
    return found


async def list_takeovers(connection: Connection, *, open_only: bool = False) -> list[Takeover]:
    """Give them newest first."""
    return await READ.all(connection, None, open_only, MOST_LISTED)


async def read_rows(
    connection: Connection,
    takeover_id: TakeoverId,
    *,
    outcome: RowOutcome | None = None,
    after_line: int = 0,
    limit: int,
) -> list[TakeoverRow]:
    """Read what becomes of rows, in the order of the list."""
    return await READ_ROWS.all(connection, takeover_id, after_line, outcome, limit)


async def show_takeover(
    connection: Connection,
    takeover_id: TakeoverId,
    *,
    outcome: RowOutcome | None = None,
    after_line: int = 0,
    limit: int = 100,
) -> ShownTakeover:
    """Show one; the next page of rows starts after the last line of this one."""
    most = min(limit, MOST_ROWS)
    return ShownTakeover(
        takeover=await read_takeover(connection, takeover_id),
        totals=await READ_TOTALS.all(connection, takeover_id),
        rows=await read_rows(
            connection, takeover_id, outcome=outcome, after_line=after_line, limit=most
        ),
    )
