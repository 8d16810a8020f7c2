-- What a helper typed for a household: the same receipt whether we know it or not. Who it is about is
-- forgotten as soon as it is matched with a household or an officer has dealt with it.
SET LOCAL lock_timeout = '5s';

CREATE TABLE helper_application (
    id uuid PRIMARY KEY,
    year smallint NOT NULL,
    family_name text CHECK (length(family_name) BETWEEN 1 AND 100),
    birth_date date,
    postcode text CHECK (postcode ~ '^[1-9][0-9]{3} [A-Z]{2}$'),
    applied_by uuid NOT NULL REFERENCES login,
    received_at timestamptz NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    state text NOT NULL CHECK (state IN ('received', 'matched', 'handled')),
    handled_at timestamptz,
    handled_by uuid,
    CHECK ((state = 'received') = (num_nonnulls(family_name, birth_date, postcode) = 3)),
    CHECK (state = 'received' OR num_nonnulls(family_name, birth_date, postcode) = 0),
    CHECK ((state = 'received') = (handled_at IS NULL))
);
CREATE INDEX helper_application_waiting ON helper_application (received_at, id) WHERE state = 'received';

GRANT SELECT, INSERT ON helper_application TO app_municipality;
GRANT UPDATE (state, family_name, birth_date, postcode, handled_at, handled_by) ON helper_application TO app_municipality;
