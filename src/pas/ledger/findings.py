"""Where the books break: each check names the entry or account at which something is not right."""

from typing import Final

import msgspec

from pas.db import Statement


class Finding(msgspec.Struct, frozen=True, rename="camel"):
    """One break: the check that found it, what it is about, and in which words."""

    check: str
    subject: str
    detail: str


ENTRY_TOTALS: Final = Statement(
    """
    SELECT 'entry total' AS check, e.id::text AS subject, format(
        'entry %s (%s, %s) says %s in total, its transfers say %s', e.id, e.kind,
        to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.total, coalesce(t.amount, 0)) AS detail
    FROM entry e
    FULL JOIN (SELECT entry_id, sum(amount) AS amount FROM transfer GROUP BY 1) t ON t.entry_id = e.id
    WHERE e.id IS NOT NULL AND e.total <> coalesce(t.amount, 0)
    ORDER BY e.id LIMIT $1
    """,
    Finding,
)

ORPHANS: Final = Statement(
    """
    SELECT 'transfer without entry' AS check, t.entry_id::text AS subject,
        format('transfer %s of %s has no entry', t.line, t.entry_id) AS detail
    FROM transfer t WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = t.entry_id)
    ORDER BY t.entry_id, t.line LIMIT $1
    """,
    Finding,
)

BALANCES: Final = Statement(
    """
    WITH moved AS (
        SELECT m.account_id, sum(m.amount) AS amount, count(*) AS movements, count(DISTINCT m.number) AS numbers,
            coalesce(max(m.number), 0) AS last, count(m.turn) AS debits, count(DISTINCT m.turn) AS turns,
            coalesce(max(m.turn), 0) AS last_turn
        FROM (
            SELECT debit AS account_id, -amount AS amount, debit_number AS number, debit_turn AS turn FROM transfer
            UNION ALL SELECT credit, amount, credit_number, NULL FROM transfer
        ) m JOIN balance b ON b.account_id = m.account_id
        GROUP BY 1
    )
    SELECT 'balance' AS check, b.account_id::text AS subject, format(
        'account %s (%s, scheme %s, %s) stores %s after %s movements and %s debits; its transfers make %s in %s movements, '
        '%s numbers, the last %s, and %s debits, %s turns, the last %s',
        b.account_id, a.kind, a.scheme_id, a.budget_year, b.amount, b.movements, b.debits,
        coalesce(m.amount, 0), coalesce(m.movements, 0), coalesce(m.numbers, 0), coalesce(m.last, 0),
        coalesce(m.debits, 0), coalesce(m.turns, 0), coalesce(m.last_turn, 0)) AS detail
    FROM balance b LEFT JOIN account a ON a.id = b.account_id LEFT JOIN moved m ON m.account_id = b.account_id
    WHERE b.amount <> coalesce(m.amount, 0)
        OR b.movements <> ANY (ARRAY[coalesce(m.movements, 0), coalesce(m.numbers, 0), coalesce(m.last, 0)])
        OR b.debits <> ANY (ARRAY[coalesce(m.debits, 0), coalesce(m.turns, 0), coalesce(m.last_turn, 0)])
    ORDER BY b.account_id LIMIT $1
    """,
    Finding,
)

GUARDS: Final = Statement(
    """
    SELECT 'guard' AS check, coalesce(a.id, b.account_id)::text AS subject, format(
        'account %s (%s) is guarded: %s, has a balance: %s',
        coalesce(a.id, b.account_id), a.kind, a.guarded, b.account_id IS NOT NULL) AS detail
    FROM account a FULL JOIN balance b ON b.account_id = a.id
    WHERE a.id IS NULL OR a.guarded <> (b.account_id IS NOT NULL)
    ORDER BY coalesce(a.id, b.account_id) LIMIT $1
    """,
    Finding,
)

POSTINGS: Final = Statement(
    """
    SELECT 'posting' AS check, t.entry_id::text AS subject, format(
        'line %s of %s (%s) goes from %s of scheme %s, %s, to %s of scheme %s, %s, in %s and %s', t.line, t.entry_id, e.kind,
        d.kind, d.scheme_id, d.budget_year, c.kind, c.scheme_id, c.budget_year, d.unit, c.unit) AS detail
    FROM transfer t JOIN entry e ON e.id = t.entry_id
    LEFT JOIN account d ON d.id = t.debit LEFT JOIN account c ON c.id = t.credit
    LEFT JOIN posting p ON p.kind = e.kind AND p.debit = d.kind AND p.credit = c.kind
        AND p.reverses = (t.reversed_line IS NOT NULL)
    WHERE p.kind IS NULL OR d.unit IS DISTINCT FROM c.unit
        OR (d.scheme_id, d.budget_year) <> (c.scheme_id, c.budget_year)
        OR d.guarded <> (t.debit_number IS NOT NULL) OR c.guarded <> (t.credit_number IS NOT NULL)
    ORDER BY t.entry_id, t.line LIMIT $1
    """,
    Finding,
)

REVERSALS: Final = Statement(
    """
    WITH done AS (
        SELECT e.reverses AS entry_id, t.reversed_line AS line, sum(t.amount) AS amount, count(DISTINCT e.id) AS times
        FROM entry e JOIN transfer t ON t.entry_id = e.id
        WHERE t.reversed_line IS NOT NULL GROUP BY 1, 2
    )
    SELECT 'reversal' AS check, coalesce(r.entry_id, d.entry_id)::text AS subject, format(
        'line %s of %s: stored as reversed %s of %s in %s times, its reversals make %s in %s times, the original is %s',
        coalesce(r.line, d.line), coalesce(r.entry_id, d.entry_id), r.reversed, r.original, r.times, d.amount, d.times, o.amount) AS detail
    FROM reversal r FULL JOIN done d ON d.entry_id = r.entry_id AND d.line = r.line
    LEFT JOIN transfer o ON o.entry_id = coalesce(r.entry_id, d.entry_id) AND o.line = coalesce(r.line, d.line)
    WHERE r.reversed IS DISTINCT FROM d.amount OR r.times IS DISTINCT FROM d.times::integer
        OR r.original IS DISTINCT FROM o.amount
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)

WAYS_BACK: Final = Statement(
    """
    SELECT 'way back' AS check, t.entry_id::text AS subject, format(
        'line %s of %s reverses line %s of %s, and does not go back the way that one went',
        t.line, t.entry_id, t.reversed_line, e.reverses) AS detail
    FROM transfer t JOIN entry e ON e.id = t.entry_id
    LEFT JOIN transfer o ON o.entry_id = e.reverses AND o.line = t.reversed_line
    WHERE t.reversed_line IS NOT NULL AND (o.debit IS DISTINCT FROM t.credit OR o.credit IS DISTINCT FROM t.debit)
    ORDER BY t.entry_id, t.line LIMIT $1
    """,
    Finding,
)

USABLE: Final = Statement(
    """
    SELECT 'usable' AS check, b.account_id::text AS subject, format(
        'account %s can be used from %s until %s; written down is from %s until %s', b.account_id, b.usable_from, b.usable_until,
        coalesce(u.usable_from, a.usable_from), coalesce(u.usable_until, a.usable_until)) AS detail
    FROM balance b
    JOIN account a ON a.id = b.account_id
    LEFT JOIN usable_change u ON u.account_id = b.account_id
        AND NOT EXISTS (SELECT 1 FROM usable_change n WHERE n.account_id = u.account_id AND n.number > u.number)
    WHERE b.usable_from <> coalesce(u.usable_from, a.usable_from) OR b.usable_until <> coalesce(u.usable_until, a.usable_until)
    ORDER BY b.account_id LIMIT $1
    """,
    Finding,
)

CHECKS: Final = (ENTRY_TOTALS, ORPHANS, BALANCES, GUARDS, POSTINGS, REVERSALS, WAYS_BACK, USABLE)
