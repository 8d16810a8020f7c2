-- Large runs: above an amount that the municipality chose, somebody with a role for that approves. The limit at the
-- moment of the proposal is kept in the run, and a stricter one of later counts too: a change helps no run that waits.
SET LOCAL lock_timeout = '5s';

ALTER TABLE settlement_run ADD COLUMN large_cents bigint;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE settlement_run ADD CONSTRAINT settlement_run_large_cents_check CHECK (large_cents > 0);
COMMENT ON COLUMN settlement_run.large_cents IS 'The limit when the run was proposed; null is none.';

-- What the municipality chose now; null is no limit.
CREATE FUNCTION large_payout_limit() RETURNS bigint
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT (s.value #>> '{}')::bigint FROM setting s WHERE s.key = 'large_payout_cents' ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1
$$;

-- Whether a run is above the strictest limit since it was proposed; least() passes over a limit that is not there.
CREATE FUNCTION settlement_is_large(run uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT coalesce((SELECT sum(l.amount_cents) FROM settlement_line l WHERE l.run_id = r.id) > least(r.large_cents, large_payout_limit()), false)
    FROM settlement_run r WHERE r.id = run
$$;

-- Nobody says what the limit of a run is: it is the one that counts at that moment.
CREATE FUNCTION keep_large_limit() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.large_cents := large_payout_limit();
    RETURN NEW;
END $$;
CREATE TRIGGER keep_limit BEFORE INSERT ON settlement_run FOR EACH ROW EXECUTE FUNCTION keep_large_limit();

CREATE FUNCTION refuse_large_settlement() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF settlement_is_large(NEW.id) AND NOT EXISTS (SELECT 1 FROM login_role r WHERE r.login_id = NEW.approved_by AND r.role = 'treasurer') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA271', MESSAGE = 'a settlement of this size is approved by somebody with the role for it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_large BEFORE UPDATE ON settlement_run FOR EACH ROW
    WHEN (OLD.state = 'proposed' AND NEW.state = 'approved') EXECUTE FUNCTION refuse_large_settlement();

-- As it was, and the limit of a run does not change either.
CREATE OR REPLACE FUNCTION refuse_settlement_step() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'approved'), ('proposed', 'withdrawn'), ('approved', 'withdrawn'),
            ('approved', 'exported'), ('exported', 'booked'))
        OR (OLD.id, OLD.number, OLD.cutoff_epoch, OLD.cutoff_xid, OLD.proposed_by, OLD.large_cents)
            IS DISTINCT FROM (NEW.id, NEW.number, NEW.cutoff_epoch, NEW.cutoff_xid, NEW.proposed_by, NEW.large_cents)
        OR OLD.approved_by IS NOT NULL AND (OLD.approved_by, OLD.payer_iban, OLD.account_id) IS DISTINCT FROM (NEW.approved_by, NEW.payer_iban, NEW.account_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA240', MESSAGE = 'a settlement run does not go this way, and never changes what it was';
    END IF;
    RETURN NEW;
END $$;

ALTER TABLE settlement_run ENABLE ALWAYS TRIGGER keep_limit;
ALTER TABLE settlement_run ENABLE ALWAYS TRIGGER refuse_large;

REVOKE ALL ON FUNCTION large_payout_limit, settlement_is_large, keep_large_limit, refuse_large_settlement FROM PUBLIC;
GRANT EXECUTE ON FUNCTION large_payout_limit, settlement_is_large TO app_municipality, auditor_municipality, ledger_municipality;
GRANT SELECT ON setting, login_role TO ledger_municipality;

-- The role that approves large runs goes with no work on what is paid, and is for people.
ALTER TABLE incompatible_role DISABLE TRIGGER append_only;
INSERT INTO incompatible_role (role, other)
SELECT p.role, p.other FROM unnest(ARRAY['administrator', 'auditor', 'counter', 'finance', 'intermediary', 'merchant_manager',
    'officer', 'registrar', 'team_member', 'volunteer']) AS o (name)
CROSS JOIN LATERAL (VALUES (o.name, 'treasurer'), ('treasurer', o.name)) AS p (role, other);
ALTER TABLE incompatible_role ENABLE ALWAYS TRIGGER append_only;

CREATE OR REPLACE FUNCTION refuse_role() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    holder login;
BEGIN
    -- Locks the login, so that two administrators cannot give one of a pair each at the same moment.
    SELECT * INTO holder FROM login WHERE id = NEW.login_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM login_role r, incompatible_role i
        WHERE r.login_id = NEW.login_id AND i.role = r.role AND i.other = NEW.role
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA210', MESSAGE = 'this role does not go together with another role of this login';
    END IF;
    IF (NEW.role = 'merchant_manager') <> (holder.merchant_id IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA211', MESSAGE = 'a login of a merchant is merchant_manager and nothing else, and no other login is';
    END IF;
    IF holder.issuer = 'program' AND NEW.role IN (
        'administrator', 'approver', 'counter', 'finance', 'intermediary', 'merchant_manager', 'officer', 'registrar', 'team_member', 'treasurer'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA212', MESSAGE = 'this role is for people, and this login is of a program';
    END IF;
    RETURN NEW;
END $$;
