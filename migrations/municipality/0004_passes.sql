-- Passes, cards, and the one table that links a person's pass to accounts of the ledger.
SET LOCAL lock_timeout = '5s';

CREATE TABLE pass (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    year smallint NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    ended_on date,
    ended_because text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (resident_id, year),
    CHECK (ends_on > starts_on),
    CHECK ((ended_on IS NULL) = (ended_because IS NULL))
);

-- What is scanned. It belongs to a holder, so it can outlive a pass year; replacing it keeps the pass.
CREATE TABLE card (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    form text NOT NULL CHECK (form IN ('paper', 'plastic', 'phone', 'temporary')),
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    number_hash bytea NOT NULL UNIQUE CHECK (octet_length(number_hash) = 32),
    codes_encrypted bytea CHECK (octet_length(codes_encrypted) BETWEEN 60 AND 200),
    activation_hash bytea CHECK (octet_length(activation_hash) = 32),
    activation_tries integer NOT NULL DEFAULT 0 CHECK (activation_tries BETWEEN 0 AND 5),
    key_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('inactive', 'active', 'blocked', 'replaced', 'ended')),
    state_before_block text CHECK (state_before_block IN ('inactive', 'active')),
    state_since timestamptz NOT NULL,
    expires_at timestamptz,
    replaces uuid REFERENCES card,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (state_before_block IS NULL OR state = 'blocked'),
    CHECK (form <> 'temporary' OR expires_at IS NOT NULL),
    CHECK (replaces <> id)
);
CREATE INDEX card_resident ON card (resident_id);
-- One card at a time that lasts; a temporary one and a phone come beside it.
CREATE UNIQUE INDEX card_current ON card (resident_id)
    WHERE state IN ('inactive', 'active', 'blocked') AND form IN ('paper', 'plastic');
CREATE UNIQUE INDEX card_replaced_once ON card (replaces) WHERE replaces IS NOT NULL;
COMMENT ON COLUMN card.codes_encrypted IS 'Token and number, by a key outside the database, for the holder''s own page and a reprint; null for a card that came from an earlier supplier.';
COMMENT ON COLUMN card.key_id IS 'Of the key under number_hash and activation_hash; codes_encrypted names its own.';

CREATE TABLE budget (
    account_id bigint PRIMARY KEY,
    visits_account_id bigint UNIQUE,
    pass_id uuid NOT NULL REFERENCES pass,
    scheme_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL REFERENCES scheme_version,
    budget_year smallint NOT NULL,
    merchant_id uuid,
    granted_at timestamptz NOT NULL,
    lapses_on date NOT NULL
);
CREATE INDEX budget_pass ON budget (pass_id);
COMMENT ON TABLE budget IS 'The only link between a person and accounts of the ledger; a row is deleted on its clock and the books stay whole.';

GRANT SELECT, INSERT ON pass, card TO app_municipality;
GRANT SELECT ON budget TO app_municipality;
GRANT UPDATE (ended_on, ended_because) ON pass TO app_municipality;
GRANT UPDATE (activation_hash, activation_tries, state, state_before_block, state_since, expires_at) ON card TO app_municipality;
