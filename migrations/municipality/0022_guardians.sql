-- A child may live where no adult does: the register then names its guardian, who lives elsewhere.
SET LOCAL lock_timeout = '5s';

ALTER TABLE resident_version ADD COLUMN guardian_number text;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE resident_version ADD CONSTRAINT resident_version_guardian_number_check CHECK (length(guardian_number) BETWEEN 1 AND 40);
COMMENT ON COLUMN resident_version.guardian_number IS 'The person number of the guardian, who may live elsewhere and need not be a resident here.';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX resident_version_guardian ON resident_version (guardian_number) WHERE guardian_number IS NOT NULL;

-- As a parent, this guardian follows the register; a guardian that an officer recorded does not.
-- squawk-ignore ban-drop-constraint
ALTER TABLE managing_adult DROP CONSTRAINT managing_adult_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE managing_adult ADD CONSTRAINT managing_adult_kind_check CHECK (kind IN ('parent', 'registered_guardian', 'co_parent', 'guardian', 'administrator'));
