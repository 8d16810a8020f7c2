-- Incomes are found by the adults they were found of (0033); nothing reads them by household any more.
SET LOCAL lock_timeout = '5s';

-- squawk-ignore require-concurrent-index-deletion
DROP INDEX income_verdict_household;
