"""The proof of the books, with what was closed: a closed month says what its transfers make, and nothing came in since."""

from typing import Final

from pas.db import Statement
from pas.ledger.findings import Finding

LINES: Final = Statement(
    """
    WITH standing AS (
        SELECT c.id, c.period FROM period_closing c WHERE c.closed_at IS NOT NULL AND c.reopened_at IS NULL
    ), said AS (
        SELECT s.period, l.kind, l.debit, l.credit, l.scheme_id, l.budget_year, l.transfers, l.amount_cents AS cents
        FROM standing s JOIN period_line l ON l.closing_id = s.id
        UNION ALL
        SELECT s.period, e.kind, d.kind, c.kind, coalesce(d.scheme_id, c.scheme_id), coalesce(d.budget_year, c.budget_year), -1, -t.amount
        FROM standing s JOIN entry e ON e.period = s.period JOIN transfer t ON t.entry_id = e.id
        JOIN account d ON d.id = t.debit AND d.unit = 'cents' JOIN account c ON c.id = t.credit
    )
    SELECT 'closed period' AS check, to_char(period, 'YYYY-MM') AS subject, format(
        '%s, %s from %s to %s of scheme %s, %s: closed with %s cents and %s transfers more than there are',
        to_char(period, 'YYYY-MM'), kind, debit, credit, scheme_id, budget_year, sum(cents), sum(transfers)) AS detail
    FROM said GROUP BY period, kind, debit, credit, scheme_id, budget_year
    HAVING sum(cents) <> 0 OR sum(transfers) <> 0
    ORDER BY 2, 3 LIMIT $1
    """,
    Finding,
)

HASHES: Final = Statement(
    """
    SELECT 'closed period' AS check, to_char(c.period, 'YYYY-MM') AS subject, format(
        'closing %s of %s says %s lines, %s transfers, %s cents and hash %s; its lines are %s, %s, %s and %s, %s of them with another hash',
        c.number, to_char(c.period, 'YYYY-MM'), c.lines, c.transfers, c.total_cents, encode(c.content_hash, 'hex'),
        l.lines, l.transfers, l.cents, encode(l.hash, 'hex'), l.wrong) AS detail
    FROM period_closing c CROSS JOIN LATERAL (
        SELECT count(*) AS lines, coalesce(sum(p.transfers), 0) AS transfers, coalesce(sum(p.amount_cents), 0) AS cents,
            sha256(coalesce(string_agg(p.hash, ''::bytea ORDER BY p.number), ''::bytea)) AS hash,
            count(*) FILTER (WHERE p.hash <> sha256(convert_to(jsonb_build_array(c.period, p.number, p.kind, p.debit, p.credit,
                p.scheme_id, p.budget_year, p.transfers, p.amount_cents)::text, 'UTF8'))) AS wrong
        FROM period_line p WHERE p.closing_id = c.id
    ) l
    WHERE c.closed_at IS NOT NULL
        AND (l.wrong > 0 OR (l.lines, l.transfers, l.cents, l.hash) IS DISTINCT FROM (c.lines, c.transfers, c.total_cents, c.content_hash))
    ORDER BY c.period, c.number LIMIT $1
    """,
    Finding,
)

CHECKS: Final = (LINES, HASHES)
