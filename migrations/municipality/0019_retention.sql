-- What is deleted on its clock: the link between a person and accounts of the ledger, applications that were
-- withdrawn, and what jobs were told and said. The conditions stand here too, so that no mistake of the
-- program deletes earlier; what each table keeps how long is in the program (pas.retention.clocks).
SET LOCAL lock_timeout = '5s';

-- A deviation or objection that waits for a verdict is a dispute: then the links of that pass year stay. So do
-- those with money or visits left, and those of a pass that still runs or can still be spent.
CREATE FUNCTION forget_links(months integer, most integer) RETURNS integer
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
        WHERE p.ends_on + make_interval(months => months) <= today
            AND (c.usable_until AT TIME ZONE 'Europe/Amsterdam')::date <= today
            AND c.amount = 0 AND coalesce(v.amount, 0) = 0
            AND NOT EXISTS (SELECT 1 FROM deviation d WHERE d.resident_id = p.resident_id AND d.year = p.year
                AND d.confirmed_at IS NULL AND d.rejected_at IS NULL)
        ORDER BY b.account_id LIMIT most
        FOR UPDATE OF b SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

-- Applications that led to no decision: 42 days after they were withdrawn (Selectielijst gemeenten 2020).
CREATE FUNCTION forget_withdrawn_applications(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM household_application WHERE id IN (
        SELECT a.id FROM household_application a
        WHERE a.state = 'withdrawn' AND a.decided_at < least(before, clock_timestamp() - interval '42 days')
        ORDER BY a.id LIMIT most
        FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

REVOKE ALL ON FUNCTION forget_links, forget_withdrawn_applications FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_links, forget_withdrawn_applications TO app_municipality;
GRANT DELETE ON job TO app_municipality;
