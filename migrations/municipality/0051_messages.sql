-- Messages to holders: what each wants to hear and how, addresses that were proved to be theirs, and what waits to be sent.
-- Messages are made from closed prefixes of the books; no sale waits for one or writes here.
SET LOCAL lock_timeout = '5s';

-- Of the person: in which language, and how large letters are printed.
CREATE TABLE holder_preference (
    resident_id uuid PRIMARY KEY REFERENCES resident,
    language text CHECK (language IN ('nl', 'en', 'ar', 'tr', 'pl', 'uk')),
    large_print boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE holder_preference IS 'How somebody likes to read; no row means Dutch, in the usual size.';

-- Of a pass and of who looks after it: two parents of one child each choose for themselves.
CREATE TABLE holder_choice (
    holder_id uuid NOT NULL REFERENCES resident,
    recipient_id uuid NOT NULL REFERENCES resident,
    after_spending text NOT NULL DEFAULT 'none' CHECK (after_spending IN ('none', 'email', 'text')),
    before_lapse text NOT NULL DEFAULT 'post' CHECK (before_lapse IN ('none', 'email', 'text', 'post')),
    changed_at timestamptz NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (holder_id, recipient_id)
);
COMMENT ON COLUMN holder_choice.xid IS 'What was booked before this position (epoch, xid) is not told.';
CREATE INDEX holder_choice_recipient ON holder_choice (recipient_id);

-- Encrypted: the key lies outside the database, and the text is bound to person and channel.
CREATE TABLE holder_contact (
    resident_id uuid NOT NULL REFERENCES resident,
    channel text NOT NULL CHECK (channel IN ('email', 'text')),
    address_encrypted bytea NOT NULL CHECK (octet_length(address_encrypted) <= 1000),
    verified_at timestamptz NOT NULL,
    PRIMARY KEY (resident_id, channel)
);
COMMENT ON TABLE holder_contact IS 'An address that was proved to be somebody''s, by a code that was sent to it.';

CREATE TABLE contact_check (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    channel text NOT NULL CHECK (channel IN ('email', 'text')),
    address_encrypted bytea NOT NULL CHECK (octet_length(address_encrypted) <= 1000),
    code_hash bytea NOT NULL CHECK (octet_length(code_hash) = 32),
    key_id text NOT NULL CHECK (length(key_id) BETWEEN 1 AND 60),
    tries integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > made_at AND expires_at <= made_at + interval '1 hour'),
    ended_at timestamptz,
    proved boolean NOT NULL DEFAULT false,
    CHECK (NOT proved OR ended_at < expires_at)
);
COMMENT ON TABLE contact_check IS 'A code that was sent to an address that is not proved yet; used once, for a short time, and tried five times.';
CREATE UNIQUE INDEX contact_check_open ON contact_check (resident_id, channel) WHERE ended_at IS NULL;
CREATE INDEX contact_check_made ON contact_check (made_at);

CREATE TABLE holder_message (
    id uuid PRIMARY KEY,
    recipient_id uuid NOT NULL REFERENCES resident,
    holder_id uuid NOT NULL REFERENCES resident,
    reason text NOT NULL CHECK (reason IN ('spending', 'given-back', 'lapse', 'code')),
    channel text NOT NULL CHECK (channel IN ('email', 'text')),
    check_id uuid REFERENCES contact_check ON DELETE CASCADE,
    content_encrypted bytea CHECK (octet_length(content_encrypted) <= 8000),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'arrived', 'given_up', 'withdrawn', 'kept')),
    problem text CHECK (problem ~ '^[a-z][a-z-]{1,40}$'),
    tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_try_at timestamptz NOT NULL,
    lease_until timestamptz,
    ended_at timestamptz,
    CHECK ((reason = 'code') = (check_id IS NOT NULL)),
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK (state NOT IN ('waiting', 'kept') OR content_encrypted IS NOT NULL)
);
COMMENT ON TABLE holder_message IS 'What is sent to somebody. The id follows from what it tells of, so that making it again makes the same.';
COMMENT ON COLUMN holder_message.content_encrypted IS 'Gone once the message went, or will never go; kept where a demonstration shows what would be sent.';
CREATE INDEX holder_message_waiting ON holder_message (next_try_at) WHERE state = 'waiting';
CREATE INDEX holder_message_recipient ON holder_message (recipient_id, made_at DESC);
CREATE INDEX holder_message_holder ON holder_message (holder_id, made_at DESC);
CREATE INDEX holder_message_made ON holder_message (made_at);
CREATE INDEX holder_message_check ON holder_message (check_id);

-- Who was told that a budget will lapse: once per budget and person. It goes with the link of the budget.
CREATE TABLE lapse_reminder (
    account_id bigint NOT NULL REFERENCES budget (account_id) ON DELETE CASCADE,
    recipient_id uuid NOT NULL REFERENCES resident,
    channel text NOT NULL CHECK (channel IN ('email', 'text', 'post')),
    told_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, recipient_id)
);
COMMENT ON TABLE lapse_reminder IS 'Which budgets somebody was reminded of before they lapse, and how.';

CREATE TABLE message_position (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    epoch integer NOT NULL,
    xid bigint NOT NULL
);
COMMENT ON TABLE message_position IS 'Up to where what was booked was made into messages to holders.';
INSERT INTO message_position (epoch, xid) SELECT max(number), pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM epoch;

CREATE FUNCTION keep_message_position() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (NEW.epoch, NEW.xid) < (OLD.epoch, OLD.xid)
        OR (NEW.epoch, NEW.xid) > ((SELECT max(e.number) FROM epoch e), pg_snapshot_xmin(pg_current_snapshot())::text::bigint) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA285', MESSAGE = 'messages to holders follow what is decided: never back, and never past a transaction that goes on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_position BEFORE UPDATE ON message_position FOR EACH ROW EXECUTE FUNCTION keep_message_position();
ALTER TABLE message_position ENABLE ALWAYS TRIGGER keep_position;

-- An address becomes somebody's by the right code alone: the row that is written is the one that was checked.
CREATE FUNCTION refuse_unchecked_contact() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM contact_check c WHERE c.resident_id = NEW.resident_id AND c.channel = NEW.channel
            AND c.address_encrypted = NEW.address_encrypted AND c.proved AND c.ended_at = NEW.verified_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA286', MESSAGE = 'an address is used only after a code that was sent to it came back';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_unchecked BEFORE INSERT OR UPDATE ON holder_contact FOR EACH ROW EXECUTE FUNCTION refuse_unchecked_contact();
ALTER TABLE holder_contact ENABLE ALWAYS TRIGGER refuse_unchecked;

-- A code is never tried again: what ended stays ended, and tries only go up.
CREATE FUNCTION keep_contact_check() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.tries < OLD.tries OR NEW.proved AND NEW.tries = 0
        OR (OLD.id, OLD.resident_id, OLD.channel, OLD.address_encrypted, OLD.code_hash, OLD.made_at, OLD.expires_at)
            IS DISTINCT FROM (NEW.id, NEW.resident_id, NEW.channel, NEW.address_encrypted, NEW.code_hash, NEW.made_at, NEW.expires_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA287', MESSAGE = 'a code for an address is used once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_check BEFORE UPDATE ON contact_check FOR EACH ROW EXECUTE FUNCTION keep_contact_check();
ALTER TABLE contact_check ENABLE ALWAYS TRIGGER keep_check;

-- Whether somebody may hear of a pass: the holder, or who manages it that day. A parent's view ends at eighteen.
CREATE FUNCTION speaks_for(somebody uuid, holder uuid, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT somebody = holder OR EXISTS (
        SELECT 1 FROM managing_adult a WHERE a.adult_id = somebody AND a.child_id = holder
        AND a.valid_from <= day AND (a.valid_until IS NULL OR a.valid_until > day)
        AND (a.kind = 'administrator' OR EXISTS (
            SELECT 1 FROM resident_version v WHERE v.resident_id = holder AND v.birth_date > day - interval '18 years')))
$$;
REVOKE ALL ON FUNCTION speaks_for FROM PUBLIC;
GRANT EXECUTE ON FUNCTION speaks_for TO app_municipality;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON message_position EXECUTE FUNCTION refuse_write();
ALTER TABLE message_position ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON holder_preference, holder_choice, holder_contact, contact_check, holder_message, lapse_reminder TO app_municipality;
GRANT UPDATE (language, large_print, changed_at) ON holder_preference TO app_municipality;
GRANT UPDATE (after_spending, before_lapse, changed_at, epoch, xid) ON holder_choice TO app_municipality;
GRANT UPDATE (address_encrypted, verified_at), DELETE ON holder_contact TO app_municipality;
GRANT UPDATE (tries, ended_at, proved), DELETE ON contact_check TO app_municipality;
GRANT UPDATE (state, problem, tries, next_try_at, lease_until, ended_at, content_encrypted), DELETE ON holder_message TO app_municipality;
GRANT SELECT, UPDATE (epoch, xid) ON message_position TO app_municipality;
