-- The day of the swimming diploma, as an officer recorded it: what a pool asks for, and where the budget for
-- lessons ends. That budget ends from ends_on, so that what was spent before it became known stays what it was.
SET LOCAL lock_timeout = '5s';

CREATE TABLE swimming_diploma (
    resident_id uuid PRIMARY KEY REFERENCES resident,
    obtained_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on >= obtained_on),
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL
);
GRANT SELECT, INSERT, DELETE ON swimming_diploma TO app_municipality;
GRANT UPDATE (obtained_on, ends_on, recorded_at, recorded_by) ON swimming_diploma TO app_municipality;
