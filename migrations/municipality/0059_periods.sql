-- Periods of the books: a month is open until it is closed, with every journal line frozen; it is opened again with a
-- reason by a second person. An entry is in the first open month that is not before the month in which it is recorded.
-- A closing is announced first and committed; whoever books from then on sees it. When everybody who began before has
-- ended, the lines are added up and frozen. So booking waits for nobody, and nothing comes into a closed month.
SET LOCAL lock_timeout = '5s';

CREATE TABLE journal_profile (
    id uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE CHECK (number > 0),
    content text NOT NULL CHECK (length(content) <= 200000),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL
);
COMMENT ON TABLE journal_profile IS 'How the journal becomes a file for the financial administration: versions, of which the newest counts. A closed period keeps the one it was closed with.';

CREATE TABLE period_closing (
    id uuid PRIMARY KEY,
    period date NOT NULL CHECK (extract(day FROM period) = 1),
    number integer NOT NULL CHECK (number > 0),
    announced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    announced_by uuid NOT NULL,
    closed_at timestamptz,
    closed_by uuid,
    profile_id uuid REFERENCES journal_profile,
    lines integer CHECK (lines >= 0),
    transfers bigint CHECK (transfers >= 0),
    total_cents bigint CHECK (total_cents >= 0),
    content_hash bytea CHECK (octet_length(content_hash) = 32),
    reopening_proposed_at timestamptz,
    reopening_proposed_by uuid,
    reopening_because text CHECK (length(reopening_because) BETWEEN 1 AND 300),
    reopened_at timestamptz,
    reopened_by uuid,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    UNIQUE (period, number),
    CONSTRAINT second_pair_of_eyes_on_reopening CHECK (reopened_by <> reopening_proposed_by),
    CHECK (num_nonnulls(closed_at, closed_by, profile_id, lines, transfers, total_cents, content_hash) IN (0, 7)),
    CHECK (num_nonnulls(reopening_proposed_at, reopening_proposed_by, reopening_because) IN (0, 3)),
    CHECK (num_nonnulls(reopened_at, reopened_by) IN (0, 2)),
    CHECK (reopening_proposed_at IS NULL OR closed_at IS NOT NULL),
    CHECK (reopened_at IS NULL OR reopening_proposed_at IS NOT NULL)
);
COMMENT ON TABLE period_closing IS 'A month that was closed; closed again after it was opened again, it is another row. Announced and not yet closed, it is closed to whoever books.';
CREATE UNIQUE INDEX period_closed ON period_closing (period) WHERE reopened_at IS NULL;

CREATE TABLE period_line (
    closing_id uuid NOT NULL REFERENCES period_closing,
    number integer NOT NULL CHECK (number > 0),
    kind text NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    scheme_id uuid,
    budget_year smallint,
    transfers bigint NOT NULL CHECK (transfers > 0),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (closing_id, number)
);
COMMENT ON TABLE period_line IS 'The journal of a closed period: all transfers in cents of one kind, between two kinds of account, for one scheme and year. Debited and credited alike, so it balances.';

-- Months are written in the order in which they pass, so a summary of each block of rows finds one. It costs a booking nothing.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX entry_period ON entry USING brin (period) WITH (pages_per_range = 32);

-- Up to which month one can be closed, and whether every month before it is. The books begin with their first epoch.
CREATE FUNCTION refuse_period_closing() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    first_month CONSTANT date := (SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam')::date FROM epoch e ORDER BY e.number LIMIT 1);
BEGIN
    IF NEW.period > date_trunc('month', clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date
        OR NEW.period < first_month
        OR NEW.number <> coalesce((SELECT max(c.number) FROM period_closing c WHERE c.period = NEW.period), 0) + 1
        OR EXISTS (SELECT 1 FROM generate_series(first_month, NEW.period - interval '1 month', interval '1 month') AS m (month)
            WHERE NOT EXISTS (SELECT 1 FROM period_closing c WHERE c.period = m.month::date AND c.closed_at IS NOT NULL AND c.reopened_at IS NULL)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA310', MESSAGE = 'a month is closed when it has begun, after every month before it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_closing BEFORE INSERT ON period_closing FOR EACH ROW EXECUTE FUNCTION refuse_period_closing();

-- What a closing says never changes. It is opened again once; a proposal to do so can be turned down and made anew.
CREATE FUNCTION refuse_period_step() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.reopened_at IS NOT NULL
        OR (OLD.id, OLD.period, OLD.number, OLD.announced_at, OLD.announced_by, OLD.xid)
            IS DISTINCT FROM (NEW.id, NEW.period, NEW.number, NEW.announced_at, NEW.announced_by, NEW.xid)
        OR OLD.closed_at IS NOT NULL AND (OLD.closed_at, OLD.closed_by, OLD.profile_id, OLD.lines, OLD.transfers, OLD.total_cents, OLD.content_hash)
            IS DISTINCT FROM (NEW.closed_at, NEW.closed_by, NEW.profile_id, NEW.lines, NEW.transfers, NEW.total_cents, NEW.content_hash)
        OR OLD.closed_at IS NULL AND NEW.reopening_proposed_at IS NOT NULL
        OR NEW.reopened_at IS NOT NULL AND (OLD.reopening_proposed_at, OLD.reopening_proposed_by, OLD.reopening_because)
            IS DISTINCT FROM (NEW.reopening_proposed_at, NEW.reopening_proposed_by, NEW.reopening_because) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA311', MESSAGE = 'a period that was closed does not go this way, and never changes what it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_step BEFORE UPDATE ON period_closing FOR EACH ROW EXECUTE FUNCTION refuse_period_step();

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON period_closing EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON period_line EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_profile EXECUTE FUNCTION refuse_write();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON period_line EXECUTE FUNCTION refuse_write_unless_ledger();
ALTER TABLE period_closing ENABLE ALWAYS TRIGGER refuse_closing;
ALTER TABLE period_closing ENABLE ALWAYS TRIGGER refuse_step;
ALTER TABLE period_closing ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE period_line ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE period_line ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE journal_profile ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT ON journal_profile, period_closing, period_line TO app_municipality;
GRANT INSERT (id, number, content, recorded_by) ON journal_profile TO app_municipality;
GRANT INSERT (id, period, number, announced_by) ON period_closing TO app_municipality;
GRANT UPDATE (reopening_proposed_at, reopening_proposed_by, reopening_because, reopened_at, reopened_by) ON period_closing TO app_municipality;
GRANT SELECT, UPDATE ON period_closing TO ledger_municipality;
GRANT SELECT, INSERT ON period_line TO ledger_municipality;
GRANT REFERENCES, SELECT ON journal_profile TO ledger_municipality;

SET LOCAL ROLE ledger_municipality;

-- All transfers of a month in cents, by what the journal tells apart; each is in exactly one line. The transfers are
-- those of the transactions in which the month was booked, looked up by their position.
CREATE FUNCTION journal_of(month date)
RETURNS TABLE (kind text, debit text, credit text, scheme_id uuid, budget_year smallint, transfers bigint, amount_cents bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_nestloop = off SET enable_mergejoin = off SET jit = off AS $$
    SELECT e.kind, d.kind, c.kind, coalesce(d.scheme_id, c.scheme_id), coalesce(d.budget_year, c.budget_year), count(*), sum(t.amount)::bigint
    FROM entry e
    JOIN transfer t ON t.entry_id = e.id
        AND t.xid BETWEEN (SELECT min(b.xid) FROM entry b WHERE b.period = month) AND (SELECT max(b.xid) FROM entry b WHERE b.period = month)
    JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
    WHERE e.period = month AND d.unit = 'cents'
    GROUP BY 1, 2, 3, 4, 5
$$;

-- Closes a period that was announced: waits until whoever began before has ended, so that nobody books in it any more
-- without our seeing it, then freezes its journal. The call is the first of its transaction: a transaction that
-- began to write before it saw the announcement would take an old one for new.
CREATE FUNCTION close_period(closing uuid, profile uuid, closer uuid, patience interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    began CONSTANT boolean := pg_current_xact_id_if_assigned() IS NULL;
    ours period_closing := (SELECT c FROM period_closing c WHERE c.id = closing FOR NO KEY UPDATE);
    own CONSTANT xid8 := pg_current_xact_id();
    until CONSTANT timestamptz := clock_timestamp() + patience;
BEGIN
    IF NOT began OR ours.id IS NULL OR ours.closed_at IS NOT NULL OR current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING ERRCODE = 'PA312', MESSAGE = 'a period is closed once, after it was announced, in a transaction that begins with it';
    END IF;
    WHILE pg_snapshot_xmin(pg_current_snapshot()) < own LOOP
        IF clock_timestamp() > until THEN
            RAISE EXCEPTION USING ERRCODE = 'PA313', MESSAGE = 'somebody who began before the period was closed goes on',
                HINT = 'The period stays announced. Close it again in a while.';
        END IF;
        PERFORM pg_sleep(0.01);
    END LOOP;
    INSERT INTO period_line (closing_id, number, kind, debit, credit, scheme_id, budget_year, transfers, amount_cents, hash)
    SELECT closing, j.number, j.kind, j.debit, j.credit, j.scheme_id, j.budget_year, j.transfers, j.amount_cents,
        sha256(convert_to(jsonb_build_array(ours.period, j.number, j.kind, j.debit, j.credit, j.scheme_id, j.budget_year, j.transfers, j.amount_cents)::text, 'UTF8'))
    FROM (
        SELECT l.*, row_number() OVER (ORDER BY l.kind, l.debit, l.credit, l.budget_year, l.scheme_id)::integer AS number
        FROM journal_of(ours.period) l
    ) j;
    UPDATE period_closing c SET closed_at = clock_timestamp(), closed_by = closer, profile_id = profile,
        lines = l.lines, transfers = l.transfers, total_cents = l.cents, content_hash = l.hash
    FROM (
        SELECT count(*)::integer AS lines, coalesce(sum(p.transfers), 0)::bigint AS transfers, coalesce(sum(p.amount_cents), 0)::bigint AS cents,
            sha256(coalesce(string_agg(p.hash, ''::bytea ORDER BY p.number), ''::bytea)) AS hash
        FROM period_line p WHERE p.closing_id = closing
    ) l
    WHERE c.id = closing;
END $$;

-- The month of what is booked; word for word as it was besides.
DO $$
DECLARE
    definition CONSTANT text := (SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = 'book');
    month CONSTANT text := $sql$    open_period := date_trunc('month', booked_at AT TIME ZONE 'Europe/Amsterdam')::date;
$sql$;
    next_open CONSTANT text := $sql$    -- Read after this transaction has its id: closing waits for whoever did not see it here.
    WHILE EXISTS (SELECT 1 FROM period_closing c WHERE c.period = open_period AND c.reopened_at IS NULL) LOOP
        open_period := (open_period + interval '1 month')::date;
    END LOOP;
$sql$;
BEGIN
    ASSERT (length(definition) - length(replace(definition, month, ''))) / length(month) = 1;
    EXECUTE replace(definition, month, month || next_open);
END $$;

REVOKE ALL ON FUNCTION journal_of, close_period FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal_of, close_period TO app_municipality;

SET LOCAL ROLE owner_municipality;
REVOKE ALL ON FUNCTION refuse_period_closing, refuse_period_step FROM PUBLIC;
