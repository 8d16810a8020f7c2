-- What a helper asked for a year that is over is closed, and what was closed is deleted on its clock.
SET LOCAL lock_timeout = '5s';

-- squawk-ignore ban-drop-constraint
ALTER TABLE helper_application DROP CONSTRAINT helper_application_state_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE helper_application ADD CONSTRAINT helper_application_state_check CHECK (state IN ('received', 'matched', 'handled', 'expired'));

CREATE FUNCTION forget_helper_applications(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM helper_application WHERE id IN (
        SELECT a.id FROM helper_application a
        WHERE a.state <> 'received' AND a.handled_at < least(before, clock_timestamp() - interval '42 days')
        ORDER BY a.id LIMIT most
        FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

REVOKE ALL ON FUNCTION forget_helper_applications FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_helper_applications TO app_municipality;
