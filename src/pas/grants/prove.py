"""What the proof of the books looks at of grants: what was set aside and granted stands beside them.

Pages and reports add up these tables; so they must say what the entries say, both ways.
"""

from typing import Final

from pas.db import Statement
from pas.ledger.findings import Finding

APPROPRIATED: Final = Statement(
    """
    WITH booked AS (
        SELECT e.id, e.total, a.scheme_id, a.budget_year
        FROM entry e LEFT JOIN transfer t ON t.entry_id = e.id LEFT JOIN account a ON a.id = t.credit
        WHERE e.kind = 'appropriate' AND e.refusal IS NULL
    )
    SELECT 'appropriation' AS check, coalesce(b.id, l.id)::text AS subject, format(
        'entry %s sets %s cents aside for scheme %s, %s; beside it stands %s for scheme %s, %s',
        coalesce(b.id::text, 'absent'), b.total, b.scheme_id, b.budget_year,
        l.amount_cents, l.scheme_id, l.budget_year) AS detail
    FROM booked b FULL JOIN appropriation_line l ON l.id = b.id
    WHERE (b.total, b.scheme_id, b.budget_year) IS DISTINCT FROM (l.amount_cents, l.scheme_id, l.budget_year)
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)
GRANTED: Final = Statement(
    """
    WITH booked AS (
        SELECT a.scheme_id, a.budget_year, sum(t.amount) FILTER (WHERE a.unit = 'cents') AS cents,
            coalesce(sum(t.amount) FILTER (WHERE a.unit = 'visits'), 0) AS visits
        FROM entry e JOIN transfer t ON t.entry_id = e.id JOIN account a ON a.id = t.credit
        WHERE e.kind IN ('grant', 'opening') GROUP BY 1, 2
    ), decided AS (
        SELECT scheme_id, budget_year, sum(amount_cents) AS cents, coalesce(sum(visits), 0) AS visits
        FROM scheme_grant GROUP BY 1, 2
    )
    SELECT 'grants' AS check, coalesce(b.scheme_id, d.scheme_id)::text AS subject, format(
        'of scheme %s, %s, the entries grant %s cents and %s visits; the decisions say %s cents and %s visits',
        coalesce(b.scheme_id, d.scheme_id), coalesce(b.budget_year, d.budget_year),
        b.cents, b.visits, d.cents, d.visits) AS detail
    FROM booked b FULL JOIN decided d ON d.scheme_id = b.scheme_id AND d.budget_year = b.budget_year
    WHERE (b.cents, b.visits) IS DISTINCT FROM (d.cents, d.visits)
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)

CHECKS: Final = (APPROPRIATED, GRANTED)
