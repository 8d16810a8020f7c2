-- What runs daily: one row per kind and day, so that several workers put one job in line.
SET LOCAL lock_timeout = '5s';

CREATE TABLE scheduled_turn (
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_.]{1,60}$'),
    day date NOT NULL,
    job_id uuid NOT NULL,
    PRIMARY KEY (kind, day)
);
COMMENT ON TABLE scheduled_turn IS 'The day is the one on which the turn began in Amsterdam; a turn that was missed is made up once, by the newest.';

GRANT SELECT, INSERT, DELETE ON scheduled_turn TO app_municipality;
