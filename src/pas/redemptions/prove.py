"""The proof of the books, with what was written down beside them of grants, redemptions and reversals.

What the till's list, the merchant and the holder see comes from these tables; so they must say what
the entries say, both ways: no entry without its row, no row without its entry.
"""

from datetime import datetime
from typing import Final

from pas.db import Connection, Statement
from pas.grants.prove import CHECKS as OF_GRANTS
from pas.ledger import prove as ledger
from pas.ledger.findings import Finding

REDEMPTIONS: Final = Statement(
    """
    WITH booked AS (
        SELECT e.id, e.kind, e.refusal, coalesce(sum(t.amount) FILTER (WHERE c.kind IN ('merchant', 'payee')), 0) AS cents,
            coalesce(sum(t.amount) FILTER (WHERE c.kind = 'used'), 0) AS visits,
            min(c.subject_id::text) FILTER (WHERE c.kind IN ('merchant', 'payee')) AS merchant,
            count(DISTINCT c.subject_id) FILTER (WHERE c.kind IN ('merchant', 'payee')) AS merchants
        FROM entry e LEFT JOIN transfer t ON t.entry_id = e.id LEFT JOIN account c ON c.id = t.credit
        WHERE e.kind IN ('redeem', 'confirm', 'offline')
        GROUP BY e.id
    )
    SELECT 'redemption' AS check, coalesce(b.id, r.entry_id)::text AS subject, format(
        'entry %s (%s, refusal %s) pays %s cents to %s and uses %s visits; '
        'beside it stands (refusal %s) %s cents to %s and %s visits',
        coalesce(b.id::text, 'absent'), b.kind, coalesce(b.refusal, 'none'), b.cents, b.merchant, b.visits,
        coalesce(r.refusal, 'none'), r.taken_cents, r.merchant_id, r.visits) AS detail
    FROM booked b FULL JOIN redemption r ON r.entry_id = b.id
    WHERE b.id IS NULL OR r.entry_id IS NULL OR b.refusal IS DISTINCT FROM r.refusal
        OR b.cents <> r.taken_cents OR b.visits <> r.visits OR b.merchants > 1 OR b.merchant <> r.merchant_id::text
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)

REVERSALS: Final = Statement(
    """
    WITH booked AS (
        SELECT e.id, e.kind, e.reverses, coalesce(sum(t.amount) FILTER (WHERE d.kind IN ('merchant', 'payee')), 0) AS cents
        FROM entry e JOIN redemption r ON r.entry_id = e.reverses
        LEFT JOIN transfer t ON t.entry_id = e.id LEFT JOIN account d ON d.id = t.debit
        WHERE e.kind IN ('void', 'refund')
        GROUP BY e.id
    )
    SELECT 'redemption reversal' AS check, coalesce(b.id, v.entry_id)::text AS subject, format(
        'entry %s (%s of %s) takes %s cents back from the merchant; beside it stands a %s of %s, of %s cents',
        coalesce(b.id::text, 'absent'), b.kind, b.reverses, b.cents, v.kind, v.original_id, v.amount_cents) AS detail
    FROM booked b FULL JOIN redemption_reversal v ON v.entry_id = b.id
    WHERE b.id IS NULL OR v.entry_id IS NULL OR b.kind <> v.kind OR b.reverses <> v.original_id OR b.cents <> v.amount_cents
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)

OFFLINE_SALES: Final = Statement(
    """
    WITH booked AS (
        SELECT e.id, coalesce(sum(t.amount) FILTER (WHERE d.kind = 'budget' AND d.unit = 'cents'), 0) AS taken,
            coalesce(sum(t.amount) FILTER (WHERE d.kind = 'offline_risk'), 0) AS risk
        FROM entry e JOIN transfer t ON t.entry_id = e.id JOIN account d ON d.id = t.debit
        WHERE e.kind = 'offline' AND e.refusal IS NULL
        GROUP BY e.id
    )
    SELECT 'offline sale' AS check, coalesce(b.id, s.id)::text AS subject, format(
        'entry %s takes %s cents from budgets and %s from the risk; beside it stands %s and %s',
        coalesce(b.id::text, 'absent'), b.taken, b.risk, s.take_cents, s.risk_cents) AS detail
    FROM booked b FULL JOIN (
        SELECT id, take_cents, risk_cents FROM offline_sale WHERE outcome = 'booked'
        UNION ALL
        SELECT entry_id, take_cents, risk_cents FROM coupon_entry WHERE entry_id IS NOT NULL
    ) s ON s.id = b.id
    WHERE b.id IS NULL OR s.id IS NULL OR b.taken <> s.take_cents OR b.risk <> s.risk_cents
    UNION ALL
    SELECT 'offline permit', p.id::text, format('%s cents were booked on a permit for %s', sum(s.price_cents), p.total_cents)
    FROM offline_permit p JOIN offline_sale s ON s.permit_id = p.id AND s.outcome = 'booked'
    GROUP BY p.id HAVING sum(s.price_cents) > p.total_cents
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)

CHECKS: Final = (*OF_GRANTS, REDEMPTIONS, REVERSALS, OFFLINE_SALES)


async def prove(
    connection: Connection,
    now: datetime,
    *,
    milliseconds: int = 0,
    told: ledger.Told = lambda _done, _total: None,
) -> ledger.Proof:
    """Prove all of it, on one snapshot; as ``pas.ledger.prove`` does for the ledger alone."""
    return await ledger.prove(connection, now, milliseconds=milliseconds, more=CHECKS, told=told)
