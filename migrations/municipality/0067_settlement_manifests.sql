-- The manifest of a run of which the bank has files: made anew each time, and always the same bytes. Its hash is kept.
SET LOCAL lock_timeout = '5s';

CREATE TABLE settlement_manifest (
    run_id uuid PRIMARY KEY REFERENCES settlement_run,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    made_at timestamptz NOT NULL
);
COMMENT ON TABLE settlement_manifest IS 'The hash at the first time; a manifest that would differ is not given out.';

-- What is not with the bank yet has no manifest: until then its payments can still be withdrawn.
CREATE FUNCTION refuse_early_manifest() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM settlement_run r WHERE r.id = NEW.run_id AND r.exported_at IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA272', MESSAGE = 'a settlement has a manifest once its files for the bank were made';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_early BEFORE INSERT ON settlement_manifest FOR EACH ROW EXECUTE FUNCTION refuse_early_manifest();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_manifest EXECUTE FUNCTION refuse_write();
ALTER TABLE settlement_manifest ENABLE ALWAYS TRIGGER refuse_early;
ALTER TABLE settlement_manifest ENABLE ALWAYS TRIGGER append_only;

REVOKE ALL ON FUNCTION refuse_early_manifest FROM PUBLIC;
GRANT SELECT, INSERT ON settlement_manifest TO app_municipality;
