"""The year for the accountant: what each scheme, merchant and category had, got, spent and has left, to the cent.

Read from the transfers under one seal. A year is the months of its entries: a refund that comes in later
is in the year in which it is booked, under its own budget year. Three readings of one set:

- a scheme, by budget year and unit: opening + granted + shortfall - spent + refunded - lapsed + corrected = closing;
- a merchant: opening + spent - refunded + corrected - paid + returned = closing;
- a category of a scheme at a merchant: what was spent, refunded and corrected there.

Opening and closing are what the accounts hold, added up apart from the kinds of entries between them.
"""

from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement, take_long
from pas.errors import Refusal
from pas.seals.checkpoints import StoredCheckpoint, last_checkpoint
from pas.years.span import YearSpan


class YearNotSealed(Refusal):
    """De boeken van dit jaar hebben nog geen zegel."""

    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Wacht een minuut en probeer het opnieuw."


class YearNotBalanced(Refusal):
    """Dit jaar sluit niet op de cent."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk de boeken na. Kloppen ze niet? Bel de technisch beheerder."


class YearLine(msgspec.Struct, frozen=True, rename="camel"):
    """One row of the year, in cents or visits by ``unit``; what does not belong to its part is zero."""

    part: str
    scheme: str
    budget_year: int | None
    unit: str
    category: str
    merchant_id: UUID | None
    opening: int
    granted: int
    shortfall: int
    spent: int
    refunded: int
    lapsed: int
    corrected: int
    paid: int
    returned: int
    closing: int

    @property
    def difference(self) -> int:
        """What closing differs from what makes it up; a category holds nothing, so it has none."""
        match self.part:
            case "scheme":
                came = self.granted + self.shortfall - self.spent + self.refunded - self.lapsed
                return self.opening + came + self.corrected - self.closing
            case "merchant":
                owed = self.spent - self.refunded + self.corrected - self.paid + self.returned
                return self.opening + owed - self.closing
            case _:
                return 0


class YearFile(msgspec.Struct, frozen=True):
    """A year under a seal; the same seal gives the same lines for ever."""

    span: YearSpan
    checkpoint: StoredCheckpoint
    lines: list[YearLine]
    names: dict[str, str]


class NamesRow(msgspec.Struct, frozen=True):
    names: str


READ_SCHEMES: Final = Statement(
    """
    WITH flow AS (
        SELECT coalesce(d.scheme_id, c.scheme_id) AS scheme_id, coalesce(d.budget_year, c.budget_year) AS budget_year,
            d.unit, e.kind, d.kind AS debit, c.kind AS credit, e.period >= $1 AS of_year, sum(t.amount) AS amount
        FROM entry e JOIN transfer t ON t.entry_id = e.id
        JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
        WHERE e.period < $2 AND (e.epoch, e.xid) < ($3::int, $4::bigint)
            AND (d.kind IN ('budget', 'held', 'offline_risk') OR c.kind IN ('budget', 'held', 'offline_risk'))
        GROUP BY 1, 2, 3, 4, 5, 6, 7
    ), summed AS (
        SELECT scheme_id, budget_year, unit,
            sum(amount * ((credit IN ('budget', 'held'))::int - (debit IN ('budget', 'held'))::int)) AS closing,
            sum(amount * ((credit IN ('budget', 'held'))::int - (debit IN ('budget', 'held'))::int))
                FILTER (WHERE NOT of_year) AS opening,
            sum(amount) FILTER (WHERE of_year AND kind IN ('grant', 'opening') AND credit = 'budget') AS granted,
            sum(amount) FILTER (WHERE of_year AND debit = 'offline_risk') AS shortfall,
            sum(amount) FILTER (WHERE of_year AND credit IN ('merchant', 'payee', 'used')) AS spent,
            sum(amount) FILTER (WHERE of_year AND kind <> 'correct' AND debit IN ('merchant', 'payee', 'used')) AS refunded,
            coalesce(sum(amount) FILTER (WHERE of_year AND kind <> 'correct'
                    AND debit IN ('budget', 'held') AND credit = 'appropriation'), 0)
                - coalesce(sum(amount) FILTER (WHERE of_year AND kind NOT IN ('grant', 'correct') AND debit = 'appropriation'
                    AND credit IN ('budget', 'held')), 0) AS lapsed,
            coalesce(sum(amount) FILTER (WHERE of_year AND kind = 'correct' AND credit IN ('budget', 'held')), 0)
                - coalesce(sum(amount) FILTER (WHERE of_year AND kind = 'correct' AND debit IN ('budget', 'held')), 0) AS corrected
        FROM flow GROUP BY 1, 2, 3
    )
    SELECT 'scheme' AS part, s.code AS scheme, f.budget_year::int AS budget_year, f.unit, '' AS category, NULL::uuid AS merchant_id,
        coalesce(f.opening, 0)::bigint AS opening, coalesce(f.granted, 0)::bigint AS granted, coalesce(f.shortfall, 0)::bigint AS shortfall,
        coalesce(f.spent, 0)::bigint AS spent, coalesce(f.refunded, 0)::bigint AS refunded, f.lapsed::bigint AS lapsed,
        f.corrected::bigint AS corrected, 0::bigint AS paid, 0::bigint AS returned, f.closing::bigint AS closing
    FROM summed f JOIN scheme s ON s.id = f.scheme_id
    ORDER BY s.code COLLATE "C", f.budget_year, f.unit
    """,
    YearLine,
)
READ_MERCHANTS: Final = Statement(
    """
    WITH moved AS (
        SELECT a.subject_id, e.kind, e.period >= $1 AS of_year, sum(t.amount) AS amount
        FROM account a JOIN transfer t ON t.credit = a.id JOIN entry e ON e.id = t.entry_id
        WHERE a.kind IN ('merchant', 'payee') AND e.period < $2 AND (e.epoch, e.xid) < ($3::int, $4::bigint)
        GROUP BY 1, 2, 3
        UNION ALL
        SELECT a.subject_id, e.kind, e.period >= $1, -sum(t.amount)
        FROM account a JOIN transfer t ON t.debit = a.id JOIN entry e ON e.id = t.entry_id
        WHERE a.kind IN ('merchant', 'payee') AND e.period < $2 AND (e.epoch, e.xid) < ($3::int, $4::bigint)
        GROUP BY 1, 2, 3
    )
    SELECT 'merchant' AS part, '' AS scheme, NULL::int AS budget_year, 'cents' AS unit, '' AS category, m.subject_id AS merchant_id,
        coalesce(sum(m.amount) FILTER (WHERE NOT m.of_year), 0)::bigint AS opening, 0::bigint AS granted, 0::bigint AS shortfall,
        coalesce(sum(m.amount) FILTER (WHERE m.of_year
            AND m.kind IN ('redeem', 'offline', 'confirm', 'capture', 'shortfall')), 0)::bigint AS spent,
        -coalesce(sum(m.amount) FILTER (WHERE m.of_year AND m.kind IN ('void', 'refund')), 0)::bigint AS refunded, 0::bigint AS lapsed,
        coalesce(sum(m.amount) FILTER (WHERE m.of_year AND m.kind = 'correct'), 0)::bigint AS corrected,
        -coalesce(sum(m.amount) FILTER (WHERE m.of_year AND m.kind = 'settle'), 0)::bigint AS paid,
        coalesce(sum(m.amount) FILTER (WHERE m.of_year AND m.kind IN ('bounce', 'debit_note')), 0)::bigint AS returned,
        sum(m.amount)::bigint AS closing
    FROM moved m GROUP BY m.subject_id ORDER BY m.subject_id
    """,
    YearLine,
)
READ_CATEGORIES: Final = Statement(
    """
    SELECT 'category' AS part, s.code AS scheme, coalesce(d.budget_year, c.budget_year)::int AS budget_year, d.unit,
        coalesce(r.category, '') AS category, r.merchant_id,
        0::bigint AS opening, 0::bigint AS granted,
        coalesce(sum(t.amount) FILTER (WHERE d.kind = 'offline_risk'), 0)::bigint AS shortfall,
        coalesce(sum(t.amount) FILTER (WHERE c.kind IN ('merchant', 'payee', 'used')), 0)::bigint AS spent,
        coalesce(sum(t.amount) FILTER (WHERE e.kind <> 'correct' AND d.kind IN ('merchant', 'payee', 'used')), 0)::bigint AS refunded,
        0::bigint AS lapsed,
        -coalesce(sum(t.amount) FILTER (WHERE e.kind = 'correct'), 0)::bigint AS corrected,
        0::bigint AS paid, 0::bigint AS returned, 0::bigint AS closing
    FROM entry e JOIN transfer t ON t.entry_id = e.id
    JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
    JOIN scheme s ON s.id = coalesce(d.scheme_id, c.scheme_id)
    LEFT JOIN redemption r ON r.entry_id = coalesce(e.reverses, e.id)
    WHERE e.period >= $1 AND e.period < $2 AND (e.epoch, e.xid) < ($3::int, $4::bigint)
        AND (c.kind IN ('merchant', 'payee', 'used') OR d.kind IN ('merchant', 'payee', 'used'))
    GROUP BY s.code, 3, d.unit, coalesce(r.category, ''), r.merchant_id
    ORDER BY s.code COLLATE "C", 3, d.unit, coalesce(r.category, '') COLLATE "C", r.merchant_id
    """,
    YearLine,
)
READ_NAMES: Final = Statement(
    "SELECT coalesce(json_object_agg(m.id, m.name), '{}')::text AS names FROM merchant m", NamesRow
)


async def read_year(
    connection: Connection,
    span: YearSpan,
    *,
    checkpoint: StoredCheckpoint | None = None,
    names: str | None = None,
) -> YearFile:
    """Add up a year under a seal, by default the last one and the names that merchants have now.

    Raises YearNotSealed, and YearNotBalanced where a cent is missing.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await take_long(connection)
        under = checkpoint or await last_checkpoint(connection)
        if under is None:
            raise YearNotSealed
        until = (span.starts_on, span.ends_on, under.epoch, under.xid)
        lines = [
            *await READ_SCHEMES.all(connection, *until),
            *await READ_MERCHANTS.all(connection, *until),
            *await READ_CATEGORIES.all(connection, *until),
        ]
        names = names or (await READ_NAMES.one(connection)).names
    if any(line.difference for line in lines):
        raise YearNotBalanced
    return YearFile(span, under, lines, msgspec.json.decode(names, type=dict[str, str]))
