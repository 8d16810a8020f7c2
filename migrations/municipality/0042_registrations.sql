-- A club or shop registers itself. What it said, what it was asked and what was decided are steps that nobody
-- rewrites; the registration stands where its last step left it.
SET LOCAL lock_timeout = '5s';

-- What somebody is still typing: they come back to it by their link, of which only the hash is here.
CREATE TABLE merchant_registration_draft (
    link_hash bytea PRIMARY KEY CHECK (octet_length(link_hash) = 32),
    typed jsonb NOT NULL CHECK (length(typed::text) <= 100000),
    begun_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX merchant_registration_draft_begun ON merchant_registration_draft (begun_at);

CREATE TABLE merchant_registration (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^[0-9A-Z]{8}$'),
    link_hash bytea NOT NULL UNIQUE CHECK (octet_length(link_hash) = 32),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 140),
    kvk_number text NOT NULL CHECK (kvk_number ~ '^[0-9]{8}$'),
    received_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'asked', 'answered', 'approved', 'refused')),
    state_since timestamptz NOT NULL,
    steps integer NOT NULL DEFAULT 0 CHECK (steps BETWEEN 0 AND 200),
    merchant_id uuid REFERENCES merchant,
    login_id uuid REFERENCES login,
    CHECK ((state = 'approved') = (merchant_id IS NOT NULL) AND (merchant_id IS NULL) = (login_id IS NULL))
);
CREATE UNIQUE INDEX merchant_registration_open ON merchant_registration (kvk_number) WHERE state IN ('received', 'asked', 'answered');
CREATE INDEX merchant_registration_received ON merchant_registration (received_at);
COMMENT ON COLUMN merchant_registration.login_id IS 'Of the first manager, who is invited by the link.';

CREATE TABLE merchant_registration_step (
    registration_id uuid NOT NULL REFERENCES merchant_registration,
    number integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('received', 'asked', 'answered', 'approved', 'refused')),
    taken_at timestamptz NOT NULL,
    login_id uuid REFERENCES login,
    words text CHECK (length(words) BETWEEN 1 AND 2000),
    said jsonb CHECK (length(said::text) <= 40000),
    merchant_id uuid REFERENCES merchant,
    manager_id uuid REFERENCES login,
    PRIMARY KEY (registration_id, number),
    CHECK ((kind IN ('received', 'answered')) = (said IS NOT NULL)),
    CHECK (kind IN ('received', 'answered') OR login_id IS NOT NULL),
    CHECK (kind NOT IN ('asked', 'refused') OR words IS NOT NULL),
    CHECK ((kind = 'approved') = (merchant_id IS NOT NULL) AND (merchant_id IS NULL) = (manager_id IS NULL))
);
COMMENT ON COLUMN merchant_registration_step.login_id IS 'Whoever of the municipality did it, or typed it for the club; null is the club by its link.';

-- Each step follows on the last one that is stored, whoever else is at it. What is decided stays decided, and whoever
-- typed what a registration says does not approve it.
CREATE FUNCTION follow_registration() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    stored merchant_registration;
BEGIN
    SELECT * INTO stored FROM merchant_registration WHERE id = NEW.registration_id FOR UPDATE;
    IF NEW.number <> stored.steps + 1 OR (NEW.number = 1) <> (NEW.kind = 'received') OR stored.state IN ('approved', 'refused') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA225', MESSAGE = 'this step does not follow on the last one of the registration';
    END IF;
    IF NEW.kind = 'approved' AND EXISTS (SELECT 1 FROM merchant_registration_step s
        WHERE s.registration_id = NEW.registration_id AND s.said IS NOT NULL AND s.login_id = NEW.login_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA226', MESSAGE = 'whoever typed a registration does not approve it';
    END IF;
    UPDATE merchant_registration SET state = NEW.kind, state_since = NEW.taken_at, steps = NEW.number,
        name = coalesce(NEW.said ->> 'name', name), kvk_number = coalesce(NEW.said ->> 'kvkNumber', kvk_number),
        merchant_id = NEW.merchant_id, login_id = NEW.manager_id
    WHERE id = NEW.registration_id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION follow_registration FROM PUBLIC;
CREATE TRIGGER follow_registration BEFORE INSERT ON merchant_registration_step
    FOR EACH ROW EXECUTE FUNCTION follow_registration();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON merchant_registration_step EXECUTE FUNCTION refuse_write();
ALTER TABLE merchant_registration_step ENABLE ALWAYS TRIGGER follow_registration;
ALTER TABLE merchant_registration_step ENABLE ALWAYS TRIGGER append_only;

-- What was refused is forgotten on its clock; what was approved stays with the merchant.
CREATE FUNCTION forget_registrations(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    gone uuid[] := ARRAY(SELECT r.id FROM merchant_registration r
        WHERE r.state = 'refused' AND r.state_since < least(before, clock_timestamp() - interval '1 year')
        ORDER BY r.id LIMIT most FOR UPDATE SKIP LOCKED);
BEGIN
    DELETE FROM merchant_registration_step WHERE registration_id = ANY (gone);
    DELETE FROM merchant_registration WHERE id = ANY (gone);
    RETURN cardinality(gone);
END $$;
REVOKE ALL ON FUNCTION forget_registrations FROM PUBLIC;

GRANT SELECT, INSERT, DELETE ON merchant_registration_draft TO app_municipality;
GRANT UPDATE (typed, changed_at) ON merchant_registration_draft TO app_municipality;
GRANT SELECT ON merchant_registration TO app_municipality;
GRANT INSERT (id, number, link_hash, name, kvk_number, received_at, state_since) ON merchant_registration TO app_municipality;
GRANT SELECT, INSERT ON merchant_registration_step TO app_municipality;
GRANT EXECUTE ON FUNCTION forget_registrations TO app_municipality;
