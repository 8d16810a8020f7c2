-- A sandbox is a municipality in which makers of tills try things without money. It is one from the start, for good.
SET LOCAL lock_timeout = '5s';

ALTER TABLE municipality ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN municipality.sandbox IS 'Its money never leaves and nobody in it exists; whatever counts over municipalities leaves it out.';

CREATE FUNCTION refuse_change_of_sandbox() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PA191', MESSAGE = 'whether a municipality is a sandbox never changes';
END $$;
CREATE TRIGGER sandbox_stays BEFORE UPDATE ON municipality
    FOR EACH ROW WHEN (OLD.sandbox <> NEW.sandbox) EXECUTE FUNCTION refuse_change_of_sandbox();
ALTER TABLE municipality ENABLE ALWAYS TRIGGER sandbox_stays;
