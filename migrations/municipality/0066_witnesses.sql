-- Witnesses: others who cosign a seal after they saw that it goes on from the last one they saw (C2SP tlog-cosignature).
SET LOCAL lock_timeout = '5s';

CREATE TABLE seal_witness (
    name text PRIMARY KEY CHECK (name ~ '^[^\s+]{1,200}$'),
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE seal_witness IS 'Whose cosignatures are kept and published: another municipality, the accountant.';

CREATE TABLE seal_cosignature (
    size bigint NOT NULL REFERENCES seal_checkpoint (size),
    witness text NOT NULL REFERENCES seal_witness (name),
    signed_at timestamptz NOT NULL,
    line text NOT NULL CHECK (length(line) BETWEEN 1 AND 1000),
    PRIMARY KEY (size, witness)
);
COMMENT ON TABLE seal_cosignature IS 'A line below a seal: its witness saw it, and that nothing before it was changed.';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_witness EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_cosignature EXECUTE FUNCTION refuse_write();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON seal_witness EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON seal_cosignature EXECUTE FUNCTION refuse_write_unless_ledger();
ALTER TABLE seal_witness ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE seal_cosignature ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE seal_witness ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE seal_cosignature ENABLE ALWAYS TRIGGER only_by_ledger;

GRANT SELECT, INSERT ON seal_witness, seal_cosignature TO ledger_municipality;
GRANT SELECT ON seal_witness, seal_cosignature TO app_municipality;

SET LOCAL ROLE ledger_municipality;

-- Knows a witness from now on; again does nothing, and another key under its name is refused.
CREATE FUNCTION add_witness(of_name text, key bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    is_new boolean;
BEGIN
    INSERT INTO seal_witness (name, public_key) VALUES (of_name, key) ON CONFLICT (name) DO NOTHING;
    is_new := FOUND;
    IF NOT EXISTS (SELECT 1 FROM seal_witness w WHERE w.name = of_name AND w.public_key = key) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA306', MESSAGE = 'a witness keeps the key that it was known by; a new key gets a new name';
    END IF;
    RETURN is_new;
END $$;

-- Keeps what a witness signed below a seal; the first one stays. Whether the signature is right was looked at outside.
CREATE FUNCTION keep_cosignature(at_size bigint, by_witness text, at timestamptz, said text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM seal_checkpoint c WHERE c.size = at_size)
        OR NOT EXISTS (SELECT 1 FROM seal_witness w WHERE w.name = by_witness) OR at > clock_timestamp() + interval '1 hour' THEN
        RAISE EXCEPTION USING ERRCODE = 'PA307', MESSAGE = 'a cosignature is by a known witness, below a seal that there is, and not of tomorrow';
    END IF;
    INSERT INTO seal_cosignature (size, witness, signed_at, line) VALUES (at_size, by_witness, at, said) ON CONFLICT DO NOTHING;
END $$;

REVOKE ALL ON FUNCTION add_witness, keep_cosignature FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_witness, keep_cosignature TO app_municipality;

SET LOCAL ROLE owner_municipality;
