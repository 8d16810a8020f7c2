-- What only the database or a second person may say: when an event was recorded and at which position, when a
-- setting was changed, and that something was approved. And the raising of an epoch is an event of its own.
SET LOCAL lock_timeout = '5s';

-- `epoch` stays in the list for programs that still send it; whatever they send is overwritten.
REVOKE INSERT ON event, setting, deviation, payout_account FROM app_municipality;
GRANT INSERT (id, kind, subject_kind, subject_id, actor_kind, actor_id, on_behalf_of, content_hash, epoch) ON event TO app_municipality;
GRANT INSERT (id, key, value, recorded_by) ON setting TO app_municipality;
GRANT INSERT (id, resident_id, scheme_version_id, year, effect, origin, amount_cents, reason, proposed_at, proposed_by) ON deviation TO app_municipality;
GRANT INSERT (id, merchant_id, iban, holder, proposed_at, proposed_by) ON payout_account TO app_municipality;

CREATE FUNCTION stamp_event() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.epoch := (SELECT max(number) FROM epoch);
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION stamp_event();
ALTER TABLE event ENABLE ALWAYS TRIGGER stamp;

CREATE FUNCTION stamp_setting() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE INSERT ON setting FOR EACH ROW EXECUTE FUNCTION stamp_setting();
ALTER TABLE setting ENABLE ALWAYS TRIGGER stamp;

-- An epoch is raised by an operator in the database itself, where no program writes the event. Its id is in
-- order of time as those of the program are (UUID version 7).
CREATE FUNCTION tell_of_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    event_id CONSTANT uuid := lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14);
    salt CONSTANT bytea := uuid_send(gen_random_uuid());
    content CONSTANT text := json_build_object('after', json_build_object('by', session_user, 'number', NEW.number), 'reason', NEW.reason);
BEGIN
    INSERT INTO event (id, kind, subject_kind, subject_id, actor_kind, actor_id, content_hash)
    VALUES (event_id, 'epoch.raised', 'epoch', lpad(to_hex(NEW.number), 32, '0')::uuid, 'system', lpad('', 32, '0')::uuid,
        sha256(salt || convert_to(content, 'UTF8')));
    INSERT INTO event_content (event_id, salt, content) VALUES (event_id, salt, content);
    RETURN NULL;
END $$;
CREATE TRIGGER told AFTER INSERT ON epoch FOR EACH ROW EXECUTE FUNCTION tell_of_epoch();
ALTER TABLE epoch ENABLE ALWAYS TRIGGER told;
REVOKE ALL ON FUNCTION tell_of_epoch FROM PUBLIC;
