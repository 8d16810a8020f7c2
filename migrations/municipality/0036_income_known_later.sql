-- An income that a file brings after the assessment of a year is a cause of its own to decide about a household.
SET LOCAL lock_timeout = '5s';

-- squawk-ignore ban-drop-constraint
ALTER TABLE decision DROP CONSTRAINT decision_cause_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE decision ADD CONSTRAINT decision_cause_check
    CHECK (cause IN ('assessment', 'application', 'deviation', 'birth', 'arrival', 'income', 'objection'));
