-- Letters are made from what is stored whenever somebody fetches them. What is kept is how a municipality writes them, and
-- which batches it asked for; nothing here names a person.
SET LOCAL lock_timeout = '5s';

CREATE TABLE letter_version (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{1,40}$'),
    part text NOT NULL CHECK (part ~ '^(layout|[a-z]{2})$'),
    content text CHECK (length(content) BETWEEN 1 AND 100000),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL
);
COMMENT ON TABLE letter_version IS 'How a municipality writes and lays out a letter; the newest of a kind and part counts.';
COMMENT ON COLUMN letter_version.part IS 'The language of a text, or the layout. The kind letter has the layout around all of them.';
COMMENT ON COLUMN letter_version.content IS 'Null: back to the text or layout of the program.';
CREATE INDEX letter_version_newest ON letter_version (kind, part, recorded_at DESC, id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_version EXECUTE FUNCTION refuse_write();
ALTER TABLE letter_version ENABLE ALWAYS TRIGGER append_only;

CREATE TABLE letter_run (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{1,40}$'),
    from_day date NOT NULL,
    until_day date NOT NULL,
    large boolean NOT NULL,
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    files_until timestamptz NOT NULL,
    letters integer NOT NULL CHECK (letters >= 0),
    left_out integer NOT NULL CHECK (left_out >= 0),
    CHECK (until_day > from_day),
    CHECK (files_until > made_at)
);
COMMENT ON TABLE letter_run IS 'A batch of letters that somebody asked for. Its files are made when they are fetched, until files_until.';
COMMENT ON COLUMN letter_run.until_day IS 'The first day that the letters are no longer about.';
CREATE INDEX letter_run_newest ON letter_run (made_at DESC, id DESC);

CREATE FUNCTION refuse_letters_in_sandbox() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sandbox) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA270', MESSAGE = 'a sandbox sends no letters';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION refuse_letters_in_sandbox FROM PUBLIC;
CREATE TRIGGER refuse_in_sandbox BEFORE INSERT ON letter_run FOR EACH ROW EXECUTE FUNCTION refuse_letters_in_sandbox();
ALTER TABLE letter_run ENABLE ALWAYS TRIGGER refuse_in_sandbox;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_run EXECUTE FUNCTION refuse_write();
ALTER TABLE letter_run ENABLE ALWAYS TRIGGER append_only;

-- Which adult gets the letters about somebody; null is the person. An administrator goes before all, and of those who look
-- after a child one of its own household.
CREATE FUNCTION manages_letters_of(who uuid, born date, household text, on_day date) RETURNS uuid
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT m.adult_id FROM managing_adult m
    CROSS JOIN LATERAL (
        SELECT n.* FROM resident_version n WHERE n.resident_id = m.adult_id AND n.valid_from <= on_day
        ORDER BY n.valid_from DESC LIMIT 1
    ) v
    WHERE m.child_id = who AND m.valid_from <= on_day AND (m.valid_until IS NULL OR m.valid_until > on_day)
        AND v.died_on IS NULL AND (m.kind = 'administrator' OR born > on_day - interval '18 years')
    ORDER BY m.kind = 'administrator' DESC, v.household_number = household DESC,
        array_position(ARRAY['parent', 'registered_guardian', 'guardian', 'co_parent'], m.kind), v.birth_date, m.adult_id
    LIMIT 1
$$;
REVOKE ALL ON FUNCTION manages_letters_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION manages_letters_of TO app_municipality;

GRANT SELECT, INSERT ON letter_version, letter_run TO app_municipality;
GRANT SELECT ON letter_version, letter_run TO auditor_municipality;
