-- Answers of the bank: what a file says of payments of ours, and what was booked of it. What it says of others is
-- not kept, but for what nobody could match yet: encrypted, until somebody has said what it is.
SET LOCAL lock_timeout = '5s';

CREATE TABLE bank_file (
    id uuid PRIMARY KEY,
    message text NOT NULL CHECK (message IN ('status', 'statement', 'notification')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    sha256 bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
    imported_at timestamptz NOT NULL,
    imported_by_kind text NOT NULL CHECK (imported_by_kind IN ('login', 'system')),
    imported_by uuid NOT NULL,
    known integer NOT NULL CHECK (known >= 0),
    pending integer NOT NULL CHECK (pending >= 0)
);
COMMENT ON COLUMN bank_file.known IS 'What another file said already, word for word; it is not kept again.';
COMMENT ON COLUMN bank_file.pending IS 'Entries that the bank had not booked yet: they come again in a later file.';

CREATE TABLE bank_statement (
    file_id uuid NOT NULL REFERENCES bank_file,
    number integer NOT NULL CHECK (number > 0),
    statement_id text NOT NULL CHECK (length(statement_id) <= 100),
    account text NOT NULL CHECK (account ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    opening_cents bigint,
    closing_cents bigint,
    booked_cents bigint NOT NULL,
    PRIMARY KEY (file_id, number),
    CHECK (num_nonnulls(opening_cents, closing_cents) < 2 OR opening_cents + booked_cents = closing_cents)
);

CREATE TABLE bank_item (
    id uuid PRIMARY KEY,
    file_id uuid NOT NULL REFERENCES bank_file,
    key bytea NOT NULL UNIQUE CHECK (octet_length(key) = 32),
    message text NOT NULL CHECK (message IN ('status', 'statement', 'notification')),
    account text,
    kind text NOT NULL CHECK (kind IN ('debit', 'credit', 'status')),
    is_return boolean NOT NULL,
    amount_cents bigint CHECK (amount_cents >= 0),
    currency text NOT NULL CHECK (length(currency) <= 3),
    day date NOT NULL,
    run_number integer,
    file_number integer,
    line_number integer,
    transactions integer CHECK (transactions >= 0),
    status text NOT NULL CHECK (length(status) <= 35),
    reason text NOT NULL CHECK (length(reason) <= 35),
    lines_listed boolean NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('booked', 'confirmed', 'noted', 'open', 'matched', 'dismissed')),
    why text CHECK (why IN ('no_id', 'unknown_id', 'other_amount', 'other_count', 'other_currency', 'other_payer', 'other_payee',
        'other_day', 'has_outcome', 'not_paid_yet', 'not_a_return', 'reversed_credit', 'whole_file', 'duplicate', 'unknown_status')),
    decided_at timestamptz,
    CHECK (num_nonnulls(file_number, line_number) = num_nonnulls(run_number)),
    CHECK ((kind = 'status') = (message = 'status') AND (kind = 'status') = (account IS NULL)),
    CHECK (outcome <> 'open' OR why IS NOT NULL),
    CHECK ((outcome = 'open') = (decided_at IS NULL))
);
COMMENT ON COLUMN bank_item.key IS 'Hash of what the bank says: a second file that says the same is not booked again.';
CREATE INDEX bank_item_open ON bank_item (id) WHERE outcome = 'open';
CREATE INDEX bank_item_file ON bank_item (file_id);

CREATE TABLE bank_item_details (
    item_id uuid PRIMARY KEY REFERENCES bank_item,
    content bytea NOT NULL,
    kept_at timestamptz NOT NULL
);
COMMENT ON TABLE bank_item_details IS 'Name, account and words of the other side, encrypted; gone when somebody has said what it is, or on its clock.';

-- Which lines of runs an item of the bank speaks of. One kind of message says of a line once that it was paid, and once
-- that it came back: a second time is for people.
CREATE TABLE bank_booking (
    item_id uuid NOT NULL REFERENCES bank_item,
    run_id uuid NOT NULL,
    number integer NOT NULL,
    act text NOT NULL CHECK (act IN ('pay', 'bounce')),
    message text NOT NULL CHECK (message IN ('status', 'statement', 'notification')),
    PRIMARY KEY (run_id, number, act, message),
    FOREIGN KEY (run_id, number) REFERENCES settlement_line
);
CREATE INDEX bank_booking_item ON bank_booking (item_id);

-- What nobody could match: one says what it is, another confirms.
CREATE TABLE bank_decision (
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES bank_item,
    kind text NOT NULL CHECK (kind IN ('match', 'dismiss')),
    act text CHECK (act IN ('pay', 'bounce')),
    run_id uuid REFERENCES settlement_run,
    file_number integer,
    line_number integer,
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 300),
    proposed_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    outcome text CHECK (outcome IN ('confirmed', 'refused', 'withdrawn')),
    ended_at timestamptz,
    ended_by uuid,
    CHECK (num_nonnulls(outcome, ended_at, ended_by) IN (0, 3)),
    CHECK (CASE kind WHEN 'match' THEN num_nonnulls(act, run_id) = 2 AND num_nonnulls(file_number, line_number) = 1
        ELSE num_nonnulls(act, run_id, file_number, line_number) = 0 END),
    CONSTRAINT second_pair_of_eyes_on_bank_item CHECK (outcome <> 'confirmed' OR ended_by <> proposed_by)
);
CREATE UNIQUE INDEX bank_decision_waiting ON bank_decision (item_id) WHERE outcome IS NULL;

-- What was booked of an item is what the bank said, to the cent; only two people together say otherwise.
CREATE FUNCTION refuse_bank_booking() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT a.item_id FROM added a) d JOIN bank_item i ON i.id = d.item_id
        CROSS JOIN LATERAL (
            SELECT sum(l.amount_cents) AS cents, bool_and(b.message = i.message AND
                CASE b.act WHEN 'pay' THEN l.pay_entry_id IS NOT NULL ELSE l.bounce_entry_id IS NOT NULL END) AS is_so
            FROM bank_booking b JOIN settlement_line l ON l.run_id = b.run_id AND l.number = b.number WHERE b.item_id = i.id
        ) s
        WHERE NOT s.is_so OR i.outcome NOT IN ('booked', 'confirmed', 'matched')
            OR i.outcome <> 'matched' AND i.kind <> 'status' AND (i.amount_cents, i.currency) IS DISTINCT FROM (s.cents, 'EUR')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA292', MESSAGE = 'what was booked is not what the bank says';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_other_amount AFTER INSERT ON bank_booking REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_bank_booking();

-- What the bank said never changes; what it means is said once, and by two people where it could not be matched.
CREATE FUNCTION refuse_bank_item() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.outcome <> 'open'
        OR (to_jsonb(NEW) - '{outcome,why,decided_at}'::text[]) <> (to_jsonb(OLD) - '{outcome,why,decided_at}'::text[])
        OR NEW.outcome IN ('matched', 'dismissed') AND NOT EXISTS (
            SELECT 1 FROM bank_decision d WHERE d.item_id = NEW.id AND d.outcome = 'confirmed'
                AND d.kind = CASE NEW.outcome WHEN 'matched' THEN 'match' ELSE 'dismiss' END) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA293', MESSAGE = 'what the bank said does not change, and two people say what it is';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE ON bank_item FOR EACH ROW EXECUTE FUNCTION refuse_bank_item();

CREATE FUNCTION refuse_bank_decision() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.outcome IS NOT NULL
        OR (to_jsonb(NEW) - '{outcome,ended_at,ended_by}'::text[]) <> (to_jsonb(OLD) - '{outcome,ended_at,ended_by}'::text[]) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA294', MESSAGE = 'a decision on an answer of the bank ends once, and is what was proposed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE ON bank_decision FOR EACH ROW EXECUTE FUNCTION refuse_bank_decision();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_file EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_statement EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_booking EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON bank_item EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON bank_item_details EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON bank_decision EXECUTE FUNCTION refuse_write();
ALTER TABLE bank_file ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE bank_statement ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE bank_booking ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE bank_booking ENABLE ALWAYS TRIGGER refuse_other_amount;
ALTER TABLE bank_item ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE bank_item ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE bank_item_details ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE bank_decision ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE bank_decision ENABLE ALWAYS TRIGGER refuse_change;

GRANT SELECT, INSERT ON bank_file, bank_statement, bank_item, bank_booking TO app_municipality;
GRANT SELECT ON bank_decision TO app_municipality;
GRANT INSERT (id, item_id, kind, act, run_id, file_number, line_number, because, proposed_at, proposed_by) ON bank_decision TO app_municipality;
GRANT UPDATE (outcome, ended_at, ended_by) ON bank_decision TO app_municipality;
GRANT UPDATE (outcome, why, decided_at) ON bank_item TO app_municipality;
GRANT SELECT, INSERT, DELETE ON bank_item_details TO app_municipality;

-- What the bank says, a program may read and book too; the books then say so. Nobody else has this id.
SET LOCAL ROLE ledger_municipality;

CREATE OR REPLACE FUNCTION book_settlement(posting_kind text, entries uuid[], prints bytea[], debits bigint[], credits bigint[], amounts bigint[], occurred timestamptz, by_id uuid) RETURNS void
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
            array_agg(NULL::uuid), array_agg(NULL::uuid), array_agg(occurred), array_agg(CASE by_id WHEN '00000000-0000-0000-0000-000000000000' THEN 'system' ELSE 'login' END), array_agg(by_id), places,
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

SET LOCAL ROLE owner_municipality;
