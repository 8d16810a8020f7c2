-- Who may see or manage a pass for somebody else, volunteers at the counter, and cards that work before anybody confirmed them.
SET LOCAL lock_timeout = '5s';

-- Number and code are as those of a card: who guesses waits as long.
CREATE TABLE mandate (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    kind text NOT NULL CHECK (kind IN ('family', 'administrator')),
    may_manage boolean NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    number_hash bytea NOT NULL UNIQUE CHECK (octet_length(number_hash) = 32),
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    key_id text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by_kind text NOT NULL CHECK (made_by_kind IN ('holder', 'login')),
    made_by uuid NOT NULL,
    ended_at timestamptz,
    CHECK (valid_until > valid_from AND valid_until <= valid_from + 5 * 366)
);
CREATE INDEX mandate_resident ON mandate (resident_id);
CREATE INDEX mandate_until ON mandate (valid_until);
COMMENT ON COLUMN mandate.valid_until IS 'The first day on which it is worth nothing.';

CREATE FUNCTION keep_mandate() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR (OLD.id, OLD.resident_id, OLD.name, OLD.kind, OLD.may_manage, OLD.valid_from, OLD.valid_until, OLD.number_hash)
        IS DISTINCT FROM (NEW.id, NEW.resident_id, NEW.name, NEW.kind, NEW.may_manage, NEW.valid_from, NEW.valid_until, NEW.number_hash) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA276', MESSAGE = 'a mandate ends or gets a new code, and nothing else of it changes';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION keep_mandate FROM PUBLIC;
CREATE TRIGGER keep_mandate BEFORE UPDATE ON mandate FOR EACH ROW EXECUTE FUNCTION keep_mandate();
ALTER TABLE mandate ENABLE ALWAYS TRIGGER keep_mandate;
GRANT SELECT, INSERT, DELETE ON mandate TO app_municipality;
GRANT UPDATE (code_hash, key_id, ended_at) ON mandate TO app_municipality;

-- A volunteer helps people and does not work for the municipality: no other role goes with it.
ALTER TABLE incompatible_role DISABLE TRIGGER append_only;
INSERT INTO incompatible_role (role, other)
SELECT p.role, p.other FROM unnest(ARRAY['administrator', 'analyst', 'approver', 'auditor', 'counter', 'finance', 'intermediary',
    'merchant_manager', 'officer', 'operator', 'policy', 'registrar', 'team_member']) AS o (name)
CROSS JOIN LATERAL (VALUES (o.name, 'volunteer'), ('volunteer', o.name)) AS p (role, other);
ALTER TABLE incompatible_role ENABLE ALWAYS TRIGGER append_only;

-- A card that arrives active takes this much per sale from a pass, until somebody confirmed who has it.
ALTER TABLE card ADD COLUMN unconfirmed_cents bigint;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE card ADD CONSTRAINT card_unconfirmed_cents_check CHECK (unconfirmed_cents BETWEEN 1 AND 100000);
GRANT UPDATE (unconfirmed_cents) ON card TO app_municipality;

CREATE FUNCTION keep_confirmed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.unconfirmed_cents IS DISTINCT FROM OLD.unconfirmed_cents AND NEW.unconfirmed_cents IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA277', MESSAGE = 'a card is confirmed once, and its limit changes to nothing else';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION keep_confirmed FROM PUBLIC;
CREATE TRIGGER keep_confirmed BEFORE UPDATE OF unconfirmed_cents ON card FOR EACH ROW EXECUTE FUNCTION keep_confirmed();
ALTER TABLE card ENABLE ALWAYS TRIGGER keep_confirmed;

-- The function that sells looks at that too, word for word as it was besides.
DO $$
DECLARE
    definition text := (SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = 'redeem_batch');
    card CONSTANT text := '(c.expires_at IS NULL OR c.expires_at > i.occurred)';
    confirmed CONSTANT text := ' AND (c.unconfirmed_cents IS NULL OR takes[i.n] <= c.unconfirmed_cents)';
BEGIN
    ASSERT (length(definition) - length(replace(definition, card, ''))) / length(card) = 1;
    SET LOCAL ROLE ledger_municipality;
    EXECUTE replace(definition, card, card || confirmed);
END $$;
SET LOCAL ROLE owner_municipality;
