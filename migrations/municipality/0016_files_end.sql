-- A file that was handed over is gone when its job ends, however it ends; what became of it stays.
SET LOCAL lock_timeout = '5s';

ALTER TABLE import ADD COLUMN problem text;
COMMENT ON COLUMN import.problem IS 'Why the file was not read, or not to its end; null when it was.';
GRANT UPDATE (problem) ON import TO app_municipality;

-- Jobs end in several ways (done, refused, tried too often, lost with their worker); files end with each.
CREATE FUNCTION end_file_of_job() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM upload WHERE id = (NEW.arguments ->> 'upload_id')::uuid;
    IF NEW.state = 'failed' THEN
        UPDATE import i SET ended_at = NEW.ended_at, problem = coalesce(NEW.problem ->> 'detail', ''),
            added = c.added, changed = c.changed, same = c.same, refused = c.refused
        FROM (
            SELECT count(*) FILTER (WHERE outcome = 'added') AS added, count(*) FILTER (WHERE outcome = 'changed') AS changed,
                count(*) FILTER (WHERE outcome = 'same') AS same, count(*) FILTER (WHERE outcome = 'refused') AS refused
            FROM import_row WHERE import_id = (NEW.arguments ->> 'import_id')::uuid
        ) c
        WHERE i.id = (NEW.arguments ->> 'import_id')::uuid AND i.ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER end_file AFTER UPDATE OF state ON job FOR EACH ROW
    WHEN (NEW.state IN ('done', 'failed') AND NEW.arguments ? 'upload_id') EXECUTE FUNCTION end_file_of_job();
