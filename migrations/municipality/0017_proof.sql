-- The books as they were proved: each proof is kept, so that the last one can be shown at once.
SET LOCAL lock_timeout = '5s';

CREATE TABLE proof (
    id uuid PRIMARY KEY,
    proved_at timestamptz NOT NULL,
    closes boolean NOT NULL,
    content text NOT NULL
);
CREATE INDEX proof_newest ON proof (proved_at DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON proof EXECUTE FUNCTION refuse_write();
ALTER TABLE proof ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT, DELETE ON proof TO app_municipality;
