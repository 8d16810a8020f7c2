-- Settlement: what each merchant is owed up to a position in the books, paid once. A line covers the transfers of
-- one account between two positions, and begins where the last line of that account that stands ended. So one unique
-- row per account and position is what keeps every redemption in one run at most.
SET LOCAL lock_timeout = '5s';

CREATE TABLE settlement_run (
    id uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE CHECK (number > 0),
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'exported', 'booked', 'withdrawn')),
    cutoff_epoch integer NOT NULL,
    cutoff_xid bigint NOT NULL,
    minimum_cents bigint NOT NULL CHECK (minimum_cents >= 0),
    proposed_at timestamptz NOT NULL,
    proposed_by_kind text NOT NULL CHECK (proposed_by_kind IN ('login', 'system')),
    proposed_by uuid NOT NULL,
    approved_at timestamptz,
    approved_by uuid,
    account_id bigint UNIQUE,
    pays_on date,
    payer_name text CHECK (length(payer_name) BETWEEN 1 AND 70),
    payer_iban text CHECK (payer_iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    exported_at timestamptz,
    exported_by uuid,
    booked_at timestamptz,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    withdrawn_because text CHECK (length(withdrawn_because) BETWEEN 1 AND 300),
    CONSTRAINT second_pair_of_eyes_on_settlement CHECK (approved_by <> proposed_by),
    CHECK (num_nonnulls(approved_at, approved_by, account_id, pays_on, payer_name, payer_iban) IN (0, 6)),
    CHECK (num_nonnulls(exported_at, exported_by) IN (0, 2)),
    CHECK (num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_because) IN (0, 3)),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CHECK (state NOT IN ('approved', 'exported', 'booked') OR approved_at IS NOT NULL),
    CHECK (state <> 'proposed' OR approved_at IS NULL),
    CHECK ((state IN ('exported', 'booked')) = (exported_at IS NOT NULL)),
    CHECK ((state = 'booked') = (booked_at IS NOT NULL))
);
COMMENT ON COLUMN settlement_run.cutoff_xid IS 'Everything before this position (epoch, xid) is decided and counted; what comes after is for a later run.';
-- Two proposals at the same moment: one of them is refused, also where the program would not have seen the other.
CREATE UNIQUE INDEX settlement_run_proposed ON settlement_run (state) WHERE state = 'proposed';

CREATE TABLE settlement_line (
    run_id uuid NOT NULL REFERENCES settlement_run,
    number integer NOT NULL CHECK (number > 0),
    merchant_id uuid NOT NULL REFERENCES merchant,
    account_id bigint NOT NULL,
    payout_account_id uuid NOT NULL REFERENCES payout_account,
    from_epoch integer NOT NULL,
    from_xid bigint NOT NULL,
    to_epoch integer NOT NULL,
    to_xid bigint NOT NULL,
    redeemed_cents bigint NOT NULL CHECK (redeemed_cents >= 0),
    reversed_cents bigint NOT NULL CHECK (reversed_cents >= 0),
    returned_cents bigint NOT NULL CHECK (returned_cents >= 0),
    amount_cents bigint NOT NULL CHECK (amount_cents BETWEEN 1 AND 99999999999),
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'paid', 'returned', 'withdrawn')),
    settle_entry_id uuid UNIQUE,
    pay_entry_id uuid UNIQUE,
    bounce_entry_id uuid UNIQUE,
    paid_on date,
    returned_on date,
    returned_because text CHECK (length(returned_because) BETWEEN 1 AND 300),
    PRIMARY KEY (run_id, number),
    CHECK ((from_epoch, from_xid) < (to_epoch, to_xid)),
    CHECK (amount_cents = redeemed_cents - reversed_cents + returned_cents),
    CHECK (CASE state WHEN 'proposed' THEN settle_entry_id IS NULL WHEN 'withdrawn' THEN pay_entry_id IS NULL ELSE settle_entry_id IS NOT NULL END),
    CHECK ((pay_entry_id IS NULL) = (paid_on IS NULL) AND (state <> 'paid' OR pay_entry_id IS NOT NULL)),
    CHECK ((bounce_entry_id IS NOT NULL) = (state = 'returned' OR state = 'withdrawn' AND settle_entry_id IS NOT NULL)),
    CHECK ((state = 'returned') = (returned_on IS NOT NULL) AND (returned_on IS NULL) = (returned_because IS NULL))
);
COMMENT ON TABLE settlement_line IS 'One payment. It stands unless it was withdrawn before its run was approved: after that its amount comes back by a bounce, which the next line counts, and its range is never used again.';
CREATE UNIQUE INDEX settlement_line_once ON settlement_line (account_id, from_epoch, from_xid)
    WHERE state <> 'withdrawn' OR settle_entry_id IS NOT NULL;
CREATE UNIQUE INDEX settlement_line_merchant ON settlement_line (merchant_id, run_id, number);

-- What a run did not pay, and why: it can be read later exactly as it was proposed.
CREATE TABLE settlement_unpaid (
    run_id uuid NOT NULL REFERENCES settlement_run,
    account_id bigint NOT NULL,
    merchant_id uuid NOT NULL REFERENCES merchant,
    amount_cents bigint NOT NULL CHECK (amount_cents <> 0),
    reason text NOT NULL CHECK (reason IN ('negative', 'below_minimum', 'above_maximum', 'no_account', 'other_name')),
    PRIMARY KEY (run_id, account_id),
    CHECK ((reason = 'negative') = (amount_cents < 0))
);

CREATE TABLE settlement_file (
    run_id uuid NOT NULL REFERENCES settlement_run,
    number integer NOT NULL CHECK (number > 0),
    transactions integer NOT NULL CHECK (transactions BETWEEN 1 AND 10000),
    total_cents bigint NOT NULL CHECK (total_cents > 0),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, number)
);

-- A run goes one way; who approved it, and what it was, never changes.
CREATE FUNCTION refuse_settlement_step() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'approved'), ('proposed', 'withdrawn'), ('approved', 'withdrawn'),
            ('approved', 'exported'), ('exported', 'booked'))
        OR (OLD.id, OLD.number, OLD.cutoff_epoch, OLD.cutoff_xid, OLD.proposed_by) IS DISTINCT FROM (NEW.id, NEW.number, NEW.cutoff_epoch, NEW.cutoff_xid, NEW.proposed_by)
        OR OLD.approved_by IS NOT NULL AND (OLD.approved_by, OLD.payer_iban, OLD.account_id) IS DISTINCT FROM (NEW.approved_by, NEW.payer_iban, NEW.account_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA240', MESSAGE = 'a settlement run does not go this way, and never changes what it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_step BEFORE UPDATE ON settlement_run FOR EACH ROW EXECUTE FUNCTION refuse_settlement_step();

-- A merchant is paid on the newest of its accounts that was approved and has cooled.
GRANT SELECT ON payout_account TO ledger_municipality;
CREATE FUNCTION refuse_settlement_line() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM settlement_run r JOIN account a ON a.id = NEW.account_id AND a.subject_id = NEW.merchant_id
        WHERE r.id = NEW.run_id AND r.state = 'proposed' AND (r.cutoff_epoch, r.cutoff_xid) = (NEW.to_epoch, NEW.to_xid)
            AND (SELECT p.id FROM payout_account p WHERE p.merchant_id = NEW.merchant_id AND p.usable_from <= r.proposed_at
                ORDER BY p.usable_from DESC, p.proposed_at DESC LIMIT 1) = NEW.payout_account_id
    ) OR (NEW.from_epoch, NEW.from_xid) IS DISTINCT FROM coalesce((
        SELECT (l.to_epoch, l.to_xid) FROM settlement_line l
        WHERE l.account_id = NEW.account_id AND (l.state <> 'withdrawn' OR l.settle_entry_id IS NOT NULL)
        ORDER BY l.from_epoch DESC, l.from_xid DESC LIMIT 1
    ), (0, 0::bigint)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA241', MESSAGE = 'a line of a settlement pays its own merchant on the account in use, begins where the one before it ended, and ends at the cut-off of its run';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_line BEFORE INSERT ON settlement_line FOR EACH ROW EXECUTE FUNCTION refuse_settlement_line();

CREATE TRIGGER only_by_ledger BEFORE UPDATE ON settlement_line EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON settlement_run EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON settlement_line EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_unpaid EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_file EXECUTE FUNCTION refuse_write();
ALTER TABLE settlement_run ENABLE ALWAYS TRIGGER refuse_step;
ALTER TABLE settlement_run ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER refuse_line;
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE settlement_line ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE settlement_unpaid ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE settlement_file ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT ON settlement_run, settlement_line, settlement_unpaid, settlement_file TO app_municipality;
GRANT INSERT (id, number, cutoff_epoch, cutoff_xid, minimum_cents, proposed_at, proposed_by_kind, proposed_by) ON settlement_run TO app_municipality;
GRANT INSERT (run_id, number, merchant_id, account_id, payout_account_id, from_epoch, from_xid, to_epoch, to_xid,
    redeemed_cents, reversed_cents, returned_cents, amount_cents) ON settlement_line TO app_municipality;
GRANT INSERT ON settlement_unpaid, settlement_file TO app_municipality;
GRANT UPDATE (state, exported_at, exported_by) ON settlement_run TO app_municipality;
GRANT SELECT, UPDATE ON settlement_run, settlement_line TO ledger_municipality;

SET LOCAL ROLE ledger_municipality;

-- From which position each merchant and one-off payee is still owed: where the last line of its account ended. By
-- the index, line by line; the tables are small beside that of the transfers, and grow.
CREATE FUNCTION settled_until(leaving_out uuid, OUT accounts bigint[], OUT merchants uuid[], OUT epochs integer[], OUT xids bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    SELECT array_agg(a.id), array_agg(a.subject_id), array_agg(coalesce(l.to_epoch, 0)), array_agg(coalesce(l.to_xid, 0))
    FROM account a LEFT JOIN LATERAL (
        SELECT l.to_epoch, l.to_xid FROM settlement_line l
        WHERE l.account_id = a.id AND (l.state <> 'withdrawn' OR l.settle_entry_id IS NOT NULL) AND l.run_id IS DISTINCT FROM leaving_out
        ORDER BY l.from_epoch DESC, l.from_xid DESC LIMIT 1
    ) l ON true
    WHERE a.kind IN ('merchant', 'payee')
$$;

-- What came to accounts between positions: one look at all transfers, past a hash of the accounts. Guesses of few
-- rows invite a loop over the accounts, which takes ten times as long; and without the GROUP BY, which tells that
-- an account is there once, the transfers would be put in the hash instead, on disk.
CREATE FUNCTION credited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint)
RETURNS TABLE (account_id bigint, cents bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_nestloop = off SET enable_mergejoin = off SET enable_sort = off SET jit = off AS $$
    SELECT c.id, sum(t.amount)::bigint
    FROM transfer t
    JOIN (SELECT u.id, max(u.epoch) AS epoch, max(u.xid) AS xid FROM unnest(accounts, epochs, xids) AS u (id, epoch, xid) GROUP BY 1) c ON c.id = t.credit
    WHERE (t.epoch > c.epoch OR t.epoch = c.epoch AND t.xid >= c.xid) AND (t.epoch < until_epoch OR t.epoch = until_epoch AND t.xid < until_xid)
    GROUP BY 1
$$;

-- What left accounts between positions, and what came to them from runs and the bank. These are few, and found
-- by their index. What went to a run is left out: that is the payment itself.
CREATE FUNCTION debited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint)
RETURNS TABLE (account_id bigint, reversed_cents bigint, returned_cents bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
    WITH moved AS (
        SELECT c.id, t.amount AS reversed, 0 AS returned
        FROM unnest(accounts, epochs, xids) AS c (id, epoch, xid)
        JOIN transfer t ON t.debit = c.id JOIN account o ON o.id = t.credit AND o.kind <> 'run'
        WHERE (t.epoch > c.epoch OR t.epoch = c.epoch AND t.xid >= c.xid) AND (t.epoch < until_epoch OR t.epoch = until_epoch AND t.xid < until_xid)
        UNION ALL
        SELECT c.id, 0, t.amount
        FROM account o JOIN transfer t ON t.debit = o.id
        JOIN account a ON a.id = t.credit AND a.kind IN ('merchant', 'payee')
        CROSS JOIN LATERAL (SELECT a.id, epochs[p.n] AS epoch, xids[p.n] AS xid FROM (SELECT array_position(accounts, a.id) AS n) p) c
        WHERE o.kind IN ('run', 'bank')
            AND (t.epoch > c.epoch OR t.epoch = c.epoch AND t.xid >= c.xid) AND (t.epoch < until_epoch OR t.epoch = until_epoch AND t.xid < until_xid)
    )
    SELECT id, sum(reversed)::bigint, sum(returned)::bigint FROM moved GROUP BY 1
$$;

-- What every merchant and one-off payee has coming up to a position. What came back from a run or the bank
-- counts anew.
CREATE FUNCTION owed_until(until_epoch integer, until_xid bigint, leaving_out uuid DEFAULT NULL)
RETURNS TABLE (account_id bigint, merchant_id uuid, from_epoch integer, from_xid bigint, redeemed_cents bigint, reversed_cents bigint, returned_cents bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_nestloop = off SET jit = off AS $$
DECLARE
    chain record;
BEGIN
    SELECT * INTO chain FROM settled_until(leaving_out);
    RETURN QUERY
    SELECT c.id, c.merchant_id, c.epoch, c.xid, coalesce(i.cents, 0) - coalesce(d.returned_cents, 0),
        coalesce(d.reversed_cents, 0), coalesce(d.returned_cents, 0)
    FROM unnest(chain.accounts, chain.merchants, chain.epochs, chain.xids) AS c (id, merchant_id, epoch, xid)
    LEFT JOIN credited_between(chain.accounts, chain.epochs, chain.xids, until_epoch, until_xid) i ON i.account_id = c.id
    LEFT JOIN debited_between(chain.accounts, chain.epochs, chain.xids, until_epoch, until_xid) d ON d.account_id = c.id
    WHERE i.account_id IS NOT NULL OR d.account_id IS NOT NULL;
END $$;

-- One entry of one line each, a thousand at a time; every one is booked, or nothing is.
CREATE FUNCTION book_settlement(posting_kind text, entries uuid[], prints bytea[], debits bigint[], credits bigint[], amounts bigint[], occurred timestamptz, by_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    places bigint[];
    outcomes text[];
BEGIN
    IF (cardinality(entries) = ALL (ARRAY[cardinality(prints), cardinality(debits), cardinality(credits), cardinality(amounts)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    FOR at IN 1 .. cardinality(entries) BY 1000 LOOP
        SELECT array_agg(u.id ORDER BY u.id) INTO places
        FROM (SELECT unnest(debits[at : at + 999]) AS id UNION SELECT unnest(credits[at : at + 999])) u;
        SELECT book(entries[at : at + 999], array_agg(posting_kind), array_agg(NULL::text), prints[at : at + 999],
            array_agg(NULL::uuid), array_agg(NULL::uuid), array_agg(occurred), array_agg('login'::text), array_agg(by_id), places,
            array_agg(l.n::integer ORDER BY l.n), array_agg(width_bucket(l.debit, places) ORDER BY l.n),
            array_agg(width_bucket(l.credit, places) ORDER BY l.n), array_agg(l.amount ORDER BY l.n),
            array_agg(NULL::smallint), array_agg(NULL::bigint))
        INTO outcomes
        FROM unnest(debits[at : at + 999], credits[at : at + 999], amounts[at : at + 999]) WITH ORDINALITY AS l (debit, credit, amount, n);
        IF outcomes IS DISTINCT FROM array_fill('booked'::text, ARRAY[cardinality(outcomes)]) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA242', MESSAGE = 'a payment of a settlement was not booked',
                HINT = 'Nothing of the call is stored. Its entries are there already, or were sent twice.';
        END IF;
    END LOOP;
END $$;

-- How many lines of a proposal say something else than the transfers. In a function of its own: what it needs of the
-- planner would else hold for book() too, whose plans are kept.
CREATE FUNCTION settlement_differs(run uuid, until_epoch integer, until_xid bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_nestloop = off AS $$
    SELECT count(*) FROM settlement_line l LEFT JOIN owed_until(until_epoch, until_xid, run) o ON o.account_id = l.account_id
    WHERE l.run_id = run AND (l.from_epoch, l.from_xid, l.redeemed_cents, l.reversed_cents, l.returned_cents)
        IS DISTINCT FROM (o.from_epoch, o.from_xid, o.redeemed_cents, o.reversed_cents, o.returned_cents)
$$;

-- Approves a proposal as a second person: recomputes every amount from the transfers, then moves what is owed from
-- each merchant to the account of the run. All of it, or nothing. Lines are numbered from 1, without gaps.
CREATE FUNCTION approve_settlement(run uuid, approver uuid, approved timestamptz, paying_on date, payer text, paying_from text,
    candidate bigint, entries uuid[], prints bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    ours settlement_run := (SELECT r FROM settlement_run r WHERE r.id = run FOR NO KEY UPDATE);
    run_account bigint;
    lines CONSTANT integer := (SELECT count(*) FROM settlement_line l WHERE l.run_id = run);
BEGIN
    IF lines = 0 OR cardinality(entries) IS DISTINCT FROM lines
        OR lines <> (SELECT max(l.number) FROM settlement_line l WHERE l.run_id = run)
        OR EXISTS (
            SELECT 1 FROM settlement_line l LEFT JOIN (
                SELECT DISTINCT ON (p.merchant_id) p.merchant_id, p.id FROM payout_account p WHERE p.usable_from <= approved
                ORDER BY p.merchant_id, p.usable_from DESC, p.proposed_at DESC
            ) u ON u.merchant_id = l.merchant_id
            WHERE l.run_id = run AND u.id IS DISTINCT FROM l.payout_account_id)
        OR settlement_differs(run, ours.cutoff_epoch, ours.cutoff_xid) <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA243', MESSAGE = 'what the lines of this settlement say is not what the books say';
    END IF;
    run_account := (open_accounts(ARRAY[candidate], ARRAY['run'], ARRAY['cents'], ARRAY[NULL::uuid], ARRAY[NULL::smallint], ARRAY[run],
        ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
    PERFORM book_settlement('settle', entries, prints, array_agg(l.account_id ORDER BY l.number),
        array_agg(run_account), array_agg(l.amount_cents ORDER BY l.number), approved, approver)
    FROM settlement_line l WHERE l.run_id = run;
    UPDATE settlement_line l SET state = 'approved', settle_entry_id = entries[l.number] WHERE l.run_id = run;
    UPDATE settlement_run SET state = 'approved', approved_at = approved, approved_by = approver, account_id = run_account,
        pays_on = paying_on, payer_name = payer, payer_iban = paying_from
    WHERE id = run;
END $$;

-- Withdraws a run before its file was made. Of a proposal the ranges are free again; what was approved comes back
-- to the merchants by entries of its own, which the next run counts.
CREATE FUNCTION withdraw_settlement(run uuid, withdrawer uuid, withdrawn timestamptz, because text, entries uuid[], prints bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    ours settlement_run := (SELECT r FROM settlement_run r WHERE r.id = run FOR NO KEY UPDATE);
BEGIN
    IF ours.state = 'approved' THEN
        PERFORM book_settlement('bounce', entries, prints, array_agg(ours.account_id), array_agg(l.account_id ORDER BY l.number),
            array_agg(l.amount_cents ORDER BY l.number), withdrawn, withdrawer)
        FROM settlement_line l WHERE l.run_id = run;
    END IF;
    UPDATE settlement_line l SET state = 'withdrawn', bounce_entry_id = CASE ours.state WHEN 'approved' THEN entries[l.number] END
    WHERE l.run_id = run;
    UPDATE settlement_run SET state = 'withdrawn', withdrawn_at = withdrawn, withdrawn_by = withdrawer, withdrawn_because = because
    WHERE id = run;
END $$;

-- Books what the bank did with lines of a run whose file was made: 'pay', or 'bounce' of what was paid or not.
-- Which lines, in order of their number. A run of which every line has an outcome is booked.
CREATE FUNCTION book_payments(run uuid, posting_kind text, numbers integer[], day date, because text, entries uuid[], prints bytea[],
    candidate bigint, booked timestamptz, by_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    ours settlement_run := (SELECT r FROM settlement_run r WHERE r.id = run FOR NO KEY UPDATE);
    bank bigint := (open_accounts(ARRAY[candidate], ARRAY['bank'], ARRAY['cents'], ARRAY[NULL::uuid], ARRAY[NULL::smallint],
        ARRAY[NULL::uuid], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
    pays CONSTANT boolean := posting_kind = 'pay';
BEGIN
    IF (ours.state IN ('exported', 'booked') AND posting_kind IN ('pay', 'bounce') AND cardinality(numbers) = cardinality(entries)
        AND numbers = ARRAY(SELECT DISTINCT n.number FROM unnest(numbers) AS n (number) ORDER BY n.number)
        AND cardinality(numbers) = (SELECT count(*) FROM settlement_line l WHERE l.run_id = run AND l.number = ANY (numbers)
            AND (l.state = 'approved' OR l.state = 'paid' AND NOT pays))) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA244', MESSAGE = 'these lines of a settlement have their outcome already, or their file was not made';
    END IF;
    PERFORM book_settlement(posting_kind, entries, prints,
        array_agg(CASE WHEN l.state = 'paid' THEN bank ELSE ours.account_id END ORDER BY l.number),
        array_agg(CASE WHEN pays THEN bank ELSE l.account_id END ORDER BY l.number),
        array_agg(l.amount_cents ORDER BY l.number), booked, by_id)
    FROM settlement_line l WHERE l.run_id = run AND l.number = ANY (numbers);
    UPDATE settlement_line l SET state = CASE WHEN pays THEN 'paid' ELSE 'returned' END,
        pay_entry_id = CASE WHEN pays THEN entries[width_bucket(l.number, numbers)] ELSE l.pay_entry_id END, paid_on = CASE WHEN pays THEN day ELSE l.paid_on END,
        bounce_entry_id = CASE WHEN NOT pays THEN entries[width_bucket(l.number, numbers)] END, returned_on = CASE WHEN NOT pays THEN day END,
        returned_because = CASE WHEN NOT pays THEN because END
    WHERE l.run_id = run AND l.number = ANY (numbers);
    IF ours.state = 'exported' AND NOT EXISTS (SELECT 1 FROM settlement_line l WHERE l.run_id = run AND l.state = 'approved') THEN
        UPDATE settlement_run SET state = 'booked', booked_at = booked WHERE id = run;
    END IF;
END $$;

REVOKE ALL ON FUNCTION settlement_differs, settled_until, credited_between, debited_between, owed_until, book_settlement, approve_settlement, withdraw_settlement, book_payments FROM PUBLIC;
GRANT EXECUTE ON FUNCTION owed_until, approve_settlement, withdraw_settlement, book_payments TO app_municipality;

SET LOCAL ROLE owner_municipality;
