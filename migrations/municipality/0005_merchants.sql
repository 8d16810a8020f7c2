-- Merchants: organisations with locations, agreements by category, payout accounts in versions, and tills.
SET LOCAL lock_timeout = '5s';

CREATE TABLE merchant (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
    kvk_number text CHECK (kvk_number ~ '^[0-9]{8}$'),
    contact_email text CHECK (length(contact_email) <= 320),
    contact_phone text CHECK (length(contact_phone) <= 40),
    state text NOT NULL CHECK (state IN ('requested', 'approved', 'suspended', 'ended')),
    state_since timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id bigint UNIQUE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (state = 'requested' OR account_id IS NOT NULL)
);
CREATE UNIQUE INDEX merchant_kvk ON merchant (kvk_number, name);
-- Nothing is in it yet, so nothing waits for the scan.
-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
ALTER TABLE login ADD CONSTRAINT login_merchant FOREIGN KEY (merchant_id) REFERENCES merchant;

CREATE TABLE location (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
    address text CHECK (length(address) <= 200),
    postcode text CHECK (length(postcode) <= 12),
    city text CHECK (length(city) <= 80),
    area text CHECK (length(area) <= 80),
    ended_on date
);
CREATE INDEX location_merchant ON location (merchant_id);

-- What a merchant may take, in which category and, for visits, at which agreed price.
CREATE TABLE agreement (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant,
    category text NOT NULL REFERENCES category,
    visit_price_cents bigint CHECK (visit_price_cents BETWEEN 1 AND 10000000),
    valid_from date NOT NULL,
    valid_until date,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL,
    CHECK (valid_until > valid_from)
);
CREATE INDEX agreement_merchant ON agreement (merchant_id);

-- Two agreements on one category and day would be two prices. Locks the merchant: two at once wait.
CREATE FUNCTION refuse_double_agreement() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM merchant WHERE id = NEW.merchant_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM agreement a
        WHERE a.merchant_id = NEW.merchant_id AND a.category = NEW.category AND a.id <> NEW.id
        AND daterange(a.valid_from, a.valid_until) && daterange(NEW.valid_from, NEW.valid_until)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA220', MESSAGE = 'an agreement overlaps another one on the same category';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_double_agreement BEFORE INSERT OR UPDATE ON agreement
    FOR EACH ROW EXECUTE FUNCTION refuse_double_agreement();

-- The newest approved version counts. A version never changes but for its approval by a second person.
CREATE TABLE payout_account (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant,
    iban text NOT NULL CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'),
    holder text NOT NULL CHECK (length(holder) BETWEEN 1 AND 70),
    payee_check text NOT NULL DEFAULT 'not_done' CHECK (payee_check IN ('not_done', 'match', 'close_match', 'no_match', 'impossible')),
    proposed_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    approved_at timestamptz,
    approved_by uuid,
    rejected_at timestamptz,
    rejected_by uuid,
    rejected_because text CHECK (length(rejected_because) BETWEEN 1 AND 300),
    usable_from timestamptz,
    CONSTRAINT second_pair_of_eyes_on_account CHECK (approved_by <> proposed_by),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL) AND (approved_at IS NULL) = (usable_from IS NULL)),
    CHECK ((rejected_at IS NULL) = (rejected_by IS NULL) AND (rejected_at IS NULL) = (rejected_because IS NULL)),
    CHECK (approved_at IS NULL OR rejected_at IS NULL),
    CHECK (usable_from >= approved_at)
);
CREATE INDEX payout_account_merchant ON payout_account (merchant_id, proposed_at DESC);
CREATE UNIQUE INDEX payout_account_waits_once ON payout_account (merchant_id)
    WHERE approved_at IS NULL AND rejected_at IS NULL;

CREATE FUNCTION refuse_second_verdict() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL OR OLD.rejected_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA221', MESSAGE = 'a payout account that was judged never changes; propose another one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_second_verdict BEFORE UPDATE ON payout_account
    FOR EACH ROW EXECUTE FUNCTION refuse_second_verdict();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON payout_account EXECUTE FUNCTION refuse_write();
ALTER TABLE payout_account ENABLE ALWAYS TRIGGER refuse_second_verdict;
ALTER TABLE payout_account ENABLE ALWAYS TRIGGER append_only;

-- A device that may scan, of a merchant, an intermediary or a counter. Its key never leaves it.
CREATE TABLE till (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('merchant', 'intermediary', 'counter')),
    merchant_id uuid REFERENCES merchant,
    location_id uuid REFERENCES location,
    login_id uuid REFERENCES login,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    algorithm text CHECK (algorithm IN ('Ed25519', 'ES256')),
    public_key bytea,
    state text NOT NULL CHECK (state IN ('invited', 'active', 'paused', 'revoked')),
    state_since timestamptz NOT NULL,
    paused_by text CHECK (paused_by IN ('merchant', 'municipality', 'program')),
    pairing_hash bytea UNIQUE CHECK (octet_length(pairing_hash) = 32),
    pairing_until timestamptz,
    paired_at timestamptz,
    sale_limit_cents bigint CHECK (sale_limit_cents > 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by uuid NOT NULL,
    CHECK (kind <> 'merchant' OR merchant_id IS NOT NULL),
    CHECK (kind = 'merchant' OR login_id IS NOT NULL),
    CHECK (state = 'invited' OR public_key IS NOT NULL OR login_id IS NOT NULL OR state = 'revoked'),
    CHECK ((pairing_hash IS NULL) = (pairing_until IS NULL)),
    CHECK (paused_by IS NULL OR state = 'paused')
);
CREATE INDEX till_merchant ON till (merchant_id);
CREATE UNIQUE INDEX till_login ON till (login_id, kind) WHERE login_id IS NOT NULL AND state <> 'revoked';
COMMENT ON COLUMN till.paused_by IS 'A merchant starts again only what a merchant stopped.';

GRANT SELECT, INSERT ON merchant, location, agreement, payout_account, till TO app_municipality;
GRANT UPDATE (name, kvk_number, contact_email, contact_phone, state, state_since, account_id) ON merchant TO app_municipality;
GRANT UPDATE (name, address, postcode, city, area, ended_on) ON location TO app_municipality;
GRANT UPDATE (valid_until) ON agreement TO app_municipality;
GRANT UPDATE (payee_check, approved_at, approved_by, rejected_at, rejected_by, rejected_because, usable_from) ON payout_account TO app_municipality;
GRANT UPDATE (name, location_id, algorithm, public_key, state, state_since, paused_by, pairing_hash, pairing_until, paired_at, sale_limit_cents) ON till TO app_municipality;

-- Opens the account on which is kept what the municipality owes this merchant, once.
CREATE FUNCTION open_merchant_account(owing_to uuid, candidate bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    UPDATE merchant SET account_id = (open_accounts(ARRAY[candidate], ARRAY['merchant'], ARRAY['cents'], ARRAY[NULL::uuid],
        ARRAY[NULL::smallint], ARRAY[owing_to], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1]
    WHERE id = owing_to AND account_id IS NULL;
    SELECT account_id FROM merchant WHERE id = owing_to
$$;
REVOKE ALL ON FUNCTION open_merchant_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_merchant_account TO app_municipality;
