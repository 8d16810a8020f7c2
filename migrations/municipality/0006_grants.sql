-- Decisions and what they grant. A grant keeps scheme, amount and date, but no account and no entry.
SET LOCAL lock_timeout = '5s';

CREATE TABLE appropriation (
    scheme_id uuid NOT NULL REFERENCES scheme,
    budget_year smallint NOT NULL,
    account_id bigint NOT NULL UNIQUE,
    visits_account_id bigint UNIQUE,
    closed_pot boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (scheme_id, budget_year)
);
CREATE TABLE appropriation_line (
    id uuid PRIMARY KEY,
    scheme_id uuid NOT NULL,
    budget_year smallint NOT NULL,
    cover_line text NOT NULL CHECK (length(cover_line) BETWEEN 1 AND 120),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL,
    FOREIGN KEY (scheme_id, budget_year) REFERENCES appropriation
);

-- A household asks, once; an officer records the income; the same decision follows.
CREATE TABLE household_application (
    id uuid PRIMARY KEY,
    household_number text NOT NULL,
    year smallint NOT NULL,
    channel text NOT NULL CHECK (channel IN ('page', 'paper', 'counter', 'helper')),
    applied_by uuid NOT NULL,
    applied_by_kind text NOT NULL,
    received_at timestamptz NOT NULL,
    content_hash bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'decided', 'withdrawn')),
    decided_at timestamptz,
    UNIQUE (household_number, year)
);

-- One integral decision per person: every scheme with its verdict and reason.
CREATE TABLE decision (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    household_number text NOT NULL,
    year smallint NOT NULL,
    cause text NOT NULL CHECK (cause IN ('assessment', 'application', 'deviation', 'birth', 'arrival', 'objection')),
    assessed_on date NOT NULL,
    decided_at timestamptz NOT NULL,
    verdicts jsonb NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL
);
CREATE INDEX decision_resident ON decision (resident_id, year, decided_at DESC);

CREATE TABLE scheme_grant (
    id uuid PRIMARY KEY,
    decision_id uuid NOT NULL REFERENCES decision,
    resident_id uuid NOT NULL,
    household_number text NOT NULL,
    scheme_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL REFERENCES scheme_version,
    budget_year smallint NOT NULL,
    claim_key text NOT NULL,
    period_key text NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    visits integer CHECK (visits > 0),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    granted_on date NOT NULL,
    CONSTRAINT granted_once UNIQUE (scheme_id, claim_key, period_key),
    CHECK (ends_on > starts_on)
);
CREATE INDEX scheme_grant_resident ON scheme_grant (resident_id);
COMMENT ON COLUMN scheme_grant.claim_key IS 'Who can have it once per period: the resident, or the household for schemes per household.';

-- Granting or refusing against the rule: a reason and a second pair of eyes.
CREATE TABLE deviation (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    scheme_version_id uuid NOT NULL REFERENCES scheme_version,
    year smallint NOT NULL,
    effect text NOT NULL CHECK (effect IN ('grant', 'refuse')),
    amount_cents bigint CHECK (amount_cents > 0),
    reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
    proposed_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    confirmed_at timestamptz,
    confirmed_by uuid,
    rejected_at timestamptz,
    rejected_by uuid,
    decision_id uuid REFERENCES decision,
    CONSTRAINT second_pair_of_eyes CHECK (confirmed_by <> proposed_by)
);

GRANT SELECT ON appropriation, appropriation_line, decision, scheme_grant TO app_municipality;
GRANT SELECT, INSERT ON household_application, deviation TO app_municipality;
GRANT UPDATE (state, decided_at) ON household_application TO app_municipality;
GRANT UPDATE (confirmed_at, confirmed_by, rejected_at, rejected_by, decision_id) ON deviation TO app_municipality;
