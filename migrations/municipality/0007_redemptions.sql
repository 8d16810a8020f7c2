-- Redemptions: what was sold where and at which till; the processing log; and the functions that book them.
SET LOCAL lock_timeout = '5s';

CREATE TABLE redemption (
    entry_id uuid PRIMARY KEY,
    till_id uuid NOT NULL,
    merchant_id uuid,
    location_id uuid,
    category text,
    price_cents bigint NOT NULL CHECK (price_cents BETWEEN 0 AND 100000000),
    taken_cents bigint NOT NULL CHECK (taken_cents BETWEEN 0 AND price_cents),
    visits integer NOT NULL DEFAULT 0 CHECK (visits >= 0),
    refusal text,
    sale_id uuid,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX redemption_till ON redemption (till_id, recorded_at);
CREATE INDEX redemption_merchant ON redemption (merchant_id, recorded_at);
CREATE INDEX redemption_sale ON redemption (sale_id) WHERE sale_id IS NOT NULL;

CREATE TABLE redemption_reversal (
    entry_id uuid PRIMARY KEY,
    original_id uuid NOT NULL REFERENCES redemption,
    kind text NOT NULL CHECK (kind IN ('void', 'refund')),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    till_id uuid,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 300),
    recorded_at timestamptz NOT NULL
);
CREATE INDEX redemption_reversal_original ON redemption_reversal (original_id);
CREATE INDEX redemption_reversal_till ON redemption_reversal (till_id, recorded_at);

-- Who used which data of whom and why (Logboek Dataverwerkingen). Rows are deleted on their clock; until
-- then it is also what limits per pass are counted from.
CREATE TABLE processing_log (
    subject_id uuid NOT NULL,
    activity text NOT NULL CHECK (activity ~ '^[a-z][a-z_.]{1,60}$'),
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    entry_id uuid,
    card_id uuid,
    trace_id text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX processing_log_subject ON processing_log (subject_id, recorded_at);
CREATE INDEX processing_log_recorded ON processing_log USING brin (recorded_at);

-- A card that nobody knows, tried at a till: five in ten minutes pause it.
CREATE TABLE unknown_scan (
    till_id uuid NOT NULL,
    tried_at timestamptz NOT NULL
);
CREATE INDEX unknown_scan_till ON unknown_scan (till_id, tried_at);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON redemption EXECUTE FUNCTION refuse_write();
ALTER TABLE redemption ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON redemption_reversal EXECUTE FUNCTION refuse_write();
ALTER TABLE redemption_reversal ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT ON redemption, redemption_reversal TO app_municipality;
GRANT SELECT, INSERT, DELETE ON processing_log, unknown_scan TO app_municipality;

-- Books redemptions that the rules decided: checks till, merchant, card and pass in this statement's own
-- snapshot, that each budget is one of the person the card speaks for, and that each merchant line goes to
-- this merchant; then books, and writes the redemption and the processing log. Outcomes as book();
-- `moved` also when something changed since the facts were read, and then nothing of the call is stored.
CREATE FUNCTION redeem_batch(
    item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_replaces uuid[],
    item_occurred timestamptz[], item_actor_kinds text[], item_actors uuid[],
    accounts bigint[],
    line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_seen bigint[],
    tills uuid[], merchants uuid[], locations uuid[], cards uuid[], subjects uuid[],
    categories text[], prices bigint[], takes bigint[], visits_used integer[], sales uuid[], traces text[]
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    items CONSTANT integer := cardinality(item_ids);
    changed integer[];
    outcomes text[];
    written_at timestamptz;
BEGIN
    IF (items = ALL (ARRAY[cardinality(tills), cardinality(merchants), cardinality(locations), cardinality(cards), cardinality(subjects),
            cardinality(categories), cardinality(prices), cardinality(takes), cardinality(visits_used), cardinality(sales), cardinality(traces)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(item_kinds) k (kind) WHERE k.kind IS NULL OR k.kind NOT IN ('redeem', 'confirm')) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'redeem_batch takes redemptions and confirmations';
    END IF;
    SELECT array_agg(i.n::integer) INTO changed
    FROM unnest(item_refusals, tills, merchants, cards, subjects, item_occurred) WITH ORDINALITY
        AS i (refusal, till_id, merchant_id, card_id, subject_id, occurred, n)
    WHERE i.refusal IS NULL AND NOT (
        coalesce((SELECT t.state = 'active' AND (t.kind <> 'merchant' OR t.merchant_id = i.merchant_id) FROM till t WHERE t.id = i.till_id), false)
        AND coalesce((SELECT m.state = 'approved' FROM merchant m WHERE m.id = i.merchant_id), false)
        AND coalesce((
            SELECT c.state = 'active' AND (c.expires_at IS NULL OR c.expires_at > i.occurred)
                AND (c.resident_id = i.subject_id OR EXISTS (
                    SELECT 1 FROM managing_adult a WHERE a.child_id = i.subject_id AND a.adult_id = c.resident_id
                    AND a.valid_from <= (i.occurred AT TIME ZONE 'Europe/Amsterdam')::date
                    AND (a.valid_until IS NULL OR a.valid_until > (i.occurred AT TIME ZONE 'Europe/Amsterdam')::date)))
            FROM card c WHERE c.id = i.card_id), false)
    );
    IF changed IS NULL THEN
        -- Spent from a budget of the subject, on a pass that has not ended; cents to the merchant of the
        -- item, visits to where used visits of the scheme go, a forfeit to the scheme's appropriation.
        SELECT array_agg(DISTINCT l.item) INTO changed
        FROM unnest(line_items, line_debits, line_credits) AS l (item, debit, credit)
        WHERE item_refusals[l.item] IS NULL AND NOT coalesce(
            (
                SELECT p.resident_id = subjects[l.item] AND (p.ended_on IS NULL OR p.ended_on > (item_occurred[l.item] AT TIME ZONE 'Europe/Amsterdam')::date)
                    AND (b.merchant_id IS NULL OR b.merchant_id = merchants[l.item])
                    AND (accounts[l.credit] = (SELECT m.account_id FROM merchant m WHERE m.id = merchants[l.item])
                        OR accounts[l.credit] = (SELECT a.account_id FROM appropriation a WHERE a.scheme_id = b.scheme_id AND a.budget_year = b.budget_year))
                FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.account_id = accounts[l.debit]
            ), (
                SELECT p.resident_id = subjects[l.item] AND (p.ended_on IS NULL OR p.ended_on > (item_occurred[l.item] AT TIME ZONE 'Europe/Amsterdam')::date)
                    AND (b.merchant_id IS NULL OR b.merchant_id = merchants[l.item])
                    AND EXISTS (SELECT 1 FROM account a WHERE a.id = accounts[l.credit] AND a.kind IN ('used', 'appropriation')
                        AND a.scheme_id = b.scheme_id AND a.budget_year = b.budget_year)
                FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.visits_account_id = accounts[l.debit]
            ), false);
    END IF;
    IF changed IS NOT NULL THEN
        RETURN (SELECT array_agg(CASE WHEN n = ANY (changed) THEN 'moved' ELSE 'busy' END ORDER BY n) FROM generate_series(1, items) n);
    END IF;

    outcomes := book(item_ids, item_kinds, item_refusals, item_fingerprints, array_fill(NULL::uuid, ARRAY[items]), item_replaces,
        item_occurred, item_actor_kinds, item_actors, accounts, line_items, line_debits, line_credits, line_amounts,
        array_fill(NULL::smallint, ARRAY[cardinality(line_items)]), line_seen);

    written_at := clock_timestamp();
    INSERT INTO redemption (entry_id, till_id, merchant_id, location_id, category, price_cents, taken_cents, visits, refusal, sale_id, recorded_at)
    SELECT i.id, i.till_id, i.merchant_id, i.location_id, i.category, i.price, CASE WHEN i.refusal IS NULL THEN i.take ELSE 0 END,
        CASE WHEN i.refusal IS NULL THEN i.visits ELSE 0 END, i.refusal, i.sale_id, written_at
    FROM unnest(item_ids, outcomes, item_refusals, tills, merchants, locations, categories, prices, takes, visits_used, sales)
        AS i (id, outcome, refusal, till_id, merchant_id, location_id, category, price, take, visits, sale_id)
    WHERE i.outcome IN ('booked', 'declined');
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, trace_id, recorded_at)
    SELECT i.subject_id, 'redemption', i.actor_kind, i.actor_id, i.id, i.card_id, i.trace, written_at
    FROM unnest(item_ids, outcomes, subjects, item_actor_kinds, item_actors, cards, traces)
        AS i (id, outcome, subject_id, actor_kind, actor_id, card_id, trace)
    WHERE i.outcome IN ('booked', 'declined') AND i.subject_id IS NOT NULL;
    RETURN outcomes;
END $$;

-- Takes redemptions back, whole or in part, to the budgets they came from. Lines name the line of the
-- original that they reverse; a line without one moves on what came back to a budget that has ended.
CREATE FUNCTION reverse_batch(
    item_ids uuid[], item_kinds text[], item_fingerprints bytea[], item_reverses uuid[],
    item_occurred timestamptz[], item_actor_kinds text[], item_actors uuid[],
    accounts bigint[],
    line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[],
    tills uuid[], takes bigint[], reasons text[], traces text[]
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    items CONSTANT integer := cardinality(item_ids);
    outcomes text[];
    written_at timestamptz;
BEGIN
    IF (items = ALL (ARRAY[cardinality(tills), cardinality(takes), cardinality(reasons), cardinality(traces)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(item_kinds) k (kind) WHERE k.kind NOT IN ('void', 'refund'))
        OR EXISTS (SELECT 1 FROM unnest(item_reverses) r (id) WHERE r.id IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'reverse_batch takes voids and refunds of redemptions';
    END IF;
    IF EXISTS (
        SELECT 1 FROM unnest(line_items, line_debits, line_amounts, line_reversed) AS o (item, debit, amount, reversed)
        WHERE o.reversed IS NULL
        GROUP BY o.item, o.debit
        HAVING sum(o.amount) > coalesce((
            SELECT sum(b.amount) FROM unnest(line_items, line_credits, line_amounts, line_reversed) AS b (item, credit, amount, reversed)
            WHERE b.item = o.item AND b.credit = o.debit AND b.reversed IS NOT NULL), 0)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'more is moved on than came back';
    END IF;
    outcomes := book(item_ids, item_kinds, array_fill(NULL::text, ARRAY[items]), item_fingerprints, item_reverses,
        array_fill(NULL::uuid, ARRAY[items]), item_occurred, item_actor_kinds, item_actors, accounts,
        line_items, line_debits, line_credits, line_amounts, line_reversed,
        array_fill(NULL::bigint, ARRAY[cardinality(line_items)]));
    written_at := clock_timestamp();
    INSERT INTO redemption_reversal (entry_id, original_id, kind, amount_cents, till_id, reason, recorded_at)
    SELECT i.id, i.reverses, i.kind, i.take, i.till_id, i.reason, written_at
    FROM unnest(item_ids, outcomes, item_reverses, item_kinds, takes, tills, reasons) AS i (id, outcome, reverses, kind, take, till_id, reason)
    WHERE i.outcome = 'booked';
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, trace_id, recorded_at)
    SELECT s.subject_id, i.kind, i.actor_kind, i.actor_id, i.id, NULL, i.trace, written_at
    FROM unnest(item_ids, outcomes, item_reverses, item_kinds, item_actor_kinds, item_actors, traces)
        AS i (id, outcome, reverses, kind, actor_kind, actor_id, trace)
    CROSS JOIN LATERAL (
        SELECT DISTINCT p.resident_id AS subject_id FROM transfer t
        JOIN budget b ON b.account_id = t.debit OR b.visits_account_id = t.debit
        JOIN pass p ON p.id = b.pass_id WHERE t.entry_id = i.reverses
    ) s
    WHERE i.outcome = 'booked';
    RETURN outcomes;
END $$;

REVOKE ALL ON FUNCTION redeem_batch, reverse_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION redeem_batch, reverse_batch TO app_municipality;
