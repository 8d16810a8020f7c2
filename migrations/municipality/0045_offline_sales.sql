-- Sales without a network: what the municipality signed for a till, what the till handed in afterwards and who
-- bears it, and how cards, tills and merchants stood at the moment of a sale that is told of later.
SET LOCAL lock_timeout = '5s';

-- A constant default is kept in the catalogue: no row is written.
ALTER TABLE merchant ADD COLUMN sells_offline boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN merchant.sells_offline IS 'Whether its tills may get a permit to sell without a network; chosen by the merchant, or by the municipality for it.';
GRANT UPDATE (sells_offline) ON merchant TO app_municipality;

-- A row says how something stood, from when up to when. What it is now stands in its own table.
CREATE TABLE former_state (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_id uuid NOT NULL,
    state text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE former_state IS 'How a card, a till or a merchant stood before: a sale without a network is judged as of its own moment.';
CREATE INDEX former_state_subject ON former_state (subject_id, number);
CREATE INDEX former_state_until ON former_state USING brin (until);
GRANT SELECT, DELETE ON former_state TO app_municipality;

CREATE FUNCTION keep_former_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO former_state (subject_id, state, since, until) VALUES (OLD.id, OLD.state, OLD.state_since, NEW.state_since);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_former_state FROM PUBLIC;
CREATE TRIGGER keep_former_state AFTER UPDATE OF state ON card
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND OLD.state_since < NEW.state_since) EXECUTE FUNCTION keep_former_state();
CREATE TRIGGER keep_former_state AFTER UPDATE OF state ON till
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND OLD.state_since < NEW.state_since) EXECUTE FUNCTION keep_former_state();
CREATE TRIGGER keep_former_state AFTER UPDATE OF state ON merchant
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND OLD.state_since < NEW.state_since) EXECUTE FUNCTION keep_former_state();
ALTER TABLE card ENABLE ALWAYS TRIGGER keep_former_state;
ALTER TABLE till ENABLE ALWAYS TRIGGER keep_former_state;
ALTER TABLE merchant ENABLE ALWAYS TRIGGER keep_former_state;

-- How something stood at a moment, and since when: as it is now, or the first former state that ended later.
CREATE FUNCTION state_at(subject uuid, state_now text, since_now timestamptz, moment timestamptz, OUT state text, OUT since timestamptz)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT f.state, f.since FROM (
        SELECT s.state, s.since, s.number FROM former_state s WHERE since_now > moment AND s.subject_id = subject AND s.until > moment
        UNION ALL
        SELECT state_now, since_now, 9223372036854775807
    ) f ORDER BY f.number LIMIT 1
$$;
REVOKE ALL ON FUNCTION state_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION state_at TO app_municipality;

-- The list that goes with a permit: what was switched off last comes first.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX card_off ON card (state_since DESC, id) WHERE state IN ('blocked', 'replaced', 'ended');

CREATE TABLE offline_permit (
    id uuid PRIMARY KEY,
    till_id uuid NOT NULL REFERENCES till,
    number integer NOT NULL CHECK (number > 0),
    merchant_id uuid NOT NULL REFERENCES merchant,
    issued_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    per_sale_cents bigint NOT NULL CHECK (per_sale_cents > 0),
    per_pass_day_cents bigint NOT NULL CHECK (per_pass_day_cents > 0),
    total_cents bigint NOT NULL CHECK (total_cents > 0),
    risk_day_cents bigint NOT NULL CHECK (risk_day_cents >= 0),
    listed_from timestamptz NOT NULL,
    key_id text NOT NULL,
    content text NOT NULL CHECK (length(content) <= 60000),
    signature bytea NOT NULL CHECK (octet_length(signature) = 64),
    UNIQUE (till_id, number),
    CHECK (valid_until > issued_at AND valid_until <= issued_at + interval '72 hours')
);
COMMENT ON TABLE offline_permit IS 'What the municipality signed for a till: within it the municipality bears what a pass cannot.';
COMMENT ON COLUMN offline_permit.risk_day_cents IS 'What the municipality bears at most of the sales that one merchant hands in within a day.';
COMMENT ON COLUMN offline_permit.listed_from IS 'Cards that were switched off before this moment did not fit on the list that went along.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON offline_permit EXECUTE FUNCTION refuse_write();
ALTER TABLE offline_permit ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON offline_permit TO app_municipality;
-- FOR NO KEY UPDATE asks for the right to UPDATE; the trigger append_only refuses the act itself.
GRANT SELECT, UPDATE ON offline_permit TO ledger_municipality;

-- The digest is that of the text which the till signed, under a key outside the database: the text has the
-- number of a card in it, and there are few enough of those to try them all.
CREATE TABLE offline_sale (
    till_id uuid NOT NULL REFERENCES till,
    sequence bigint NOT NULL CHECK (sequence > 0),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    id uuid NOT NULL,
    holds_number boolean NOT NULL,
    merchant_id uuid NOT NULL,
    permit_id uuid REFERENCES offline_permit,
    outcome text NOT NULL CHECK (outcome IN ('booked', 'replay', 'declined')),
    bearer text NOT NULL CHECK (bearer IN ('budget', 'municipality', 'both', 'merchant')),
    price_cents bigint NOT NULL CHECK (price_cents >= 0),
    take_cents bigint NOT NULL CHECK (take_cents >= 0),
    risk_cents bigint NOT NULL CHECK (risk_cents >= 0),
    risk_scheme_id uuid,
    reason text CHECK (reason ~ '^[a-z][a-z0-9-]{1,60}$'),
    chain text NOT NULL CHECK (chain IN ('whole', 'hole', 'fork')),
    clock text NOT NULL CHECK (clock IN ('fits', 'before', 'ahead', 'back')),
    said_at timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (till_id, sequence, digest),
    CHECK (outcome <> 'declined' OR take_cents = 0 AND risk_cents = 0 AND reason IS NOT NULL),
    CHECK (outcome <> 'booked' OR permit_id IS NOT NULL AND price_cents > 0 AND take_cents + risk_cents = price_cents),
    CHECK (outcome <> 'booked' OR holds_number),
    CHECK ((risk_scheme_id IS NULL) = (risk_cents = 0)),
    CHECK (bearer = CASE WHEN outcome = 'declined' THEN 'merchant' WHEN outcome = 'replay' OR risk_cents = 0 THEN 'budget'
        WHEN take_cents = 0 THEN 'municipality' ELSE 'both' END)
);
COMMENT ON TABLE offline_sale IS 'One row per sale that a till handed in afterwards: what became of it, for life, and who bears it.';
COMMENT ON COLUMN offline_sale.holds_number IS 'Not so for a text that the till did not sign, or a second text under one number.';
COMMENT ON COLUMN offline_sale.chain IS 'As it was when it came in: whether the sale before it was there (hole), and was the one that it names (fork).';
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX offline_sale_number ON offline_sale (till_id, sequence) WHERE holds_number;
CREATE UNIQUE INDEX offline_sale_booked ON offline_sale (id) WHERE outcome = 'booked';
CREATE INDEX offline_sale_permit ON offline_sale (permit_id);
CREATE INDEX offline_sale_recorded ON offline_sale (till_id, recorded_at);
CREATE INDEX offline_sale_merchant ON offline_sale (merchant_id, recorded_at);
CREATE INDEX offline_sale_borne ON offline_sale (recorded_at) WHERE bearer <> 'budget';
CREATE TRIGGER only_by_ledger BEFORE INSERT ON offline_sale EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON offline_sale EXECUTE FUNCTION refuse_write();
ALTER TABLE offline_sale ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE offline_sale ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT ON offline_sale TO app_municipality;
GRANT SELECT, INSERT ON offline_sale TO ledger_municipality;

SET LOCAL ROLE ledger_municipality;

-- Books one sale that a till handed in afterwards, as the rules judged it, or writes down that it is the
-- merchant's. All or nothing, in one transaction: the money, what stands beside it, and the end of the id that
-- was tried with a network before. What budgets do not bear comes from the risk of a scheme and year.
-- Locks the permit and the newest one of the till first, then the merchant's sales without a network, so that its tills
-- are judged one after another.
-- Where something has changed since it was read, nothing is stored (PA250): read and decide again.
CREATE FUNCTION redeem_offline(
    item_id uuid, item_print bytea, item_refusal text, is_stored boolean, item_occurred timestamptz,
    item_replaces uuid, replaced_was text, closing_print bytea,
    item_till uuid, item_merchant uuid, item_location uuid, item_card uuid, item_subject uuid,
    item_category text, item_price bigint, item_visits integer, item_asked integer, item_sale uuid, item_trace text,
    debits bigint[], credits bigint[], amounts bigint[], seen bigint[],
    risk_scheme uuid, risk_year integer, risk_cents bigint, risk_candidate bigint,
    item_permit uuid, item_sequence bigint, item_digest bytea, item_holds boolean,
    item_outcome text, item_bearer text, item_take bigint, item_reason text, item_chain text, item_clock text, item_said timestamptz
) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
AS $$
DECLARE
    day CONSTANT date := (item_occurred AT TIME ZONE 'Europe/Amsterdam')::date;
    closes CONSTANT boolean := coalesce(replaced_was = 'unknown', false);
    first CONSTANT integer := CASE WHEN closes THEN 2 ELSE 1 END;
    merchant_account bigint;
    risk bigint;
    places bigint[];
    outcomes text[];
BEGIN
    PERFORM 1 FROM offline_permit p
    WHERE p.till_id = item_till AND (p.id = item_permit OR p.number = (SELECT max(n.number) FROM offline_permit n WHERE n.till_id = item_till))
    ORDER BY p.number FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(hashtextextended(current_schema || '.offline.' || item_merchant::text, 0));
    IF EXISTS (SELECT 1 FROM offline_sale s WHERE s.till_id = item_till AND s.sequence = item_sequence
            AND (s.digest = item_digest OR s.holds_number AND item_holds))
        OR item_replaces IS NOT NULL AND replaced_was IS DISTINCT FROM coalesce(
            (SELECT CASE WHEN e.refusal IS NULL THEN 'booked' ELSE 'declined' END FROM entry e WHERE e.id = item_replaces), 'unknown') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA250', MESSAGE = 'this sale, or the one that it replaces, was judged by another call',
            HINT = 'Read and decide again.';
    END IF;

    IF item_outcome = 'booked' THEN
        SELECT m.account_id INTO merchant_account FROM till t JOIN merchant m ON m.id = t.merchant_id
        WHERE t.id = item_till AND t.merchant_id = item_merchant;
        -- Only the merchant of the till is paid, from budgets of somebody for whom the card speaks; visits go to where
        -- used visits of the scheme go, and the risk is of a scheme and year that has money.
        PERFORM 1 WHERE merchant_account IS NOT NULL
            AND EXISTS (SELECT 1 FROM offline_permit p WHERE p.id = item_permit AND p.till_id = item_till)
            AND EXISTS (
                SELECT 1 FROM card c WHERE c.id = item_card AND (c.resident_id = item_subject OR EXISTS (
                    SELECT 1 FROM managing_adult a WHERE a.child_id = item_subject AND a.adult_id = c.resident_id
                    AND a.valid_from <= day AND (a.valid_until IS NULL OR a.valid_until > day))))
            AND (risk_cents = 0 OR EXISTS (SELECT 1 FROM appropriation a WHERE a.scheme_id = risk_scheme AND a.budget_year = risk_year))
            AND NOT EXISTS (
                SELECT 1 FROM unnest(debits, credits) AS l (debit, credit)
                WHERE NOT coalesce((
                    SELECT l.credit = merchant_account AND (b.merchant_id IS NULL OR b.merchant_id = item_merchant)
                    FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.account_id = l.debit AND p.resident_id = item_subject
                ), (
                    SELECT EXISTS (SELECT 1 FROM account a WHERE a.id = l.credit AND a.kind = 'used' AND a.scheme_id = b.scheme_id AND a.budget_year = b.budget_year)
                        AND (b.merchant_id IS NULL OR b.merchant_id = item_merchant)
                    FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.visits_account_id = l.debit AND p.resident_id = item_subject
                ), false));
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'PA251', MESSAGE = 'a sale without a network pays the merchant of its till, from budgets of the card or the risk of a scheme';
        END IF;
        IF (item_take, item_visits, item_price) IS DISTINCT FROM (
            SELECT (coalesce(sum(l.amount) FILTER (WHERE l.credit = merchant_account), 0)::bigint,
                coalesce(sum(l.amount) FILTER (WHERE l.credit <> merchant_account), 0)::integer,
                coalesce(sum(l.amount) FILTER (WHERE l.credit = merchant_account), 0)::bigint + risk_cents)
            FROM unnest(credits, amounts) AS l (credit, amount)) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA112', MESSAGE = 'what is taken is not what the lines move';
        END IF;
        -- What the permit allows in all, of the pass that day, and at the municipality's risk; and in a day no more than one
        -- permit's worth under permits that were not the newest any more, so that nobody saves them up.
        PERFORM 1 FROM offline_permit p, offline_permit n
        WHERE p.id = item_permit AND n.till_id = item_till
            AND n.number = (SELECT max(o.number) FROM offline_permit o WHERE o.till_id = item_till)
            AND item_price + (SELECT coalesce(sum(s.price_cents), 0) FROM offline_sale s
                WHERE s.permit_id = p.id AND s.outcome = 'booked') <= p.total_cents
            AND (p.id = n.id OR item_price + (SELECT coalesce(sum(s.price_cents), 0) FROM offline_sale s
                JOIN offline_permit o ON o.id = s.permit_id
                WHERE s.till_id = item_till AND s.outcome = 'booked' AND s.recorded_at >= least(n.issued_at, now() - interval '1 day')
                AND EXISTS (SELECT 1 FROM offline_permit l WHERE l.till_id = item_till AND l.number > o.number AND l.issued_at <= s.recorded_at))
                <= greatest(p.total_cents, n.total_cents))
            AND item_price + (SELECT coalesce(sum(s.price_cents), 0) FROM processing_log l
                JOIN offline_sale s ON s.id = l.entry_id AND s.outcome = 'booked' AND s.merchant_id = item_merchant
                WHERE l.subject_id = item_subject AND l.recorded_at >= day - interval '1 day'
                AND (s.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date = day) <= p.per_pass_day_cents
            AND (risk_cents = 0 OR risk_cents + (SELECT coalesce(sum(s.risk_cents), 0) FROM offline_sale s
                WHERE s.merchant_id = item_merchant AND s.recorded_at > now() - interval '1 day') <= p.risk_day_cents);
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'PA252', MESSAGE = 'more than the permit allows',
                HINT = 'Read and decide again.';
        END IF;
        IF risk_cents > 0 THEN
            risk := (open_accounts(ARRAY[risk_candidate], ARRAY['offline_risk'], ARRAY['cents'], ARRAY[risk_scheme], ARRAY[risk_year::smallint],
                ARRAY[NULL::uuid], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
            debits := debits || risk;
            credits := credits || merchant_account;
            amounts := amounts || risk_cents;
            seen := seen || NULL::bigint;
        END IF;
    END IF;

    IF is_stored OR closes THEN
        SELECT coalesce(array_agg(u.id ORDER BY u.id), '{}') INTO places FROM (SELECT unnest(debits) AS id UNION SELECT unnest(credits)) u;
        SELECT book(array_agg(i.id ORDER BY i.n), array_agg(i.kind ORDER BY i.n), array_agg(i.refusal ORDER BY i.n), array_agg(i.print ORDER BY i.n),
            array_agg(NULL::uuid), array_agg(i.replaces ORDER BY i.n), array_agg(item_occurred), array_agg('till'::text), array_agg(item_till), places,
            l.items, l.debits, l.credits, l.amounts, l.reversed, l.seen)
        INTO outcomes
        FROM (
            SELECT 1 AS n, item_replaces AS id, 'redeem' AS kind, 'offline-taken-over' AS refusal, closing_print AS print, NULL::uuid AS replaces WHERE closes
            UNION ALL
            SELECT 2, item_id, 'offline', item_refusal, item_print, item_replaces WHERE is_stored
        ) i
        CROSS JOIN (
            SELECT coalesce(array_agg(first ORDER BY m.n), '{}') AS items, coalesce(array_agg(width_bucket(m.debit, places) ORDER BY m.n), '{}') AS debits,
                coalesce(array_agg(width_bucket(m.credit, places) ORDER BY m.n), '{}') AS credits, coalesce(array_agg(m.amount ORDER BY m.n), '{}') AS amounts,
                coalesce(array_agg(NULL::smallint), '{}') AS reversed, coalesce(array_agg(m.seen ORDER BY m.n), '{}') AS seen
            FROM unnest(debits, credits, amounts, seen) WITH ORDINALITY AS m (debit, credit, amount, seen, n)
        ) l
        GROUP BY l.items, l.debits, l.credits, l.amounts, l.reversed, l.seen;
        IF NOT outcomes <@ ARRAY['booked', 'declined'] THEN
            RAISE EXCEPTION USING ERRCODE = 'PA253', MESSAGE = 'what a sale without a network rests on has moved',
                HINT = 'Read and decide again.';
        END IF;
        INSERT INTO redemption (entry_id, till_id, merchant_id, location_id, category, price_cents, taken_cents, visits, visits_asked, refusal, sale_id, recorded_at)
        SELECT i.id, item_till, item_merchant, item_location, item_category, item_price, i.taken, i.visits, i.asked, i.refusal, item_sale, now()
        FROM (
            SELECT item_replaces AS id, 0::bigint AS taken, 0 AS visits, 0 AS asked, 'offline-taken-over' AS refusal WHERE closes
            UNION ALL
            SELECT item_id, CASE WHEN item_refusal IS NULL THEN item_price ELSE 0 END, CASE WHEN item_refusal IS NULL THEN item_visits ELSE 0 END,
                CASE WHEN item_refusal IS NULL THEN item_asked ELSE 0 END, item_refusal WHERE is_stored
        ) i;
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, taken_cents, trace_id, recorded_at)
        SELECT item_subject, 'redemption', 'till', item_till, item_id, item_card, CASE WHEN item_refusal IS NULL THEN item_price ELSE 0 END, item_trace, now()
        WHERE is_stored AND item_subject IS NOT NULL;
    END IF;
    INSERT INTO offline_sale (till_id, sequence, digest, id, holds_number, merchant_id, permit_id, outcome, bearer, price_cents, take_cents, risk_cents,
        risk_scheme_id, reason, chain, clock, said_at, occurred_at, recorded_at)
    VALUES (item_till, item_sequence, item_digest, item_id, item_holds, item_merchant, item_permit, item_outcome, item_bearer, item_price, item_take, risk_cents,
        CASE WHEN risk_cents > 0 THEN risk_scheme END, item_reason, item_chain, item_clock, item_said, item_occurred, now());
    RETURN now();
END $$;

REVOKE ALL ON FUNCTION redeem_offline FROM PUBLIC;
GRANT EXECUTE ON FUNCTION redeem_offline TO app_municipality;

SET LOCAL ROLE owner_municipality;
