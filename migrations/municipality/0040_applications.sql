-- Intermediaries ask a contribution for one child at one club; the club confirms and is owed the money. The
-- neighbourhood team has a pot of its own and gives vouchers. What is typed about a child nobody knows is
-- forgotten as soon as the child is found or the application is decided.
SET LOCAL lock_timeout = '5s';

CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
    kind text NOT NULL CHECK (kind IN ('school', 'practice', 'team', 'other')),
    recognised_at timestamptz NOT NULL,
    recognised_by uuid NOT NULL,
    ended_at timestamptz,
    ended_by uuid,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX organisation_name ON organisation (lower(name)) WHERE ended_at IS NULL;

CREATE TABLE intermediary (
    login_id uuid PRIMARY KEY REFERENCES login,
    organisation_id uuid NOT NULL REFERENCES organisation,
    profession text NOT NULL CHECK (length(profession) BETWEEN 1 AND 80),
    recognised_at timestamptz NOT NULL,
    recognised_by uuid NOT NULL,
    ended_at timestamptz,
    ended_by uuid,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX intermediary_organisation ON intermediary (organisation_id);
COMMENT ON TABLE intermediary IS 'For which organisation somebody applies, or decides on vouchers; recognised by the municipality until it ends.';

CREATE TABLE child_application (
    id uuid PRIMARY KEY,
    scheme_id uuid NOT NULL REFERENCES scheme,
    applied_by uuid NOT NULL REFERENCES login,
    organisation_id uuid NOT NULL REFERENCES organisation,
    profession text NOT NULL,
    received_at timestamptz NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    resident_id uuid REFERENCES resident,
    scanned_token bytea CHECK (octet_length(scanned_token) = 32),
    scanned_numbers bytea[] CHECK (cardinality(scanned_numbers) BETWEEN 1 AND 50),
    given_name text CHECK (length(given_name) BETWEEN 1 AND 100),
    family_name text CHECK (length(family_name) BETWEEN 1 AND 100),
    birth_date date,
    postcode text CHECK (postcode ~ '^[1-9][0-9]{3} [A-Z]{2}$'),
    merchant_id uuid REFERENCES merchant,
    club_name text CHECK (length(club_name) BETWEEN 1 AND 140),
    club_email text CHECK (length(club_email) <= 320),
    club_phone text CHECK (length(club_phone) <= 40),
    club_place text CHECK (length(club_place) <= 80),
    asked_cents bigint CHECK (asked_cents BETWEEN 1 AND 100000000),
    what_for text CHECK (length(what_for) BETWEEN 1 AND 300),
    own_reference text CHECK (length(own_reference) BETWEEN 1 AND 40),
    agreed_by text NOT NULL CHECK (length(agreed_by) BETWEEN 1 AND 140),
    agreed_how text NOT NULL CHECK (agreed_how IN ('present', 'telephone', 'signed')),
    agreed_on date NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'with_officer', 'waiting_club', 'awarded', 'refused', 'withdrawn')),
    questions text[] NOT NULL DEFAULT '{}',
    period_key text CHECK (length(period_key) BETWEEN 1 AND 60),
    decided_at timestamptz,
    decided_by uuid,
    refusal text CHECK (refusal ~ '^[a-z][a-z-]{1,60}$'),
    reason text CHECK (length(reason) BETWEEN 1 AND 2000),
    awarded_cents bigint CHECK (awarded_cents > 0),
    budget_year smallint,
    participation text CHECK (participation IN ('takes_part', 'never_came')),
    participation_at timestamptz,
    released_at timestamptz,
    CHECK (merchant_id IS NOT NULL OR club_name IS NOT NULL),
    CHECK ((state IN ('awarded', 'refused', 'withdrawn')) = (decided_at IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'awarded') = (awarded_cents IS NOT NULL)),
    CHECK (state <> 'awarded' OR (resident_id IS NOT NULL AND merchant_id IS NOT NULL)),
    CHECK ((resident_id IS NULL AND decided_at IS NULL)
        = (num_nonnulls(scanned_token, scanned_numbers) + num_nonnulls(given_name, family_name, birth_date, postcode) / 4 = 1)),
    CHECK (resident_id IS NULL OR num_nonnulls(scanned_token, scanned_numbers, given_name, family_name, birth_date, postcode) = 0),
    CHECK (decided_at IS NULL OR num_nonnulls(scanned_token, scanned_numbers, given_name, family_name, birth_date, postcode) = 0),
    CHECK ((participation IS NULL) = (participation_at IS NULL)),
    CHECK (state = 'awarded' OR num_nonnulls(participation, released_at) = 0)
);
CREATE INDEX child_application_own ON child_application (applied_by, received_at);
CREATE INDEX child_application_open ON child_application (received_at, id) WHERE decided_at IS NULL;
CREATE INDEX child_application_club ON child_application (merchant_id) WHERE state IN ('waiting_club', 'awarded');
CREATE INDEX child_application_decided ON child_application (decided_at);
-- One application per child, purpose and period; whoever comes second is told so and nothing else.
CREATE UNIQUE INDEX child_application_once ON child_application (resident_id, scheme_id, period_key)
    WHERE resident_id IS NOT NULL AND state NOT IN ('refused', 'withdrawn');

-- A decision stands: two officers at once, or an award and a withdrawal, come to one of the two.
CREATE FUNCTION refuse_second_application_verdict() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.decided_at IS NOT NULL AND (NEW.state, NEW.decided_at, NEW.decided_by, NEW.refusal, NEW.awarded_cents, NEW.resident_id, NEW.scheme_id)
        IS DISTINCT FROM (OLD.state, OLD.decided_at, OLD.decided_by, OLD.refusal, OLD.awarded_cents, OLD.resident_id, OLD.scheme_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA223', MESSAGE = 'an application is decided once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_second_application_verdict BEFORE UPDATE ON child_application
    FOR EACH ROW EXECUTE FUNCTION refuse_second_application_verdict();

CREATE TABLE child_application_pause (
    application_id uuid NOT NULL REFERENCES child_application ON DELETE CASCADE,
    from_on date NOT NULL,
    until_on date,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    paused_by uuid NOT NULL,
    PRIMARY KEY (application_id, from_on),
    CHECK (until_on >= from_on)
);
CREATE UNIQUE INDEX child_application_paused ON child_application_pause (application_id) WHERE until_on IS NULL;
COMMENT ON COLUMN child_application_pause.until_on IS 'The first day on which the clock runs again; null while it stands still.';

-- When a club that was invited is approved, the applications that wait for it go on.
CREATE FUNCTION judge_waiting_applications() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM child_application a WHERE a.merchant_id = NEW.id AND a.state = 'waiting_club') THEN
        INSERT INTO job (id, kind, arguments, actor_kind, actor_id, queued_at, run_after)
        VALUES (gen_random_uuid(), 'applications.judge', '{}', 'system', '00000000-0000-0000-0000-000000000000', clock_timestamp(), clock_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER judge_waiting_applications AFTER UPDATE OF state ON merchant
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION judge_waiting_applications();

-- A supplier that will never register is owed money on an account of its own kind, on which no posting of a
-- sale exists: no till can sell for it.
ALTER TABLE merchant ADD COLUMN kind text NOT NULL DEFAULT 'regular';
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE merchant ADD CONSTRAINT merchant_kind_check CHECK (kind IN ('regular', 'one_off'));

CREATE OR REPLACE FUNCTION open_merchant_account(owing_to uuid, candidate bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE merchant SET account_id = (open_accounts(ARRAY[candidate],
        ARRAY[CASE kind WHEN 'one_off' THEN 'payee' ELSE 'merchant' END], ARRAY['cents'], ARRAY[NULL::uuid],
        ARRAY[NULL::smallint], ARRAY[owing_to], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1]
    WHERE id = owing_to AND account_id IS NULL;
    SELECT account_id FROM merchant WHERE id = owing_to
$$;

CREATE TABLE payee_invoice (
    id uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES child_application ON DELETE CASCADE,
    merchant_id uuid NOT NULL REFERENCES merchant,
    amount_cents bigint NOT NULL CHECK (amount_cents BETWEEN 1 AND 100000000),
    invoice_reference text NOT NULL CHECK (length(invoice_reference) BETWEEN 1 AND 60),
    proposed_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_because text NOT NULL CHECK (length(proposed_because) BETWEEN 1 AND 300),
    confirmed_at timestamptz,
    confirmed_by uuid,
    rejected_at timestamptz,
    rejected_by uuid,
    rejected_because text CHECK (length(rejected_because) BETWEEN 1 AND 300),
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
    CHECK ((rejected_at IS NULL) = (rejected_by IS NULL) AND (rejected_at IS NULL) = (rejected_because IS NULL)),
    CHECK (confirmed_at IS NULL OR rejected_at IS NULL),
    CONSTRAINT second_pair_of_eyes_on_invoice CHECK (confirmed_by <> proposed_by)
);
CREATE INDEX payee_invoice_application ON payee_invoice (application_id);
CREATE INDEX payee_invoice_waiting ON payee_invoice (proposed_at) WHERE confirmed_at IS NULL AND rejected_at IS NULL;

-- The link of an award to its application goes with the link to the person, on the same clock.
ALTER TABLE budget ADD COLUMN application_id uuid;
ALTER TABLE budget ADD COLUMN category text;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX budget_application ON budget (application_id) WHERE application_id IS NOT NULL;
COMMENT ON COLUMN budget.category IS 'Where a voucher is for one of the purposes of its scheme alone.';

-- A club's confirmation has no till: it names an invoice instead.
ALTER TABLE redemption ADD COLUMN invoice_reference text;
-- squawk-ignore ban-drop-not-null
ALTER TABLE redemption ALTER COLUMN till_id DROP NOT NULL;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE redemption ADD CONSTRAINT redemption_by_till_or_invoice
    CHECK ((till_id IS NULL) = (invoice_reference IS NOT NULL) AND length(invoice_reference) BETWEEN 1 AND 60);

-- squawk-ignore ban-drop-constraint
ALTER TABLE decision DROP CONSTRAINT decision_cause_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE decision ADD CONSTRAINT decision_cause_check
    CHECK (cause IN ('assessment', 'application', 'deviation', 'birth', 'arrival', 'income', 'objection', 'award'));

CREATE TABLE voucher (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisation,
    scheme_id uuid NOT NULL REFERENCES scheme,
    category text NOT NULL REFERENCES category,
    amount_cents bigint NOT NULL CHECK (amount_cents BETWEEN 1 AND 100000000),
    what_for text NOT NULL CHECK (length(what_for) BETWEEN 1 AND 300),
    no_other_provision boolean NOT NULL CHECK (no_other_provision),
    proposed_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL REFERENCES login,
    confirmed_at timestamptz,
    confirmed_by uuid REFERENCES login,
    rejected_at timestamptz,
    rejected_by uuid REFERENCES login,
    rejected_because text CHECK (length(rejected_because) BETWEEN 1 AND 300),
    card_id uuid REFERENCES card,
    expires_on date,
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL) AND (confirmed_at IS NULL) = (card_id IS NULL)
        AND (confirmed_at IS NULL) = (expires_on IS NULL)),
    CHECK ((rejected_at IS NULL) = (rejected_by IS NULL) AND (rejected_at IS NULL) = (rejected_because IS NULL)),
    CHECK (confirmed_at IS NULL OR rejected_at IS NULL),
    CONSTRAINT second_pair_of_eyes_on_voucher CHECK (confirmed_by <> proposed_by)
);
CREATE INDEX voucher_of_organisation ON voucher (organisation_id, proposed_at);

-- squawk-ignore ban-drop-constraint
ALTER TABLE card DROP CONSTRAINT card_form_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE card ADD CONSTRAINT card_form_check CHECK (form IN ('paper', 'plastic', 'phone', 'temporary', 'voucher'));
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE card ADD CONSTRAINT card_voucher_expires CHECK (form <> 'voucher' OR expires_at IS NOT NULL);

ALTER TABLE incompatible_role DISABLE TRIGGER append_only;
INSERT INTO incompatible_role (role, other)
SELECT p.role, p.other FROM unnest(ARRAY['administrator', 'analyst', 'approver', 'auditor', 'counter', 'finance', 'intermediary',
    'merchant_manager', 'officer', 'operator', 'policy', 'registrar']) AS o (name)
CROSS JOIN LATERAL (VALUES (o.name, 'team_member'), ('team_member', o.name)) AS p (role, other);
ALTER TABLE incompatible_role ENABLE ALWAYS TRIGGER append_only;

-- A member of the team gives money: nothing for a program.
CREATE OR REPLACE FUNCTION refuse_role() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    holder login;
BEGIN
    -- Locks the login, so that two administrators cannot give one of a pair each at the same moment.
    SELECT * INTO holder FROM login WHERE id = NEW.login_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM login_role r, incompatible_role i
        WHERE r.login_id = NEW.login_id AND i.role = r.role AND i.other = NEW.role
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA210', MESSAGE = 'this role does not go together with another role of this login';
    END IF;
    IF (NEW.role = 'merchant_manager') <> (holder.merchant_id IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA211', MESSAGE = 'a login of a merchant is merchant_manager and nothing else, and no other login is';
    END IF;
    IF holder.issuer = 'program' AND NEW.role IN (
        'administrator', 'approver', 'counter', 'finance', 'intermediary', 'merchant_manager', 'officer', 'registrar', 'team_member'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA212', MESSAGE = 'this role is for people, and this login is of a program';
    END IF;
    RETURN NEW;
END $$;

-- What a second person said of an invoice or a voucher stands.
CREATE FUNCTION refuse_other_judgement() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR OLD.rejected_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA224', MESSAGE = 'this was judged before, and is judged once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER judged_once BEFORE UPDATE ON payee_invoice FOR EACH ROW EXECUTE FUNCTION refuse_other_judgement();
CREATE TRIGGER judged_once BEFORE UPDATE ON voucher FOR EACH ROW EXECUTE FUNCTION refuse_other_judgement();
ALTER TABLE payee_invoice ENABLE ALWAYS TRIGGER judged_once;
ALTER TABLE voucher ENABLE ALWAYS TRIGGER judged_once;

CREATE FUNCTION forget_child_applications(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM child_application WHERE id IN (
        SELECT a.id FROM child_application a
        WHERE a.decided_at < least(before, clock_timestamp() - CASE a.state
                WHEN 'withdrawn' THEN interval '42 days'
                WHEN 'refused' THEN interval '5 years'
                ELSE interval '10 years' END)
            AND NOT EXISTS (SELECT 1 FROM budget b WHERE b.application_id = a.id)
        ORDER BY a.id LIMIT most
        FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

REVOKE ALL ON FUNCTION forget_child_applications FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_child_applications TO app_municipality;
GRANT SELECT, INSERT ON organisation, intermediary TO app_municipality;
GRANT UPDATE (ended_at, ended_by) ON organisation TO app_municipality;
GRANT UPDATE (organisation_id, profession, recognised_at, recognised_by, ended_at, ended_by) ON intermediary TO app_municipality;
GRANT SELECT ON child_application, payee_invoice, voucher TO app_municipality;
GRANT INSERT (id, scheme_id, applied_by, organisation_id, profession, received_at, content_hash, scanned_token, scanned_numbers, given_name,
    family_name, birth_date, postcode, merchant_id, club_name, club_email, club_phone, club_place, asked_cents, what_for, own_reference, agreed_by,
    agreed_how, agreed_on, state) ON child_application TO app_municipality;
GRANT UPDATE (resident_id, scanned_token, scanned_numbers, given_name, family_name, birth_date, postcode, merchant_id, state, questions,
    period_key, decided_at, decided_by, refusal, reason, awarded_cents, budget_year, participation, participation_at, released_at)
    ON child_application TO app_municipality;
GRANT SELECT, INSERT ON child_application_pause TO app_municipality;
GRANT UPDATE (until_on, reason, paused_by) ON child_application_pause TO app_municipality;
GRANT INSERT (id, application_id, merchant_id, amount_cents, invoice_reference, proposed_at, proposed_by, proposed_because) ON payee_invoice TO app_municipality;
GRANT UPDATE (confirmed_at, confirmed_by, rejected_at, rejected_by, rejected_because) ON payee_invoice TO app_municipality;
GRANT INSERT (id, organisation_id, scheme_id, category, amount_cents, what_for, no_other_provision, proposed_at, proposed_by) ON voucher TO app_municipality;
GRANT UPDATE (confirmed_at, confirmed_by, rejected_at, rejected_by, rejected_because, card_id, expires_on) ON voucher TO app_municipality;
GRANT UPDATE (merchant_id, application_id, category) ON budget TO app_municipality;
GRANT SELECT ON child_application, payee_invoice TO ledger_municipality;
GRANT UPDATE (participation) ON child_application TO ledger_municipality; -- to hold a row: it writes none

-- A voucher is spent on its own purpose: the function that sells looks at it, word for word as it was besides.
DO $$
DECLARE
    definition text := (SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = 'redeem_batch');
    payee CONSTANT text := '(b.merchant_id IS NULL OR b.merchant_id = merchants[l.item])';
    purpose CONSTANT text := ' AND (b.category IS NULL OR b.category = categories[l.item] OR categories[l.item] IS NULL AND EXISTS ('
        'SELECT 1 FROM agreement a WHERE a.merchant_id = merchants[l.item] AND a.category = b.category '
        'AND a.valid_from <= days[l.item] AND (a.valid_until IS NULL OR a.valid_until > days[l.item])))';
BEGIN
    ASSERT (length(definition) - length(replace(definition, payee, ''))) / length(payee) = 2;
    SET LOCAL ROLE ledger_municipality;
    EXECUTE replace(definition, payee, payee || purpose);
END $$;

-- Whether an invoice was paid from an award, and not given back whole.
CREATE FUNCTION was_stated(award bigint, payee uuid, invoice text) RETURNS boolean LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT EXISTS (
        SELECT 1 FROM transfer t
        JOIN redemption r ON r.entry_id = t.entry_id AND r.merchant_id = payee AND lower(r.invoice_reference) = lower(invoice)
        LEFT JOIN reversal back ON back.entry_id = t.entry_id AND back.line = t.line
        WHERE t.debit = award AND coalesce(back.reversed, 0) < t.amount
    )
$$;
GRANT EXECUTE ON FUNCTION was_stated TO app_municipality;

-- The club confirms what a child does there and what it costs, with its invoice: booked and payable. It runs as
-- the ledger, like the functions of sales. A known id is answered before anything else is judged. One award is
-- confirmed by one at a time, so that an invoice that was paid for it and not given back is not paid again.
SET LOCAL ROLE ledger_municipality;
CREATE FUNCTION confirm_award(entry uuid, print bytea, application uuid, payee uuid, invoice text, amount bigint,
    occurred timestamptz, by_kind text, by_id uuid, trace text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    today CONSTANT date := (occurred AT TIME ZONE 'Europe/Amsterdam')::date;
    paid_by bigint;
    owed_on bigint;
    subject uuid;
    purpose text;
    places bigint[];
    outcome text;
BEGIN
    PERFORM FROM child_application a WHERE a.id = application FOR UPDATE;
    SELECT CASE WHEN e.fingerprint = print THEN 'replay' ELSE 'misuse' END INTO outcome FROM entry e WHERE e.id = confirm_award.entry;
    IF FOUND THEN
        RETURN outcome;
    END IF;
    SELECT b.account_id, m.account_id, p.resident_id, coalesce((
        SELECT g.category FROM agreement g WHERE g.merchant_id = m.id AND g.category = ANY (v.categories)
            AND g.valid_from <= today AND (g.valid_until IS NULL OR g.valid_until > today) ORDER BY g.category LIMIT 1),
        CASE WHEN cardinality(v.categories) = 1 THEN v.categories[1] END)
    INTO paid_by, owed_on, subject, purpose
    FROM child_application a
    JOIN budget b ON b.application_id = a.id
    JOIN pass p ON p.id = b.pass_id
    JOIN scheme_version v ON v.id = b.scheme_version_id
    JOIN merchant m ON m.id = coalesce(b.merchant_id, a.merchant_id)
    JOIN login l ON l.id = by_id AND l.state = 'active'
    WHERE a.id = application AND a.state = 'awarded' AND m.id = payee AND m.state = 'approved'
        AND (p.ended_on IS NULL OR p.ended_on > today)
        AND CASE m.kind WHEN 'regular' THEN l.merchant_id = m.id
            ELSE EXISTS (SELECT 1 FROM payee_invoice i WHERE i.id = confirm_award.entry AND i.application_id = a.id AND i.merchant_id = m.id
                AND i.amount_cents = amount AND i.invoice_reference = invoice AND i.confirmed_by = by_id AND i.proposed_by <> by_id) END;
    IF NOT FOUND OR was_stated(paid_by, payee, invoice) THEN
        RETURN 'moved';
    END IF;
    places := ARRAY[least(paid_by, owed_on), greatest(paid_by, owed_on)];
    outcome := (book(ARRAY[entry], ARRAY['confirm'], ARRAY[NULL::text], ARRAY[print], ARRAY[NULL::uuid], ARRAY[NULL::uuid],
        ARRAY[occurred], ARRAY[by_kind], ARRAY[by_id], places, ARRAY[1], ARRAY[width_bucket(paid_by, places)],
        ARRAY[width_bucket(owed_on, places)], ARRAY[amount], ARRAY[NULL::smallint], ARRAY[NULL::bigint]))[1];
    IF outcome = 'booked' THEN
        INSERT INTO redemption (entry_id, merchant_id, category, price_cents, taken_cents, invoice_reference, recorded_at)
        VALUES (entry, payee, purpose, amount, amount, invoice, now());
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, taken_cents, trace_id, recorded_at)
        VALUES (subject, 'confirmation', by_kind, by_id, entry, amount, trace, now());
    END IF;
    RETURN outcome;
END $$;
REVOKE ALL ON FUNCTION confirm_award FROM PUBLIC;
GRANT EXECUTE ON FUNCTION confirm_award TO app_municipality;
SET LOCAL ROLE owner_municipality;
