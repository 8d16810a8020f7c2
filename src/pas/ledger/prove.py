"""The books prove themselves: the equation per scheme, year and unit and per merchant, to the cent.

Per scheme, year and unit: granted + shortfall = spent - reversed + held + lapsed + open, where spent
includes the offline shortfall. Flows are summed from the transfers; held and open are read from the
balances, which are kept apart from them: so the two sides can only agree when nothing is missing.
Granted is less what was corrected of it, and has what came in from an earlier supplier; lapsed is all
that went back to the appropriation, also by spending at once or by a refund after the end, less what was
restored or corrected of it.

Per merchant: owed = redeemed - reversed + corrected - paid + bounced, where owed is the plain sum of
the account and the rest is told apart by the kind of entry.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement, take_long
from pas.ledger.findings import CHECKS, Finding
from pas.ledger.walls import MissingWall, missing_guards, missing_walls

AT_MOST: Final = 100
"""Findings named per check; a flood says no more than its first hundred."""
Told = Callable[[int, int | None], None]
"""Hears how many looks are done, of how many."""


class SchemeSums(msgspec.Struct, frozen=True, rename="camel"):
    """One scheme, year and unit; amounts in cents or visits, by ``unit``."""

    scheme_id: UUID
    budget_year: int
    unit: str
    granted: int
    shortfall: int
    spent: int
    reversed: int
    held: int
    lapsed: int
    open: int
    opening: int = 0
    """Of granted, what came in from an earlier supplier; not known of a proof from before there were any."""


class SchemeEquation(SchemeSums, frozen=True, rename="camel", kw_only=True):
    """What came in less where it is; zero when it closes."""

    difference: int


class MerchantSums(msgspec.Struct, frozen=True, rename="camel"):
    """What is owed to one merchant (or one-off payee), in cents."""

    merchant_id: UUID
    owed: int
    redeemed: int
    reversed: int
    corrected: int
    paid: int
    bounced: int


class MerchantEquation(MerchantSums, frozen=True, rename="camel"):
    """What is owed less what makes it up; zero when it closes."""

    difference: int


SCHEME_EQUATIONS: Final = Statement(
    """
    WITH flow AS (
        SELECT coalesce(d.scheme_id, c.scheme_id) AS scheme_id,
            coalesce(d.budget_year, c.budget_year) AS budget_year, d.unit,
            d.kind AS debit, c.kind AS credit, e.kind, sum(t.amount) AS amount
        FROM transfer t
        LEFT JOIN entry e ON e.id = t.entry_id
        JOIN account d ON d.id = t.debit
        JOIN account c ON c.id = t.credit
        WHERE coalesce(d.scheme_id, c.scheme_id) IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5, 6
    ), stored AS (
        SELECT a.scheme_id, a.budget_year, a.unit,
            coalesce(sum(b.amount) FILTER (WHERE a.kind = 'held'), 0) AS held,
            coalesce(sum(b.amount) FILTER (WHERE a.kind = 'budget'), 0) AS open
        FROM balance b JOIN account a ON a.id = b.account_id
        WHERE a.kind IN ('held', 'budget')
        GROUP BY 1, 2, 3
    ), summed AS (
        SELECT scheme_id, budget_year, unit,
            coalesce(sum(amount) FILTER (WHERE kind IN ('grant', 'opening') AND credit = 'budget'), 0)
                - coalesce(sum(amount) FILTER (WHERE kind = 'correct' AND debit = 'budget'), 0) AS granted,
            coalesce(sum(amount) FILTER (WHERE debit = 'earlier_supplier'), 0)
                - coalesce(sum(amount) FILTER (WHERE credit = 'earlier_supplier'), 0) AS opening,
            coalesce(sum(amount) FILTER (WHERE debit = 'offline_risk'), 0)
                - coalesce(sum(amount) FILTER (WHERE credit = 'offline_risk'), 0) AS shortfall,
            coalesce(sum(amount) FILTER (WHERE credit IN ('merchant', 'payee', 'used')), 0) AS spent,
            coalesce(sum(amount) FILTER (WHERE debit IN ('merchant', 'payee', 'used')), 0) AS reversed,
            coalesce(sum(amount) FILTER (WHERE debit IN ('budget', 'held') AND credit = 'appropriation' AND kind <> 'correct'), 0)
                - coalesce(sum(amount) FILTER (WHERE debit = 'appropriation' AND credit IN ('budget', 'held') AND kind <> 'grant'), 0)
                AS lapsed
        FROM flow GROUP BY 1, 2, 3
    )
    SELECT coalesce(f.scheme_id, s.scheme_id) AS scheme_id,
        coalesce(f.budget_year, s.budget_year)::int AS budget_year, coalesce(f.unit, s.unit) AS unit,
        coalesce(f.granted, 0)::bigint AS granted, coalesce(f.shortfall, 0)::bigint AS shortfall,
        coalesce(f.spent, 0)::bigint AS spent, coalesce(f.reversed, 0)::bigint AS reversed,
        coalesce(s.held, 0)::bigint AS held, coalesce(f.lapsed, 0)::bigint AS lapsed,
        coalesce(s.open, 0)::bigint AS open, coalesce(f.opening, 0)::bigint AS opening
    FROM summed f
    FULL JOIN stored s ON s.scheme_id = f.scheme_id AND s.budget_year = f.budget_year AND s.unit = f.unit
    ORDER BY 2, 1, 3
    """,
    SchemeSums,
)

MERCHANT_EQUATIONS: Final = Statement(
    """
    WITH moved AS (
        SELECT t.credit AS account_id, t.amount, e.kind, o.kind AS other
        FROM transfer t JOIN account a ON a.id = t.credit AND a.kind IN ('merchant', 'payee')
        JOIN account o ON o.id = t.debit JOIN entry e ON e.id = t.entry_id
        UNION ALL
        SELECT t.debit, -t.amount, e.kind, o.kind
        FROM transfer t JOIN account a ON a.id = t.debit AND a.kind IN ('merchant', 'payee')
        JOIN account o ON o.id = t.credit JOIN entry e ON e.id = t.entry_id
    ), owed AS (
        SELECT a.id, coalesce((SELECT sum(amount) FROM transfer WHERE credit = a.id), 0)
            - coalesce((SELECT sum(amount) FROM transfer WHERE debit = a.id), 0) AS amount
        FROM account a WHERE a.kind IN ('merchant', 'payee')
    ), summed AS (
        SELECT account_id,
            coalesce(sum(amount) FILTER (WHERE kind IN ('redeem', 'offline', 'confirm', 'capture', 'shortfall')), 0) AS redeemed,
            -coalesce(sum(amount) FILTER (WHERE kind IN ('void', 'refund')), 0) AS reversed,
            coalesce(sum(amount) FILTER (WHERE kind = 'correct'), 0) AS corrected,
            -coalesce(sum(amount) FILTER (WHERE kind = 'settle'), 0) AS paid,
            coalesce(sum(amount) FILTER (WHERE kind IN ('bounce', 'debit_note')), 0) AS bounced
        FROM moved GROUP BY 1
    )
    SELECT a.subject_id AS merchant_id, o.amount::bigint AS owed,
        coalesce(s.redeemed, 0)::bigint AS redeemed, coalesce(s.reversed, 0)::bigint AS reversed,
        coalesce(s.corrected, 0)::bigint AS corrected, coalesce(s.paid, 0)::bigint AS paid,
        coalesce(s.bounced, 0)::bigint AS bounced
    FROM owed o JOIN account a ON a.id = o.id
    LEFT JOIN summed s ON s.account_id = o.id
    ORDER BY 1
    """,
    MerchantSums,
)


class Proof(msgspec.Struct, frozen=True, rename="camel"):
    """The whole of it; ``closes`` is false when one cent or one wall is missing."""

    closes: bool
    proved_at: datetime
    schemes: list[SchemeEquation]
    merchants: list[MerchantEquation]
    findings: list[Finding]
    missing_walls: list[MissingWall]
    warnings: list[MissingWall]


async def prove(
    connection: Connection,
    now: datetime,
    *,
    milliseconds: int = 0,
    more: Sequence[Statement[Finding]] = (),
    told: Told = lambda _done, _total: None,
) -> Proof:
    """Prove the books of one municipality, on one snapshot, with ``more`` checks from above.

    Takes about half a minute for two million entries (load_tests/README.md); reads only. Whoever
    waits for it says how many milliseconds each of its statements may take; zero is without limit.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await take_long(connection, milliseconds)
        checks, findings = (*CHECKS, *more), list[Finding]()
        told(0, len(checks) + 1)
        schemes = [scheme_equation(one) for one in await SCHEME_EQUATIONS.all(connection)]
        merchants = [merchant_equation(one) for one in await MERCHANT_EQUATIONS.all(connection)]
        for done, check in enumerate(checks, start=1):
            told(done, len(checks) + 1)
            findings += await check.all(connection, AT_MOST)
        walls = await missing_walls(connection)
        told(len(checks) + 1, len(checks) + 1)
        balanced = all(one.difference == 0 for one in [*schemes, *merchants])
        return Proof(
            closes=balanced and not findings and not walls,
            proved_at=now,
            schemes=schemes,
            merchants=merchants,
            findings=findings,
            missing_walls=walls,
            warnings=await missing_guards(connection),
        )


def scheme_equation(one: SchemeSums) -> SchemeEquation:
    right = one.spent - one.reversed + one.held + one.lapsed + one.open
    return SchemeEquation(
        **msgspec.structs.asdict(one), difference=one.granted + one.shortfall - right
    )


def merchant_equation(one: MerchantSums) -> MerchantEquation:
    parts = one.redeemed - one.reversed + one.corrected - one.paid + one.bounced
    return MerchantEquation(**msgspec.structs.asdict(one), difference=one.owed - parts)
