-- A holder objects, complains, or asks to correct or erase something. What was asked, and what was done with it, are steps
-- that nobody rewrites; the request stands where its last step left it.
SET LOCAL lock_timeout = '5s';

CREATE TABLE holder_request (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^[0-9A-Z]{8}$'),
    kind text NOT NULL CHECK (kind IN ('objection', 'complaint', 'correction', 'erasure')),
    resident_id uuid NOT NULL REFERENCES resident,
    decision_id uuid REFERENCES decision,
    field text CHECK (field IN ('name', 'address', 'birth_date', 'household', 'income', 'school', 'managing_adult', 'other')),
    channel text NOT NULL CHECK (channel IN ('page', 'counter', 'telephone', 'letter')),
    received_at timestamptz NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    object_until date,
    answer_by date NOT NULL,
    is_extended boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'received'
        CHECK (state IN ('received', 'taken_up', 'asked', 'replied', 'extended', 'answered', 'withdrawn')),
    state_since timestamptz NOT NULL,
    steps integer NOT NULL DEFAULT 0 CHECK (steps BETWEEN 0 AND 200),
    CHECK ((kind = 'objection') = (decision_id IS NOT NULL) AND (decision_id IS NULL) = (object_until IS NULL)),
    CHECK ((kind = 'correction') = (field IS NOT NULL))
);
CREATE INDEX holder_request_resident ON holder_request (resident_id, received_at);
CREATE INDEX holder_request_open ON holder_request (answer_by) WHERE state NOT IN ('answered', 'withdrawn');
CREATE INDEX holder_request_closed ON holder_request (state_since) WHERE state IN ('answered', 'withdrawn');
COMMENT ON COLUMN holder_request.object_until IS 'The last day to object in time; a later objection is taken too.';
COMMENT ON COLUMN holder_request.content_hash IS 'Of what was asked, as the receipt says it: SHA-256.';

CREATE TABLE holder_request_step (
    request_id uuid NOT NULL REFERENCES holder_request,
    number integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('received', 'taken_up', 'asked', 'replied', 'extended', 'answered', 'withdrawn')),
    taken_at timestamptz NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('login', 'holder')),
    actor_id uuid NOT NULL,
    words text CHECK (length(words) BETWEEN 1 AND 4000),
    outcome text CHECK (outcome IN ('upheld', 'partly', 'rejected', 'inadmissible')),
    answer_by date,
    PRIMARY KEY (request_id, number),
    CHECK (words IS NOT NULL OR kind IN ('taken_up', 'withdrawn')),
    CHECK ((kind = 'answered') = (outcome IS NOT NULL)),
    CHECK ((kind = 'extended') = (answer_by IS NOT NULL)),
    CHECK (actor_kind = 'login' OR kind IN ('received', 'replied', 'withdrawn'))
);

CREATE FUNCTION receive_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM resident WHERE id = NEW.resident_id FOR NO KEY UPDATE;
    IF NEW.decision_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM decision d WHERE d.id = NEW.decision_id AND d.resident_id = NEW.resident_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA298', MESSAGE = 'somebody objects to a decision about themselves';
    END IF;
    IF (SELECT count(*) FROM holder_request r WHERE r.resident_id = NEW.resident_id
        AND r.state NOT IN ('answered', 'withdrawn')) >= 20 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA299', MESSAGE = 'twenty requests about one person are enough to answer first';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION receive_request FROM PUBLIC;
CREATE TRIGGER receive_request BEFORE INSERT ON holder_request FOR EACH ROW EXECUTE FUNCTION receive_request();
ALTER TABLE holder_request ENABLE ALWAYS TRIGGER receive_request;

-- Each step follows on the last one that is stored, whoever else is at it. What is answered stays answered, a term is
-- extended once, and whoever decided by hand does not answer the objection to it (Awb 10:3).
CREATE FUNCTION follow_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    stored holder_request;
BEGIN
    SELECT * INTO stored FROM holder_request WHERE id = NEW.request_id FOR UPDATE;
    IF NEW.number <> stored.steps + 1 OR (NEW.number = 1) <> (NEW.kind = 'received')
        OR stored.state IN ('answered', 'withdrawn') OR (NEW.kind = 'replied' AND stored.state <> 'asked') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA295', MESSAGE = 'this step does not follow on the last one of the request';
    END IF;
    IF NEW.kind = 'extended' AND (stored.is_extended OR NEW.answer_by <= stored.answer_by) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA296', MESSAGE = 'the term of a request becomes longer once';
    END IF;
    IF NEW.kind = 'answered' AND decided_by_hand(stored.decision_id, NEW.actor_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA297', MESSAGE = 'whoever decided does not answer the objection to it';
    END IF;
    UPDATE holder_request SET state = NEW.kind, state_since = NEW.taken_at, steps = NEW.number,
        answer_by = coalesce(NEW.answer_by, answer_by), is_extended = is_extended OR NEW.kind = 'extended'
    WHERE id = NEW.request_id;
    RETURN NEW;
END $$;

CREATE FUNCTION decided_by_hand(decision uuid, login uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT EXISTS (
        SELECT 1 FROM decision d WHERE d.id = decided_by_hand.decision AND d.actor_kind = 'login' AND d.actor_id = login
            AND d.cause IN ('deviation', 'objection', 'income', 'award')
    ) OR EXISTS (
        SELECT 1 FROM deviation v WHERE v.decision_id = decided_by_hand.decision AND login IN (v.proposed_by, v.confirmed_by))
$$;
REVOKE ALL ON FUNCTION follow_request, decided_by_hand FROM PUBLIC;
CREATE TRIGGER follow_request BEFORE INSERT ON holder_request_step FOR EACH ROW EXECUTE FUNCTION follow_request();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON holder_request_step EXECUTE FUNCTION refuse_write();
ALTER TABLE holder_request_step ENABLE ALWAYS TRIGGER follow_request;
ALTER TABLE holder_request_step ENABLE ALWAYS TRIGGER append_only;

-- What was answered or withdrawn is forgotten on its clock, with everything that was said in it.
CREATE FUNCTION forget_requests(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    gone uuid[] := ARRAY(SELECT r.id FROM holder_request r
        WHERE r.state IN ('answered', 'withdrawn') AND r.state_since < least(before, clock_timestamp() - interval '5 years')
        ORDER BY r.id LIMIT most FOR UPDATE SKIP LOCKED);
BEGIN
    DELETE FROM holder_request_step WHERE request_id = ANY (gone);
    DELETE FROM holder_request WHERE id = ANY (gone);
    RETURN cardinality(gone);
END $$;
REVOKE ALL ON FUNCTION forget_requests FROM PUBLIC;

GRANT SELECT ON holder_request TO app_municipality;
GRANT INSERT (id, number, kind, resident_id, decision_id, field, channel, received_at, content_hash, object_until, answer_by, state_since)
    ON holder_request TO app_municipality;
GRANT SELECT, INSERT ON holder_request_step TO app_municipality;
GRANT EXECUTE ON FUNCTION decided_by_hand, forget_requests TO app_municipality;
