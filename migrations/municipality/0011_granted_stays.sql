-- What was decided and granted stays as it was, and so does the version of a scheme it was granted under.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision EXECUTE FUNCTION refuse_write();
ALTER TABLE decision ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON scheme_grant EXECUTE FUNCTION refuse_write();
ALTER TABLE scheme_grant ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON scheme_version EXECUTE FUNCTION refuse_write();
ALTER TABLE scheme_version ENABLE ALWAYS TRIGGER append_only;

-- Of a version only the end and the status ever change, and the end never to before a day from which
-- something was granted: another version could then be laid over that day.
CREATE FUNCTION refuse_rewriting_a_version() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF to_jsonb(NEW) - '{valid_until,status}'::text[] <> to_jsonb(OLD) - '{valid_until,status}'::text[] THEN
        RAISE EXCEPTION USING ERRCODE = 'PA203', MESSAGE = 'a version of a scheme is never rewritten; add another one';
    END IF;
    IF coalesce(NEW.valid_until, 'infinity') < coalesce(OLD.valid_until, 'infinity') AND EXISTS (
        SELECT 1 FROM scheme_grant g WHERE g.scheme_version_id = NEW.id AND g.starts_on >= NEW.valid_until
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA202', MESSAGE = 'a version of a scheme cannot end before what was granted under it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_rewriting_a_version BEFORE UPDATE ON scheme_version
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_a_version();
ALTER TABLE scheme_version ENABLE ALWAYS TRIGGER refuse_rewriting_a_version;
