"""Sets the budgets of a policy paper beside what the books say was granted and spent."""

from collections.abc import Sequence
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.money import Cents
from pas.reach.appropriation_lines import (
    BookedMoney,
    Compared,
    PackageDifference,
    by_subject,
    compare,
    package_differences,
    read_lines,
)
from pas.reach.budget_table import BudgetColumn, check_budget
from pas.reach.keep_published import newest_published


class _Booked(msgspec.Struct, frozen=True):
    scheme: str
    year: int
    appropriated_cents: Cents
    granted_cents: Cents
    spent_cents: Cents


class MoneyCompared(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a paper says of money, and the books beside it; a file that is not there is None."""

    file_name: str | None
    subjects: list[Compared]
    table_name: str | None
    table: list[BudgetColumn]
    differences: list[PackageDifference]


# Spent is what left the budgets of the year for good: granted and gone to somebody, less what came back.
READ_BOOKED: Final = Statement(
    """
    WITH moved AS (
        SELECT d.scheme_id, d.budget_year, sum(t.amount) AS cents
        FROM account d JOIN transfer t ON t.debit = d.id JOIN account c ON c.id = t.credit
        WHERE d.kind IN ('budget', 'held', 'offline_risk') AND d.unit = 'cents' AND c.kind IN ('merchant', 'payee')
            AND d.budget_year = ANY ($1::int[])
        GROUP BY 1, 2
        UNION ALL
        SELECT c.scheme_id, c.budget_year, -sum(t.amount)
        FROM account c JOIN transfer t ON t.credit = c.id JOIN account d ON d.id = t.debit
        WHERE c.kind IN ('budget', 'held', 'offline_risk') AND c.unit = 'cents' AND d.kind IN ('merchant', 'payee')
            AND c.budget_year = ANY ($1::int[])
        GROUP BY 1, 2
    )
    SELECT s.code AS scheme, a.budget_year::int AS year,
        coalesce((SELECT sum(l.amount_cents) FROM appropriation_line l
            WHERE l.scheme_id = a.scheme_id AND l.budget_year = a.budget_year), 0)::bigint AS appropriated_cents,
        coalesce((SELECT sum(g.amount_cents) FROM scheme_grant g
            WHERE g.scheme_id = a.scheme_id AND g.budget_year = a.budget_year), 0)::bigint AS granted_cents,
        coalesce((SELECT sum(m.cents) FROM moved m
            WHERE m.scheme_id = a.scheme_id AND m.budget_year = a.budget_year), 0)::bigint AS spent_cents
    FROM appropriation a JOIN scheme s ON s.id = a.scheme_id
    WHERE a.budget_year = ANY ($1::int[])
    ORDER BY s.code, a.budget_year
    """,
    _Booked,
)


async def compare_money(connection: Connection) -> MoneyCompared:
    """Compare the newest files that were kept with the books of the years they are about."""
    lines_file = await newest_published(connection, "appropriations")
    table_file = await newest_published(connection, "budget_table")
    lines = [] if lines_file is None else read_lines(lines_file.content.encode())
    table = [] if table_file is None else check_budget(table_file.content.encode())
    booked = await _booked(connection, sorted({line.year for line in lines}))
    return MoneyCompared(
        file_name=None if lines_file is None else lines_file.file_name,
        subjects=compare(by_subject(lines), {(one.scheme, year): one for year, one in booked}),
        table_name=None if table_file is None else table_file.file_name,
        table=table,
        differences=package_differences(lines, table),
    )


async def _booked(connection: Connection, years: Sequence[int]) -> list[tuple[int, BookedMoney]]:
    rows = await READ_BOOKED.all(connection, list(years))
    return [
        (
            row.year,
            BookedMoney(row.scheme, row.appropriated_cents, row.granted_cents, row.spent_cents),
        )
        for row in rows
    ]
