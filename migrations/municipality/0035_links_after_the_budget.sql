-- A budget that outlives its pass year is spent until its own end. Its link was deleted the day after that, while
-- the processing log still led from the person to the account for a year.
SET LOCAL lock_timeout = '5s';

-- The months count from the end of the pass or of the budget, whichever is later. A refund or a correction can be
-- noted long after both, so a link also stays while a row of the processing log leads to its account.
CREATE OR REPLACE FUNCTION forget_links(months integer, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    today CONSTANT date := (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date;
    forgotten integer;
BEGIN
    IF (months >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'a link is kept for a month at least';
    END IF;
    DELETE FROM budget WHERE account_id IN (
        SELECT b.account_id FROM budget b
        JOIN pass p ON p.id = b.pass_id
        JOIN balance c ON c.account_id = b.account_id
        LEFT JOIN balance v ON v.account_id = b.visits_account_id
        WHERE greatest(p.ends_on, (c.usable_until AT TIME ZONE 'Europe/Amsterdam')::date)
                + make_interval(months => months) <= today
            AND c.amount = 0 AND coalesce(v.amount, 0) = 0
            AND NOT EXISTS (SELECT 1 FROM deviation d WHERE d.resident_id = p.resident_id AND d.year = p.year
                AND d.confirmed_at IS NULL AND d.rejected_at IS NULL)
            AND NOT EXISTS (SELECT 1 FROM processing_log l JOIN transfer t ON t.entry_id = l.entry_id
                WHERE l.subject_id = p.resident_id
                AND (t.debit IN (b.account_id, b.visits_account_id) OR t.credit IN (b.account_id, b.visits_account_id)))
        ORDER BY b.account_id LIMIT most
        FOR UPDATE OF b SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
