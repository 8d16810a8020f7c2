-- A household gets another number when it moves, and its application follows whoever applied.
SET LOCAL lock_timeout = '5s';

-- squawk-ignore adding-foreign-key-constraint
ALTER TABLE household_application ADD COLUMN resident_id uuid REFERENCES resident;
ALTER TABLE household_application ADD COLUMN moved_at timestamptz;
COMMENT ON COLUMN household_application.resident_id IS 'The adult of the household who applied, or the oldest of those it was applied for.';
COMMENT ON COLUMN household_application.moved_at IS 'When the number of the household became another one, because the applicant lives there now.';
UPDATE household_application a SET resident_id = coalesce(
    (SELECT r.id FROM resident r WHERE a.applied_by_kind = 'holder' AND r.id = a.applied_by),
    (SELECT v.resident_id FROM resident_version v WHERE v.household_number = a.household_number
        ORDER BY v.birth_date, v.resident_id LIMIT 1));
GRANT UPDATE (household_number, resident_id, moved_at) ON household_application TO app_municipality;

-- Two that applied apart may move in together: both wait, and one decision answers both.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX household_application_open;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX household_application_open ON household_application (household_number, year) WHERE state = 'received' AND moved_at IS NULL;
