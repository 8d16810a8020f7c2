-- A pass that an officer ended by mistake goes on: one officer says why, another one makes it so.
SET LOCAL lock_timeout = '5s';

ALTER TABLE pass
    ADD COLUMN reopening_reason text CHECK (length(reopening_reason) BETWEEN 10 AND 2000),
    ADD COLUMN reopening_proposed_at timestamptz,
    ADD COLUMN reopening_proposed_by uuid CONSTRAINT pass_reopening_check CHECK (
        num_nulls(reopening_reason, reopening_proposed_at, reopening_proposed_by) IN (0, 3)),
    ADD COLUMN reopened_at timestamptz,
    ADD COLUMN reopened_by uuid CONSTRAINT pass_second_pair_of_eyes CHECK (
        num_nulls(reopened_at, reopened_by) = 2
        OR num_nulls(reopened_at, reopened_by, reopening_proposed_by) = 0 AND reopened_by <> reopening_proposed_by);
GRANT UPDATE (reopening_reason, reopening_proposed_at, reopening_proposed_by, reopened_at, reopened_by) ON pass TO app_municipality;
