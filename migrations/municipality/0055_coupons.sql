-- Coupon booklets for the day that everything is down: codes on paper, each good once, entered later from a merchant's
-- tally list. A coupon is a promise of the municipality up to its amount; what the budget cannot pay any more is its risk.
SET LOCAL lock_timeout = '5s';

CREATE TABLE coupon_run (
    id uuid PRIMARY KEY,
    face_cents bigint NOT NULL CHECK (face_cents BETWEEN 100 AND 100000),
    most_cents bigint NOT NULL CHECK (most_cents >= face_cents),
    limit_cents bigint NOT NULL CHECK (limit_cents > 0),
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    started_at timestamptz NOT NULL,
    started_by uuid NOT NULL,
    ended_at timestamptz,
    codes_until timestamptz NOT NULL,
    CHECK (valid_until > valid_from AND valid_until <= valid_from + 366)
);
COMMENT ON TABLE coupon_run IS 'One making of booklets; valid_until is the first day on which nothing can be bought with them.';
COMMENT ON COLUMN coupon_run.most_cents IS 'On coupons of one budget together, at most.';
COMMENT ON COLUMN coupon_run.limit_cents IS 'On all coupons of the run together: what the municipality can come to bear of it.';

-- A coupon says which budget pays; that row goes with the budget's link, so that nothing leads from a sale to a person.
CREATE TABLE coupon (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL REFERENCES coupon_run,
    account_id bigint REFERENCES budget (account_id) ON DELETE SET NULL,
    scheme_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL REFERENCES scheme_version,
    budget_year smallint NOT NULL,
    place integer NOT NULL CHECK (place > 0),
    face_cents bigint NOT NULL CHECK (face_cents > 0),
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    key_id text NOT NULL CHECK (length(key_id) BETWEEN 1 AND 60),
    code_encrypted bytea CHECK (octet_length(code_encrypted) <= 300),
    UNIQUE (run_id, account_id, place)
);
COMMENT ON TABLE coupon IS 'One coupon of a booklet. Its code is hashed with a key outside the database; encrypted only until the clock of the run.';
CREATE UNIQUE INDEX coupon_code ON coupon (code_hash);
CREATE INDEX coupon_account ON coupon (account_id);

CREATE TABLE coupon_list (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant,
    print bytea NOT NULL CHECK (octet_length(print) = 32),
    entered_at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL
);
COMMENT ON TABLE coupon_list IS 'A tally list of a merchant, as it was entered; the same id again gives the same verdicts.';
CREATE INDEX coupon_list_merchant ON coupon_list (merchant_id, entered_at);

CREATE TABLE coupon_entry (
    list_id uuid NOT NULL REFERENCES coupon_list,
    number integer NOT NULL CHECK (number > 0),
    coupon_id uuid REFERENCES coupon,
    sold_on date,
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    entry_id uuid UNIQUE,
    take_cents bigint NOT NULL CHECK (take_cents >= 0),
    risk_cents bigint NOT NULL CHECK (risk_cents >= 0),
    reason text CHECK (reason ~ '^[a-z][a-z0-9-]{1,60}$'),
    PRIMARY KEY (list_id, number),
    CHECK ((entry_id IS NULL) = (reason IS NOT NULL)),
    CHECK (entry_id IS NULL OR coupon_id IS NOT NULL AND sold_on IS NOT NULL AND take_cents + risk_cents = amount_cents AND amount_cents > 0),
    CHECK (entry_id IS NOT NULL OR take_cents + risk_cents = 0)
);
COMMENT ON TABLE coupon_entry IS 'One line of a tally list: what was paid, by the budget and by the municipality, or why it was not.';
-- What must never happen: a coupon that pays twice.
CREATE UNIQUE INDEX coupon_entry_once ON coupon_entry (coupon_id) WHERE entry_id IS NOT NULL;

CREATE FUNCTION keep_coupon() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (OLD.id, OLD.run_id, OLD.scheme_id, OLD.scheme_version_id, OLD.budget_year, OLD.place, OLD.face_cents, OLD.code_hash, OLD.key_id)
            IS DISTINCT FROM (NEW.id, NEW.run_id, NEW.scheme_id, NEW.scheme_version_id, NEW.budget_year, NEW.place, NEW.face_cents, NEW.code_hash, NEW.key_id)
        OR NEW.account_id IS NOT NULL AND OLD.account_id IS DISTINCT FROM NEW.account_id
        OR NEW.code_encrypted IS NOT NULL AND OLD.code_encrypted IS DISTINCT FROM NEW.code_encrypted THEN
        RAISE EXCEPTION USING ERRCODE = 'PA288', MESSAGE = 'of a coupon only its code and its link to a budget are ever forgotten';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_coupon BEFORE UPDATE ON coupon FOR EACH ROW EXECUTE FUNCTION keep_coupon();
ALTER TABLE coupon ENABLE ALWAYS TRIGGER keep_coupon;

-- What is on paper is what the municipality may come to bear: never more than was agreed for the run.
CREATE FUNCTION refuse_over_limit() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM coupon_run r WHERE r.id IN (SELECT m.run_id FROM made m) ORDER BY r.id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM coupon_run r WHERE r.id IN (SELECT m.run_id FROM made m)
            AND (SELECT sum(c.face_cents) FROM coupon c WHERE c.run_id = r.id) > r.limit_cents) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA289', MESSAGE = 'more on coupons than the run may be worth';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_over_limit AFTER INSERT ON coupon REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION refuse_over_limit();
ALTER TABLE coupon ENABLE ALWAYS TRIGGER refuse_over_limit;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON coupon EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON coupon_run EXECUTE FUNCTION refuse_write();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON coupon_list EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON coupon_list EXECUTE FUNCTION refuse_write();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON coupon_entry EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON coupon_entry EXECUTE FUNCTION refuse_write();
ALTER TABLE coupon ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE coupon_run ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE coupon_list ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE coupon_list ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE coupon_entry ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE coupon_entry ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON coupon_run, coupon TO app_municipality;
GRANT UPDATE (ended_at) ON coupon_run TO app_municipality;
GRANT UPDATE (code_encrypted) ON coupon TO app_municipality;
GRANT SELECT ON coupon_list, coupon_entry TO app_municipality;
GRANT SELECT ON coupon_run, coupon TO ledger_municipality;
GRANT SELECT, INSERT ON coupon_list, coupon_entry TO ledger_municipality;

SET LOCAL ROLE ledger_municipality;

-- Books a tally list as the rules judged it, all lines or none. A line without a reason is paid: by its budget what the
-- budget has, by the risk of the budget's scheme and year the rest. Nothing is stored (PA291, or 23505 for a coupon or a
-- list that another call was first with) where something has changed since it was read: read and decide again.
CREATE FUNCTION redeem_coupons(
    list uuid, list_print bytea, payee uuid, by_kind text, by_id uuid, trace text, numbers integer[], coupons uuid[], days date[], amounts bigint[],
    reasons text[], entries uuid[], prints bytea[], occurred timestamptz[], categories text[], takes bigint[], candidates bigint[]
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    merchant_account bigint;
    places bigint[];
    outcomes text[];
    risks bigint[];
    risk_schemes uuid[];
    risk_years smallint[];
BEGIN
    INSERT INTO coupon_list (id, merchant_id, print, entered_at, actor_kind, actor_id) VALUES (list, payee, list_print, now(), by_kind, by_id);
    SELECT m.account_id INTO merchant_account FROM merchant m WHERE m.id = payee AND m.state = 'approved';
    -- A paid line names a coupon of a merchant that may take it, for a day of its booklet and no more than stands on it.
    PERFORM 1 FROM unnest(coupons, days, amounts, reasons, categories, takes) AS l (coupon, day, amount, reason, category, take)
    WHERE l.reason IS NULL AND NOT coalesce((
        SELECT merchant_account IS NOT NULL AND l.amount BETWEEN 1 AND c.face_cents AND l.take BETWEEN 0 AND l.amount
            AND l.day >= r.valid_from AND l.day < r.valid_until AND l.category = ANY (v.categories)
            AND (b.merchant_id IS NULL OR b.merchant_id = payee)
            AND EXISTS (SELECT 1 FROM agreement g WHERE g.merchant_id = payee AND g.category = l.category
                AND g.valid_from <= l.day AND (g.valid_until IS NULL OR g.valid_until > l.day))
        FROM coupon c JOIN coupon_run r ON r.id = c.run_id JOIN budget b ON b.account_id = c.account_id
        JOIN scheme_version v ON v.id = c.scheme_version_id WHERE c.id = l.coupon), false);
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PA290', MESSAGE = 'a coupon pays a merchant that may take it, in its time, and no more than stands on it';
    END IF;

    -- The risk of each scheme and year that pays something here, opened when it is first needed.
    SELECT coalesce(array_agg(s.scheme_id ORDER BY s.scheme_id, s.budget_year), '{}'), coalesce(array_agg(s.budget_year ORDER BY s.scheme_id, s.budget_year), '{}')
    INTO risk_schemes, risk_years
    FROM (SELECT DISTINCT c.scheme_id, c.budget_year FROM unnest(coupons, amounts, takes, reasons) AS l (coupon, amount, take, reason)
        JOIN coupon c ON c.id = l.coupon WHERE l.reason IS NULL AND l.take < l.amount) s;
    IF cardinality(risk_schemes) > 0 THEN
        risks := open_accounts(candidates[1:cardinality(risk_schemes)], array_fill('offline_risk'::text, ARRAY[cardinality(risk_schemes)]),
            array_fill('cents'::text, ARRAY[cardinality(risk_schemes)]), risk_schemes, risk_years, array_fill(NULL::uuid, ARRAY[cardinality(risk_schemes)]),
            array_fill(false, ARRAY[cardinality(risk_schemes)]), array_fill(NULL::timestamptz, ARRAY[cardinality(risk_schemes)]),
            array_fill(NULL::timestamptz, ARRAY[cardinality(risk_schemes)]));
    END IF;

    IF EXISTS (SELECT 1 FROM unnest(reasons) AS r (reason) WHERE r.reason IS NULL) THEN
        WITH paid AS (
            SELECT row_number() OVER (ORDER BY l.number)::int AS item, l.number, l.entry, l.print, l.moment, l.amount, l.take, c.account_id, k.risk
            FROM unnest(numbers, coupons, amounts, takes, reasons, entries, prints, occurred) AS l (number, coupon, amount, take, reason, entry, print, moment)
            JOIN coupon c ON c.id = l.coupon
            LEFT JOIN unnest(risk_schemes, risk_years, risks) AS k (scheme, year, risk) ON k.scheme = c.scheme_id AND k.year = c.budget_year
            WHERE l.reason IS NULL
        ), line AS (
            SELECT p.item, 1 AS part, p.account_id AS debit, merchant_account AS credit, p.take AS amount FROM paid p WHERE p.take > 0
            UNION ALL
            SELECT p.item, 2, p.risk, merchant_account, p.amount - p.take FROM paid p WHERE p.take < p.amount
        ), place AS (
            SELECT array_agg(u.id ORDER BY u.id) AS ids FROM (SELECT credit AS id FROM line UNION SELECT debit FROM line) u
        )
        SELECT book(i.ids, i.kinds, i.refusals, i.prints, i.nothing, i.nothing, i.moments, i.by_kinds, i.by_ids, p.ids,
            l.items, l.debits, l.credits, l.amounts, l.reversed, l.seen)
        INTO outcomes
        FROM place p
        CROSS JOIN (SELECT array_agg(entry ORDER BY item) AS ids, array_agg('offline'::text) AS kinds, array_agg(NULL::text) AS refusals,
            array_agg(print ORDER BY item) AS prints, array_agg(NULL::uuid) AS nothing, array_agg(moment ORDER BY item) AS moments,
            array_agg(by_kind) AS by_kinds, array_agg(by_id) AS by_ids FROM paid) i
        CROSS JOIN LATERAL (SELECT array_agg(n.item ORDER BY n.item, n.part) AS items, array_agg(width_bucket(n.debit, p.ids) ORDER BY n.item, n.part) AS debits,
            array_agg(width_bucket(n.credit, p.ids) ORDER BY n.item, n.part) AS credits, array_agg(n.amount ORDER BY n.item, n.part) AS amounts,
            array_agg(NULL::smallint) AS reversed, array_agg(NULL::bigint) AS seen FROM line n) l;
        IF NOT outcomes <@ ARRAY['booked'] THEN
            RAISE EXCEPTION USING ERRCODE = 'PA291', MESSAGE = 'what a list of coupons rests on has moved', HINT = 'Read and decide again.';
        END IF;
        INSERT INTO redemption (entry_id, merchant_id, category, price_cents, taken_cents, invoice_reference, recorded_at)
        SELECT l.entry, payee, l.category, l.amount, l.amount, 'bon ' || left(list::text, 8) || '-' || l.number, now()
        FROM unnest(numbers, entries, categories, amounts, reasons) AS l (number, entry, category, amount, reason) WHERE l.reason IS NULL;
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, taken_cents, trace_id, recorded_at)
        SELECT p.resident_id, 'redemption', by_kind, by_id, l.entry, l.amount, trace, now()
        FROM unnest(coupons, entries, amounts, reasons) AS l (coupon, entry, amount, reason)
        JOIN coupon c ON c.id = l.coupon JOIN budget b ON b.account_id = c.account_id JOIN pass p ON p.id = b.pass_id WHERE l.reason IS NULL;
    END IF;
    INSERT INTO coupon_entry (list_id, number, coupon_id, sold_on, amount_cents, entry_id, take_cents, risk_cents, reason)
    SELECT list, l.number, l.coupon, l.day, l.amount, CASE WHEN l.reason IS NULL THEN l.entry END, CASE WHEN l.reason IS NULL THEN l.take ELSE 0 END,
        CASE WHEN l.reason IS NULL THEN l.amount - l.take ELSE 0 END, l.reason
    FROM unnest(numbers, coupons, days, amounts, reasons, entries, takes) AS l (number, coupon, day, amount, reason, entry, take);
    RETURN now();
END $$;
REVOKE ALL ON FUNCTION redeem_coupons FROM PUBLIC;
GRANT EXECUTE ON FUNCTION redeem_coupons TO app_municipality;

SET LOCAL ROLE owner_municipality;
