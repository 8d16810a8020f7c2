-- Debit notes: what a merchant that stays below zero is asked to pay back. The database itself says how much, since
-- when and under which number; so nobody asks for something else than the books. One proposes, another approves.
SET LOCAL lock_timeout = '5s';

CREATE TABLE debit_note (
    id uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 999999999),
    reference text NOT NULL UNIQUE,
    merchant_id uuid NOT NULL REFERENCES merchant,
    account_id bigint NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents BETWEEN 1 AND 99999999999),
    below_since timestamptz NOT NULL,
    negative_since date NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proposed_by_kind text NOT NULL CHECK (proposed_by_kind IN ('login', 'system')),
    proposed_by uuid NOT NULL,
    approved_at timestamptz,
    approved_by uuid,
    due_on date,
    payee_name text CHECK (length(payee_name) BETWEEN 1 AND 70),
    payee_iban text CHECK (payee_iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    withdrawn_because text CHECK (length(withdrawn_because) BETWEEN 1 AND 300),
    netted_at timestamptz,
    received_cents bigint NOT NULL DEFAULT 0 CHECK (received_cents >= 0),
    CONSTRAINT debit_note_never_above_amount CHECK (received_cents <= amount_cents),
    CONSTRAINT second_pair_of_eyes_on_debit_note CHECK (approved_by <> proposed_by),
    CHECK (num_nonnulls(approved_at, approved_by, due_on, payee_name, payee_iban) IN (0, 5)),
    CHECK (num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_because) IN (0, 3)),
    CHECK (withdrawn_at IS NULL OR netted_at IS NULL),
    CHECK (received_cents = 0 OR approved_at IS NOT NULL)
);
COMMENT ON COLUMN debit_note.reference IS 'ISO 11649 creditor reference, made from the number: RF, two check digits, PAS and nine digits.';
COMMENT ON COLUMN debit_note.below_since IS 'When the movement was recorded that took the merchant below zero, from where it did not come back until the proposal.';
COMMENT ON COLUMN debit_note.netted_at IS 'When somebody saw that sales had paid the rest; noted before the next note of the merchant.';
-- Two proposals at the same moment: one of them is refused, also where the program would not have seen the other.
CREATE UNIQUE INDEX debit_note_open ON debit_note (merchant_id)
    WHERE withdrawn_at IS NULL AND netted_at IS NULL AND received_cents < amount_cents;

CREATE TABLE debit_note_receipt (
    entry_id uuid PRIMARY KEY,
    note_id uuid NOT NULL REFERENCES debit_note,
    number integer NOT NULL CHECK (number > 0),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    received_on date NOT NULL,
    booked_at timestamptz NOT NULL,
    booked_by uuid NOT NULL,
    UNIQUE (note_id, number)
);
COMMENT ON TABLE debit_note_receipt IS 'What the bank received for a note; each is one entry of the books.';

-- Which items of the bank speak of a receipt. One kind of message says of a receipt once that it came in.
CREATE TABLE debit_note_bank_item (
    item_id uuid PRIMARY KEY REFERENCES bank_item,
    entry_id uuid NOT NULL REFERENCES debit_note_receipt,
    message text NOT NULL CHECK (message IN ('statement', 'notification')),
    UNIQUE (entry_id, message)
);

ALTER TABLE bank_item ADD COLUMN note_number integer;
COMMENT ON COLUMN bank_item.note_number IS 'The debit note whose reference stands in what the bank says.';
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE bank_item ADD CONSTRAINT bank_item_note_number_check CHECK (note_number IS NULL OR note_number > 0 AND kind = 'credit' AND run_number IS NULL);
-- squawk-ignore ban-drop-constraint
ALTER TABLE bank_item DROP CONSTRAINT bank_item_why_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE bank_item ADD CONSTRAINT bank_item_why_check CHECK (why IN ('no_id', 'unknown_id', 'other_amount', 'other_count', 'other_currency',
    'other_payer', 'other_payee', 'other_day', 'has_outcome', 'not_paid_yet', 'not_a_return', 'reversed_credit', 'whole_file', 'duplicate',
    'unknown_status', 'above_outstanding', 'maybe_booked'));

-- How many days below zero before a merchant may be asked to pay back.
CREATE FUNCTION debit_note_days() RETURNS integer
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT coalesce((SELECT (s.value #>> '{}')::integer FROM setting s WHERE s.key = 'debit_note_days' ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1), 90)
$$;

-- What stands on an account, and since when that is below zero without having been anything else: null where it is
-- not. Movements count when they were recorded; what one transaction recorded at one moment is one step.
CREATE FUNCTION account_below_zero(account bigint, OUT balance_cents bigint, OUT below_since timestamptz)
LANGUAGE sql STABLE SET search_path FROM CURRENT SET enable_seqscan = off SET jit = off AS $$
    WITH moved AS (
        SELECT t.entry_id, t.epoch, t.xid, t.amount FROM transfer t WHERE t.credit = account
        UNION ALL
        SELECT t.entry_id, t.epoch, t.xid, -t.amount FROM transfer t WHERE t.debit = account
    ), standing AS (
        SELECT e.recorded_at, dense_rank() OVER w AS step, sum(m.amount) OVER w AS cents
        FROM moved m JOIN entry e ON e.id = m.entry_id WINDOW w AS (ORDER BY e.recorded_at, m.epoch, m.xid)
    )
    SELECT coalesce((SELECT sum(m.amount) FROM moved m), 0)::bigint,
        (SELECT min(s.recorded_at) FROM standing s WHERE s.step > coalesce((SELECT max(p.step) FROM standing p WHERE p.cents >= 0), 0))
$$;

-- Merchants below zero, of those from which something was taken back before a moment since they were last paid: at
-- what a run was made up to, they had something coming. That is few, and found by the index, so pages can ask it.
CREATE FUNCTION merchants_below_zero(taken_before timestamptz)
RETURNS TABLE (merchant_id uuid, account_id bigint, balance_cents bigint, below_since timestamptz)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH candidate AS MATERIALIZED (
        SELECT a.id, a.subject_id
        FROM account a
        LEFT JOIN LATERAL (
            SELECT l.to_epoch, l.to_xid FROM settlement_line l WHERE l.account_id = a.id AND l.settle_entry_id IS NOT NULL
            ORDER BY l.from_epoch DESC, l.from_xid DESC LIMIT 1
        ) p ON true
        WHERE a.kind = 'merchant' AND EXISTS (
            SELECT 1 FROM transfer t JOIN entry e ON e.id = t.entry_id AND e.kind <> 'settle'
            WHERE t.debit = a.id AND (t.epoch, t.xid) >= (coalesce(p.to_epoch, 0), coalesce(p.to_xid, 0)) AND e.recorded_at <= taken_before)
    )
    SELECT c.subject_id, c.id, z.balance_cents, z.below_since
    FROM candidate c CROSS JOIN LATERAL account_below_zero(c.id) z WHERE z.balance_cents < 0
$$;

-- What is still to be paid of a note: its rest, but no more than what the merchant is below zero. Once the merchant
-- was at zero or above, sales have paid it, and what it comes to owe after that is for another note.
CREATE FUNCTION debit_note_outstanding(note uuid) RETURNS bigint
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT CASE WHEN n.withdrawn_at IS NULL AND n.netted_at IS NULL AND z.below_since <= n.proposed_at
        THEN least(n.amount_cents - n.received_cents, -z.balance_cents) ELSE 0 END
    FROM debit_note n CROSS JOIN LATERAL account_below_zero(n.account_id) z WHERE n.id = note
$$;

-- The creditor reference of a number (ISO 11649, mod 97-10): letters count as 10 to 35, so PAS is 251028 and RF00 is 271500.
CREATE FUNCTION debit_note_reference(number integer) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
    SELECT 'RF' || lpad((98 - ((251028000000000 + number::bigint) % 97 * 1000000 + 271500) % 97)::text, 2, '0') || 'PAS' || lpad(number::text, 9, '0')
$$;

-- A note is what the books say, of a merchant that is below zero long enough; nobody else says its number or its amount.
CREATE FUNCTION refuse_debit_note() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    standing record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema || '.debit_note'));
    SELECT a.id, z.balance_cents, z.below_since,
        (at AT TIME ZONE 'Europe/Amsterdam')::date - (z.below_since AT TIME ZONE 'Europe/Amsterdam')::date AS days INTO standing
    FROM account a CROSS JOIN LATERAL account_below_zero(a.id) z
    WHERE a.kind = 'merchant' AND a.unit = 'cents' AND a.subject_id = NEW.merchant_id;
    IF (standing.days >= debit_note_days()) IS NOT TRUE
        OR NOT EXISTS (SELECT 1 FROM merchant m WHERE m.id = NEW.merchant_id AND m.state IN ('approved', 'suspended')) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA273', MESSAGE = 'a debit note is for a merchant that takes part and is below zero long enough';
    END IF;
    NEW.number := (SELECT coalesce(max(n.number), 0) + 1 FROM debit_note n);
    NEW.reference := debit_note_reference(NEW.number);
    NEW.account_id := standing.id;
    NEW.amount_cents := -standing.balance_cents;
    NEW.below_since := standing.below_since;
    NEW.negative_since := (standing.below_since AT TIME ZONE 'Europe/Amsterdam')::date;
    NEW.proposed_at := at;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_note BEFORE INSERT ON debit_note FOR EACH ROW EXECUTE FUNCTION refuse_debit_note();

-- A note goes one way, never changes what it was, and is over when it was paid, netted or withdrawn.
CREATE FUNCTION refuse_debit_note_step() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    steps CONSTANT text[] := '{approved_at,approved_by,due_on,payee_name,payee_iban,withdrawn_at,withdrawn_by,withdrawn_because,netted_at,received_cents}';
    approves CONSTANT boolean := OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL;
BEGIN
    IF (to_jsonb(NEW) - steps) <> (to_jsonb(OLD) - steps)
        OR OLD.withdrawn_at IS NOT NULL OR OLD.netted_at IS NOT NULL OR OLD.received_cents = OLD.amount_cents
        OR OLD.approved_at IS NOT NULL AND (OLD.approved_at, OLD.approved_by, OLD.due_on, OLD.payee_name, OLD.payee_iban)
            IS DISTINCT FROM (NEW.approved_at, NEW.approved_by, NEW.due_on, NEW.payee_name, NEW.payee_iban)
        OR NEW.received_cents <> OLD.received_cents AND (NEW.received_cents < OLD.received_cents OR current_user <> 'ledger_' || TG_TABLE_SCHEMA)
        OR NEW.netted_at IS NOT NULL AND debit_note_outstanding(OLD.id) <> 0
        OR approves AND debit_note_outstanding(OLD.id) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA274', MESSAGE = 'a debit note does not go this way, and never changes what it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_step BEFORE UPDATE ON debit_note FOR EACH ROW EXECUTE FUNCTION refuse_debit_note_step();

-- What was booked of an item is what the bank said of that note, to the cent and the day.
CREATE FUNCTION refuse_debit_note_bank_item() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM bank_item i JOIN debit_note_receipt r ON r.entry_id = NEW.entry_id JOIN debit_note n ON n.id = r.note_id
        WHERE i.id = NEW.item_id AND i.outcome IN ('booked', 'confirmed') AND i.kind = 'credit' AND NOT i.is_return
            AND (i.note_number, i.message, i.amount_cents, i.currency, i.day) = (n.number, NEW.message, r.amount_cents, 'EUR', r.received_on)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA279', MESSAGE = 'what was booked of a debit note is not what the bank says';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_other BEFORE INSERT ON debit_note_bank_item FOR EACH ROW EXECUTE FUNCTION refuse_debit_note_bank_item();

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON debit_note EXECUTE FUNCTION refuse_write();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON debit_note_receipt EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON debit_note_receipt EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON debit_note_bank_item EXECUTE FUNCTION refuse_write();
ALTER TABLE debit_note ENABLE ALWAYS TRIGGER refuse_note;
ALTER TABLE debit_note ENABLE ALWAYS TRIGGER refuse_step;
ALTER TABLE debit_note ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE debit_note_receipt ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE debit_note_receipt ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE debit_note_bank_item ENABLE ALWAYS TRIGGER refuse_other;
ALTER TABLE debit_note_bank_item ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT ON debit_note, debit_note_receipt, debit_note_bank_item TO app_municipality;
GRANT INSERT (id, merchant_id, proposed_by_kind, proposed_by) ON debit_note TO app_municipality;
GRANT UPDATE (approved_at, approved_by, due_on, payee_name, payee_iban, withdrawn_at, withdrawn_by, withdrawn_because, netted_at)
    ON debit_note TO app_municipality;
GRANT INSERT ON debit_note_bank_item TO app_municipality;
GRANT SELECT, UPDATE ON debit_note TO ledger_municipality;
GRANT SELECT, INSERT ON debit_note_receipt TO ledger_municipality;
REVOKE ALL ON FUNCTION debit_note_days, account_below_zero, merchants_below_zero, debit_note_outstanding, debit_note_reference,
    refuse_debit_note, refuse_debit_note_step, refuse_debit_note_bank_item FROM PUBLIC;
GRANT EXECUTE ON FUNCTION debit_note_days, account_below_zero, merchants_below_zero, debit_note_outstanding, debit_note_reference TO app_municipality;
GRANT EXECUTE ON FUNCTION account_below_zero, debit_note_outstanding TO ledger_municipality;

SET LOCAL ROLE ledger_municipality;

-- Books that the bank received something for a note: what is outstanding of it at most. A sale of this very moment may
-- take the merchant above zero all the same; then it is owed that, and the next run pays it.
CREATE FUNCTION book_debit_note(note uuid, receipt integer, cents bigint, received date, entry uuid, print bytea, candidate bigint, booked timestamptz, by_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    ours debit_note := (SELECT n FROM debit_note n WHERE n.id = note FOR NO KEY UPDATE);
    bank bigint := (open_accounts(ARRAY[candidate], ARRAY['bank'], ARRAY['cents'], ARRAY[NULL::uuid], ARRAY[NULL::smallint],
        ARRAY[NULL::uuid], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
BEGIN
    IF (ours.approved_at IS NOT NULL AND cents BETWEEN 1 AND debit_note_outstanding(note)
        AND receipt = 1 + (SELECT count(*) FROM debit_note_receipt r WHERE r.note_id = note)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA278', MESSAGE = 'no more is received for a debit note than what is outstanding of it';
    END IF;
    PERFORM book_settlement('debit_note', ARRAY[entry], ARRAY[print], ARRAY[bank], ARRAY[ours.account_id], ARRAY[cents], booked, by_id);
    INSERT INTO debit_note_receipt (entry_id, note_id, number, amount_cents, received_on, booked_at, booked_by)
    VALUES (entry, note, receipt, cents, received, booked, by_id);
    UPDATE debit_note n SET received_cents = n.received_cents + cents WHERE n.id = note;
END $$;

REVOKE ALL ON FUNCTION book_debit_note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION book_debit_note TO app_municipality;

SET LOCAL ROLE owner_municipality;
