"""The proof of the books, with what was closed: nothing was granted in a closed year, and its months are closed."""

from typing import Final

from pas.db import Statement
from pas.ledger.findings import Finding

GRANTED: Final = Statement(
    """
    SELECT 'closed year' AS check, e.id::text AS subject,
        format('entry %s (%s) brings %s to scheme %s, %s, which was closed before it',
            e.id, e.kind, t.amount, c.scheme_id, c.budget_year) AS detail
    FROM year_closing y JOIN seal_checkpoint k ON k.size = y.checkpoint_size
    JOIN account c ON c.budget_year = y.year AND c.kind IN ('budget', 'appropriation')
    JOIN transfer t ON t.credit = c.id
    JOIN entry e ON e.id = t.entry_id AND e.kind IN ('grant', 'opening', 'appropriate') AND (e.epoch, e.xid) >= (k.epoch, k.xid)
    WHERE y.closed_at IS NOT NULL AND y.reopened_at IS NULL
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)
MONTHS: Final = Statement(
    """
    SELECT 'closed year' AS check, y.year::text AS subject,
        format('%s is closed, and its month %s is not', y.year, to_char(m.month, 'YYYY-MM')) AS detail
    FROM year_closing y CROSS JOIN LATERAL generate_series(greatest(y.starts_on,
        (SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam')::date FROM epoch e ORDER BY e.number LIMIT 1)),
        y.ends_on - interval '1 month', interval '1 month') AS m (month)
    WHERE y.closed_at IS NOT NULL AND y.reopened_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM period_closing c
            WHERE c.period = m.month::date AND c.closed_at IS NOT NULL AND c.reopened_at IS NULL)
    ORDER BY 2, 3 LIMIT $1
    """,
    Finding,
)

CHECKS: Final = (GRANTED, MONTHS)
