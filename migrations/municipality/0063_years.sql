-- A year that is closed by two people: nothing is granted in it any more and its months stay closed. What comes back or
-- comes in late is booked all the same, in the open month. Who grants and who proposes to close exclude each other by an
-- advisory lock that granting shares; so what was granted before is under the seal that the closing names.
SET LOCAL lock_timeout = '5s';

CREATE TABLE year_closing (
    id uuid PRIMARY KEY,
    year smallint NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    number integer NOT NULL CHECK (number > 0),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    proposed_by uuid NOT NULL,
    rejected_at timestamptz,
    rejected_by uuid,
    rejected_because text CHECK (length(rejected_because) BETWEEN 1 AND 300),
    closed_at timestamptz,
    closed_by uuid,
    checkpoint_size bigint,
    merchant_names text CHECK (length(merchant_names) <= 10000000),
    file_hash bytea CHECK (octet_length(file_hash) = 32),
    reopening_proposed_at timestamptz,
    reopening_proposed_by uuid,
    reopening_because text CHECK (length(reopening_because) BETWEEN 1 AND 300),
    reopened_at timestamptz,
    reopened_by uuid,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    UNIQUE (year, number),
    CONSTRAINT second_pair_of_eyes_on_year CHECK (closed_by <> proposed_by),
    CONSTRAINT second_pair_of_eyes_on_reopened_year CHECK (reopened_by <> reopening_proposed_by),
    CHECK (num_nonnulls(rejected_at, rejected_by, rejected_because) IN (0, 3)),
    CHECK (num_nonnulls(closed_at, closed_by, checkpoint_size, merchant_names, file_hash) IN (0, 5)),
    CHECK (num_nonnulls(reopening_proposed_at, reopening_proposed_by, reopening_because) IN (0, 3)),
    CHECK (num_nonnulls(reopened_at, reopened_by) IN (0, 2)),
    CHECK (rejected_at IS NULL OR closed_at IS NULL),
    CHECK (reopening_proposed_at IS NULL OR closed_at IS NOT NULL),
    CHECK (reopened_at IS NULL OR reopening_proposed_at IS NOT NULL)
);
COMMENT ON TABLE year_closing IS 'A year that somebody proposed to close, and another one closed; closed again after it was opened again, it is another row. Its file has the names of merchants as they were then.';
CREATE UNIQUE INDEX year_closed ON year_closing (year) WHERE reopened_at IS NULL AND rejected_at IS NULL;

-- What stands in the way of closing a year; NULL when nothing does. Its months count from the first one of the books.
CREATE FUNCTION year_not_ready(of_year smallint, starts date, ends date) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    WITH book AS (SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam')::date AS first_month FROM epoch e ORDER BY e.number LIMIT 1)
    SELECT CASE
        WHEN extract(year FROM starts) <> of_year OR extract(day FROM starts) <> 1 OR ends <> (starts + interval '1 year')::date
            OR ends > (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date OR ends <= b.first_month THEN 'it is not over'
        WHEN EXISTS (SELECT 1 FROM generate_series(greatest(starts, b.first_month), ends - interval '1 month', interval '1 month') AS m (month)
            WHERE NOT EXISTS (SELECT 1 FROM period_closing c
                WHERE c.period = m.month::date AND c.closed_at IS NOT NULL AND c.reopened_at IS NULL AND c.reopening_proposed_at IS NULL))
            THEN 'a month of it is not closed'
        WHEN (SELECT p.closes AND p.proved_at >= ends::timestamp AT TIME ZONE 'Europe/Amsterdam' FROM proof p ORDER BY p.proved_at DESC LIMIT 1) IS NOT TRUE
            THEN 'the books are not proved'
        WHEN EXISTS (SELECT 1 FROM settlement_run r WHERE r.state IN ('proposed', 'approved', 'exported')) THEN 'a settlement is open'
        WHEN EXISTS (SELECT 1 FROM balance l JOIN account a ON a.id = l.account_id WHERE a.kind = 'held' AND a.budget_year = of_year AND l.amount > 0)
            THEN 'something is held'
        WHEN EXISTS (SELECT 1 FROM budget g JOIN pass p ON p.id = g.pass_id
            JOIN balance l ON l.account_id IN (g.account_id, g.visits_account_id)
            WHERE g.budget_year = of_year AND l.amount > 0 AND l.usable_until <= clock_timestamp()
                AND (p.ended_because IS NULL OR p.ended_because = 'deceased')) THEN 'something has to lapse'
    END
    FROM book b
$$;

CREATE FUNCTION refuse_year_closing() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    because text;
BEGIN
    -- Whoever grants holds this lock shared until the end; so nothing that is granted is missed here.
    PERFORM pg_advisory_xact_lock(hashtext(current_schema || '.year_closing'));
    because := year_not_ready(NEW.year, NEW.starts_on, NEW.ends_on);
    IF because IS NOT NULL OR NEW.closed_at IS NOT NULL OR NEW.rejected_at IS NOT NULL
        OR NEW.number <> coalesce((SELECT max(c.number) FROM year_closing c WHERE c.year = NEW.year), 0) + 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA314', MESSAGE = 'a year is not ready to be closed', DETAIL = coalesce(because, 'closings are numbered, and begin as a proposal');
    END IF;
    -- Everybody who granted before has a smaller number than the next one to be given out.
    NEW.epoch := (SELECT max(e.number) FROM epoch e);
    NEW.xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_closing BEFORE INSERT ON year_closing FOR EACH ROW EXECUTE FUNCTION refuse_year_closing();

-- A proposal is turned down or becomes a closing, once; a closing never changes what it was, and is opened again once.
CREATE FUNCTION refuse_year_step() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.reopened_at IS NOT NULL OR OLD.rejected_at IS NOT NULL
        OR (OLD.id, OLD.year, OLD.number, OLD.starts_on, OLD.ends_on, OLD.proposed_at, OLD.proposed_by, OLD.epoch, OLD.xid)
            IS DISTINCT FROM (NEW.id, NEW.year, NEW.number, NEW.starts_on, NEW.ends_on, NEW.proposed_at, NEW.proposed_by, NEW.epoch, NEW.xid)
        OR OLD.closed_at IS NOT NULL AND (OLD.closed_at, OLD.closed_by, OLD.checkpoint_size, OLD.merchant_names, OLD.file_hash)
            IS DISTINCT FROM (NEW.closed_at, NEW.closed_by, NEW.checkpoint_size, NEW.merchant_names, NEW.file_hash)
        OR OLD.closed_at IS NULL AND NEW.reopening_proposed_at IS NOT NULL
        OR NEW.reopened_at IS NOT NULL AND (OLD.reopening_proposed_at, OLD.reopening_proposed_by, OLD.reopening_because)
            IS DISTINCT FROM (NEW.reopening_proposed_at, NEW.reopening_proposed_by, NEW.reopening_because) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA315', MESSAGE = 'a year that was closed does not go this way, and never changes what it was';
    END IF;
    IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN
        IF year_not_ready(NEW.year, NEW.starts_on, NEW.ends_on) IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'PA314', MESSAGE = 'a year is not ready to be closed', DETAIL = year_not_ready(NEW.year, NEW.starts_on, NEW.ends_on);
        END IF;
        IF NOT EXISTS (SELECT 1 FROM seal_checkpoint k WHERE k.size = NEW.checkpoint_size AND (k.epoch, k.xid) > (OLD.epoch, OLD.xid)) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA318', MESSAGE = 'the seal of a closing stands over all that was booked before it was proposed';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_step BEFORE UPDATE ON year_closing FOR EACH ROW EXECUTE FUNCTION refuse_year_step();

-- Once it is proposed to close a year, no budget and no money of it comes any more.
CREATE FUNCTION refuse_opening_in_closed_year() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM opened o WHERE o.kind IN ('budget', 'appropriation')) THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext(current_schema || '.year_closing'));
        IF EXISTS (SELECT 1 FROM opened o JOIN year_closing c ON c.year = o.budget_year AND c.reopened_at IS NULL AND c.rejected_at IS NULL
            WHERE o.kind IN ('budget', 'appropriation')) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA316', MESSAGE = 'nothing is granted in a year that is closed';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_closed_year AFTER INSERT ON account REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION refuse_opening_in_closed_year();

CREATE FUNCTION refuse_money_in_closed_year() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(current_schema || '.year_closing'));
    IF EXISTS (SELECT 1 FROM year_closing c WHERE c.year = NEW.budget_year AND c.reopened_at IS NULL AND c.rejected_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA316', MESSAGE = 'nothing is granted in a year that is closed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_closed_year AFTER INSERT ON appropriation_line FOR EACH ROW EXECUTE FUNCTION refuse_money_in_closed_year();

-- A month of a closed year opens after its year.
CREATE FUNCTION refuse_month_of_closed_year() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(current_schema || '.year_closing'));
    IF EXISTS (SELECT 1 FROM year_closing c WHERE NEW.period >= c.starts_on AND NEW.period < c.ends_on AND c.reopened_at IS NULL AND c.rejected_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA317', MESSAGE = 'a month of a closed year opens after its year';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_closed_year AFTER UPDATE ON period_closing FOR EACH ROW
    WHEN (OLD.reopening_proposed_at IS NULL AND NEW.reopening_proposed_at IS NOT NULL OR OLD.reopened_at IS NULL AND NEW.reopened_at IS NOT NULL)
    EXECUTE FUNCTION refuse_month_of_closed_year();

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON year_closing EXECUTE FUNCTION refuse_write();
ALTER TABLE year_closing ENABLE ALWAYS TRIGGER refuse_closing;
ALTER TABLE year_closing ENABLE ALWAYS TRIGGER refuse_step;
ALTER TABLE year_closing ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE account ENABLE ALWAYS TRIGGER refuse_closed_year;
ALTER TABLE appropriation_line ENABLE ALWAYS TRIGGER refuse_closed_year;
ALTER TABLE period_closing ENABLE ALWAYS TRIGGER refuse_closed_year;

GRANT SELECT ON year_closing TO app_municipality, ledger_municipality;
GRANT INSERT (id, year, number, starts_on, ends_on, proposed_by) ON year_closing TO app_municipality;
GRANT UPDATE (rejected_at, rejected_by, rejected_because, closed_at, closed_by, checkpoint_size, merchant_names, file_hash,
    reopening_proposed_at, reopening_proposed_by, reopening_because, reopened_at, reopened_by) ON year_closing TO app_municipality;
REVOKE ALL ON FUNCTION year_not_ready, refuse_year_closing, refuse_year_step, refuse_opening_in_closed_year, refuse_money_in_closed_year,
    refuse_month_of_closed_year FROM PUBLIC;
GRANT EXECUTE ON FUNCTION year_not_ready TO app_municipality;
