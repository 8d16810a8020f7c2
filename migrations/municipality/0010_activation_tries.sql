-- Wrong activation codes of an hour, over all cards: one row counts them for every worker.
SET LOCAL lock_timeout = '5s';

CREATE TABLE activation_tries (
    hour timestamptz PRIMARY KEY,
    tries integer NOT NULL CHECK (tries >= 0)
);
GRANT SELECT, INSERT, DELETE ON activation_tries TO app_municipality;
GRANT UPDATE (tries) ON activation_tries TO app_municipality;
