"""The proof of the books, with what was paid: runs and books must say the same, line by line.

The chain of each account has no gap and no overlap; each line is the sum of the transfers that it
covers, recomputed; each settle, pay and bounce is that of one line, and each line has the ones its
state tells of; the account of a run holds what has no outcome yet; and what was booked of an answer
of the bank is what the bank said. What was received for a debit note is one entry of the bank to that
merchant, and a note has received what its receipts make, and no more than it asks.
"""

from typing import Final

from pas.db import Statement
from pas.ledger.findings import Finding

CHAINS: Final = Statement(
    """
    WITH chain AS (
        SELECT l.*, r.number AS run, lag(l.to_epoch, 1, 0) OVER w AS ended_epoch, lag(l.to_xid, 1, 0::bigint) OVER w AS ended_xid
        FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id
        WHERE l.state <> 'withdrawn' OR l.settle_entry_id IS NOT NULL
        WINDOW w AS (PARTITION BY l.account_id ORDER BY l.from_epoch, l.from_xid)
    )
    SELECT 'settlement chain' AS check, account_id::text AS subject, format(
        'line %s of run %s begins at (%s, %s), the one before it on account %s ended at (%s, %s)',
        number, run, from_epoch, from_xid, account_id, ended_epoch, ended_xid) AS detail
    FROM chain WHERE (from_epoch, from_xid) <> (ended_epoch, ended_xid)
    ORDER BY account_id, run LIMIT $1
    """,
    Finding,
)

# Transfers and ends of lines in one order; how many ends came before a transfer is which line it is in.
SUMS: Final = Statement(
    """
    WITH standing AS (
        SELECT l.*, r.number AS run,
            row_number() OVER (PARTITION BY l.account_id ORDER BY l.to_epoch, l.to_xid) - 1 AS place
        FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id
        WHERE l.state <> 'withdrawn' OR l.settle_entry_id IS NOT NULL
    ), moved AS (
        SELECT t.credit AS account_id, t.epoch, t.xid, t.amount, 0 AS ends
        FROM transfer t WHERE t.credit IN (SELECT s.account_id FROM standing s)
        UNION ALL
        SELECT t.debit, t.epoch, t.xid, -t.amount, 0
        FROM transfer t JOIN account o ON o.id = t.credit AND o.kind <> 'run'
        WHERE t.debit IN (SELECT s.account_id FROM standing s)
        UNION ALL
        SELECT s.account_id, s.to_epoch, s.to_xid, 0, 1 FROM standing s
    ), placed AS (
        SELECT account_id, amount,
            sum(ends) OVER (PARTITION BY account_id ORDER BY epoch, xid, ends DESC ROWS UNBOUNDED PRECEDING) - ends AS place
        FROM moved
    ), summed AS (
        SELECT account_id, place, sum(amount) AS amount FROM placed GROUP BY 1, 2
    )
    SELECT 'settlement sum' AS check, s.account_id::text AS subject, format(
        'line %s of run %s pays %s cents, the transfers that it covers make %s',
        s.number, s.run, s.amount_cents, coalesce(m.amount, 0)) AS detail
    FROM standing s LEFT JOIN summed m ON m.account_id = s.account_id AND m.place = s.place
    WHERE s.amount_cents <> coalesce(m.amount, 0)
    ORDER BY s.run, s.number LIMIT $1
    """,
    Finding,
)

ENTRIES: Final = Statement(
    """
    WITH said AS (
        SELECT l.settle_entry_id AS id, 'settle' AS kind, l.account_id AS debit, r.account_id AS credit,
            l.amount_cents, r.number AS run, l.number
        FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id WHERE l.settle_entry_id IS NOT NULL
        UNION ALL
        SELECT l.pay_entry_id, 'pay', r.account_id, NULL, l.amount_cents, r.number, l.number
        FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id WHERE l.pay_entry_id IS NOT NULL
        UNION ALL
        SELECT l.bounce_entry_id, 'bounce', CASE WHEN l.pay_entry_id IS NULL THEN r.account_id END, l.account_id,
            l.amount_cents, r.number, l.number
        FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id WHERE l.bounce_entry_id IS NOT NULL
    ), booked AS (
        SELECT e.id, e.kind, t.debit, t.credit, t.amount, d.kind AS debit_kind, c.kind AS credit_kind
        FROM entry e JOIN transfer t ON t.entry_id = e.id JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
        WHERE e.kind IN ('settle', 'pay', 'bounce')
    )
    SELECT 'settlement entry' AS check, coalesce(b.id, s.id)::text AS subject, format(
        'entry %s (%s) moves %s cents; line %s of run %s says %s of %s cents',
        coalesce(b.id::text, 'absent'), b.kind, b.amount, s.number, s.run, s.kind, s.amount_cents) AS detail
    FROM booked b FULL JOIN said s ON s.id = b.id
    WHERE b.id IS NULL OR s.id IS NULL OR b.kind <> s.kind OR b.amount <> s.amount_cents
        OR b.debit <> s.debit OR b.credit <> s.credit
        OR s.debit IS NULL AND b.debit_kind <> 'bank' OR s.credit IS NULL AND b.credit_kind <> 'bank'
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)

RUN_ACCOUNTS: Final = Statement(
    """
    WITH held AS (
        SELECT r.id, r.number, r.state, coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.credit = r.account_id), 0)
            - coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.debit = r.account_id), 0) AS amount
        FROM settlement_run r WHERE r.account_id IS NOT NULL
    )
    SELECT 'settlement run' AS check, h.id::text AS subject, format(
        'the account of run %s (%s) holds %s cents, its lines without an outcome make %s',
        h.number, h.state, h.amount, coalesce(l.amount, 0)) AS detail
    FROM held h LEFT JOIN LATERAL (
        SELECT sum(amount_cents) AS amount FROM settlement_line WHERE run_id = h.id AND state = 'approved'
    ) l ON true
    WHERE h.amount <> coalesce(l.amount, 0) OR h.state IN ('booked', 'withdrawn') AND h.amount <> 0
    ORDER BY h.number LIMIT $1
    """,
    Finding,
)

BANK_ITEMS: Final = Statement(
    """
    SELECT 'bank item' AS check, i.id::text AS subject, format(
        'item %s of the bank (%s) says %s cents %s, the lines that it speaks of make %s',
        i.id, i.outcome, i.amount_cents, i.currency, coalesce(s.cents, 0)) AS detail
    FROM bank_item i LEFT JOIN LATERAL (
        SELECT sum(o.cents) AS cents, bool_and(o.is_so) AS is_so FROM (
            SELECT l.amount_cents AS cents,
                CASE b.act WHEN 'pay' THEN l.pay_entry_id IS NOT NULL ELSE l.bounce_entry_id IS NOT NULL END AS is_so
            FROM bank_booking b JOIN settlement_line l ON l.run_id = b.run_id AND l.number = b.number WHERE b.item_id = i.id
            UNION ALL
            SELECT r.amount_cents, r.received_on = i.day FROM debit_note_bank_item b
            JOIN debit_note_receipt r ON r.entry_id = b.entry_id WHERE b.item_id = i.id
        ) o
    ) s ON true
    WHERE s.is_so IS DISTINCT FROM CASE WHEN i.outcome IN ('booked', 'confirmed', 'matched') THEN true END
        OR i.outcome IN ('booked', 'confirmed') AND i.kind <> 'status' AND (i.amount_cents, i.currency) IS DISTINCT FROM (s.cents, 'EUR')
    ORDER BY i.id LIMIT $1
    """,
    Finding,
)

NOTE_ENTRIES: Final = Statement(
    """
    WITH said AS (
        SELECT r.entry_id AS id, r.amount_cents, n.account_id, n.number, r.number AS receipt
        FROM debit_note_receipt r JOIN debit_note n ON n.id = r.note_id
    ), booked AS (
        SELECT e.id, t.credit, t.amount, d.kind AS debit_kind
        FROM entry e JOIN transfer t ON t.entry_id = e.id JOIN account d ON d.id = t.debit WHERE e.kind = 'debit_note'
    )
    SELECT 'debit note entry' AS check, coalesce(b.id, s.id)::text AS subject, format(
        'entry %s moves %s cents; receipt %s of debit note %s says %s cents',
        coalesce(b.id::text, 'absent'), b.amount, s.receipt, s.number, s.amount_cents) AS detail
    FROM booked b FULL JOIN said s ON s.id = b.id
    WHERE b.id IS NULL OR s.id IS NULL OR b.amount <> s.amount_cents OR b.credit <> s.account_id OR b.debit_kind <> 'bank'
    ORDER BY 2 LIMIT $1
    """,
    Finding,
)

NOTE_SUMS: Final = Statement(
    """
    SELECT 'debit note sum' AS check, n.id::text AS subject, format(
        'debit note %s asks %s cents and has received %s, its receipts make %s',
        n.number, n.amount_cents, n.received_cents, coalesce(r.cents, 0)) AS detail
    FROM debit_note n
    LEFT JOIN (SELECT note_id, sum(amount_cents) AS cents FROM debit_note_receipt GROUP BY 1) r ON r.note_id = n.id
    WHERE n.received_cents <> coalesce(r.cents, 0) OR coalesce(r.cents, 0) > n.amount_cents
    ORDER BY n.number LIMIT $1
    """,
    Finding,
)

CHECKS: Final = (CHAINS, SUMS, ENTRIES, RUN_ACCOUNTS, BANK_ITEMS, NOTE_ENTRIES, NOTE_SUMS)
