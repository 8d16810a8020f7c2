"""What the proof of the books looks at of take-overs: each balance that came in was approved by two people."""

from typing import Final

from pas.db import Statement
from pas.ledger.findings import Finding

TAKEN_OVER: Final = Statement(
    """
    WITH booked AS (
        SELECT e.id, e.total FROM entry e WHERE e.kind = 'opening' AND e.refusal IS NULL
    ), approved AS (
        SELECT r.entry_id, r.amount_cents FROM takeover_row r JOIN takeover t ON t.id = r.takeover_id
        WHERE r.outcome = 'booked' AND r.amount_cents > 0 AND t.approved_by <> t.proposed_by
    )
    SELECT 'take-over' AS check, coalesce(b.id, a.entry_id)::text AS subject, format(
        'entry %s brings in %s cents of an earlier supplier; two people approved %s cents',
        coalesce(b.id::text, 'absent'), b.total, a.amount_cents) AS detail
    FROM booked b FULL JOIN approved a ON a.entry_id = b.id
    WHERE b.total IS DISTINCT FROM a.amount_cents
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)
TOTALS: Final = Statement(
    """
    SELECT 'take-over total' AS check, t.id::text AS subject, format(
        'of scheme %s the list of %s says %s cents; its rows say %s', coalesce(o.scheme_id, r.scheme_id), t.supplier,
        o.told_cents, r.cents) AS detail
    FROM takeover t
    CROSS JOIN LATERAL (
        SELECT o.scheme_id, o.told_cents FROM takeover_total o WHERE o.takeover_id = t.id
    ) o
    LEFT JOIN LATERAL (
        SELECT r.scheme_id, sum(r.amount_cents) AS cents FROM takeover_row r
        WHERE r.takeover_id = t.id AND r.scheme_id = o.scheme_id GROUP BY r.scheme_id
    ) r ON true
    WHERE t.approved_at IS NOT NULL AND o.told_cents IS DISTINCT FROM coalesce(r.cents, 0)
    ORDER BY 2, 3 LIMIT $1
    """,
    Finding,
)

CHECKS: Final = (TAKEN_OVER, TOTALS)
