-- Balances: once a day what stands on every guarded account, after a seal, goes into a tree of its own (RFC 9162), and
-- the root of that is sealed. The database makes each leaf once more from the rows before it keeps a tile of them.
SET LOCAL lock_timeout = '5s';

CREATE TABLE balance_tile (
    size bigint NOT NULL,
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    number bigint NOT NULL CHECK (number >= 0),
    accounts bigint[] NOT NULL,
    amounts bigint[] NOT NULL CHECK (cardinality(amounts) = cardinality(accounts)),
    hashes bytea NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (size, level, number),
    CHECK (cardinality(accounts) = CASE WHEN level = 0 THEN octet_length(hashes) / 32 ELSE 0 END)
);
COMMENT ON TABLE balance_tile IS 'Of the newest trees of balances: 256 accounts with what stood on them, and their hashes, so that a holder gets a proof.';
-- The table is new.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX balance_tile_account ON balance_tile (size, (accounts[1])) WHERE level = 0;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON balance_tile EXECUTE FUNCTION refuse_write();
CREATE TRIGGER only_by_ledger BEFORE INSERT OR DELETE ON balance_tile EXECUTE FUNCTION refuse_write_unless_ledger();
ALTER TABLE balance_tile ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE balance_tile ENABLE ALWAYS TRIGGER only_by_ledger;

GRANT SELECT, INSERT, DELETE ON balance_tile TO ledger_municipality;
GRANT SELECT ON balance_tile TO app_municipality;

SET LOCAL ROLE ledger_municipality;

-- What stood on guarded accounts after the first so many leaves, a page of them in the order of their numbers: what stands
-- there now without all that came later. Below a seal everything is decided, so the answer is the same at any moment.
CREATE FUNCTION balance_rows(at_size bigint, after bigint, most integer) RETURNS TABLE (account bigint, unit text, amount bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET jit = off AS $$
DECLARE
    sealed seal_checkpoint;
BEGIN
    SELECT * INTO sealed FROM seal_checkpoint c WHERE c.size = at_size;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PA303', MESSAGE = 'there is no seal over so many leaves';
    END IF;
    RETURN QUERY
    WITH page AS (
        SELECT a.id, a.unit FROM account a
        WHERE a.guarded AND a.id > after AND (a.epoch < sealed.epoch OR a.epoch = sealed.epoch AND a.xid < sealed.xid)
        ORDER BY a.id LIMIT most
    ), later AS (
        SELECT t.debit, t.credit, t.amount FROM transfer t WHERE t.epoch = sealed.epoch AND t.xid >= sealed.xid
        UNION ALL
        SELECT t.debit, t.credit, t.amount FROM epoch e JOIN transfer t ON t.epoch = e.number AND t.xid >= e.first_xid WHERE e.number > sealed.epoch
    ), moved AS (
        SELECT m.id, sum(m.amount)::bigint AS amount
        FROM later l CROSS JOIN LATERAL (VALUES (l.debit, -l.amount), (l.credit, l.amount)) m (id, amount) GROUP BY m.id
    )
    SELECT p.id, p.unit, b.amount - coalesce(m.amount, 0) FROM page p JOIN balance b ON b.account_id = p.id LEFT JOIN moved m ON m.id = p.id
    ORDER BY p.id;
END $$;

-- Keeps whole tiles of leaves, after those up to an account; the last one may be less than whole. Again does nothing.
CREATE FUNCTION keep_balance_tiles(at_size bigint, after bigint, first bigint, tiles bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
DECLARE
    differ bigint;
BEGIN
    WITH found AS (
        SELECT r.*, (row_number() OVER (ORDER BY r.account) - 1) / 256 AS tile,
            sha256('\x00'::bytea || int2send(1::smallint) || int2send(8::smallint) || int8send(r.account)
                || int2send(octet_length(r.unit)::smallint) || convert_to(r.unit, 'UTF8') || int8send(r.amount)) AS hash
        FROM balance_rows(at_size, after, 256 * cardinality(tiles)) r
    ), made AS (
        SELECT first + r.tile AS number, array_agg(r.account ORDER BY r.account) AS accounts, array_agg(r.amount ORDER BY r.account) AS amounts,
            string_agg(r.hash, ''::bytea ORDER BY r.account) AS hashes
        FROM found r GROUP BY r.tile
    ), kept AS (
        INSERT INTO balance_tile (size, level, number, accounts, amounts, hashes)
        SELECT at_size, 0, m.number, m.accounts, m.amounts, m.hashes FROM made m ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO differ FROM unnest(tiles) WITH ORDINALITY AS g (hashes, n) FULL JOIN made m ON m.number = first + g.n - 1
    WHERE g.hashes IS DISTINCT FROM m.hashes;
    IF differ > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA304', MESSAGE = format('%s tiles of balances are not what their rows say', differ);
    END IF;
END $$;

-- Notes the root over all accounts of a seal, with the tiles above those of the leaves, and forgets the tiles of older trees.
CREATE FUNCTION note_balances(at_size bigint, root bytea, taken timestamptz, levels smallint[], numbers bigint[], nodes bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
DECLARE
    kept CONSTANT bigint := (SELECT sum(cardinality(t.accounts)) FROM balance_tile t WHERE t.size = at_size AND t.level = 0);
    sealed seal_checkpoint;
BEGIN
    SELECT * INTO sealed FROM seal_checkpoint c WHERE c.size = at_size;
    IF kept IS DISTINCT FROM (SELECT count(*) FROM account a
        WHERE a.guarded AND (a.epoch < sealed.epoch OR a.epoch = sealed.epoch AND a.xid < sealed.xid)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA305', MESSAGE = 'a tree of balances is over all guarded accounts of its seal';
    END IF;
    INSERT INTO balance_tile (size, level, number, accounts, amounts, hashes)
    SELECT at_size, u.level, u.number, '{}', '{}', u.hashes FROM unnest(levels, numbers, nodes) AS u (level, number, hashes) ON CONFLICT DO NOTHING;
    INSERT INTO balance_tree (size, root, accounts, taken_at, epoch) VALUES (at_size, root, kept, taken, (SELECT max(e.number) FROM epoch e));
    DELETE FROM balance_tile t WHERE t.size < (SELECT max(b.size) FROM balance_tree b WHERE b.size < at_size);
    RETURN kept;
END $$;

REVOKE ALL ON FUNCTION balance_rows, keep_balance_tiles, note_balances FROM PUBLIC;
GRANT EXECUTE ON FUNCTION balance_rows TO app_municipality, auditor_municipality;
GRANT EXECUTE ON FUNCTION keep_balance_tiles, note_balances TO app_municipality;

SET LOCAL ROLE owner_municipality;
