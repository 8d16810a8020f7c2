-- Schemes and residents as data, both dated: what was true stays, what becomes true is added.
SET LOCAL lock_timeout = '5s';

CREATE TABLE category (
    code text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{1,40}$'),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 80)
);

CREATE TABLE scheme (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9_]{1,60}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A version holds from valid_from up to and not including valid_until; versions of a scheme never overlap.
CREATE TABLE scheme_version (
    id uuid PRIMARY KEY,
    scheme_id uuid NOT NULL REFERENCES scheme,
    version integer NOT NULL CHECK (version > 0),
    status text NOT NULL CHECK (status IN ('in_force', 'proposed', 'pilot', 'ended')),
    valid_from date NOT NULL,
    valid_until date,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    categories text[] NOT NULL CHECK (cardinality(categories) BETWEEN 1 AND 50),
    allowance text NOT NULL CHECK (allowance IN ('amount', 'visits', 'percentage', 'in_kind')),
    amount_cents bigint CHECK (amount_cents BETWEEN 1 AND 100000000),
    visits integer CHECK (visits BETWEEN 1 AND 1000),
    unit_price_cents bigint CHECK (unit_price_cents BETWEEN 1 AND 10000000),
    share_basis_points integer CHECK (share_basis_points BETWEEN 1 AND 10000),
    cap_cents bigint CHECK (cap_cents BETWEEN 1 AND 100000000),
    spend_at_once boolean NOT NULL,
    once_per_year boolean NOT NULL,
    closed_pot boolean NOT NULL,
    unit text NOT NULL CHECK (unit IN ('child', 'person', 'household')),
    income_limit integer CHECK (income_limit BETWEEN 0 AND 100000),
    age_from integer CHECK (age_from BETWEEN 0 AND 130),
    age_until integer CHECK (age_until BETWEEN 1 AND 131),
    school_types text[] NOT NULL,
    period text NOT NULL CHECK (period IN ('pass_year', 'school_year', 'once_per_child', 'per_application')),
    run_out_days integer NOT NULL CHECK (run_out_days BETWEEN 0 AND 1000),
    precondition text,
    stacks_with text[] NOT NULL,
    excludes text[] NOT NULL,
    subsidiary boolean NOT NULL,
    awarded_by text NOT NULL CHECK (awarded_by IN ('assessment', 'intermediary', 'team')),
    executor text,
    cover_source text,
    target_group text,
    derived_cells text[] NOT NULL,
    note text,
    retention_years integer NOT NULL CHECK (retention_years BETWEEN 0 AND 100),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL,
    UNIQUE (scheme_id, version),
    CHECK (valid_until > valid_from),
    CHECK (age_until > age_from),
    CHECK (allowance <> 'amount' OR amount_cents IS NOT NULL),
    CHECK (allowance NOT IN ('visits', 'in_kind') OR (visits IS NOT NULL AND unit_price_cents IS NOT NULL)),
    CHECK (allowance <> 'percentage' OR (share_basis_points IS NOT NULL AND cap_cents IS NOT NULL))
);
COMMENT ON COLUMN scheme_version.unit_price_cents IS 'The highest agreed price of one visit, or what one thing in kind is worth at most; visits is then the number of things. Granted in cents is visits x this.';
COMMENT ON COLUMN scheme_version.income_limit IS 'Inclusive, in hundredths of a percent of the social minimum: 11000 is 110 %.';

CREATE FUNCTION refuse_overlap() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM scheme WHERE id = NEW.scheme_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM scheme_version v
        WHERE v.scheme_id = NEW.scheme_id AND v.id <> NEW.id
        AND daterange(v.valid_from, v.valid_until) && daterange(NEW.valid_from, NEW.valid_until)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA201', MESSAGE = 'a version of a scheme overlaps another version of it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_overlap BEFORE INSERT OR UPDATE ON scheme_version FOR EACH ROW EXECUTE FUNCTION refuse_overlap();

CREATE TABLE resident (
    id uuid PRIMARY KEY,
    person_number text NOT NULL UNIQUE CHECK (length(person_number) BETWEEN 1 AND 40),
    bsn_encrypted bytea,
    bsn_hash bytea UNIQUE,
    key_id text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((bsn_encrypted IS NULL) = (bsn_hash IS NULL) AND (bsn_encrypted IS NULL) = (key_id IS NULL))
);

-- What is known of a resident from a date on. Income is null where the municipality does not know it.
CREATE TABLE resident_version (
    resident_id uuid NOT NULL REFERENCES resident,
    valid_from date NOT NULL,
    given_name text NOT NULL CHECK (length(given_name) BETWEEN 1 AND 100),
    family_name text NOT NULL CHECK (length(family_name) BETWEEN 1 AND 100),
    birth_date date NOT NULL,
    address text CHECK (length(address) <= 200),
    postcode text CHECK (length(postcode) <= 12),
    city text CHECK (length(city) <= 80),
    area text CHECK (length(area) <= 80),
    household_number text NOT NULL CHECK (length(household_number) BETWEEN 1 AND 40),
    household_type text NOT NULL CHECK (household_type IN ('alone', 'single_parent', 'couple', 'couple_with_children', 'unknown')),
    income integer CHECK (income BETWEEN 0 AND 1000000),
    income_source text CHECK (length(income_source) <= 60),
    school_type text CHECK (length(school_type) <= 40),
    left_on date,
    died_on date,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL,
    PRIMARY KEY (resident_id, valid_from)
);
CREATE INDEX resident_version_household ON resident_version (household_number);
CREATE INDEX resident_version_search ON resident_version (lower(family_name), birth_date);
CREATE INDEX resident_version_found ON resident_version (birth_date, postcode);
COMMENT ON COLUMN resident_version.income IS 'In hundredths of a percent of the social minimum; null is unknown, neither too high nor qualifying.';

CREATE TABLE managing_adult (
    child_id uuid NOT NULL REFERENCES resident,
    adult_id uuid NOT NULL REFERENCES resident,
    kind text NOT NULL CHECK (kind IN ('parent', 'co_parent', 'guardian', 'administrator')),
    valid_from date NOT NULL,
    valid_until date,
    PRIMARY KEY (child_id, adult_id, valid_from),
    CHECK (child_id <> adult_id AND valid_until > valid_from)
);
CREATE INDEX managing_adult_adult ON managing_adult (adult_id);

-- An officer's verdict on a household's income: a percentage with its source and date.
CREATE TABLE income_verdict (
    id uuid PRIMARY KEY,
    household_number text NOT NULL,
    income integer NOT NULL CHECK (income BETWEEN 0 AND 1000000),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
    assessed_on date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL
);
CREATE INDEX income_verdict_household ON income_verdict (household_number, assessed_on DESC, recorded_at DESC);

-- What became of each row of a file that was read.
CREATE TABLE import (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('schemes', 'residents', 'merchants')),
    file_name text NOT NULL,
    sha256 bytea NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    added bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    same bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL
);
CREATE TABLE import_row (
    import_id uuid NOT NULL REFERENCES import ON DELETE CASCADE,
    line bigint NOT NULL,
    key text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('added', 'changed', 'same', 'refused')),
    field text,
    reason text,
    PRIMARY KEY (import_id, line)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON income_verdict EXECUTE FUNCTION refuse_write();
ALTER TABLE income_verdict ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON category, scheme, scheme_version, resident, resident_version, managing_adult, income_verdict, import, import_row TO app_municipality;
GRANT UPDATE (title) ON category TO app_municipality;
GRANT UPDATE (code) ON scheme TO app_municipality;
GRANT UPDATE (valid_until, status) ON scheme_version TO app_municipality;
GRANT UPDATE (bsn_encrypted, bsn_hash, key_id) ON resident TO app_municipality;
GRANT UPDATE ON resident_version TO app_municipality;
GRANT UPDATE (valid_until) ON managing_adult TO app_municipality;
GRANT UPDATE (ended_at, added, changed, same, refused) ON import TO app_municipality;
GRANT DELETE ON import, import_row TO app_municipality;
