-- Whether anything waits for a seal, in one look: where nothing happens the sealer asks this every few seconds.
SET LOCAL lock_timeout = '5s';

SET LOCAL ROLE ledger_municipality;

CREATE FUNCTION seal_waits() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET jit = off AS $$
DECLARE
    horizon CONSTANT bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    last seal_checkpoint;
BEGIN
    SELECT * INTO last FROM seal_checkpoint c ORDER BY c.size DESC LIMIT 1;
    RETURN last.epoch IS NULL
        OR EXISTS (SELECT 1 FROM epoch e WHERE e.number > last.epoch)
        OR EXISTS (SELECT 1 FROM entry e WHERE e.epoch = last.epoch AND e.xid >= last.xid AND e.xid < horizon)
        OR EXISTS (SELECT 1 FROM event v WHERE v.epoch = last.epoch AND v.xid >= last.xid AND v.xid < horizon)
        OR EXISTS (SELECT 1 FROM account a WHERE a.epoch = last.epoch AND a.xid >= last.xid AND a.xid < horizon)
        OR EXISTS (SELECT 1 FROM usable_change u WHERE u.epoch = last.epoch AND u.xid >= last.xid AND u.xid < horizon)
        OR EXISTS (SELECT 1 FROM seal_key k WHERE k.epoch = last.epoch AND k.xid >= last.xid AND k.xid < horizon)
        OR EXISTS (SELECT 1 FROM balance_tree b WHERE b.epoch = last.epoch AND b.xid >= last.xid AND b.xid < horizon);
END $$;
COMMENT ON FUNCTION seal_waits IS 'A transfer never comes without its entry, so that is not looked at.';

REVOKE ALL ON FUNCTION seal_waits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_waits TO app_municipality;

SET LOCAL ROLE owner_municipality;
