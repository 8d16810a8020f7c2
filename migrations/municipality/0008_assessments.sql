-- Assessments as they run (how far, and what was counted), and what applying and deviating need besides.
SET LOCAL lock_timeout = '5s';

CREATE TABLE assessment (
    id uuid PRIMARY KEY,
    year smallint NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    assessed_on date NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    last_household text NOT NULL DEFAULT '',
    households bigint NOT NULL DEFAULT 0,
    unknown_households bigint NOT NULL DEFAULT 0,
    persons bigint NOT NULL DEFAULT 0,
    persons_granted bigint NOT NULL DEFAULT 0,
    passes bigint NOT NULL DEFAULT 0,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL
);
CREATE INDEX assessment_year ON assessment (year, started_at DESC);
-- Who is done is never done again by the same run: it goes on behind its last household.
COMMENT ON COLUMN assessment.last_household IS 'The households up to and including this one are done.';

CREATE TABLE assessment_count (
    assessment_id uuid NOT NULL REFERENCES assessment,
    scheme_version_id uuid NOT NULL REFERENCES scheme_version,
    outcome text NOT NULL CHECK (outcome IN ('granted', 'held', 'refused', 'unknown', 'not_applicable')),
    reason text NOT NULL,
    persons bigint NOT NULL,
    amount_cents bigint NOT NULL,
    PRIMARY KEY (assessment_id, scheme_version_id, reason)
);

-- Who was refused may apply again when things have changed; two open applications there cannot be.
-- squawk-ignore ban-drop-constraint
ALTER TABLE household_application DROP CONSTRAINT household_application_household_number_year_key;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX household_application_open ON household_application (household_number, year) WHERE state = 'received';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX household_application_household ON household_application (household_number, year, received_at DESC);

-- An objection that is upheld ends in a grant by the same road as a deviation.
ALTER TABLE deviation ADD COLUMN origin text NOT NULL DEFAULT 'deviation' CHECK (origin IN ('deviation', 'objection'));
ALTER TABLE deviation ADD COLUMN rejected_because text CHECK (length(rejected_because) BETWEEN 1 AND 2000);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX deviation_resident ON deviation (resident_id, year);
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX deviation_waits_once ON deviation (resident_id, scheme_version_id, year) WHERE confirmed_at IS NULL AND rejected_at IS NULL;

CREATE FUNCTION refuse_second_deviation_verdict() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR OLD.rejected_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA222', MESSAGE = 'a deviation that was judged never changes; propose another one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_second_deviation_verdict BEFORE UPDATE ON deviation
    FOR EACH ROW EXECUTE FUNCTION refuse_second_deviation_verdict();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON deviation EXECUTE FUNCTION refuse_write();
ALTER TABLE deviation ENABLE ALWAYS TRIGGER refuse_second_deviation_verdict;
ALTER TABLE deviation ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON assessment, assessment_count TO app_municipality;
GRANT UPDATE (ended_at, last_household, households, unknown_households, persons, persons_granted, passes) ON assessment TO app_municipality;
GRANT UPDATE (persons, amount_cents) ON assessment_count TO app_municipality;
GRANT UPDATE (rejected_because) ON deviation TO app_municipality;
