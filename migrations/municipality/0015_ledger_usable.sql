-- When a budget can be spent: ended or prolonged for many at once, locked in the one order of the program
-- (each budget on its own locked two accounts, and so crossed the locks of a payment over both), and every
-- change written down, so that the proof sees one that was made past the functions.
SET LOCAL lock_timeout = '5s';

ALTER TABLE account ADD COLUMN usable_from timestamptz, ADD COLUMN usable_until timestamptz;
COMMENT ON COLUMN account.usable_from IS 'As it was opened; what it became since is in usable_change. Null where it was opened before this was kept.';

CREATE TABLE usable_change (
    account_id bigint NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    usable_from timestamptz NOT NULL,
    usable_until timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    PRIMARY KEY (account_id, number)
);
COMMENT ON TABLE usable_change IS 'Each time that a guarded account was ended or prolonged; the last one is what its balance says.';
CREATE TRIGGER only_by_ledger BEFORE INSERT ON usable_change EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON usable_change EXECUTE FUNCTION refuse_write();
ALTER TABLE usable_change ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE usable_change ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON usable_change TO ledger_municipality;
GRANT SELECT ON usable_change TO app_municipality;

SET LOCAL ROLE ledger_municipality;

-- Opens accounts in bulk; ids are random and come from the caller. One that there can be only one of
-- and that exists already is given back instead, so the answer is the ids to use, in order.
CREATE OR REPLACE FUNCTION open_accounts(
    ids bigint[], kinds text[], units text[], schemes uuid[], years smallint[], subjects uuid[],
    guards boolean[], usable_from timestamptz[], usable_until timestamptz[]
) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    current_epoch integer := (SELECT max(number) FROM epoch);
    opened bigint[];
BEGIN
    WITH wanted AS (
        SELECT * FROM unnest(ids, kinds, units, schemes, years, subjects, guards, open_accounts.usable_from, open_accounts.usable_until)
            AS w (id, kind, unit, scheme_id, budget_year, subject_id, guarded, usable_from, usable_until)
    ), made AS (
        INSERT INTO account (id, kind, unit, scheme_id, budget_year, subject_id, guarded, epoch, usable_from, usable_until)
        SELECT w.id, w.kind, w.unit, w.scheme_id, w.budget_year, w.subject_id, w.guarded, current_epoch,
            CASE WHEN w.guarded THEN w.usable_from END, CASE WHEN w.guarded THEN w.usable_until END
        FROM wanted w
        ORDER BY w.kind, w.unit, w.scheme_id, w.budget_year, w.subject_id, w.id
        ON CONFLICT (kind, unit, scheme_id, budget_year, subject_id) WHERE kind NOT IN ('budget', 'held') DO NOTHING
        RETURNING id, guarded
    )
    SELECT array_agg(id) INTO opened FROM made;
    INSERT INTO balance (account_id, usable_from, usable_until)
    SELECT w.id, w.usable_from, w.usable_until
    FROM unnest(ids, guards, open_accounts.usable_from, open_accounts.usable_until) AS w (id, guarded, usable_from, usable_until)
    WHERE w.guarded AND w.id = ANY (opened);
    IF cardinality(opened) = cardinality(ids) THEN
        RETURN ids;
    END IF;
    RETURN (
        SELECT array_agg(CASE WHEN w.kind IN ('budget', 'held') THEN w.id ELSE a.id END ORDER BY w.n)
        FROM unnest(ids, kinds, units, schemes, years, subjects) WITH ORDINALITY
            AS w (id, kind, unit, scheme_id, budget_year, subject_id, n)
        LEFT JOIN account a ON a.kind = w.kind AND a.unit = w.unit
            AND a.scheme_id IS NOT DISTINCT FROM w.scheme_id
            AND a.budget_year IS NOT DISTINCT FROM w.budget_year
            AND a.subject_id IS NOT DISTINCT FROM w.subject_id
            AND w.kind NOT IN ('budget', 'held')
    );
END $$;

-- Ends or prolongs accounts, locked in key order as book() locks them, and writes down what changed.
CREATE FUNCTION set_all_usable(accounts bigint[], usable_from timestamptz[], usable_until timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM balance WHERE account_id = ANY (accounts) ORDER BY account_id FOR NO KEY UPDATE;
    WITH changed AS (
        UPDATE balance b SET usable_from = w.usable_from, usable_until = w.usable_until
        FROM unnest(accounts, set_all_usable.usable_from, set_all_usable.usable_until) AS w (account_id, usable_from, usable_until)
        WHERE b.account_id = w.account_id AND (b.usable_from, b.usable_until) IS DISTINCT FROM (w.usable_from, w.usable_until)
        RETURNING b.account_id, b.usable_from, b.usable_until
    )
    INSERT INTO usable_change (account_id, number, usable_from, usable_until, recorded_at, epoch, xid)
    SELECT c.account_id, coalesce((SELECT max(u.number) FROM usable_change u WHERE u.account_id = c.account_id), 0) + 1,
        c.usable_from, c.usable_until, clock_timestamp(), (SELECT max(e.number) FROM epoch e), pg_current_xact_id()::text::bigint
    FROM changed c;
END $$;

CREATE OR REPLACE FUNCTION set_usable(account bigint, usable_from timestamptz, usable_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT set_all_usable(ARRAY[account], ARRAY[set_usable.usable_from], ARRAY[set_usable.usable_until])
$$;

REVOKE ALL ON FUNCTION set_all_usable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_all_usable TO owner_municipality;

SET LOCAL ROLE owner_municipality;

-- Ends or prolongs the time in which budgets can be spent, in cents and visits, all of a transaction in one
-- call: two calls in one transaction would lock the accounts of each in order, but not those of both.
CREATE FUNCTION set_budgets_usable(budget_accounts bigint[], usable_from timestamptz[], usable_until timestamptz[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT set_all_usable(array_agg(u.id), array_agg(w.usable_from), array_agg(w.usable_until))
    FROM unnest(budget_accounts, set_budgets_usable.usable_from, set_budgets_usable.usable_until) AS w (id, usable_from, usable_until)
    JOIN budget b ON b.account_id = w.id
    CROSS JOIN LATERAL (VALUES (b.account_id), (b.visits_account_id)) AS u (id)
    WHERE u.id IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION set_budget_usable(budget_account bigint, usable_from timestamptz, usable_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT set_budgets_usable(ARRAY[budget_account], ARRAY[set_budget_usable.usable_from], ARRAY[set_budget_usable.usable_until])
$$;

REVOKE ALL ON FUNCTION set_budgets_usable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_budgets_usable TO app_municipality;
