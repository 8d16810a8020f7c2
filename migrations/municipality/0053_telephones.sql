-- A pass on a holder's own telephone: cards that end with the session of that telephone, links that put the pass on
-- another one, and what was refused lately, for the holder's own page.
SET LOCAL lock_timeout = '5s';

ALTER TABLE card ADD COLUMN phone_session uuid;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE card ADD CONSTRAINT card_phone_session_check CHECK (phone_session IS NULL OR form = 'phone');
COMMENT ON COLUMN card.phone_session IS 'The lasting session of the telephone that shows this card; it ends with it.';
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX card_of_phone ON card (phone_session, resident_id) WHERE phone_session IS NOT NULL AND state <> 'ended';
GRANT UPDATE (phone_session) ON card TO app_municipality;

-- However a session ends: signed out, removed, by another card, or by nobody using it for long.
CREATE FUNCTION end_cards_of_phone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE card SET state = 'ended', state_since = coalesce(NEW.ended_at, clock_timestamp()), state_before_block = NULL
    WHERE phone_session = OLD.id AND state <> 'ended';
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION end_cards_of_phone FROM PUBLIC;
CREATE TRIGGER end_cards_of_phone AFTER UPDATE OF ended_at ON session
    FOR EACH ROW WHEN (OLD.is_long AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION end_cards_of_phone();
CREATE TRIGGER end_cards_of_deleted_phone AFTER DELETE ON session
    FOR EACH ROW WHEN (OLD.is_long AND OLD.ended_at IS NULL) EXECUTE FUNCTION end_cards_of_phone();
ALTER TABLE session ENABLE ALWAYS TRIGGER end_cards_of_phone;
ALTER TABLE session ENABLE ALWAYS TRIGGER end_cards_of_deleted_phone;

CREATE TABLE telephone_link (
    code_hash bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    id uuid NOT NULL UNIQUE,
    resident_id uuid NOT NULL REFERENCES resident,
    session_id uuid NOT NULL,
    valid_until timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX telephone_link_valid_until ON telephone_link (valid_until);
CREATE FUNCTION once_only() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.used_at IS NOT NULL OR NEW.used_at >= OLD.valid_until THEN
        RAISE EXCEPTION USING ERRCODE = 'PA281', MESSAGE = 'a link to add a telephone works once, and in its time';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION once_only FROM PUBLIC;
CREATE TRIGGER once_only BEFORE UPDATE ON telephone_link FOR EACH ROW EXECUTE FUNCTION once_only();
ALTER TABLE telephone_link ENABLE ALWAYS TRIGGER once_only;
GRANT SELECT, INSERT, DELETE ON telephone_link TO app_municipality;
GRANT UPDATE (used_at) ON telephone_link TO app_municipality;
GRANT SELECT ON telephone_link TO auditor_municipality;

-- One row per pass, merchant and reason: whoever tries it a hundred times writes no more than that.
CREATE TABLE refused_scan (
    resident_id uuid NOT NULL REFERENCES resident,
    merchant_id uuid NOT NULL REFERENCES merchant,
    refusal text NOT NULL CHECK (refusal ~ '^[a-z0-9-]{1,60}$'),
    refused_at timestamptz NOT NULL,
    PRIMARY KEY (resident_id, merchant_id, refusal)
);
COMMENT ON TABLE refused_scan IS 'What a till refused of a pass lately, also when only asked, so that its holder can read what to do.';
CREATE INDEX refused_scan_refused_at ON refused_scan (refused_at);
GRANT SELECT, INSERT, DELETE ON refused_scan TO app_municipality;
GRANT UPDATE (refused_at) ON refused_scan TO app_municipality;
GRANT SELECT ON refused_scan TO auditor_municipality;
