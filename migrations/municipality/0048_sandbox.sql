-- Whether this municipality is a sandbox, said in its own schema, so that its own tables refuse to let money or cards out.
SET LOCAL lock_timeout = '5s';

CREATE TABLE sandbox (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE sandbox IS 'One row in a municipality where makers of tills try things, put there before anybody lives in it; none in a real one.';

CREATE FUNCTION only_before_anybody() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM resident) OR EXISTS (SELECT 1 FROM merchant) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA261', MESSAGE = 'a municipality with people in it becomes no sandbox';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_before_anybody BEFORE INSERT ON sandbox FOR EACH ROW EXECUTE FUNCTION only_before_anybody();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sandbox EXECUTE FUNCTION refuse_write();
ALTER TABLE sandbox ENABLE ALWAYS TRIGGER only_before_anybody;
ALTER TABLE sandbox ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT ON sandbox TO app_municipality, auditor_municipality;

CREATE FUNCTION refuse_in_sandbox() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sandbox) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA260', MESSAGE = 'nothing leaves a sandbox';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION refuse_in_sandbox FROM PUBLIC;
CREATE TRIGGER refuse_in_sandbox BEFORE INSERT ON settlement_file FOR EACH ROW EXECUTE FUNCTION refuse_in_sandbox();
CREATE TRIGGER refuse_in_sandbox BEFORE INSERT ON card_run FOR EACH ROW EXECUTE FUNCTION refuse_in_sandbox();
ALTER TABLE settlement_file ENABLE ALWAYS TRIGGER refuse_in_sandbox;
ALTER TABLE card_run ENABLE ALWAYS TRIGGER refuse_in_sandbox;

-- The codes of test cards are the same for ever, in documentation too, while the money on them is spent. So now and then
-- each code goes to a new card, of a new holder; what the old card paid stays in the books.
CREATE FUNCTION free_test_codes(codes bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM sandbox) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA262', MESSAGE = 'only in a sandbox does a code go to another card';
    END IF;
    UPDATE card SET token_hash = sha256(uuid_send(gen_random_uuid())), number_hash = sha256(uuid_send(gen_random_uuid())),
        codes_encrypted = NULL, state = 'ended', state_before_block = NULL, activation_hash = NULL, state_since = clock_timestamp()
    WHERE number_hash = ANY (codes);
END $$;
REVOKE ALL ON FUNCTION free_test_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION free_test_codes TO app_municipality;
