-- An assessment that was broken off on an earlier day is not gone on with: the facts are of another day by now.
SET LOCAL lock_timeout = '5s';

ALTER TABLE assessment ADD COLUMN broken_off_at timestamptz;
COMMENT ON COLUMN assessment.broken_off_at IS 'When a later one began before this one was done; whom it had not come to, that one assesses.';
GRANT UPDATE (broken_off_at) ON assessment TO app_municipality;
