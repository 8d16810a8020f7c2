-- Holders sign in with what is on a card and the code of its letter. Wrong tries make a card wait, each time longer and
-- never for ever; a device that came in before has a count of its own, so that who guesses locks out nobody else.
SET LOCAL lock_timeout = '5s';

-- The subject is a card, or what else has a number and a code. Who comes from a device that is not known counts under zeros.
CREATE TABLE sign_in_try (
    subject_id uuid NOT NULL,
    device_hash bytea NOT NULL CHECK (octet_length(device_hash) = 32),
    tries smallint NOT NULL CHECK (tries BETWEEN 0 AND 4),
    rounds integer NOT NULL CHECK (rounds >= 0),
    waits_until timestamptz,
    tried_at timestamptz NOT NULL,
    PRIMARY KEY (subject_id, device_hash)
);
CREATE INDEX sign_in_try_tried ON sign_in_try (tried_at);
COMMENT ON COLUMN sign_in_try.tries IS 'Since the last wait: the fifth begins a wait, and the count again at zero.';

CREATE FUNCTION refuse_while_waiting() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.waits_until > NEW.tried_at OR NEW.rounds < OLD.rounds THEN
        RAISE EXCEPTION USING ERRCODE = 'PA275', MESSAGE = 'no code is tried while its card waits, and no wait becomes shorter';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION refuse_while_waiting FROM PUBLIC;
CREATE TRIGGER refuse_while_waiting BEFORE UPDATE ON sign_in_try FOR EACH ROW EXECUTE FUNCTION refuse_while_waiting();
ALTER TABLE sign_in_try ENABLE ALWAYS TRIGGER refuse_while_waiting;

-- What the holder and an officer are told: how often a code was refused on a day.
CREATE TABLE refused_sign_in (
    subject_id uuid NOT NULL,
    day date NOT NULL,
    refused integer NOT NULL CHECK (refused > 0),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (subject_id, day)
);
CREATE INDEX refused_sign_in_last ON refused_sign_in (last_at);

CREATE TABLE known_device (
    subject_id uuid NOT NULL,
    device_hash bytea NOT NULL CHECK (octet_length(device_hash) = 32),
    known_since timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (subject_id, device_hash)
);
CREATE INDEX known_device_used ON known_device (used_at);
COMMENT ON TABLE known_device IS 'A keyed hash over subject and cookie: nobody sees that one device came in with two cards.';

COMMENT ON COLUMN card.activation_tries IS 'Not used any more: sign_in_try counts.';

-- A session that a holder has on a device of their own lasts; its token changes on the way, and the one before it works
-- until the new one has arrived.
ALTER TABLE session ADD COLUMN id uuid;
ALTER TABLE session ADD COLUMN on_behalf_of uuid;
ALTER TABLE session ADD COLUMN proved_by uuid;
ALTER TABLE session ADD COLUMN proved_at timestamptz;
ALTER TABLE session ADD COLUMN device text;
ALTER TABLE session ADD COLUMN is_long boolean NOT NULL DEFAULT false;
ALTER TABLE session ADD COLUMN rotated_at timestamptz;
ALTER TABLE session ADD COLUMN previous_hash bytea;
ALTER TABLE session ADD COLUMN previous_until timestamptz;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE session ADD CONSTRAINT session_device_check CHECK (device ~ '^[a-z_]{2,40}$');
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE session ADD CONSTRAINT session_previous_hash_check CHECK (octet_length(previous_hash) = 32);
COMMENT ON COLUMN session.proved_by IS 'The card whose code was typed; null for who came by an identity provider.';
COMMENT ON COLUMN session.previous_until IS 'Null until the new token was seen; then the old one lives a minute more.';
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX session_id ON session (id);
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX session_previous ON session (previous_hash) WHERE previous_hash IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX session_proved_by ON session (proved_by) WHERE proved_by IS NOT NULL AND ended_at IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX session_behalf ON session (on_behalf_of) WHERE on_behalf_of IS NOT NULL AND ended_at IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX session_idle ON session (idle_until);

GRANT SELECT, INSERT, DELETE ON sign_in_try, refused_sign_in, known_device TO app_municipality;
GRANT UPDATE (tries, rounds, waits_until, tried_at) ON sign_in_try TO app_municipality;
GRANT UPDATE (refused, last_at) ON refused_sign_in TO app_municipality;
GRANT UPDATE (used_at) ON known_device TO app_municipality;
GRANT UPDATE (token_hash, rotated_at, previous_hash, previous_until) ON session TO app_municipality;
