-- Webhooks: where a merchant's own program wants to hear what happened, what it is told, and how that went.
-- Messages are made from closed prefixes of what was booked and noted; no sale waits for one or writes here.
SET LOCAL lock_timeout = '5s';

CREATE TABLE webhook_endpoint (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant,
    place smallint NOT NULL CHECK (place BETWEEN 1 AND 5),
    url text NOT NULL CHECK (length(url) <= 500 AND url ~ '^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z][a-z0-9-]*/[!-"$-~]*$'),
    events text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 20),
    state text NOT NULL CHECK (state IN ('active', 'paused', 'failing', 'ended')),
    state_since timestamptz NOT NULL,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    quiet_until timestamptz,
    arrived_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
COMMENT ON COLUMN webhook_endpoint.xid IS 'What was booked before this position (epoch, xid) is not told to it.';
-- At most five that have not ended, also when several are made at the same moment.
CREATE UNIQUE INDEX webhook_endpoint_place ON webhook_endpoint (merchant_id, place) WHERE state <> 'ended';
CREATE INDEX webhook_endpoint_merchant ON webhook_endpoint (merchant_id);

-- Secrets are derived from a key outside the database, so none lies here.
CREATE TABLE webhook_secret (
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoint,
    number integer NOT NULL CHECK (number > 0),
    key_id text NOT NULL CHECK (length(key_id) BETWEEN 1 AND 60),
    made_at timestamptz NOT NULL,
    ends_at timestamptz,
    PRIMARY KEY (endpoint_id, number)
);
COMMENT ON COLUMN webhook_secret.ends_at IS 'Until when it still signs beside the one after it; the current one has none.';
CREATE UNIQUE INDEX webhook_secret_current ON webhook_secret (endpoint_id) WHERE ends_at IS NULL;

CREATE TABLE webhook_message (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant,
    type text NOT NULL CHECK (type ~ '^[a-z]+\.[a-z_]+$' AND length(type) <= 60),
    content text NOT NULL CHECK (octet_length(content) BETWEEN 2 AND 10000),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    epoch integer,
    xid bigint,
    CHECK (num_nonnulls(epoch, xid) IN (0, 2))
);
COMMENT ON TABLE webhook_message IS 'What is sent, to the byte. The id follows from what it tells of, so that making it again makes the same.';
CREATE INDEX webhook_message_made ON webhook_message (made_at);
CREATE INDEX webhook_message_position ON webhook_message (epoch, xid);

CREATE TABLE webhook_delivery (
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoint,
    message_id uuid NOT NULL REFERENCES webhook_message ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'arrived', 'given_up')),
    tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    tries_before integer NOT NULL DEFAULT 0 CHECK (tries_before BETWEEN 0 AND tries),
    next_try_at timestamptz NOT NULL,
    lease_until timestamptz,
    PRIMARY KEY (endpoint_id, message_id)
);
COMMENT ON COLUMN webhook_delivery.tries_before IS 'Tries of before somebody sent it again; the pauses count from there.';
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (endpoint_id, next_try_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_message ON webhook_delivery (message_id);

CREATE TABLE webhook_try (
    endpoint_id uuid NOT NULL,
    message_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    tried_at timestamptz NOT NULL,
    status integer CHECK (status BETWEEN 100 AND 999),
    problem text CHECK (problem ~ '^[a-z][a-z-]{1,40}$'),
    milliseconds integer NOT NULL CHECK (milliseconds >= 0),
    answer text NOT NULL CHECK (length(answer) <= 300),
    PRIMARY KEY (endpoint_id, message_id, number),
    FOREIGN KEY (endpoint_id, message_id) REFERENCES webhook_delivery ON DELETE CASCADE
);

-- Up to where what happened was made into messages.
CREATE TABLE webhook_position (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    epoch integer NOT NULL,
    xid bigint NOT NULL
);
INSERT INTO webhook_position (epoch, xid) SELECT max(number), pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM epoch;

CREATE FUNCTION keep_webhook() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.state = 'ended' OR (OLD.id, OLD.merchant_id, OLD.url, OLD.epoch, OLD.xid) IS DISTINCT FROM (NEW.id, NEW.merchant_id, NEW.url, NEW.epoch, NEW.xid) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA258', MESSAGE = 'an endpoint of a merchant stays that endpoint, and an ended one stays ended';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_webhook BEFORE UPDATE ON webhook_endpoint FOR EACH ROW EXECUTE FUNCTION keep_webhook();
ALTER TABLE webhook_endpoint ENABLE ALWAYS TRIGGER keep_webhook;

-- Going back would tell again what was told; going on too far would never tell it.
CREATE FUNCTION keep_webhook_position() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (NEW.epoch, NEW.xid) < (OLD.epoch, OLD.xid)
        OR (NEW.epoch, NEW.xid) > ((SELECT max(e.number) FROM epoch e), pg_snapshot_xmin(pg_current_snapshot())::text::bigint) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA259', MESSAGE = 'messages follow what is decided: never back, and never past a transaction that goes on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_position BEFORE UPDATE ON webhook_position FOR EACH ROW EXECUTE FUNCTION keep_webhook_position();
ALTER TABLE webhook_position ENABLE ALWAYS TRIGGER keep_position;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON webhook_endpoint EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON webhook_position EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON webhook_message EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON webhook_try EXECUTE FUNCTION refuse_write();
ALTER TABLE webhook_endpoint ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE webhook_position ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE webhook_message ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE webhook_try ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON webhook_endpoint, webhook_secret, webhook_message, webhook_delivery, webhook_try TO app_municipality;
GRANT UPDATE (events, state, state_since, failures, quiet_until, arrived_at) ON webhook_endpoint TO app_municipality;
GRANT UPDATE (ends_at) ON webhook_secret TO app_municipality;
GRANT UPDATE (state, tries, tries_before, next_try_at, lease_until) ON webhook_delivery TO app_municipality;
GRANT DELETE ON webhook_message TO app_municipality;
GRANT SELECT, UPDATE (epoch, xid) ON webhook_position TO app_municipality;
