-- What an earlier supplier's list says of cards and balances: one person hands it over, another lets it be booked.
SET LOCAL lock_timeout = '5s';

CREATE TABLE takeover (
    id uuid PRIMARY KEY,
    supplier text NOT NULL CHECK (supplier ~ '^[a-z][a-z0-9_]{1,60}$'),
    budget_year smallint NOT NULL CHECK (budget_year BETWEEN 2000 AND 2199),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    proposed_at timestamptz NOT NULL,
    proposed_by_kind text NOT NULL CHECK (proposed_by_kind IN ('login', 'system')),
    proposed_by uuid NOT NULL,
    approved_at timestamptz,
    approved_by uuid,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('booked', 'rejected')),
    because text CHECK (length(because) BETWEEN 1 AND 300),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK (outcome IS NULL OR (outcome = 'booked') = (approved_at IS NOT NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'rejected') = (because IS NOT NULL)),
    CONSTRAINT second_pair_of_eyes_on_takeover CHECK (approved_by <> proposed_by)
);
CREATE UNIQUE INDEX takeover_waiting ON takeover ((true)) WHERE ended_at IS NULL;

CREATE TABLE takeover_total (
    takeover_id uuid NOT NULL REFERENCES takeover,
    scheme_id uuid NOT NULL REFERENCES scheme,
    told_cents bigint NOT NULL CHECK (told_cents >= 0),
    PRIMARY KEY (takeover_id, scheme_id)
);
COMMENT ON COLUMN takeover_total.told_cents IS 'What somebody said beside the file; the rows of the file add up to it.';

CREATE TABLE takeover_row (
    takeover_id uuid NOT NULL REFERENCES takeover,
    line bigint NOT NULL CHECK (line > 1),
    outcome text NOT NULL CHECK (outcome IN ('waiting', 'booked', 'same', 'refused')),
    reason text CHECK (length(reason) BETWEEN 1 AND 500),
    scheme_id uuid REFERENCES scheme,
    amount_cents bigint CHECK (amount_cents BETWEEN 0 AND 100000000),
    entry_id uuid,
    resident_id uuid REFERENCES resident,
    number_hash bytea CHECK (octet_length(number_hash) = 32),
    key_id text,
    PRIMARY KEY (takeover_id, line),
    CHECK (outcome = 'refused' OR num_nonnulls(scheme_id, amount_cents, entry_id) = 3),
    CHECK (num_nonnulls(resident_id, number_hash, key_id) = CASE outcome WHEN 'waiting' THEN 3 ELSE 0 END),
    CHECK (outcome <> 'refused' OR reason IS NOT NULL)
);
COMMENT ON COLUMN takeover_row.resident_id IS 'Whose it is, until it is booked: afterwards nothing here leads from a person to an entry.';
CREATE UNIQUE INDEX takeover_row_booked ON takeover_row (entry_id) WHERE outcome = 'booked';
CREATE INDEX takeover_row_waiting ON takeover_row (takeover_id) WHERE outcome = 'waiting';

CREATE FUNCTION refuse_takeover_step() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL AND OLD.approved_at IS NOT NULL
        OR (to_jsonb(NEW) - '{approved_at,approved_by,ended_at,outcome,because}'::text[])
            <> (to_jsonb(OLD) - '{approved_at,approved_by,ended_at,outcome,because}'::text[])
        OR OLD.approved_at IS NOT NULL AND (NEW.approved_at, NEW.approved_by) IS DISTINCT FROM (OLD.approved_at, OLD.approved_by)
        OR NEW.outcome = 'booked' AND EXISTS (SELECT 1 FROM takeover_row r WHERE r.takeover_id = NEW.id AND r.outcome = 'waiting') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA328', MESSAGE = 'a take-over is approved once and ends once, as it was proposed';
    END IF;
    IF NEW.approved_at IS NOT NULL AND OLD.approved_at IS NULL AND EXISTS (
        SELECT 1 FROM (
            SELECT r.scheme_id, coalesce(sum(r.amount_cents), 0) AS cents FROM takeover_row r
            WHERE r.takeover_id = NEW.id AND r.scheme_id IS NOT NULL GROUP BY r.scheme_id
        ) f
        FULL JOIN (SELECT t.scheme_id, t.told_cents FROM takeover_total t WHERE t.takeover_id = NEW.id) t ON t.scheme_id = f.scheme_id
        WHERE f.cents IS DISTINCT FROM t.told_cents
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA329', MESSAGE = 'the rows of a take-over add up to what was said beside the file';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_step BEFORE UPDATE ON takeover FOR EACH ROW EXECUTE FUNCTION refuse_takeover_step();

-- Rows come with their take-over. What is booked stays; of the others nothing changes but how they end.
CREATE FUNCTION refuse_takeover_rows() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM takeover t WHERE t.id IN (SELECT a.takeover_id FROM added a) ORDER BY t.id FOR SHARE;
    IF EXISTS (SELECT 1 FROM added a JOIN takeover t ON t.id = a.takeover_id WHERE t.approved_at IS NOT NULL OR t.ended_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM added a WHERE a.outcome = 'booked') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA325', MESSAGE = 'nothing is added to a take-over that somebody approved';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_late AFTER INSERT ON takeover_row REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_takeover_rows();

CREATE FUNCTION refuse_takeover_row() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.outcome = 'booked'
        OR TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM takeover t WHERE t.id = OLD.takeover_id AND t.outcome = 'rejected')
        OR TG_OP = 'UPDATE' AND (
            OLD.outcome <> 'waiting' OR NEW.outcome NOT IN ('booked', 'refused')
            OR (to_jsonb(NEW) - '{outcome,reason,resident_id,number_hash,key_id}'::text[])
                <> (to_jsonb(OLD) - '{outcome,reason,resident_id,number_hash,key_id}'::text[])
            OR NEW.outcome = 'booked' AND NEW.amount_cents > 0 AND NOT EXISTS (
                SELECT 1 FROM entry e WHERE e.id = NEW.entry_id AND e.kind = 'opening' AND e.total = NEW.amount_cents)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA326', MESSAGE = 'a row of a take-over is booked once, as it was approved';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON takeover_row FOR EACH ROW EXECUTE FUNCTION refuse_takeover_row();

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON takeover EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON takeover_total EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE TRUNCATE ON takeover_row EXECUTE FUNCTION refuse_write();
ALTER TABLE takeover ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE takeover ENABLE ALWAYS TRIGGER refuse_step;
ALTER TABLE takeover_total ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE takeover_row ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE takeover_row ENABLE ALWAYS TRIGGER refuse_late;
ALTER TABLE takeover_row ENABLE ALWAYS TRIGGER refuse_change;

-- squawk-ignore ban-drop-constraint
ALTER TABLE decision DROP CONSTRAINT decision_cause_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE decision ADD CONSTRAINT decision_cause_check
    CHECK (cause IN ('assessment', 'application', 'deviation', 'birth', 'arrival', 'income', 'objection', 'award', 'takeover'));

-- Books balances that two people agreed on: amount, scheme and holder come from the rows, not from the caller.
CREATE FUNCTION take_over_batch(approved uuid, lines bigint[], prints bytea[], grants uuid[], decisions uuid[], passes uuid[],
    households text[], versions uuid[], claims text[], periods text[], starts date[], ends date[], granted date,
    budget_accounts bigint[], usable_from timestamptz[], usable_until timestamptz[], sources bigint[], occurred timestamptz,
    by_kind text, by_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    size CONSTANT integer := cardinality(lines);
    pass_year smallint;
    held integer;
    source_schemes uuid[];
    source_accounts bigint[];
    places bigint[];
    outcomes text[];
BEGIN
    IF (size = ALL (ARRAY[cardinality(prints), cardinality(grants), cardinality(decisions), cardinality(passes), cardinality(households),
            cardinality(versions), cardinality(claims), cardinality(periods), cardinality(starts), cardinality(ends),
            cardinality(budget_accounts), cardinality(take_over_batch.usable_from), cardinality(take_over_batch.usable_until),
            cardinality(sources)])) IS NOT TRUE OR size = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    SELECT t.budget_year INTO pass_year FROM takeover t
    WHERE t.id = approved AND t.approved_at IS NOT NULL AND t.ended_at IS NULL FOR UPDATE;
    IF pass_year IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA325', MESSAGE = 'nothing is added to a take-over that somebody approved';
    END IF;
    WITH wanted AS (
        SELECT r.resident_id, r.scheme_id, r.amount_cents, l.*
        FROM unnest(lines, grants, decisions, passes, households, versions, claims, periods, starts, ends)
            AS l (line, grant_id, decision_id, pass_id, household, version_id, claim, period, starts_on, ends_on)
        JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line AND r.outcome = 'waiting' AND r.amount_cents > 0
        JOIN pass p ON p.id = l.pass_id AND p.resident_id = r.resident_id AND p.year = pass_year
        JOIN decision d ON d.id = l.decision_id AND d.resident_id = r.resident_id
        JOIN scheme_version v ON v.id = l.version_id AND v.scheme_id = r.scheme_id
    ), made AS (
        INSERT INTO scheme_grant (id, decision_id, resident_id, household_number, scheme_id, scheme_version_id, budget_year,
            claim_key, period_key, amount_cents, visits, starts_on, ends_on, granted_on, epoch)
        SELECT w.grant_id, w.decision_id, w.resident_id, w.household, w.scheme_id, w.version_id, pass_year, w.claim, w.period,
            w.amount_cents, NULL, w.starts_on, w.ends_on, granted, (SELECT max(e.number) FROM epoch e)
        FROM wanted w ORDER BY w.scheme_id, w.claim, w.period
        ON CONFLICT ON CONSTRAINT granted_once DO NOTHING
        RETURNING id
    )
    SELECT count(*) INTO held FROM made;
    IF held <> size THEN
        RAISE EXCEPTION USING ERRCODE = 'PA327', MESSAGE = 'a balance is not as it was read', HINT = 'Read and decide again.';
    END IF;
    SELECT array_agg(s.scheme_id ORDER BY s.scheme_id) INTO source_schemes
    FROM (SELECT DISTINCT r.scheme_id FROM takeover_row r WHERE r.takeover_id = approved AND r.line = ANY (lines)) s;
    held := cardinality(source_schemes);
    source_accounts := open_accounts(sources[1:held], array_fill('earlier_supplier'::text, ARRAY[held]), array_fill('cents'::text, ARRAY[held]),
        source_schemes, array_fill(pass_year, ARRAY[held]), array_fill(NULL::uuid, ARRAY[held]), array_fill(false, ARRAY[held]),
        array_fill(NULL::timestamptz, ARRAY[held]), array_fill(NULL::timestamptz, ARRAY[held]));
    PERFORM open_accounts(array_agg(l.account), array_agg('budget'::text), array_agg('cents'::text), array_agg(r.scheme_id), array_agg(pass_year),
        array_agg(NULL::uuid), array_agg(true), array_agg(l.usable_from), array_agg(l.usable_until))
    FROM unnest(lines, budget_accounts, take_over_batch.usable_from, take_over_batch.usable_until) AS l (line, account, usable_from, usable_until)
    JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line;
    INSERT INTO budget (account_id, pass_id, scheme_id, scheme_version_id, budget_year, granted_at, lapses_on)
    SELECT l.account, l.pass_id, r.scheme_id, l.version_id, pass_year, occurred, l.ends_on
    FROM unnest(lines, budget_accounts, passes, versions, ends) AS l (line, account, pass_id, version_id, ends_on)
    JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line;

    SELECT array_agg(u.id ORDER BY u.id) INTO places FROM (SELECT unnest(source_accounts) AS id UNION SELECT unnest(budget_accounts)) u;
    SELECT book(array_agg(r.entry_id ORDER BY l.n), array_agg('opening'::text), array_agg(NULL::text), array_agg(l.print ORDER BY l.n),
        array_agg(NULL::uuid), array_agg(NULL::uuid), array_agg(occurred), array_agg(by_kind), array_agg(by_id), places,
        array_agg(l.n::integer ORDER BY l.n),
        array_agg(width_bucket(source_accounts[array_position(source_schemes, r.scheme_id)], places) ORDER BY l.n),
        array_agg(width_bucket(l.account, places) ORDER BY l.n), array_agg(r.amount_cents ORDER BY l.n),
        array_agg(NULL::smallint), array_agg(NULL::bigint))
    INTO outcomes
    FROM unnest(lines, prints, budget_accounts) WITH ORDINALITY AS l (line, print, account, n)
    JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line;
    IF outcomes IS DISTINCT FROM array_fill('booked'::text, ARRAY[size]) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA327', MESSAGE = 'a balance is not as it was read', HINT = 'Read and decide again.';
    END IF;
    UPDATE takeover_row r SET outcome = 'booked', resident_id = NULL, number_hash = NULL, key_id = NULL
    WHERE r.takeover_id = approved AND r.line = ANY (lines);
END $$;

GRANT SELECT ON takeover, takeover_total, takeover_row TO app_municipality;
GRANT INSERT (id, supplier, budget_year, file_name, sha256, proposed_at, proposed_by_kind, proposed_by) ON takeover TO app_municipality;
GRANT UPDATE (approved_at, approved_by, ended_at, outcome, because) ON takeover TO app_municipality;
GRANT INSERT ON takeover_total, takeover_row TO app_municipality;
GRANT UPDATE (outcome, reason, resident_id, number_hash, key_id) ON takeover_row TO app_municipality;
GRANT DELETE ON takeover_row TO app_municipality;
GRANT EXECUTE ON FUNCTION take_over_batch TO app_municipality;
