-- What stands out in the sales of a merchant, for an officer to look at: one row per pattern and week, the
-- sales it is about, and what an officer found. A signal knows no card and no person.
SET LOCAL lock_timeout = '5s';

CREATE TABLE signal (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('round_amounts', 'many_cards', 'emptied_budgets', 'odd_hours', 'voids', 'two_places',
        'broken_chain', 'borne_by_municipality', 'declined_offline')),
    merchant_id uuid NOT NULL REFERENCES merchant,
    till_id uuid REFERENCES till,
    about uuid NOT NULL,
    week date NOT NULL CHECK (extract(isodow FROM week) = 1),
    number smallint NOT NULL DEFAULT 1 CHECK (number BETWEEN 1 AND 50),
    counted integer NOT NULL CHECK (counted > 0),
    out_of integer NOT NULL,
    different integer NOT NULL CHECK (different >= 0),
    cents bigint NOT NULL CHECK (cents >= 0),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    weight smallint NOT NULL CHECK (weight BETWEEN 1 AND 99),
    found_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (kind, about, week, number),
    CHECK (out_of >= counted),
    CHECK (last_at >= first_at),
    CHECK (changed_at >= found_at)
);
CREATE INDEX signal_merchant ON signal (merchant_id, kind);
CREATE INDEX signal_found ON signal (found_at);
COMMENT ON COLUMN signal.about IS 'Whose pattern it is: a merchant, a till, or the first sale of a card that was in two places.';
COMMENT ON COLUMN signal.number IS 'The same pattern in the same week again, after an officer looked: because it became clearly worse.';

CREATE TABLE signal_sale (
    signal_id uuid NOT NULL REFERENCES signal ON DELETE CASCADE,
    entry_id uuid NOT NULL REFERENCES redemption,
    PRIMARY KEY (signal_id, entry_id)
);

CREATE TABLE signal_verdict (
    id uuid PRIMARY KEY,
    signal_id uuid NOT NULL REFERENCES signal ON DELETE CASCADE,
    verdict text NOT NULL CHECK (verdict IN ('nothing', 'handled')),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    counted integer NOT NULL CHECK (counted > 0),
    judged_by uuid NOT NULL,
    judged_at timestamptz NOT NULL
);
CREATE INDEX signal_verdict_signal ON signal_verdict (signal_id, judged_at);
COMMENT ON COLUMN signal_verdict.counted IS 'How many it were when the officer looked: the same pattern comes back only when it is clearly worse.';

-- Up to where in the books was looked; every row before it is decided.
CREATE TABLE signal_position (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    looked_at timestamptz NOT NULL
);

-- What an officer said stands: it is never changed, and goes only with its signal, on the clock.
CREATE FUNCTION refuse_changed_verdict() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'owner_' || TG_TABLE_SCHEMA THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'PA255', MESSAGE = 'a verdict on a signal is never changed';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signal_verdict
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_verdict();
ALTER TABLE signal_verdict ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON signal_verdict
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_verdict();
ALTER TABLE signal_verdict ENABLE ALWAYS TRIGGER append_only_whole;

-- A signal grows while it is open; what was judged stays what the officer saw.
CREATE FUNCTION refuse_changed_signal() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM signal_verdict v WHERE v.signal_id = coalesce(NEW.id, OLD.id)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA256', MESSAGE = 'a signal that was judged is never changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_changed_signal BEFORE UPDATE ON signal
    FOR EACH ROW EXECUTE FUNCTION refuse_changed_signal();
ALTER TABLE signal ENABLE ALWAYS TRIGGER refuse_changed_signal;

-- Two officers at once, or one who presses twice: the second hears that it was said.
CREATE FUNCTION refuse_repeated_verdict() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM signal s WHERE s.id = NEW.signal_id FOR UPDATE;
    IF NEW.verdict = (SELECT v.verdict FROM signal_verdict v WHERE v.signal_id = NEW.signal_id
            ORDER BY v.judged_at DESC, v.id DESC LIMIT 1) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA257', MESSAGE = 'this verdict on the signal stands already';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_repeated_verdict BEFORE INSERT ON signal_verdict
    FOR EACH ROW EXECUTE FUNCTION refuse_repeated_verdict();
ALTER TABLE signal_verdict ENABLE ALWAYS TRIGGER refuse_repeated_verdict;

-- Which sales belong together is kept no longer than the log that knows whose they were.
CREATE FUNCTION forget_signals(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM signal WHERE id IN (
        SELECT s.id FROM signal s WHERE s.found_at < least(before, clock_timestamp() - interval '28 days')
        ORDER BY s.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

-- Why a till stands still, for its cashier; the program's reason is always the same one.
ALTER TABLE till ADD COLUMN paused_because text;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE till ADD CONSTRAINT till_paused_because_check CHECK (length(paused_because) BETWEEN 1 AND 300);
COMMENT ON COLUMN till.paused_because IS 'In words for the cashier, by whoever paused it; means nothing once it is not paused.';

REVOKE ALL ON FUNCTION forget_signals FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_signals TO app_municipality;
GRANT SELECT ON signal, signal_sale, signal_verdict, signal_position TO app_municipality;
GRANT INSERT (id, kind, merchant_id, till_id, about, week, number, counted, out_of, different, cents, first_at, last_at, weight, found_at, changed_at)
    ON signal TO app_municipality;
GRANT UPDATE (till_id, counted, out_of, different, cents, first_at, last_at, weight, changed_at) ON signal TO app_municipality;
GRANT INSERT ON signal_sale TO app_municipality;
GRANT INSERT (id, signal_id, verdict, reason, counted, judged_by, judged_at) ON signal_verdict TO app_municipality;
GRANT INSERT, UPDATE ON signal_position TO app_municipality;
GRANT UPDATE (paused_because) ON till TO app_municipality;
