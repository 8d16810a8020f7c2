-- What each transfer adds to the terms of the equation: of its scheme, year and unit, and of the merchants it moves
-- to and from. A total, its months and its entries are all read from here, so they are sums of the same rows.
SET LOCAL lock_timeout = '5s';

SET LOCAL ROLE ledger_municipality;

CREATE VIEW equation_part AS
SELECT 'scheme' AS book, coalesce(d.scheme_id, c.scheme_id) AS about, coalesce(d.budget_year, c.budget_year)::integer AS budget_year,
    d.unit, p.term, t.entry_id, p.sign * t.amount AS amount, e.kind, e.period, e.occurred_at, e.recorded_at, t.epoch, t.xid,
    CASE WHEN c.kind = 'merchant' THEN c.subject_id WHEN d.kind = 'merchant' THEN d.subject_id END AS merchant_id
FROM transfer t JOIN entry e ON e.id = t.entry_id JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
CROSS JOIN LATERAL (VALUES
    ('granted', CASE WHEN e.kind IN ('grant', 'opening') AND c.kind = 'budget' THEN 1 WHEN e.kind = 'correct' AND d.kind = 'budget' THEN -1 ELSE 0 END),
    ('opening', (d.kind = 'earlier_supplier')::integer - (c.kind = 'earlier_supplier')::integer),
    ('shortfall', (d.kind = 'offline_risk')::integer - (c.kind = 'offline_risk')::integer),
    ('spent', (c.kind IN ('merchant', 'payee', 'used'))::integer),
    ('reversed', (d.kind IN ('merchant', 'payee', 'used'))::integer),
    ('held', (c.kind = 'held')::integer - (d.kind = 'held')::integer),
    ('lapsed', CASE WHEN d.kind IN ('budget', 'held') AND c.kind = 'appropriation' AND e.kind <> 'correct' THEN 1
        WHEN d.kind = 'appropriation' AND c.kind IN ('budget', 'held') AND e.kind <> 'grant' THEN -1 ELSE 0 END),
    ('open', (c.kind = 'budget')::integer - (d.kind = 'budget')::integer)
) AS p (term, sign)
WHERE p.sign <> 0 AND coalesce(d.scheme_id, c.scheme_id) IS NOT NULL
UNION ALL
SELECT 'merchant', a.subject_id, 0, a.unit, p.term, t.entry_id, p.sign * t.amount, e.kind, e.period, e.occurred_at, e.recorded_at, t.epoch, t.xid,
    CASE WHEN a.kind = 'merchant' THEN a.subject_id END
FROM account a JOIN transfer t ON t.credit = a.id JOIN entry e ON e.id = t.entry_id
CROSS JOIN LATERAL (VALUES
    ('owed', 1),
    ('redeemed', (e.kind IN ('redeem', 'offline', 'confirm', 'capture', 'shortfall'))::integer),
    ('reversed', -(e.kind IN ('void', 'refund'))::integer),
    ('corrected', (e.kind = 'correct')::integer),
    ('paid', -(e.kind = 'settle')::integer),
    ('bounced', (e.kind IN ('bounce', 'debit_note'))::integer)
) AS p (term, sign)
WHERE p.sign <> 0 AND a.kind IN ('merchant', 'payee')
UNION ALL
SELECT 'merchant', a.subject_id, 0, a.unit, p.term, t.entry_id, p.sign * -t.amount, e.kind, e.period, e.occurred_at, e.recorded_at, t.epoch, t.xid,
    CASE WHEN a.kind = 'merchant' THEN a.subject_id END
FROM account a JOIN transfer t ON t.debit = a.id JOIN entry e ON e.id = t.entry_id
CROSS JOIN LATERAL (VALUES
    ('owed', 1),
    ('redeemed', (e.kind IN ('redeem', 'offline', 'confirm', 'capture', 'shortfall'))::integer),
    ('reversed', -(e.kind IN ('void', 'refund'))::integer),
    ('corrected', (e.kind = 'correct')::integer),
    ('paid', -(e.kind = 'settle')::integer),
    ('bounced', (e.kind IN ('bounce', 'debit_note'))::integer)
) AS p (term, sign)
WHERE p.sign <> 0 AND a.kind IN ('merchant', 'payee');
COMMENT ON VIEW equation_part IS 'Each transfer once for every term of the equation that it adds to, or takes from. A merchant has no year: its year is 0.';

GRANT SELECT ON equation_part TO app_municipality, auditor_municipality;

SET LOCAL ROLE owner_municipality;
