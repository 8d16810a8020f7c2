-- Seals: what was booked and changed gets a number in a tree of hashes (RFC 9162), below positions where nothing
-- can come in any more. The database makes the leaves once more from the rows before it takes them, so whoever
-- seals, seals what stands there; the signature is made outside it, with a key that is not in it.
SET LOCAL lock_timeout = '5s';

CREATE TABLE seal_key (
    key_id text PRIMARY KEY CHECK (key_id ~ '^[a-z0-9_.-]{1,64}$'),
    purpose text NOT NULL CHECK (purpose IN ('seal', 'receipt')),
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    made_at timestamptz NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
COMMENT ON TABLE seal_key IS 'The public side of each key that signs seals and receipts; that a key came is itself sealed.';

CREATE TABLE seal_leaf (
    number bigint PRIMARY KEY CHECK (number >= 0),
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 7),
    key bytea NOT NULL CHECK (octet_length(key) BETWEEN 4 AND 64),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE seal_leaf IS 'What stands at each place of the tree: the kind of row, its key, and the hash of all that it says.';
CREATE UNIQUE INDEX seal_leaf_once ON seal_leaf (key, kind);

CREATE TABLE seal_node (
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 7),
    number bigint NOT NULL CHECK (number >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, number)
);
COMMENT ON TABLE seal_node IS 'The hash over each whole 256^level leaves, so that a proof reads a few hundred hashes and not all.';

CREATE TABLE seal_checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 10000)
);
COMMENT ON TABLE seal_checkpoint IS 'A signed note over the first so many leaves; they are all that stood before this position (epoch, xid).';

CREATE TABLE balance_tree (
    size bigint PRIMARY KEY,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    accounts bigint NOT NULL CHECK (accounts > 0),
    taken_at timestamptz NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
COMMENT ON TABLE balance_tree IS 'The root over what stood on every guarded account after the first so many leaves; sealed itself.';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_key EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_leaf EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_node EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal_checkpoint EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON balance_tree EXECUTE FUNCTION refuse_write();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON seal_key EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON seal_leaf EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON seal_node EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON seal_checkpoint EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON balance_tree EXECUTE FUNCTION refuse_write_unless_ledger();
ALTER TABLE seal_key ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE seal_leaf ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE seal_node ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE seal_checkpoint ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE balance_tree ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE seal_key ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE seal_leaf ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE seal_node ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE seal_checkpoint ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE balance_tree ENABLE ALWAYS TRIGGER only_by_ledger;

-- Found by transaction, as entries and transfers are.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX account_position ON account USING brin (xid) WITH (pages_per_range = 32);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX usable_change_position ON usable_change USING brin (xid) WITH (pages_per_range = 32);

GRANT SELECT ON event TO ledger_municipality;
GRANT SELECT, INSERT ON seal_key, seal_leaf, seal_node, seal_checkpoint, balance_tree TO ledger_municipality;
GRANT SELECT ON seal_key, seal_leaf, seal_node, seal_checkpoint, balance_tree TO app_municipality;

SET LOCAL ROLE ledger_municipality;

-- Every row between two positions of one epoch, as the bytes that its leaf hashes, in the order of the tree. Fields
-- of fixed width, big-endian; a text has its length before it; what is absent is zero. docs/seals.md has the format.
CREATE FUNCTION seal_rows(of_epoch integer, from_xid bigint, to_xid bigint) RETURNS TABLE (kind smallint, key bytea, data bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_nestloop = off SET jit = off AS $$
    WITH nobody AS (SELECT '00000000-0000-0000-0000-000000000000'::uuid AS id), line AS (
        SELECT t.entry_id, count(*) AS lines, string_agg(int2send(t.line) || int8send(t.debit) || int8send(t.credit) || int8send(t.amount)
            || int8send(coalesce(t.debit_turn, 0)) || int8send(coalesce(t.debit_number, 0)) || int8send(coalesce(t.credit_number, 0))
            || int2send(coalesce(t.reversed_line, 0::smallint)), ''::bytea ORDER BY t.line) AS data
        FROM transfer t WHERE t.epoch = of_epoch AND t.xid >= from_xid AND t.xid < to_xid GROUP BY t.entry_id
    ), found AS (
        SELECT e.xid, 4::smallint AS kind, uuid_send(e.id) AS key,
            int2send(octet_length(e.kind)::smallint) || convert_to(e.kind, 'UTF8')
            || int2send(octet_length(coalesce(e.refusal, ''))::smallint) || convert_to(coalesce(e.refusal, ''), 'UTF8')
            || e.fingerprint || int8send(e.total) || uuid_send(coalesce(e.reverses, n.id)) || int4send(coalesce(e.reversal_number, 0))
            || uuid_send(coalesce(e.replaces, n.id)) || timestamptz_send(e.occurred_at) || timestamptz_send(e.recorded_at) || date_send(e.period)
            || int2send(octet_length(e.actor_kind)::smallint) || convert_to(e.actor_kind, 'UTF8') || uuid_send(e.actor_id)
            || int2send(coalesce(l.lines, 0)::smallint) || coalesce(l.data, ''::bytea) AS body
        FROM entry e CROSS JOIN nobody n LEFT JOIN line l ON l.entry_id = e.id
        WHERE e.epoch = of_epoch AND e.xid >= from_xid AND e.xid < to_xid
        UNION ALL
        SELECT a.xid, 2::smallint, int8send(a.id),
            int2send(octet_length(a.kind)::smallint) || convert_to(a.kind, 'UTF8') || int2send(octet_length(a.unit)::smallint) || convert_to(a.unit, 'UTF8')
            || uuid_send(coalesce(a.scheme_id, n.id)) || int2send(coalesce(a.budget_year, 0::smallint)) || uuid_send(coalesce(a.subject_id, n.id))
            || int2send((a.guarded::integer + 2 * (a.usable_from IS NOT NULL)::integer)::smallint) || timestamptz_send(a.opened_at)
            || timestamptz_send(coalesce(a.usable_from, '2000-01-01Z')) || timestamptz_send(coalesce(a.usable_until, '2000-01-01Z'))
        FROM account a CROSS JOIN nobody n WHERE a.epoch = of_epoch AND a.xid >= from_xid AND a.xid < to_xid
        UNION ALL
        SELECT u.xid, 3::smallint, int8send(u.account_id) || int4send(u.number),
            timestamptz_send(u.usable_from) || timestamptz_send(u.usable_until) || timestamptz_send(u.recorded_at)
        FROM usable_change u WHERE u.epoch = of_epoch AND u.xid >= from_xid AND u.xid < to_xid
        UNION ALL
        SELECT p.first_xid, 1::smallint, int4send(p.number), timestamptz_send(p.started_at) || sha256(convert_to(p.reason, 'UTF8'))
        FROM epoch p WHERE p.number = of_epoch AND p.first_xid >= from_xid AND p.first_xid < to_xid
        UNION ALL
        SELECT v.xid, 5::smallint, uuid_send(v.id),
            int2send(octet_length(v.kind)::smallint) || convert_to(v.kind, 'UTF8')
            || int2send(octet_length(v.subject_kind)::smallint) || convert_to(v.subject_kind, 'UTF8') || uuid_send(v.subject_id)
            || int2send(octet_length(v.actor_kind)::smallint) || convert_to(v.actor_kind, 'UTF8') || uuid_send(v.actor_id)
            || uuid_send(coalesce(v.on_behalf_of, n.id)) || v.content_hash || timestamptz_send(v.recorded_at)
        FROM event v CROSS JOIN nobody n WHERE v.epoch = of_epoch AND v.xid >= from_xid AND v.xid < to_xid
        UNION ALL
        SELECT k.xid, 6::smallint, convert_to(k.key_id, 'UTF8'),
            int2send(octet_length(k.purpose)::smallint) || convert_to(k.purpose, 'UTF8') || k.public_key || timestamptz_send(k.made_at)
        FROM seal_key k WHERE k.epoch = of_epoch AND k.xid >= from_xid AND k.xid < to_xid
        UNION ALL
        SELECT b.xid, 7::smallint, int8send(b.size), b.root || int8send(b.accounts) || timestamptz_send(b.taken_at)
        FROM balance_tree b WHERE b.epoch = of_epoch AND b.xid >= from_xid AND b.xid < to_xid
    )
    SELECT f.kind, f.key, int2send(1::smallint) || int2send(f.kind) || int4send(of_epoch) || int8send(f.xid)
        || int2send(octet_length(f.key)::smallint) || f.key || f.body
    FROM found f ORDER BY f.xid, f.kind, f.key
$$;

-- Seals the rows of one epoch up to a position: leaves in their order, the whole subtrees they end, and the signed
-- note over all. Refuses another order or hash than the rows make now, a gap, and what may still be added to.
CREATE FUNCTION seal(of_epoch integer, from_xid bigint, to_xid bigint, first bigint, kinds smallint[], keys bytea[], hashes bytea[],
    levels smallint[], numbers bigint[], nodes bytea[], root bytea, note text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
DECLARE
    forever CONSTANT bigint := 9223372036854775807;
    horizon CONSTANT bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    next_began CONSTANT bigint := (SELECT min(e.first_xid) FROM epoch e WHERE e.number > of_epoch);
    last seal_checkpoint;
    differ bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema || '.seal'));
    SELECT * INTO last FROM seal_checkpoint c ORDER BY c.size DESC LIMIT 1;
    IF (cardinality(kinds) = cardinality(keys) AND cardinality(kinds) = cardinality(hashes) AND cardinality(kinds) > 0
        AND cardinality(levels) = cardinality(numbers) AND cardinality(levels) = cardinality(nodes)
        AND first = coalesce(last.size, 0) AND to_xid > from_xid
        AND CASE WHEN last.epoch IS NULL THEN of_epoch = (SELECT min(e.number) FROM epoch e) AND from_xid = 0
            WHEN last.epoch = of_epoch THEN from_xid = last.xid
            ELSE from_xid = 0 AND of_epoch = last.epoch + 1
                AND NOT EXISTS (SELECT 1 FROM seal_rows(last.epoch, last.xid, forever)) END
        AND CASE WHEN next_began IS NULL THEN to_xid <= horizon ELSE to_xid = forever AND next_began < horizon END) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA300', MESSAGE = 'this seal does not go on from the last one, or up to where something can still come in';
    END IF;
    SELECT count(*) INTO differ
    FROM (SELECT r.kind, r.key, sha256('\x00'::bytea || r.data) AS hash, row_number() OVER () AS n FROM seal_rows(of_epoch, from_xid, to_xid) r) r
    FULL JOIN unnest(kinds, keys, hashes) WITH ORDINALITY AS g (kind, key, hash, n) ON g.n = r.n
    WHERE (g.kind, g.key, g.hash) IS DISTINCT FROM (r.kind, r.key, r.hash);
    IF differ > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA301', MESSAGE = format('%s leaves of this seal are not what their rows say', differ);
    END IF;
    INSERT INTO seal_leaf (number, kind, key, hash) SELECT first + g.n - 1, g.kind, g.key, g.hash
    FROM unnest(kinds, keys, hashes) WITH ORDINALITY AS g (kind, key, hash, n) ORDER BY g.n;
    INSERT INTO seal_node (level, number, hash) SELECT * FROM unnest(levels, numbers, nodes);
    INSERT INTO seal_checkpoint (size, root, epoch, xid, note) VALUES (first + cardinality(kinds), root, of_epoch, to_xid, note);
END $$;

-- Notes the public side of a key; again does nothing, and another key under its name is refused.
CREATE FUNCTION note_seal_key(id text, for_purpose text, key bytea, made timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO seal_key (key_id, purpose, public_key, made_at, epoch) VALUES (id, for_purpose, key, made, (SELECT max(e.number) FROM epoch e))
    ON CONFLICT (key_id) DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM seal_key k WHERE k.key_id = id AND k.purpose = for_purpose AND k.public_key = key) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA302', MESSAGE = 'this key has another public side than was noted of it';
    END IF;
END $$;

REVOKE ALL ON FUNCTION seal_rows, seal, note_seal_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_rows, seal, note_seal_key TO app_municipality;

SET LOCAL ROLE owner_municipality;
