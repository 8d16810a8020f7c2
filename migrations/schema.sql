-- What migrations/municipality/*.sql add up to. Written by: make schema. Never edit it.

CREATE SCHEMA municipality;

ALTER SCHEMA municipality OWNER TO owner_municipality;

CREATE FUNCTION municipality.account_below_zero(account bigint, OUT balance_cents bigint, OUT below_since timestamp with time zone) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
    WITH moved AS (
        SELECT t.entry_id, t.epoch, t.xid, t.amount FROM transfer t WHERE t.credit = account
        UNION ALL
        SELECT t.entry_id, t.epoch, t.xid, -t.amount FROM transfer t WHERE t.debit = account
    ), standing AS (
        SELECT e.recorded_at, dense_rank() OVER w AS step, sum(m.amount) OVER w AS cents
        FROM moved m JOIN entry e ON e.id = m.entry_id WINDOW w AS (ORDER BY e.recorded_at, m.epoch, m.xid)
    )
    SELECT coalesce((SELECT sum(m.amount) FROM moved m), 0)::bigint,
        (SELECT min(s.recorded_at) FROM standing s WHERE s.step > coalesce((SELECT max(p.step) FROM standing p WHERE p.cents >= 0), 0))
$$;

ALTER FUNCTION municipality.account_below_zero(account bigint, OUT balance_cents bigint, OUT below_since timestamp with time zone) OWNER TO owner_municipality;

CREATE FUNCTION municipality.add_witness(of_name text, key bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    is_new boolean;
BEGIN
    INSERT INTO seal_witness (name, public_key) VALUES (of_name, key) ON CONFLICT (name) DO NOTHING;
    is_new := FOUND;
    IF NOT EXISTS (SELECT 1 FROM seal_witness w WHERE w.name = of_name AND w.public_key = key) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA306', MESSAGE = 'a witness keeps the key that it was known by; a new key gets a new name';
    END IF;
    RETURN is_new;
END $$;

ALTER FUNCTION municipality.add_witness(of_name text, key bytea) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.appropriate(entry uuid, print bytea, scheme uuid, year smallint, cover text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    source CONSTANT bigint := (SELECT id FROM account WHERE kind = 'cover' AND unit = 'cents');
    target CONSTANT bigint := (SELECT account_id FROM appropriation WHERE scheme_id = scheme AND budget_year = year);
    outcome text;
BEGIN
    outcome := (book(ARRAY[entry], ARRAY['appropriate'], ARRAY[NULL::text], ARRAY[print], ARRAY[NULL::uuid], ARRAY[NULL::uuid],
        ARRAY[occurred], ARRAY[by_kind], ARRAY[by_id], ARRAY[least(source, target), greatest(source, target)],
        ARRAY[1], ARRAY[CASE WHEN source < target THEN 1 ELSE 2 END], ARRAY[CASE WHEN source < target THEN 2 ELSE 1 END],
        ARRAY[amount], ARRAY[NULL::smallint], ARRAY[NULL::bigint]))[1];
    IF outcome = 'booked' THEN
        INSERT INTO appropriation_line (id, scheme_id, budget_year, cover_line, amount_cents, recorded_by)
        VALUES (entry, scheme, year, cover, amount, by_id);
    END IF;
    RETURN outcome;
END $$;

ALTER FUNCTION municipality.appropriate(entry uuid, print bytea, scheme uuid, year smallint, cover text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid) OWNER TO owner_municipality;

CREATE FUNCTION municipality.approve_settlement(run uuid, approver uuid, approved timestamp with time zone, paying_on date, payer text, paying_from text, candidate bigint, entries uuid[], prints bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    ours settlement_run := (SELECT r FROM settlement_run r WHERE r.id = run FOR NO KEY UPDATE);
    run_account bigint;
    lines CONSTANT integer := (SELECT count(*) FROM settlement_line l WHERE l.run_id = run);
BEGIN
    IF lines = 0 OR cardinality(entries) IS DISTINCT FROM lines
        OR lines <> (SELECT max(l.number) FROM settlement_line l WHERE l.run_id = run)
        OR EXISTS (
            SELECT 1 FROM settlement_line l LEFT JOIN (
                SELECT DISTINCT ON (p.merchant_id) p.merchant_id, p.id FROM payout_account p WHERE p.usable_from <= approved
                ORDER BY p.merchant_id, p.usable_from DESC, p.proposed_at DESC
            ) u ON u.merchant_id = l.merchant_id
            WHERE l.run_id = run AND u.id IS DISTINCT FROM l.payout_account_id)
        OR settlement_differs(run, ours.cutoff_epoch, ours.cutoff_xid) <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA243', MESSAGE = 'what the lines of this settlement say is not what the books say';
    END IF;
    run_account := (open_accounts(ARRAY[candidate], ARRAY['run'], ARRAY['cents'], ARRAY[NULL::uuid], ARRAY[NULL::smallint], ARRAY[run],
        ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
    PERFORM book_settlement('settle', entries, prints, array_agg(l.account_id ORDER BY l.number),
        array_agg(run_account), array_agg(l.amount_cents ORDER BY l.number), approved, approver)
    FROM settlement_line l WHERE l.run_id = run;
    UPDATE settlement_line l SET state = 'approved', settle_entry_id = entries[l.number] WHERE l.run_id = run;
    UPDATE settlement_run SET state = 'approved', approved_at = approved, approved_by = approver, account_id = run_account,
        pays_on = paying_on, payer_name = payer, payer_iban = paying_from
    WHERE id = run;
END $$;

ALTER FUNCTION municipality.approve_settlement(run uuid, approver uuid, approved timestamp with time zone, paying_on date, payer text, paying_from text, candidate bigint, entries uuid[], prints bytea[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.balance_rows(at_size bigint, after bigint, most integer) RETURNS TABLE(account bigint, unit text, amount bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
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

ALTER FUNCTION municipality.balance_rows(at_size bigint, after bigint, most integer) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.book(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_reverses uuid[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], line_seen bigint[]) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    items CONSTANT integer := cardinality(item_ids);
    lines CONSTANT integer := cardinality(line_items);
    size CONSTANT integer := cardinality(accounts);
    guarded_ids bigint[];
    guarded_amounts bigint[];
    guarded_movements bigint[];
    guarded_debits bigint[];
    guarded_from timestamptz[];
    guarded_until timestamptz[];
    amounts bigint[] := array_fill(NULL::bigint, ARRAY[size]);
    deltas bigint[] := array_fill(0::bigint, ARRAY[size]);
    movements bigint[] := array_fill(0::bigint, ARRAY[size]);
    moves bigint[] := array_fill(0::bigint, ARRAY[size]);
    debits bigint[] := array_fill(0::bigint, ARRAY[size]);
    turns bigint[] := array_fill(0::bigint, ARRAY[size]);
    usable_from timestamptz[] := array_fill(NULL::timestamptz, ARRAY[size]);
    usable_until timestamptz[] := array_fill(NULL::timestamptz, ARRAY[size]);
    debit_turns bigint[] := array_fill(NULL::bigint, ARRAY[lines]);
    debit_numbers bigint[] := array_fill(NULL::bigint, ARRAY[lines]);
    credit_numbers bigint[] := array_fill(NULL::bigint, ARRAY[lines]);
    line_numbers smallint[] := array_fill(0::smallint, ARRAY[lines]);
    totals bigint[] := array_fill(0::bigint, ARRAY[items]);
    reversal_numbers integer[] := array_fill(NULL::integer, ARRAY[items]);
    reversible bigint[];
    known text[];
    outcomes text[] := array_fill(NULL::text, ARRAY[items]);
    stored boolean[] := array_fill(false, ARRAY[items]);
    has_twins boolean;
    has_reversals boolean;
    outcome text;
    twin integer;
    debit integer;
    credit integer;
    amount bigint;
    at integer := 1;
    first integer;
    place integer;
    expected integer := 0;
    written integer;
    moved_lines integer := 0;
    moved_ids bigint[];
    current_epoch CONSTANT integer := (SELECT e.number FROM epoch e ORDER BY e.number DESC LIMIT 1);
    current_xid CONSTANT bigint := pg_current_xact_id()::text::bigint;
    booked_at timestamptz;
    open_period date;
BEGIN
    IF items NOT BETWEEN 1 AND 1024 OR current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'book takes 1 to 1024 items, at READ COMMITTED';
    END IF;
    IF (items = ALL (ARRAY[cardinality(item_kinds), cardinality(item_refusals), cardinality(item_fingerprints),
            cardinality(item_reverses), cardinality(item_replaces), cardinality(item_occurred),
            cardinality(item_actor_kinds), cardinality(item_actors)])
        AND lines = ALL (ARRAY[cardinality(line_debits), cardinality(line_credits), cardinality(line_amounts),
            cardinality(line_reversed), cardinality(line_seen)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;

    -- Lock what can run out, in key order: the only order in the program.
    SELECT array_agg(b.account_id), array_agg(b.amount), array_agg(b.movements),
        array_agg(b.debits), array_agg(b.usable_from), array_agg(b.usable_until)
    INTO guarded_ids, guarded_amounts, guarded_movements, guarded_debits, guarded_from, guarded_until
    FROM (
        SELECT * FROM balance WHERE account_id = ANY (accounts)
        ORDER BY account_id
        FOR NO KEY UPDATE
    ) b;

    place := 1;
    FOR n IN 1 .. size LOOP
        IF n > 1 AND accounts[n] <= accounts[n - 1] THEN
            RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'accounts must be strictly ascending';
        END IF;
        IF guarded_ids[place] = accounts[n] THEN
            amounts[n] := guarded_amounts[place];
            movements[n] := guarded_movements[place];
            debits[n] := guarded_debits[place];
            usable_from[n] := guarded_from[place];
            usable_until[n] := guarded_until[place];
            place := place + 1;
        END IF;
    END LOOP;

    -- Every line must be a posting, between accounts of one unit, scheme and year, what must be guarded
    -- is, and what reverses names its original.
    PERFORM 1
    FROM unnest(line_items, line_debits, line_credits, line_amounts, line_reversed) AS l (item, debit, credit, amount, reversed)
    WHERE item_refusals[l.item] IS NULL AND NOT coalesce((
        SELECT l.amount BETWEEN 1 AND 100000000000000 AND da.unit = ca.unit
            AND (da.scheme_id IS NULL OR ca.scheme_id IS NULL OR (da.scheme_id = ca.scheme_id AND da.budget_year = ca.budget_year))
            AND da.guarded = (amounts[l.debit] IS NOT NULL) AND ca.guarded = (amounts[l.credit] IS NOT NULL)
            AND (l.reversed IS NULL OR item_reverses[l.item] IS NOT NULL)
            AND EXISTS (SELECT 1 FROM posting p WHERE p.kind = item_kinds[l.item] AND p.debit = da.kind
                AND p.credit = ca.kind AND p.reverses = (l.reversed IS NOT NULL))
        FROM account da, account ca WHERE da.id = accounts[l.debit] AND ca.id = accounts[l.credit]
    ), false);
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PA111',
            MESSAGE = 'a line is not a posting of its kind, or crosses units, schemes or years, or names an unknown account, or reverses nothing';
    END IF;

    -- An item to book has lines, whose kind was looked up above; a refusal has none.
    PERFORM 1 FROM unnest(item_kinds, item_refusals) AS i (kind, refusal)
    WHERE i.refusal IS NOT NULL AND NOT EXISTS (SELECT 1 FROM posting p WHERE p.kind = i.kind);
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PA111', MESSAGE = 'no posting has this kind';
    END IF;

    has_reversals := EXISTS (SELECT 1 FROM unnest(item_reverses) r (id) WHERE r.id IS NOT NULL);
    IF has_reversals THEN
        PERFORM 1 FROM entry e WHERE e.id = ANY (item_reverses) ORDER BY e.id FOR NO KEY UPDATE;
        -- The number is read before the amounts: whoever reverses in between takes this number first, so
        -- that the unique index refuses this call even where a lock would be missing.
        SELECT array_agg(CASE WHEN i.id IS NOT NULL THEN coalesce((SELECT max(e.reversal_number) FROM entry e WHERE e.reverses = i.id), 0) + 1 END ORDER BY i.n)
        INTO reversal_numbers
        FROM unnest(item_reverses) WITH ORDINALITY AS i (id, n);
        -- What is left of each line reversed, less what earlier lines of the same item take of it.
        SELECT array_agg(l.left_over - coalesce(l.taken, 0) ORDER BY l.n) INTO reversible
        FROM (
            SELECT l.n, sum(l.amount) OVER (PARTITION BY l.item, l.reversed ORDER BY l.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken, (
                SELECT t.amount - coalesce((SELECT r.reversed FROM reversal r WHERE r.entry_id = t.entry_id AND r.line = t.line), 0)
                FROM transfer t, entry o
                WHERE t.entry_id = item_reverses[l.item] AND t.line = l.reversed
                    AND t.debit = accounts[l.credit] AND t.credit = accounts[l.debit]
                    AND o.id = t.entry_id AND o.reverses IS NULL
                    AND CASE item_kinds[l.item]
                        WHEN 'void' THEN o.kind IN ('redeem', 'offline')
                        WHEN 'refund' THEN o.kind IN ('redeem', 'offline', 'confirm', 'capture')
                        ELSE true END
            ) AS left_over
            FROM unnest(line_items, line_debits, line_credits, line_amounts, line_reversed) WITH ORDINALITY AS l (item, debit, credit, amount, reversed, n)
        ) l;
    END IF;

    -- Seen after the locks: whoever booked one of these ids on these accounts has committed by now.
    SELECT array_agg((SELECT CASE WHEN e.fingerprint = i.fingerprint THEN 'replay' ELSE 'misuse' END FROM entry e WHERE e.id = i.id) ORDER BY i.n),
        count(DISTINCT i.id) < items
    INTO known, has_twins
    FROM unnest(item_ids, item_fingerprints) WITH ORDINALITY AS i (id, fingerprint, n);

    FOR item IN 1 .. items LOOP
        first := at;
        outcome := known[item];
        IF outcome IS NULL AND has_twins THEN
            twin := array_position(item_ids, item_ids[item]);
            IF twin < item THEN
                outcome := CASE
                    WHEN item_fingerprints[twin] <> item_fingerprints[item] THEN 'misuse'
                    WHEN stored[twin] THEN 'replay' ELSE outcomes[twin] END;
            END IF;
        END IF;
        IF outcome IS NULL AND has_reversals AND item_reverses[item] IS NOT NULL
            AND array_position(item_reverses, item_reverses[item]) < item THEN
            outcome := 'busy';
        END IF;
        WHILE at <= lines AND line_items[at] = item LOOP
            line_numbers[at] := at - first + 1;
            IF outcome IS NOT NULL THEN
                at := at + 1;
                CONTINUE;
            END IF;
            debit := line_debits[at];
            IF item_refusals[item] IS NOT NULL THEN
                IF movements[debit] <> line_seen[at] THEN
                    outcome := 'moved';
                END IF;
                at := at + 1;
                CONTINUE;
            END IF;
            credit := line_credits[at];
            amount := line_amounts[at];
            IF line_seen[at] IS NOT NULL AND movements[debit] + moves[debit] IS DISTINCT FROM line_seen[at] THEN
                outcome := 'moved';
            ELSIF line_reversed[at] IS NOT NULL AND coalesce(reversible[at] < amount, true) THEN
                outcome := CASE WHEN reversible[at] IS NULL THEN 'not_reversible' ELSE 'over_reversed' END;
            ELSIF amounts[debit] < amount THEN
                outcome := 'insufficient';
            ELSIF item_kinds[item] IN ('redeem', 'offline', 'confirm', 'hold')
                AND NOT (item_occurred[item] >= usable_from[debit] AND item_occurred[item] < usable_until[debit])
                OR item_kinds[item] = 'lapse' AND item_occurred[item] < usable_until[debit] THEN
                outcome := 'not_usable';
            ELSE
                totals[item] := totals[item] + amount;
                deltas[debit] := deltas[debit] - amount;
                deltas[credit] := deltas[credit] + amount;
                IF amounts[debit] IS NOT NULL THEN
                    amounts[debit] := amounts[debit] - amount;
                    moves[debit] := moves[debit] + 1;
                    turns[debit] := turns[debit] + 1;
                    debit_numbers[at] := movements[debit] + moves[debit];
                    debit_turns[at] := debits[debit] + turns[debit];
                END IF;
                IF amounts[credit] IS NOT NULL THEN
                    amounts[credit] := amounts[credit] + amount;
                    moves[credit] := moves[credit] + 1;
                    credit_numbers[at] := movements[credit] + moves[credit];
                END IF;
                at := at + 1;
                CONTINUE;
            END IF;
            -- The item is the atom: take back its lines before this one, newest first.
            FOR undone IN REVERSE at - 1 .. first LOOP
                debit := line_debits[undone];
                credit := line_credits[undone];
                amount := line_amounts[undone];
                deltas[debit] := deltas[debit] + amount;
                deltas[credit] := deltas[credit] - amount;
                IF amounts[debit] IS NOT NULL THEN
                    amounts[debit] := amounts[debit] + amount;
                    moves[debit] := moves[debit] - 1;
                    turns[debit] := turns[debit] - 1;
                END IF;
                IF amounts[credit] IS NOT NULL THEN
                    amounts[credit] := amounts[credit] - amount;
                    moves[credit] := moves[credit] - 1;
                END IF;
            END LOOP;
            at := at + 1;
        END LOOP;
        IF outcome IS NULL THEN
            IF item_refusals[item] IS NULL AND at = first THEN
                RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'an item to book has no lines';
            END IF;
            outcome := CASE WHEN item_refusals[item] IS NULL THEN 'booked' ELSE 'declined' END;
            stored[item] := true;
            expected := expected + 1;
            IF outcome = 'booked' THEN
                moved_lines := moved_lines + at - first;
            END IF;
        END IF;
        outcomes[item] := outcome;
    END LOOP;
    IF at <= lines THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'lines are not grouped in the order of the items';
    END IF;
    IF expected = 0 THEN
        RETURN outcomes;
    END IF;

    booked_at := clock_timestamp();
    open_period := date_trunc('month', booked_at AT TIME ZONE 'Europe/Amsterdam')::date;
    -- Read after this transaction has its id: closing waits for whoever did not see it here.
    WHILE EXISTS (SELECT 1 FROM period_closing c WHERE c.period = open_period AND c.reopened_at IS NULL) LOOP
        open_period := (open_period + interval '1 month')::date;
    END LOOP;

    INSERT INTO entry (id, kind, refusal, fingerprint, total, reverses, reversal_number, replaces,
        occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid)
    SELECT i.id, i.kind, i.refusal, i.fingerprint, CASE WHEN i.refusal IS NULL THEN i.total ELSE 0 END,
        CASE WHEN i.refusal IS NULL THEN i.reverses END, CASE WHEN i.refusal IS NULL THEN i.reversal_number END, i.replaces,
        i.occurred_at, booked_at, open_period, i.actor_kind, i.actor_id, current_epoch, current_xid
    FROM unnest(item_ids, item_kinds, item_refusals, item_fingerprints, totals, item_reverses, reversal_numbers,
            item_replaces, item_occurred, item_actor_kinds, item_actors, stored)
        AS i (id, kind, refusal, fingerprint, total, reverses, reversal_number, replaces, occurred_at, actor_kind, actor_id, stored)
    WHERE i.stored
    ORDER BY i.id
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> expected THEN
        RAISE EXCEPTION USING ERRCODE = 'PA001', MESSAGE = 'an id of this call was booked by another call at the same moment',
            HINT = 'Send the same ids again.';
    END IF;
    IF moved_lines = 0 THEN
        RETURN outcomes;
    END IF;

    INSERT INTO transfer (entry_id, line, debit, credit, amount, debit_turn, debit_number, credit_number, reversed_line, epoch, xid)
    SELECT item_ids[l.item], l.line, accounts[l.debit], accounts[l.credit], l.amount, l.debit_turn, l.debit_number, l.credit_number, l.reversed, current_epoch, current_xid
    FROM unnest(line_items, line_numbers, line_debits, line_credits, line_amounts, debit_turns, debit_numbers, credit_numbers, line_reversed)
        AS l (item, line, debit, credit, amount, debit_turn, debit_number, credit_number, reversed)
    WHERE stored[l.item] AND item_refusals[l.item] IS NULL;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> moved_lines THEN
        RAISE EXCEPTION USING ERRCODE = 'PA112', MESSAGE = 'transfers written do not match the lines decided';
    END IF;

    -- By the accounts that moved, each looked up by its place (width_bucket is a binary search). A join with
    -- unnest() was planned the other way round while the table was small: every balance against every line.
    SELECT array_agg(accounts[m.n]) INTO moved_ids FROM unnest(moves) WITH ORDINALITY AS m (times, n) WHERE m.times > 0;
    UPDATE balance b SET amount = b.amount + deltas[width_bucket(b.account_id, accounts)],
        movements = b.movements + moves[width_bucket(b.account_id, accounts)],
        debits = b.debits + turns[width_bucket(b.account_id, accounts)]
    WHERE b.account_id = ANY (moved_ids);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> coalesce(cardinality(moved_ids), 0) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA112', MESSAGE = 'balances written do not match the accounts moved';
    END IF;

    IF has_reversals THEN
        INSERT INTO reversal AS r (entry_id, line, original, reversed, times)
        SELECT item_reverses[l.item], l.reversed, t.amount, sum(l.amount), 1
        FROM unnest(line_items, line_amounts, line_reversed) AS l (item, amount, reversed)
        JOIN transfer t ON t.entry_id = item_reverses[l.item] AND t.line = l.reversed
        WHERE stored[l.item] AND item_refusals[l.item] IS NULL AND l.reversed IS NOT NULL
        GROUP BY 1, 2, 3
        ON CONFLICT (entry_id, line) DO UPDATE SET reversed = r.reversed + excluded.reversed, times = r.times + 1;
    END IF;
    RETURN outcomes;
END $$;

ALTER FUNCTION municipality.book(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_reverses uuid[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], line_seen bigint[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.book_debit_note(note uuid, receipt integer, cents bigint, received date, entry uuid, print bytea, candidate bigint, booked timestamp with time zone, by_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    ours debit_note := (SELECT n FROM debit_note n WHERE n.id = note FOR NO KEY UPDATE);
    bank bigint := (open_accounts(ARRAY[candidate], ARRAY['bank'], ARRAY['cents'], ARRAY[NULL::uuid], ARRAY[NULL::smallint],
        ARRAY[NULL::uuid], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
BEGIN
    IF (ours.approved_at IS NOT NULL AND cents BETWEEN 1 AND debit_note_outstanding(note)
        AND receipt = 1 + (SELECT count(*) FROM debit_note_receipt r WHERE r.note_id = note)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA278', MESSAGE = 'no more is received for a debit note than what is outstanding of it';
    END IF;
    PERFORM book_settlement('debit_note', ARRAY[entry], ARRAY[print], ARRAY[bank], ARRAY[ours.account_id], ARRAY[cents], booked, by_id);
    INSERT INTO debit_note_receipt (entry_id, note_id, number, amount_cents, received_on, booked_at, booked_by)
    VALUES (entry, note, receipt, cents, received, booked, by_id);
    UPDATE debit_note n SET received_cents = n.received_cents + cents WHERE n.id = note;
END $$;

ALTER FUNCTION municipality.book_debit_note(note uuid, receipt integer, cents bigint, received date, entry uuid, print bytea, candidate bigint, booked timestamp with time zone, by_id uuid) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.book_payments(run uuid, posting_kind text, numbers integer[], day date, because text, entries uuid[], prints bytea[], candidate bigint, booked timestamp with time zone, by_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    ours settlement_run := (SELECT r FROM settlement_run r WHERE r.id = run FOR NO KEY UPDATE);
    bank bigint := (open_accounts(ARRAY[candidate], ARRAY['bank'], ARRAY['cents'], ARRAY[NULL::uuid], ARRAY[NULL::smallint],
        ARRAY[NULL::uuid], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
    pays CONSTANT boolean := posting_kind = 'pay';
BEGIN
    IF (ours.state IN ('exported', 'booked') AND posting_kind IN ('pay', 'bounce') AND cardinality(numbers) = cardinality(entries)
        AND numbers = ARRAY(SELECT DISTINCT n.number FROM unnest(numbers) AS n (number) ORDER BY n.number)
        AND cardinality(numbers) = (SELECT count(*) FROM settlement_line l WHERE l.run_id = run AND l.number = ANY (numbers)
            AND (l.state = 'approved' OR l.state = 'paid' AND NOT pays))) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA244', MESSAGE = 'these lines of a settlement have their outcome already, or their file was not made';
    END IF;
    PERFORM book_settlement(posting_kind, entries, prints,
        array_agg(CASE WHEN l.state = 'paid' THEN bank ELSE ours.account_id END ORDER BY l.number),
        array_agg(CASE WHEN pays THEN bank ELSE l.account_id END ORDER BY l.number),
        array_agg(l.amount_cents ORDER BY l.number), booked, by_id)
    FROM settlement_line l WHERE l.run_id = run AND l.number = ANY (numbers);
    UPDATE settlement_line l SET state = CASE WHEN pays THEN 'paid' ELSE 'returned' END,
        pay_entry_id = CASE WHEN pays THEN entries[width_bucket(l.number, numbers)] ELSE l.pay_entry_id END, paid_on = CASE WHEN pays THEN day ELSE l.paid_on END,
        bounce_entry_id = CASE WHEN NOT pays THEN entries[width_bucket(l.number, numbers)] END, returned_on = CASE WHEN NOT pays THEN day END,
        returned_because = CASE WHEN NOT pays THEN because END
    WHERE l.run_id = run AND l.number = ANY (numbers);
    IF ours.state = 'exported' AND NOT EXISTS (SELECT 1 FROM settlement_line l WHERE l.run_id = run AND l.state = 'approved') THEN
        UPDATE settlement_run SET state = 'booked', booked_at = booked WHERE id = run;
    END IF;
END $$;

ALTER FUNCTION municipality.book_payments(run uuid, posting_kind text, numbers integer[], day date, because text, entries uuid[], prints bytea[], candidate bigint, booked timestamp with time zone, by_id uuid) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.book_settlement(posting_kind text, entries uuid[], prints bytea[], debits bigint[], credits bigint[], amounts bigint[], occurred timestamp with time zone, by_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    places bigint[];
    outcomes text[];
BEGIN
    IF (cardinality(entries) = ALL (ARRAY[cardinality(prints), cardinality(debits), cardinality(credits), cardinality(amounts)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    FOR at IN 1 .. cardinality(entries) BY 1000 LOOP
        SELECT array_agg(u.id ORDER BY u.id) INTO places
        FROM (SELECT unnest(debits[at : at + 999]) AS id UNION SELECT unnest(credits[at : at + 999])) u;
        SELECT book(entries[at : at + 999], array_agg(posting_kind), array_agg(NULL::text), prints[at : at + 999],
            array_agg(NULL::uuid), array_agg(NULL::uuid), array_agg(occurred), array_agg(CASE by_id WHEN '00000000-0000-0000-0000-000000000000' THEN 'system' ELSE 'login' END), array_agg(by_id), places,
            array_agg(l.n::integer ORDER BY l.n), array_agg(width_bucket(l.debit, places) ORDER BY l.n),
            array_agg(width_bucket(l.credit, places) ORDER BY l.n), array_agg(l.amount ORDER BY l.n),
            array_agg(NULL::smallint), array_agg(NULL::bigint))
        INTO outcomes
        FROM unnest(debits[at : at + 999], credits[at : at + 999], amounts[at : at + 999]) WITH ORDINALITY AS l (debit, credit, amount, n);
        IF outcomes IS DISTINCT FROM array_fill('booked'::text, ARRAY[cardinality(outcomes)]) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA242', MESSAGE = 'a payment of a settlement was not booked',
                HINT = 'Nothing of the call is stored. Its entries are there already, or were sent twice.';
        END IF;
    END LOOP;
END $$;

ALTER FUNCTION municipality.book_settlement(posting_kind text, entries uuid[], prints bytea[], debits bigint[], credits bigint[], amounts bigint[], occurred timestamp with time zone, by_id uuid) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.close_period(closing uuid, profile uuid, closer uuid, patience interval) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    began CONSTANT boolean := pg_current_xact_id_if_assigned() IS NULL;
    ours period_closing := (SELECT c FROM period_closing c WHERE c.id = closing FOR NO KEY UPDATE);
    own CONSTANT xid8 := pg_current_xact_id();
    until CONSTANT timestamptz := clock_timestamp() + patience;
BEGIN
    IF NOT began OR ours.id IS NULL OR ours.closed_at IS NOT NULL OR current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION USING ERRCODE = 'PA312', MESSAGE = 'a period is closed once, after it was announced, in a transaction that begins with it';
    END IF;
    WHILE pg_snapshot_xmin(pg_current_snapshot()) < own LOOP
        IF clock_timestamp() > until THEN
            RAISE EXCEPTION USING ERRCODE = 'PA313', MESSAGE = 'somebody who began before the period was closed goes on',
                HINT = 'The period stays announced. Close it again in a while.';
        END IF;
        PERFORM pg_sleep(0.01);
    END LOOP;
    INSERT INTO period_line (closing_id, number, kind, debit, credit, scheme_id, budget_year, transfers, amount_cents, hash)
    SELECT closing, j.number, j.kind, j.debit, j.credit, j.scheme_id, j.budget_year, j.transfers, j.amount_cents,
        sha256(convert_to(jsonb_build_array(ours.period, j.number, j.kind, j.debit, j.credit, j.scheme_id, j.budget_year, j.transfers, j.amount_cents)::text, 'UTF8'))
    FROM (
        SELECT l.*, row_number() OVER (ORDER BY l.kind, l.debit, l.credit, l.budget_year, l.scheme_id)::integer AS number
        FROM journal_of(ours.period) l
    ) j;
    UPDATE period_closing c SET closed_at = clock_timestamp(), closed_by = closer, profile_id = profile,
        lines = l.lines, transfers = l.transfers, total_cents = l.cents, content_hash = l.hash
    FROM (
        SELECT count(*)::integer AS lines, coalesce(sum(p.transfers), 0)::bigint AS transfers, coalesce(sum(p.amount_cents), 0)::bigint AS cents,
            sha256(coalesce(string_agg(p.hash, ''::bytea ORDER BY p.number), ''::bytea)) AS hash
        FROM period_line p WHERE p.closing_id = closing
    ) l
    WHERE c.id = closing;
END $$;

ALTER FUNCTION municipality.close_period(closing uuid, profile uuid, closer uuid, patience interval) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.confirm_award(entry uuid, print bytea, application uuid, payee uuid, invoice text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid, trace text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    today CONSTANT date := (occurred AT TIME ZONE 'Europe/Amsterdam')::date;
    paid_by bigint;
    owed_on bigint;
    subject uuid;
    purpose text;
    places bigint[];
    outcome text;
BEGIN
    PERFORM FROM child_application a WHERE a.id = application FOR UPDATE;
    SELECT CASE WHEN e.fingerprint = print THEN 'replay' ELSE 'misuse' END INTO outcome FROM entry e WHERE e.id = confirm_award.entry;
    IF FOUND THEN
        RETURN outcome;
    END IF;
    SELECT b.account_id, m.account_id, p.resident_id, coalesce((
        SELECT g.category FROM agreement g WHERE g.merchant_id = m.id AND g.category = ANY (v.categories)
            AND g.valid_from <= today AND (g.valid_until IS NULL OR g.valid_until > today) ORDER BY g.category LIMIT 1),
        CASE WHEN cardinality(v.categories) = 1 THEN v.categories[1] END)
    INTO paid_by, owed_on, subject, purpose
    FROM child_application a
    JOIN budget b ON b.application_id = a.id
    JOIN pass p ON p.id = b.pass_id
    JOIN scheme_version v ON v.id = b.scheme_version_id
    JOIN merchant m ON m.id = coalesce(b.merchant_id, a.merchant_id)
    JOIN login l ON l.id = by_id AND l.state = 'active'
    WHERE a.id = application AND a.state = 'awarded' AND m.id = payee AND m.state = 'approved'
        AND (p.ended_on IS NULL OR p.ended_on > today)
        AND CASE m.kind WHEN 'regular' THEN l.merchant_id = m.id
            ELSE EXISTS (SELECT 1 FROM payee_invoice i WHERE i.id = confirm_award.entry AND i.application_id = a.id AND i.merchant_id = m.id
                AND i.amount_cents = amount AND i.invoice_reference = invoice AND i.confirmed_by = by_id AND i.proposed_by <> by_id) END;
    IF NOT FOUND OR was_stated(paid_by, payee, invoice) THEN
        RETURN 'moved';
    END IF;
    places := ARRAY[least(paid_by, owed_on), greatest(paid_by, owed_on)];
    outcome := (book(ARRAY[entry], ARRAY['confirm'], ARRAY[NULL::text], ARRAY[print], ARRAY[NULL::uuid], ARRAY[NULL::uuid],
        ARRAY[occurred], ARRAY[by_kind], ARRAY[by_id], places, ARRAY[1], ARRAY[width_bucket(paid_by, places)],
        ARRAY[width_bucket(owed_on, places)], ARRAY[amount], ARRAY[NULL::smallint], ARRAY[NULL::bigint]))[1];
    IF outcome = 'booked' THEN
        INSERT INTO redemption (entry_id, merchant_id, category, price_cents, taken_cents, invoice_reference, recorded_at)
        VALUES (entry, payee, purpose, amount, amount, invoice, now());
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, taken_cents, trace_id, recorded_at)
        VALUES (subject, 'confirmation', by_kind, by_id, entry, amount, trace, now());
    END IF;
    RETURN outcome;
END $$;

ALTER FUNCTION municipality.confirm_award(entry uuid, print bytea, application uuid, payee uuid, invoice text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid, trace text) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.credited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint) RETURNS TABLE(account_id bigint, cents bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_sort TO 'off'
    SET jit TO 'off'
    AS $$
    SELECT c.id, sum(t.amount)::bigint
    FROM transfer t
    JOIN (SELECT u.id, max(u.epoch) AS epoch, max(u.xid) AS xid FROM unnest(accounts, epochs, xids) AS u (id, epoch, xid) GROUP BY 1) c ON c.id = t.credit
    WHERE (t.epoch > c.epoch OR t.epoch = c.epoch AND t.xid >= c.xid) AND (t.epoch < until_epoch OR t.epoch = until_epoch AND t.xid < until_xid)
    GROUP BY 1
$$;

ALTER FUNCTION municipality.credited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.debit_note_days() RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT coalesce((SELECT (s.value #>> '{}')::integer FROM setting s WHERE s.key = 'debit_note_days' ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1), 90)
$$;

ALTER FUNCTION municipality.debit_note_days() OWNER TO owner_municipality;

CREATE FUNCTION municipality.debit_note_outstanding(note uuid) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT CASE WHEN n.withdrawn_at IS NULL AND n.netted_at IS NULL AND z.below_since <= n.proposed_at
        THEN least(n.amount_cents - n.received_cents, -z.balance_cents) ELSE 0 END
    FROM debit_note n CROSS JOIN LATERAL account_below_zero(n.account_id) z WHERE n.id = note
$$;

ALTER FUNCTION municipality.debit_note_outstanding(note uuid) OWNER TO owner_municipality;

CREATE FUNCTION municipality.debit_note_reference(number integer) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT 'RF' || lpad((98 - ((251028000000000 + number::bigint) % 97 * 1000000 + 271500) % 97)::text, 2, '0') || 'PAS' || lpad(number::text, 9, '0')
$$;

ALTER FUNCTION municipality.debit_note_reference(number integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.debited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint) RETURNS TABLE(account_id bigint, reversed_cents bigint, returned_cents bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
    WITH moved AS (
        SELECT c.id, t.amount AS reversed, 0 AS returned
        FROM unnest(accounts, epochs, xids) AS c (id, epoch, xid)
        JOIN transfer t ON t.debit = c.id JOIN account o ON o.id = t.credit AND o.kind <> 'run'
        WHERE (t.epoch > c.epoch OR t.epoch = c.epoch AND t.xid >= c.xid) AND (t.epoch < until_epoch OR t.epoch = until_epoch AND t.xid < until_xid)
        UNION ALL
        SELECT c.id, 0, t.amount
        FROM account o JOIN transfer t ON t.debit = o.id
        JOIN account a ON a.id = t.credit AND a.kind IN ('merchant', 'payee')
        CROSS JOIN LATERAL (SELECT a.id, epochs[p.n] AS epoch, xids[p.n] AS xid FROM (SELECT array_position(accounts, a.id) AS n) p) c
        WHERE o.kind IN ('run', 'bank')
            AND (t.epoch > c.epoch OR t.epoch = c.epoch AND t.xid >= c.xid) AND (t.epoch < until_epoch OR t.epoch = until_epoch AND t.xid < until_xid)
    )
    SELECT id, sum(reversed)::bigint, sum(returned)::bigint FROM moved GROUP BY 1
$$;

ALTER FUNCTION municipality.debited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.decided_by_hand(decision uuid, login uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT 1 FROM decision d WHERE d.id = decided_by_hand.decision AND d.actor_kind = 'login' AND d.actor_id = login
            AND d.cause IN ('deviation', 'objection', 'income', 'award')
    ) OR EXISTS (
        SELECT 1 FROM deviation v WHERE v.decision_id = decided_by_hand.decision AND login IN (v.proposed_by, v.confirmed_by))
$$;

ALTER FUNCTION municipality.decided_by_hand(decision uuid, login uuid) OWNER TO owner_municipality;

CREATE FUNCTION municipality.end_cards_of_phone() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    UPDATE card SET state = 'ended', state_since = coalesce(NEW.ended_at, clock_timestamp()), state_before_block = NULL
    WHERE phone_session = OLD.id AND state <> 'ended';
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.end_cards_of_phone() OWNER TO owner_municipality;

CREATE FUNCTION municipality.end_file_of_job() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
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

ALTER FUNCTION municipality.end_file_of_job() OWNER TO owner_municipality;

CREATE FUNCTION municipality.follow_offer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM offer WHERE id = NEW.offer_id FOR UPDATE;
    IF NEW.number <> 1 + coalesce((SELECT max(v.number) FROM offer_version v WHERE v.offer_id = NEW.offer_id), 0)
        OR EXISTS (SELECT 1 FROM offer_version v WHERE v.offer_id = NEW.offer_id AND v.is_ended) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA227', MESSAGE = 'a version of an offer follows on its last one, and none on its end';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.follow_offer() OWNER TO owner_municipality;

CREATE FUNCTION municipality.follow_registration() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    stored merchant_registration;
BEGIN
    SELECT * INTO stored FROM merchant_registration WHERE id = NEW.registration_id FOR UPDATE;
    IF NEW.number <> stored.steps + 1 OR (NEW.number = 1) <> (NEW.kind = 'received') OR stored.state IN ('approved', 'refused') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA225', MESSAGE = 'this step does not follow on the last one of the registration';
    END IF;
    IF NEW.kind = 'approved' AND EXISTS (SELECT 1 FROM merchant_registration_step s
        WHERE s.registration_id = NEW.registration_id AND s.said IS NOT NULL AND s.login_id = NEW.login_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA226', MESSAGE = 'whoever typed a registration does not approve it';
    END IF;
    UPDATE merchant_registration SET state = NEW.kind, state_since = NEW.taken_at, steps = NEW.number,
        name = coalesce(NEW.said ->> 'name', name), kvk_number = coalesce(NEW.said ->> 'kvkNumber', kvk_number),
        merchant_id = NEW.merchant_id, login_id = NEW.manager_id
    WHERE id = NEW.registration_id;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.follow_registration() OWNER TO owner_municipality;

CREATE FUNCTION municipality.follow_request() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    stored holder_request;
BEGIN
    SELECT * INTO stored FROM holder_request WHERE id = NEW.request_id FOR UPDATE;
    IF NEW.number <> stored.steps + 1 OR (NEW.number = 1) <> (NEW.kind = 'received')
        OR stored.state IN ('answered', 'withdrawn') OR (NEW.kind = 'replied' AND stored.state <> 'asked') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA295', MESSAGE = 'this step does not follow on the last one of the request';
    END IF;
    IF NEW.kind = 'extended' AND (stored.is_extended OR NEW.answer_by <= stored.answer_by) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA296', MESSAGE = 'the term of a request becomes longer once';
    END IF;
    IF NEW.kind = 'answered' AND decided_by_hand(stored.decision_id, NEW.actor_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA297', MESSAGE = 'whoever decided does not answer the objection to it';
    END IF;
    UPDATE holder_request SET state = NEW.kind, state_since = NEW.taken_at, steps = NEW.number,
        answer_by = coalesce(NEW.answer_by, answer_by), is_extended = is_extended OR NEW.kind = 'extended'
    WHERE id = NEW.request_id;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.follow_request() OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_child_applications(before timestamp with time zone, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM child_application WHERE id IN (
        SELECT a.id FROM child_application a
        WHERE a.decided_at < least(before, clock_timestamp() - CASE a.state
                WHEN 'withdrawn' THEN interval '42 days'
                WHEN 'refused' THEN interval '5 years'
                ELSE interval '10 years' END)
            AND NOT EXISTS (SELECT 1 FROM budget b WHERE b.application_id = a.id)
        ORDER BY a.id LIMIT most
        FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

ALTER FUNCTION municipality.forget_child_applications(before timestamp with time zone, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_helper_applications(before timestamp with time zone, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
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

ALTER FUNCTION municipality.forget_helper_applications(before timestamp with time zone, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_links(months integer, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    today CONSTANT date := (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date;
    forgotten integer;
BEGIN
    IF (months >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'a link is kept for a month at least';
    END IF;
    DELETE FROM budget WHERE account_id IN (
        SELECT b.account_id FROM budget b
        JOIN pass p ON p.id = b.pass_id
        JOIN balance c ON c.account_id = b.account_id
        LEFT JOIN balance v ON v.account_id = b.visits_account_id
        WHERE greatest(p.ends_on, (c.usable_until AT TIME ZONE 'Europe/Amsterdam')::date)
                + make_interval(months => months) <= today
            AND c.amount = 0 AND coalesce(v.amount, 0) = 0
            AND NOT EXISTS (SELECT 1 FROM deviation d WHERE d.resident_id = p.resident_id AND d.year = p.year
                AND d.confirmed_at IS NULL AND d.rejected_at IS NULL)
            AND NOT EXISTS (SELECT 1 FROM processing_log l JOIN transfer t ON t.entry_id = l.entry_id
                WHERE l.subject_id = p.resident_id
                AND (t.debit IN (b.account_id, b.visits_account_id) OR t.credit IN (b.account_id, b.visits_account_id)))
        ORDER BY b.account_id LIMIT most
        FOR UPDATE OF b SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

ALTER FUNCTION municipality.forget_links(months integer, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_phone_codes(before timestamp with time zone, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE gone integer;
BEGIN
    DELETE FROM phone_code_use WHERE nonce IN (
        SELECT u.nonce FROM phone_code_use u WHERE u.used_at < least(before, now() - interval '1 hour') LIMIT most);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

ALTER FUNCTION municipality.forget_phone_codes(before timestamp with time zone, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_registrations(before timestamp with time zone, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    gone uuid[] := ARRAY(SELECT r.id FROM merchant_registration r
        WHERE r.state = 'refused' AND r.state_since < least(before, clock_timestamp() - interval '1 year')
        ORDER BY r.id LIMIT most FOR UPDATE SKIP LOCKED);
BEGIN
    DELETE FROM merchant_registration_step WHERE registration_id = ANY (gone);
    DELETE FROM merchant_registration WHERE id = ANY (gone);
    RETURN cardinality(gone);
END $$;

ALTER FUNCTION municipality.forget_registrations(before timestamp with time zone, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_requests(before timestamp with time zone, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    gone uuid[] := ARRAY(SELECT r.id FROM holder_request r
        WHERE r.state IN ('answered', 'withdrawn') AND r.state_since < least(before, clock_timestamp() - interval '5 years')
        ORDER BY r.id LIMIT most FOR UPDATE SKIP LOCKED);
BEGIN
    DELETE FROM holder_request_step WHERE request_id = ANY (gone);
    DELETE FROM holder_request WHERE id = ANY (gone);
    RETURN cardinality(gone);
END $$;

ALTER FUNCTION municipality.forget_requests(before timestamp with time zone, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_signals(before timestamp with time zone, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM signal WHERE id IN (
        SELECT s.id FROM signal s WHERE s.found_at < least(before, clock_timestamp() - interval '28 days')
        ORDER BY s.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

ALTER FUNCTION municipality.forget_signals(before timestamp with time zone, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.forget_withdrawn_applications(before timestamp with time zone, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM household_application WHERE id IN (
        SELECT a.id FROM household_application a
        WHERE a.state = 'withdrawn' AND a.decided_at < least(before, clock_timestamp() - interval '42 days')
        ORDER BY a.id LIMIT most
        FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

ALTER FUNCTION municipality.forget_withdrawn_applications(before timestamp with time zone, most integer) OWNER TO owner_municipality;

CREATE FUNCTION municipality.free_test_codes(codes bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM sandbox) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA262', MESSAGE = 'only in a sandbox does a code go to another card';
    END IF;
    UPDATE card SET token_hash = sha256(uuid_send(gen_random_uuid())), number_hash = sha256(uuid_send(gen_random_uuid())),
        codes_encrypted = NULL, state = 'ended', state_before_block = NULL, activation_hash = NULL, state_since = clock_timestamp()
    WHERE number_hash = ANY (codes);
END $$;

ALTER FUNCTION municipality.free_test_codes(codes bytea[]) OWNER TO owner_municipality;

CREATE FUNCTION municipality.grant_batch(entries uuid[], prints bytea[], grants uuid[], decisions uuid[], residents uuid[], households text[], schemes uuid[], versions uuid[], years smallint[], claims text[], periods text[], amounts bigint[], visits_granted integer[], starts date[], ends date[], granted date, passes uuid[], budget_accounts bigint[], visit_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], bound_merchants uuid[], lapses date[], occurred timestamp with time zone, by_kind text, by_id uuid) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    size CONSTANT integer := cardinality(entries);
    fresh uuid[];
    take integer[];
    places bigint[];
    outcomes text[];
    answer text[] := array_fill('already'::text, ARRAY[size]);
BEGIN
    IF (size = ALL (ARRAY[cardinality(prints), cardinality(grants), cardinality(decisions), cardinality(residents), cardinality(households),
            cardinality(schemes), cardinality(versions), cardinality(years), cardinality(claims), cardinality(periods), cardinality(amounts),
            cardinality(visits_granted), cardinality(starts), cardinality(ends), cardinality(passes), cardinality(budget_accounts),
            cardinality(visit_accounts), cardinality(grant_batch.usable_from), cardinality(grant_batch.usable_until),
            cardinality(bound_merchants), cardinality(lapses)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    PERFORM 1 FROM lock_pots((
        SELECT array_agg(a.account_id) FROM appropriation a
        WHERE a.closed_pot AND (a.scheme_id, a.budget_year) IN (SELECT * FROM unnest(schemes, years))
    ));
    WITH made AS (
        INSERT INTO scheme_grant (id, decision_id, resident_id, household_number, scheme_id, scheme_version_id, budget_year,
            claim_key, period_key, amount_cents, visits, starts_on, ends_on, granted_on, epoch)
        SELECT g.id, g.decision_id, g.resident_id, g.household, g.scheme_id, g.version_id, g.year, g.claim, g.period,
            g.amount, g.visits, g.starts_on, g.ends_on, granted, (SELECT max(e.number) FROM epoch e)
        FROM unnest(grants, decisions, residents, households, schemes, versions, years, claims, periods, amounts, visits_granted, starts, ends)
            AS g (id, decision_id, resident_id, household, scheme_id, version_id, year, claim, period, amount, visits, starts_on, ends_on)
        ORDER BY g.scheme_id, g.claim, g.period
        ON CONFLICT ON CONSTRAINT granted_once DO NOTHING
        RETURNING id
    )
    SELECT array_agg(id) INTO fresh FROM made;
    SELECT array_agg(n::integer ORDER BY n) INTO take
    FROM unnest(grants) WITH ORDINALITY AS g (id, n) WHERE g.id = ANY (fresh);
    IF take IS NULL THEN
        RETURN answer;
    END IF;

    PERFORM open_accounts(array_agg(a.id), array_agg('budget'::text), array_agg(a.unit), array_agg(a.scheme_id), array_agg(a.year),
        array_agg(NULL::uuid), array_agg(true), array_agg(a.usable_from), array_agg(a.usable_until))
    FROM (
        SELECT budget_accounts[t.n] AS id, 'cents' AS unit, schemes[t.n] AS scheme_id, years[t.n] AS year,
            grant_batch.usable_from[t.n] AS usable_from, grant_batch.usable_until[t.n] AS usable_until
        FROM unnest(take) AS t (n)
        UNION ALL
        SELECT visit_accounts[t.n], 'visits', schemes[t.n], years[t.n], grant_batch.usable_from[t.n], grant_batch.usable_until[t.n]
        FROM unnest(take) AS t (n) WHERE visit_accounts[t.n] IS NOT NULL
    ) a;
    INSERT INTO budget (account_id, visits_account_id, pass_id, scheme_id, scheme_version_id, budget_year, merchant_id, granted_at, lapses_on)
    SELECT budget_accounts[t.n], visit_accounts[t.n], passes[t.n], schemes[t.n], versions[t.n], years[t.n], bound_merchants[t.n], occurred, lapses[t.n]
    FROM unnest(take) AS t (n);

    -- Places are looked up in the sorted accounts (width_bucket is a binary search), not joined.
    SELECT array_agg(id ORDER BY id) INTO places
    FROM (
        SELECT u.id FROM unnest(take) AS t (n), LATERAL (VALUES (budget_accounts[t.n]), (visit_accounts[t.n])) AS u (id)
        UNION
        SELECT u.id FROM appropriation a, LATERAL (VALUES (a.account_id), (a.visits_account_id)) AS u (id)
        WHERE (a.scheme_id, a.budget_year) IN (SELECT DISTINCT schemes[t.n], years[t.n] FROM unnest(take) AS t (n))
    ) u
    WHERE u.id IS NOT NULL;
    WITH line AS (
        SELECT t.n, t.item, 1 AS part, a.account_id AS debit, budget_accounts[t.n] AS credit, amounts[t.n] AS amount
        FROM unnest(take) WITH ORDINALITY AS t (n, item)
        JOIN appropriation a ON a.scheme_id = schemes[t.n] AND a.budget_year = years[t.n]
        UNION ALL
        SELECT t.n, t.item, 2, a.visits_account_id, visit_accounts[t.n], visits_granted[t.n]::bigint
        FROM unnest(take) WITH ORDINALITY AS t (n, item)
        JOIN appropriation a ON a.scheme_id = schemes[t.n] AND a.budget_year = years[t.n]
        WHERE visit_accounts[t.n] IS NOT NULL
    ), item AS (
        SELECT array_agg(entries[t.n] ORDER BY t.item) AS ids, array_agg('grant'::text) AS kinds, array_agg(NULL::text) AS refusals,
            array_agg(prints[t.n] ORDER BY t.item) AS prints, array_agg(NULL::uuid) AS nothing, array_agg(occurred) AS occurred,
            array_agg(by_kind) AS by_kinds, array_agg(by_id) AS by_ids
        FROM unnest(take) WITH ORDINALITY AS t (n, item)
    ), lines AS (
        SELECT array_agg(l.item::integer ORDER BY l.item, l.part) AS items,
            array_agg(width_bucket(l.debit, places) ORDER BY l.item, l.part) AS debits,
            array_agg(width_bucket(l.credit, places) ORDER BY l.item, l.part) AS credits,
            array_agg(l.amount ORDER BY l.item, l.part) AS amounts,
            array_agg(NULL::smallint) AS reversed, array_agg(NULL::bigint) AS seen
        FROM line l
    )
    SELECT book(i.ids, i.kinds, i.refusals, i.prints, i.nothing, i.nothing, i.occurred, i.by_kinds, i.by_ids,
        places, l.items, l.debits, l.credits, l.amounts, l.reversed, l.seen)
    INTO outcomes FROM item i, lines l;

    FOR n IN 1 .. cardinality(take) LOOP
        IF outcomes[n] <> 'booked' THEN
            RAISE EXCEPTION USING ERRCODE = 'PA230', MESSAGE = format('a grant was not booked: %s', outcomes[n]),
                HINT = 'Lock the closed pots and decide again.';
        END IF;
        answer[take[n]] := 'booked';
    END LOOP;
    RETURN answer;
END $$;

ALTER FUNCTION municipality.grant_batch(entries uuid[], prints bytea[], grants uuid[], decisions uuid[], residents uuid[], households text[], schemes uuid[], versions uuid[], years smallint[], claims text[], periods text[], amounts bigint[], visits_granted integer[], starts date[], ends date[], granted date, passes uuid[], budget_accounts bigint[], visit_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], bound_merchants uuid[], lapses date[], occurred timestamp with time zone, by_kind text, by_id uuid) OWNER TO owner_municipality;

CREATE FUNCTION municipality.journal_of(month date) RETURNS TABLE(kind text, debit text, credit text, scheme_id uuid, budget_year smallint, transfers bigint, amount_cents bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
    SELECT e.kind, d.kind, c.kind, coalesce(d.scheme_id, c.scheme_id), coalesce(d.budget_year, c.budget_year), count(*), sum(t.amount)::bigint
    FROM entry e
    JOIN transfer t ON t.entry_id = e.id
        AND t.xid BETWEEN (SELECT min(b.xid) FROM entry b WHERE b.period = month) AND (SELECT max(b.xid) FROM entry b WHERE b.period = month)
    JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
    WHERE e.period = month AND d.unit = 'cents'
    GROUP BY 1, 2, 3, 4, 5
$$;

ALTER FUNCTION municipality.journal_of(month date) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.judge_waiting_applications() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM child_application a WHERE a.merchant_id = NEW.id AND a.state = 'waiting_club') THEN
        INSERT INTO job (id, kind, arguments, actor_kind, actor_id, queued_at, run_after)
        VALUES (gen_random_uuid(), 'applications.judge', '{}', 'system', '00000000-0000-0000-0000-000000000000', clock_timestamp(), clock_timestamp());
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.judge_waiting_applications() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_balance_tiles(at_size bigint, after bigint, first bigint, tiles bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET jit TO 'off'
    AS $$
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

ALTER FUNCTION municipality.keep_balance_tiles(at_size bigint, after bigint, first bigint, tiles bytea[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.keep_confirmed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF NEW.unconfirmed_cents IS DISTINCT FROM OLD.unconfirmed_cents AND NEW.unconfirmed_cents IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA277', MESSAGE = 'a card is confirmed once, and its limit changes to nothing else';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_confirmed() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_contact_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.tries < OLD.tries OR NEW.proved AND NEW.tries = 0
        OR (OLD.id, OLD.resident_id, OLD.channel, OLD.address_encrypted, OLD.code_hash, OLD.made_at, OLD.expires_at)
            IS DISTINCT FROM (NEW.id, NEW.resident_id, NEW.channel, NEW.address_encrypted, NEW.code_hash, NEW.made_at, NEW.expires_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA287', MESSAGE = 'a code for an address is used once';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_contact_check() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_cosignature(at_size bigint, by_witness text, at timestamp with time zone, said text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM seal_checkpoint c WHERE c.size = at_size)
        OR NOT EXISTS (SELECT 1 FROM seal_witness w WHERE w.name = by_witness) OR at > clock_timestamp() + interval '1 hour' THEN
        RAISE EXCEPTION USING ERRCODE = 'PA307', MESSAGE = 'a cosignature is by a known witness, below a seal that there is, and not of tomorrow';
    END IF;
    INSERT INTO seal_cosignature (size, witness, signed_at, line) VALUES (at_size, by_witness, at, said) ON CONFLICT DO NOTHING;
END $$;

ALTER FUNCTION municipality.keep_cosignature(at_size bigint, by_witness text, at timestamp with time zone, said text) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.keep_coupon() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF (OLD.id, OLD.run_id, OLD.scheme_id, OLD.scheme_version_id, OLD.budget_year, OLD.place, OLD.face_cents, OLD.code_hash, OLD.key_id)
            IS DISTINCT FROM (NEW.id, NEW.run_id, NEW.scheme_id, NEW.scheme_version_id, NEW.budget_year, NEW.place, NEW.face_cents, NEW.code_hash, NEW.key_id)
        OR NEW.account_id IS NOT NULL AND OLD.account_id IS DISTINCT FROM NEW.account_id
        OR NEW.code_encrypted IS NOT NULL AND OLD.code_encrypted IS DISTINCT FROM NEW.code_encrypted THEN
        RAISE EXCEPTION USING ERRCODE = 'PA288', MESSAGE = 'of a coupon only its code and its link to a budget are ever forgotten';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_coupon() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_former_state() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO former_state (subject_id, state, since, until) VALUES (OLD.id, OLD.state, OLD.state_since, NEW.state_since);
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.keep_former_state() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_large_limit() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    NEW.large_cents := large_payout_limit();
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_large_limit() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_mandate() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR (OLD.id, OLD.resident_id, OLD.name, OLD.kind, OLD.may_manage, OLD.valid_from, OLD.valid_until, OLD.number_hash)
        IS DISTINCT FROM (NEW.id, NEW.resident_id, NEW.name, NEW.kind, NEW.may_manage, NEW.valid_from, NEW.valid_until, NEW.number_hash) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA276', MESSAGE = 'a mandate ends or gets a new code, and nothing else of it changes';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_mandate() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_message_position() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF (NEW.epoch, NEW.xid) < (OLD.epoch, OLD.xid)
        OR (NEW.epoch, NEW.xid) > ((SELECT max(e.number) FROM epoch e), pg_snapshot_xmin(pg_current_snapshot())::text::bigint) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA285', MESSAGE = 'messages to holders follow what is decided: never back, and never past a transaction that goes on';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_message_position() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_webhook() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.state = 'ended' OR (OLD.id, OLD.merchant_id, OLD.url, OLD.epoch, OLD.xid) IS DISTINCT FROM (NEW.id, NEW.merchant_id, NEW.url, NEW.epoch, NEW.xid) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA258', MESSAGE = 'an endpoint of a merchant stays that endpoint, and an ended one stays ended';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_webhook() OWNER TO owner_municipality;

CREATE FUNCTION municipality.keep_webhook_position() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF (NEW.epoch, NEW.xid) < (OLD.epoch, OLD.xid)
        OR (NEW.epoch, NEW.xid) > ((SELECT max(e.number) FROM epoch e), pg_snapshot_xmin(pg_current_snapshot())::text::bigint) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA259', MESSAGE = 'messages follow what is decided: never back, and never past a transaction that goes on';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.keep_webhook_position() OWNER TO owner_municipality;

CREATE FUNCTION municipality.lapse_batch(entries uuid[], prints bytea[], budget_accounts bigint[], amounts bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    returns_to bigint[];
    places bigint[];
BEGIN
    IF (cardinality(entries) = ALL (ARRAY[cardinality(prints), cardinality(budget_accounts), cardinality(amounts)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    SELECT array_agg((
        SELECT CASE WHEN a.unit = 'cents' THEN p.account_id ELSE p.visits_account_id END
        FROM account a JOIN appropriation p ON p.scheme_id = a.scheme_id AND p.budget_year = a.budget_year
        WHERE a.id = l.account AND a.kind = 'budget') ORDER BY l.n)
    INTO returns_to
    FROM unnest(budget_accounts) WITH ORDINALITY AS l (account, n);
    IF array_position(returns_to, NULL) IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA111', MESSAGE = 'only budgets lapse';
    END IF;
    -- Places are looked up in the sorted accounts (width_bucket is a binary search), not joined.
    SELECT array_agg(id ORDER BY id) INTO places
    FROM (SELECT unnest(budget_accounts) AS id UNION SELECT unnest(returns_to)) u;
    RETURN (
        SELECT book(entries, array_agg('lapse'::text), array_agg(NULL::text), prints, array_agg(NULL::uuid), array_agg(NULL::uuid),
            array_agg(occurred), array_agg(by_kind), array_agg(by_id), places,
            array_agg(l.n::integer ORDER BY l.n), array_agg(width_bucket(l.debit, places) ORDER BY l.n),
            array_agg(width_bucket(l.credit, places) ORDER BY l.n), array_agg(l.amount ORDER BY l.n),
            array_agg(NULL::smallint), array_agg(NULL::bigint))
        FROM unnest(budget_accounts, returns_to, amounts) WITH ORDINALITY AS l (debit, credit, amount, n)
    );
END $$;

ALTER FUNCTION municipality.lapse_batch(entries uuid[], prints bytea[], budget_accounts bigint[], amounts bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) OWNER TO owner_municipality;

CREATE FUNCTION municipality.large_payout_limit() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT (s.value #>> '{}')::bigint FROM setting s WHERE s.key = 'large_payout_cents' ORDER BY s.recorded_at DESC, s.id DESC LIMIT 1
$$;

ALTER FUNCTION municipality.large_payout_limit() OWNER TO owner_municipality;

CREATE FUNCTION municipality.lock_pots(pots bigint[]) RETURNS TABLE(account_id bigint, amount bigint)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT b.account_id, b.amount FROM balance b WHERE b.account_id = ANY (pots)
    AND EXISTS (SELECT 1 FROM appropriation a WHERE a.account_id = b.account_id)
    ORDER BY b.account_id FOR NO KEY UPDATE
$$;

ALTER FUNCTION municipality.lock_pots(pots bigint[]) OWNER TO owner_municipality;

CREATE FUNCTION municipality.manages_letters_of(who uuid, born date, household text, on_day date) RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT m.adult_id FROM managing_adult m
    CROSS JOIN LATERAL (
        SELECT n.* FROM resident_version n WHERE n.resident_id = m.adult_id AND n.valid_from <= on_day
        ORDER BY n.valid_from DESC LIMIT 1
    ) v
    WHERE m.child_id = who AND m.valid_from <= on_day AND (m.valid_until IS NULL OR m.valid_until > on_day)
        AND v.died_on IS NULL AND (m.kind = 'administrator' OR born > on_day - interval '18 years')
    ORDER BY m.kind = 'administrator' DESC, v.household_number = household DESC,
        array_position(ARRAY['parent', 'registered_guardian', 'guardian', 'co_parent'], m.kind), v.birth_date, m.adult_id
    LIMIT 1
$$;

ALTER FUNCTION municipality.manages_letters_of(who uuid, born date, household text, on_day date) OWNER TO owner_municipality;

CREATE FUNCTION municipality.merchants_below_zero(taken_before timestamp with time zone) RETURNS TABLE(merchant_id uuid, account_id bigint, balance_cents bigint, below_since timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    WITH candidate AS MATERIALIZED (
        SELECT a.id, a.subject_id
        FROM account a
        LEFT JOIN LATERAL (
            SELECT l.to_epoch, l.to_xid FROM settlement_line l WHERE l.account_id = a.id AND l.settle_entry_id IS NOT NULL
            ORDER BY l.from_epoch DESC, l.from_xid DESC LIMIT 1
        ) p ON true
        WHERE a.kind = 'merchant' AND EXISTS (
            SELECT 1 FROM transfer t JOIN entry e ON e.id = t.entry_id AND e.kind <> 'settle'
            WHERE t.debit = a.id AND (t.epoch, t.xid) >= (coalesce(p.to_epoch, 0), coalesce(p.to_xid, 0)) AND e.recorded_at <= taken_before)
    )
    SELECT c.subject_id, c.id, z.balance_cents, z.below_since
    FROM candidate c CROSS JOIN LATERAL account_below_zero(c.id) z WHERE z.balance_cents < 0
$$;

ALTER FUNCTION municipality.merchants_below_zero(taken_before timestamp with time zone) OWNER TO owner_municipality;

CREATE FUNCTION municipality.note_balances(at_size bigint, root bytea, taken timestamp with time zone, levels smallint[], numbers bigint[], nodes bytea[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET jit TO 'off'
    AS $$
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

ALTER FUNCTION municipality.note_balances(at_size bigint, root bytea, taken timestamp with time zone, levels smallint[], numbers bigint[], nodes bytea[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.note_seal_key(id text, for_purpose text, key bytea, made timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO seal_key (key_id, purpose, public_key, made_at, epoch) VALUES (id, for_purpose, key, made, (SELECT max(e.number) FROM epoch e))
    ON CONFLICT (key_id) DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM seal_key k WHERE k.key_id = id AND k.purpose = for_purpose AND k.public_key = key) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA302', MESSAGE = 'this key has another public side than was noted of it';
    END IF;
END $$;

ALTER FUNCTION municipality.note_seal_key(id text, for_purpose text, key bytea, made timestamp with time zone) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.note_unknown_cards(tills uuid[], tried timestamp with time zone, most integer, OUT told boolean[], OUT paused uuid[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM till t WHERE t.id = ANY (tills) ORDER BY t.id FOR NO KEY UPDATE;
    -- A statement of its own, so that it sees what whoever held the lock before has noted.
    SELECT array_agg(coalesce(t.state = 'active' AND i.number + t.earlier <= most, false) ORDER BY i.n) INTO told
    FROM (
        SELECT u.till_id, u.n, row_number() OVER (PARTITION BY u.till_id ORDER BY u.n) AS number
        FROM unnest(tills) WITH ORDINALITY AS u (till_id, n)
    ) i
    LEFT JOIN LATERAL (
        SELECT t.state, (
            SELECT count(*) FROM unknown_scan s
            WHERE s.till_id = t.id AND s.tried_at > greatest(tried - interval '10 minutes', t.state_since)
        ) AS earlier
        FROM till t WHERE t.id = i.till_id
    ) t ON true;
    INSERT INTO unknown_scan (till_id, tried_at)
    SELECT u.till_id, tried FROM unnest(tills, told) AS u (till_id, told) WHERE u.told;
    WITH stopped AS (
        UPDATE till t SET state = 'paused', paused_by = 'program', state_since = tried
        WHERE t.id = ANY (tills) AND t.state = 'active' AND (
            SELECT count(*) FROM unknown_scan s
            WHERE s.till_id = t.id AND s.tried_at > greatest(tried - interval '10 minutes', t.state_since)
        ) >= most
        RETURNING t.id
    )
    SELECT coalesce(array_agg(s.id), '{}') INTO paused FROM stopped s;
END $$;

ALTER FUNCTION municipality.note_unknown_cards(tills uuid[], tried timestamp with time zone, most integer, OUT told boolean[], OUT paused uuid[]) OWNER TO owner_municipality;

CREATE FUNCTION municipality.once_only() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.used_at IS NOT NULL OR NEW.used_at >= OLD.valid_until THEN
        RAISE EXCEPTION USING ERRCODE = 'PA281', MESSAGE = 'a link to add a telephone works once, and in its time';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.once_only() OWNER TO owner_municipality;

CREATE FUNCTION municipality.only_before_anybody() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM resident) OR EXISTS (SELECT 1 FROM merchant) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA261', MESSAGE = 'a municipality with people in it becomes no sandbox';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.only_before_anybody() OWNER TO owner_municipality;

CREATE FUNCTION municipality.open_accounts(ids bigint[], kinds text[], units text[], schemes uuid[], years smallint[], subjects uuid[], guards boolean[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) RETURNS bigint[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    current_epoch integer := (SELECT max(number) FROM epoch);
    opened bigint[];
BEGIN
    WITH wanted AS (
        SELECT * FROM unnest(ids, kinds, units, schemes, years, subjects, guards, open_accounts.usable_from, open_accounts.usable_until)
            AS w (id, kind, unit, scheme_id, budget_year, subject_id, guarded, usable_from, usable_until)
    ), made AS (
        INSERT INTO account (id, kind, unit, scheme_id, budget_year, subject_id, guarded, epoch, usable_from, usable_until)
        SELECT w.id, w.kind, w.unit, w.scheme_id, w.budget_year, w.subject_id, w.guarded, current_epoch,
            CASE WHEN w.guarded THEN w.usable_from END, CASE WHEN w.guarded THEN w.usable_until END
        FROM wanted w
        ORDER BY w.kind, w.unit, w.scheme_id, w.budget_year, w.subject_id, w.id
        ON CONFLICT (kind, unit, scheme_id, budget_year, subject_id) WHERE kind NOT IN ('budget', 'held') DO NOTHING
        RETURNING id, guarded
    )
    SELECT array_agg(id) INTO opened FROM made;
    INSERT INTO balance (account_id, usable_from, usable_until)
    SELECT w.id, w.usable_from, w.usable_until
    FROM unnest(ids, guards, open_accounts.usable_from, open_accounts.usable_until) AS w (id, guarded, usable_from, usable_until)
    WHERE w.guarded AND w.id = ANY (opened);
    IF cardinality(opened) = cardinality(ids) THEN
        RETURN ids;
    END IF;
    RETURN (
        SELECT array_agg(CASE WHEN w.kind IN ('budget', 'held') THEN w.id ELSE a.id END ORDER BY w.n)
        FROM unnest(ids, kinds, units, schemes, years, subjects) WITH ORDINALITY
            AS w (id, kind, unit, scheme_id, budget_year, subject_id, n)
        LEFT JOIN account a ON a.kind = w.kind AND a.unit = w.unit
            AND a.scheme_id IS NOT DISTINCT FROM w.scheme_id
            AND a.budget_year IS NOT DISTINCT FROM w.budget_year
            AND a.subject_id IS NOT DISTINCT FROM w.subject_id
            AND w.kind NOT IN ('budget', 'held')
    );
END $$;

ALTER FUNCTION municipality.open_accounts(ids bigint[], kinds text[], units text[], schemes uuid[], years smallint[], subjects uuid[], guards boolean[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.open_appropriation(scheme uuid, year smallint, closed boolean, in_visits boolean, candidates bigint[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    opened bigint[];
BEGIN
    opened := open_accounts(candidates, ARRAY['appropriation', 'cover', 'appropriation', 'used', 'cover'],
        ARRAY['cents', 'cents', 'visits', 'visits', 'visits'],
        ARRAY[scheme, NULL, scheme, scheme, NULL], ARRAY[year, NULL, year, year, NULL]::smallint[],
        array_fill(NULL::uuid, ARRAY[5]), ARRAY[closed, false, false, false, false],
        array_fill('-infinity'::timestamptz, ARRAY[5]), array_fill('infinity'::timestamptz, ARRAY[5]));
    INSERT INTO appropriation (scheme_id, budget_year, account_id, visits_account_id, closed_pot)
    VALUES (scheme, year, opened[1], CASE WHEN in_visits THEN opened[3] END, closed)
    ON CONFLICT (scheme_id, budget_year) DO UPDATE
        SET visits_account_id = coalesce(appropriation.visits_account_id, excluded.visits_account_id);
    RETURN opened[1];
END $$;

ALTER FUNCTION municipality.open_appropriation(scheme uuid, year smallint, closed boolean, in_visits boolean, candidates bigint[]) OWNER TO owner_municipality;

CREATE FUNCTION municipality.open_merchant_account(owing_to uuid, candidate bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    UPDATE merchant SET account_id = (open_accounts(ARRAY[candidate],
        ARRAY[CASE kind WHEN 'one_off' THEN 'payee' ELSE 'merchant' END], ARRAY['cents'], ARRAY[NULL::uuid],
        ARRAY[NULL::smallint], ARRAY[owing_to], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1]
    WHERE id = owing_to AND account_id IS NULL;
    SELECT account_id FROM merchant WHERE id = owing_to
$$;

ALTER FUNCTION municipality.open_merchant_account(owing_to uuid, candidate bigint) OWNER TO owner_municipality;

CREATE FUNCTION municipality.owed_to(payee uuid, until_epoch integer, until_xid bigint) RETURNS TABLE(account_id bigint, merchant_id uuid, from_epoch integer, from_xid bigint, redeemed_cents bigint, reversed_cents bigint, returned_cents bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    chain record;
BEGIN
    SELECT array_agg(c.id) AS accounts, array_agg(c.epoch) AS epochs, array_agg(c.xid) AS xids INTO chain
    FROM settled_until(NULL) s CROSS JOIN LATERAL unnest(s.accounts, s.merchants, s.epochs, s.xids) AS c (id, merchant_id, epoch, xid)
    WHERE c.merchant_id = payee;
    RETURN QUERY
    SELECT c.id, payee, c.epoch, c.xid, coalesce(i.cents, 0) - coalesce(d.returned_cents, 0),
        coalesce(d.reversed_cents, 0), coalesce(d.returned_cents, 0)
    FROM unnest(chain.accounts, chain.epochs, chain.xids) AS c (id, epoch, xid)
    LEFT JOIN LATERAL (
        SELECT sum(t.amount)::bigint AS cents FROM transfer t WHERE t.credit = c.id
            AND (t.epoch > c.epoch OR t.epoch = c.epoch AND t.xid >= c.xid) AND (t.epoch < until_epoch OR t.epoch = until_epoch AND t.xid < until_xid)
    ) i ON true
    LEFT JOIN debited_between(chain.accounts, chain.epochs, chain.xids, until_epoch, until_xid) d ON d.account_id = c.id
    WHERE i.cents IS NOT NULL OR d.account_id IS NOT NULL;
END $$;

ALTER FUNCTION municipality.owed_to(payee uuid, until_epoch integer, until_xid bigint) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.owed_until(until_epoch integer, until_xid bigint, leaving_out uuid DEFAULT NULL::uuid) RETURNS TABLE(account_id bigint, merchant_id uuid, from_epoch integer, from_xid bigint, redeemed_cents bigint, reversed_cents bigint, returned_cents bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_nestloop TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    chain record;
BEGIN
    SELECT * INTO chain FROM settled_until(leaving_out);
    RETURN QUERY
    SELECT c.id, c.merchant_id, c.epoch, c.xid, coalesce(i.cents, 0) - coalesce(d.returned_cents, 0),
        coalesce(d.reversed_cents, 0), coalesce(d.returned_cents, 0)
    FROM unnest(chain.accounts, chain.merchants, chain.epochs, chain.xids) AS c (id, merchant_id, epoch, xid)
    LEFT JOIN credited_between(chain.accounts, chain.epochs, chain.xids, until_epoch, until_xid) i ON i.account_id = c.id
    LEFT JOIN debited_between(chain.accounts, chain.epochs, chain.xids, until_epoch, until_xid) d ON d.account_id = c.id
    WHERE i.account_id IS NOT NULL OR d.account_id IS NOT NULL;
END $$;

ALTER FUNCTION municipality.owed_until(until_epoch integer, until_xid bigint, leaving_out uuid) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.raise_epoch(because text) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    INSERT INTO epoch (number, reason) SELECT max(number) + 1, because FROM epoch RETURNING number
$$;

ALTER FUNCTION municipality.raise_epoch(because text) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.receive_request() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM resident WHERE id = NEW.resident_id FOR NO KEY UPDATE;
    IF NEW.decision_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM decision d WHERE d.id = NEW.decision_id AND d.resident_id = NEW.resident_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA298', MESSAGE = 'somebody objects to a decision about themselves';
    END IF;
    IF (SELECT count(*) FROM holder_request r WHERE r.resident_id = NEW.resident_id
        AND r.state NOT IN ('answered', 'withdrawn')) >= 20 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA299', MESSAGE = 'twenty requests about one person are enough to answer first';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.receive_request() OWNER TO owner_municipality;

CREATE FUNCTION municipality.redeem_batch(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_seen bigint[], tills uuid[], merchants uuid[], locations uuid[], cards uuid[], subjects uuid[], categories text[], prices bigint[], takes bigint[], visits_used integer[], sales uuid[], traces text[], visits_asked integer[] DEFAULT NULL::integer[], most_of_till integer DEFAULT 600, most_of_card integer DEFAULT 30, most_cents_of_card bigint DEFAULT 150000) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    items CONSTANT integer := cardinality(item_ids);
    asked CONSTANT integer[] := coalesce(visits_asked, array_fill(0, ARRAY[items]));
    days CONSTANT date[] := ARRAY(SELECT (o.at AT TIME ZONE 'Europe/Amsterdam')::date FROM unnest(item_occurred) WITH ORDINALITY AS o (at, n) ORDER BY o.n);
    changed integer[];
    differs boolean;
    outcomes text[];
BEGIN
    IF (items = ALL (ARRAY[cardinality(tills), cardinality(merchants), cardinality(locations), cardinality(cards), cardinality(subjects),
            cardinality(categories), cardinality(prices), cardinality(takes), cardinality(visits_used), cardinality(sales), cardinality(traces),
            cardinality(asked)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(item_kinds) k (kind) WHERE k.kind IS NULL OR k.kind NOT IN ('redeem', 'confirm')) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'redeem_batch takes redemptions and confirmations';
    END IF;
    SELECT array_agg(i.n::integer) INTO changed
    FROM unnest(item_refusals, tills, merchants, cards, subjects, categories, item_occurred, days) WITH ORDINALITY
        AS i (refusal, till_id, merchant_id, card_id, subject_id, category, occurred, today, n)
    WHERE i.refusal IS NULL AND NOT (
        coalesce((
            SELECT t.state = 'active' AND (t.kind <> 'merchant' OR t.merchant_id = i.merchant_id)
                AND (t.login_id IS NULL OR (SELECT l.state = 'active' FROM login l WHERE l.id = t.login_id))
            FROM till t WHERE t.id = i.till_id), false)
        AND coalesce((SELECT m.state = 'approved' FROM merchant m WHERE m.id = i.merchant_id), false)
        AND (i.category IS NULL OR EXISTS (
            SELECT 1 FROM agreement a WHERE a.merchant_id = i.merchant_id AND a.category = i.category
            AND a.valid_from <= i.today AND (a.valid_until IS NULL OR a.valid_until > i.today)))
        AND coalesce((
            SELECT c.state = 'active' AND (c.expires_at IS NULL OR c.expires_at > i.occurred) AND (c.unconfirmed_cents IS NULL OR takes[i.n] <= c.unconfirmed_cents)
                AND (c.resident_id = i.subject_id OR EXISTS (
                    SELECT 1 FROM managing_adult a WHERE a.child_id = i.subject_id AND a.adult_id = c.resident_id
                    AND a.valid_from <= i.today AND (a.valid_until IS NULL OR a.valid_until > i.today)))
            FROM card c WHERE c.id = i.card_id), false)
    );
    IF changed IS NULL THEN
        -- Spent from a budget of the subject, on a pass that has not ended; cents to the merchant of the
        -- item, visits to where used visits of the scheme go, a forfeit to the scheme's appropriation. A sale
        -- that does not say what it was for needs an agreement on something that each of its budgets is for.
        -- Added up per item on the way: what goes to the merchant is what was taken, and so with visits
        -- (OFFSET 0, or all this would be looked up once for each of the three).
        SELECT array_agg(i.item) FILTER (WHERE NOT i.holds), coalesce(bool_or(i.differs), false) INTO changed, differs
        FROM (
            SELECT l.item, bool_and(c.credited IS NOT NULL) AS holds,
                coalesce(sum(l.amount) FILTER (WHERE c.credited = 'merchant'), 0) IS DISTINCT FROM takes[l.item]
                    OR coalesce(sum(l.amount) FILTER (WHERE c.credited = 'used'), 0) IS DISTINCT FROM visits_used[l.item] AS differs
            FROM unnest(line_items, line_debits, line_credits, line_amounts) AS l (item, debit, credit, amount)
            CROSS JOIN LATERAL (SELECT coalesce(
                (
                    SELECT CASE WHEN p.resident_id = subjects[l.item] AND (p.ended_on IS NULL OR p.ended_on > days[l.item])
                            AND (b.merchant_id IS NULL OR b.merchant_id = merchants[l.item]) AND (b.category IS NULL OR b.category = categories[l.item] OR categories[l.item] IS NULL AND EXISTS (SELECT 1 FROM agreement a WHERE a.merchant_id = merchants[l.item] AND a.category = b.category AND a.valid_from <= days[l.item] AND (a.valid_until IS NULL OR a.valid_until > days[l.item])))
                            AND (categories[l.item] IS NOT NULL OR EXISTS (
                                SELECT 1 FROM scheme_version v JOIN agreement a ON a.category = ANY (v.categories)
                                WHERE v.id = b.scheme_version_id AND a.merchant_id = merchants[l.item]
                                AND a.valid_from <= days[l.item] AND (a.valid_until IS NULL OR a.valid_until > days[l.item]))) THEN CASE accounts[l.credit]
                        WHEN (SELECT m.account_id FROM merchant m WHERE m.id = merchants[l.item]) THEN 'merchant'
                        WHEN (SELECT a.account_id FROM appropriation a WHERE a.scheme_id = b.scheme_id AND a.budget_year = b.budget_year) THEN 'appropriation'
                        END END
                    FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.account_id = accounts[l.debit]
                ), (
                    SELECT CASE WHEN p.resident_id = subjects[l.item] AND (p.ended_on IS NULL OR p.ended_on > days[l.item])
                            AND (b.merchant_id IS NULL OR b.merchant_id = merchants[l.item]) AND (b.category IS NULL OR b.category = categories[l.item] OR categories[l.item] IS NULL AND EXISTS (SELECT 1 FROM agreement a WHERE a.merchant_id = merchants[l.item] AND a.category = b.category AND a.valid_from <= days[l.item] AND (a.valid_until IS NULL OR a.valid_until > days[l.item]))) THEN (
                        SELECT a.kind FROM account a WHERE a.id = accounts[l.credit] AND a.kind IN ('used', 'appropriation')
                        AND a.scheme_id = b.scheme_id AND a.budget_year = b.budget_year) END
                    FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.visits_account_id = accounts[l.debit]
                )) AS credited OFFSET 0) c
            WHERE item_refusals[l.item] IS NULL
            GROUP BY l.item
        ) i;
        IF changed IS NULL AND differs THEN
            RAISE EXCEPTION USING ERRCODE = 'PA112', MESSAGE = 'what is taken is not what the lines move';
        END IF;
    END IF;
    IF changed IS NULL AND most_of_till IS NOT NULL THEN
        SELECT array_agg(late.n::integer) INTO changed
        FROM (
            SELECT unnest(t.places[greatest(most_of_till - (
                SELECT count(*) FROM (SELECT 1 FROM redemption r WHERE r.till_id = t.id AND r.recorded_at > now() - interval '1 hour' LIMIT most_of_till) s
            ), 0) + 1 :]) AS n
            FROM (SELECT u.id, array_agg(u.n ORDER BY u.n) AS places FROM unnest(tills) WITH ORDINALITY AS u (id, n) GROUP BY u.id) t
        ) late
        WHERE item_refusals[late.n] IS NULL;
    END IF;
    IF changed IS NULL AND most_of_card IS NOT NULL THEN
        -- By all whom the card speaks or spoke for: their log has an index, and a card needs none of its own.
        -- One after the other (OFFSET 0), or the planner may begin with everything that the day has logged.
        SELECT array_agg(i.n::integer) INTO changed
        FROM (
            SELECT u.n, u.card_id, row_number() OVER of_card AS number, sum(u.take) OVER of_card AS cents
            FROM unnest(cards, takes, item_refusals) WITH ORDINALITY AS u (card_id, take, refusal, n)
            WHERE u.refusal IS NULL
            WINDOW of_card AS (PARTITION BY u.card_id ORDER BY u.n)
        ) i
        WHERE (
            SELECT (
                SELECT count(*) + i.number > most_of_card OR coalesce(sum(p.taken_cents), 0) + i.cents > most_cents_of_card
                FROM (
                    SELECT c.resident_id AS id
                    UNION
                    SELECT a.child_id FROM managing_adult a WHERE a.adult_id = c.resident_id
                ) s
                CROSS JOIN LATERAL (
                    -- Less what was taken back of it: a typing error that was undone counts as a sale of nothing.
                    SELECT l.taken_cents - coalesce((SELECT sum(v.amount_cents) FROM redemption_reversal v WHERE v.original_id = l.entry_id), 0) AS taken_cents
                    FROM processing_log l
                    WHERE l.subject_id = s.id AND l.recorded_at > now() - interval '1 day' AND l.card_id = i.card_id AND l.taken_cents > 0
                    OFFSET 0
                ) p
            )
            FROM card c WHERE c.id = i.card_id
        );
    END IF;
    IF changed IS NOT NULL THEN
        RETURN (SELECT array_agg(CASE WHEN n = ANY (changed) THEN 'moved' ELSE 'busy' END ORDER BY n) FROM generate_series(1, items) n);
    END IF;

    outcomes := book(item_ids, item_kinds, item_refusals, item_fingerprints, array_fill(NULL::uuid, ARRAY[items]), item_replaces,
        item_occurred, item_actor_kinds, item_actors, accounts, line_items, line_debits, line_credits, line_amounts,
        array_fill(NULL::smallint, ARRAY[cardinality(line_items)]), line_seen);

    INSERT INTO redemption (entry_id, till_id, merchant_id, location_id, category, price_cents, taken_cents, visits, visits_asked, refusal, sale_id, recorded_at)
    SELECT i.id, i.till_id, i.merchant_id, i.location_id, i.category, i.price, CASE WHEN i.refusal IS NULL THEN i.take ELSE 0 END,
        CASE WHEN i.refusal IS NULL THEN i.visits ELSE 0 END, CASE WHEN i.refusal IS NULL THEN i.asked ELSE 0 END, i.refusal, i.sale_id, now()
    FROM unnest(item_ids, outcomes, item_refusals, tills, merchants, locations, categories, prices, takes, visits_used, asked, sales)
        AS i (id, outcome, refusal, till_id, merchant_id, location_id, category, price, take, visits, asked, sale_id)
    WHERE i.outcome IN ('booked', 'declined');
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, taken_cents, trace_id, recorded_at)
    SELECT i.subject_id, 'redemption', i.actor_kind, i.actor_id, i.id, i.card_id, CASE i.outcome WHEN 'booked' THEN i.take ELSE 0 END, i.trace, now()
    FROM unnest(item_ids, outcomes, subjects, item_actor_kinds, item_actors, cards, takes, traces)
        AS i (id, outcome, subject_id, actor_kind, actor_id, card_id, take, trace)
    WHERE i.outcome IN ('booked', 'declined') AND i.subject_id IS NOT NULL;
    RETURN outcomes;
END $$;

ALTER FUNCTION municipality.redeem_batch(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_seen bigint[], tills uuid[], merchants uuid[], locations uuid[], cards uuid[], subjects uuid[], categories text[], prices bigint[], takes bigint[], visits_used integer[], sales uuid[], traces text[], visits_asked integer[], most_of_till integer, most_of_card integer, most_cents_of_card bigint) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.redeem_coupons(list uuid, list_print bytea, payee uuid, by_kind text, by_id uuid, trace text, numbers integer[], coupons uuid[], days date[], amounts bigint[], reasons text[], entries uuid[], prints bytea[], occurred timestamp with time zone[], categories text[], takes bigint[], candidates bigint[]) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    merchant_account bigint;
    places bigint[];
    outcomes text[];
    risks bigint[];
    risk_schemes uuid[];
    risk_years smallint[];
BEGIN
    INSERT INTO coupon_list (id, merchant_id, print, entered_at, actor_kind, actor_id) VALUES (list, payee, list_print, now(), by_kind, by_id);
    SELECT m.account_id INTO merchant_account FROM merchant m WHERE m.id = payee AND m.state = 'approved';
    -- A paid line names a coupon of a merchant that may take it, for a day of its booklet and no more than stands on it.
    PERFORM 1 FROM unnest(coupons, days, amounts, reasons, categories, takes) AS l (coupon, day, amount, reason, category, take)
    WHERE l.reason IS NULL AND NOT coalesce((
        SELECT merchant_account IS NOT NULL AND l.amount BETWEEN 1 AND c.face_cents AND l.take BETWEEN 0 AND l.amount
            AND l.day >= r.valid_from AND l.day < r.valid_until AND l.category = ANY (v.categories)
            AND (b.merchant_id IS NULL OR b.merchant_id = payee)
            AND EXISTS (SELECT 1 FROM agreement g WHERE g.merchant_id = payee AND g.category = l.category
                AND g.valid_from <= l.day AND (g.valid_until IS NULL OR g.valid_until > l.day))
        FROM coupon c JOIN coupon_run r ON r.id = c.run_id JOIN budget b ON b.account_id = c.account_id
        JOIN scheme_version v ON v.id = c.scheme_version_id WHERE c.id = l.coupon), false);
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'PA290', MESSAGE = 'a coupon pays a merchant that may take it, in its time, and no more than stands on it';
    END IF;

    -- The risk of each scheme and year that pays something here, opened when it is first needed.
    SELECT coalesce(array_agg(s.scheme_id ORDER BY s.scheme_id, s.budget_year), '{}'), coalesce(array_agg(s.budget_year ORDER BY s.scheme_id, s.budget_year), '{}')
    INTO risk_schemes, risk_years
    FROM (SELECT DISTINCT c.scheme_id, c.budget_year FROM unnest(coupons, amounts, takes, reasons) AS l (coupon, amount, take, reason)
        JOIN coupon c ON c.id = l.coupon WHERE l.reason IS NULL AND l.take < l.amount) s;
    IF cardinality(risk_schemes) > 0 THEN
        risks := open_accounts(candidates[1:cardinality(risk_schemes)], array_fill('offline_risk'::text, ARRAY[cardinality(risk_schemes)]),
            array_fill('cents'::text, ARRAY[cardinality(risk_schemes)]), risk_schemes, risk_years, array_fill(NULL::uuid, ARRAY[cardinality(risk_schemes)]),
            array_fill(false, ARRAY[cardinality(risk_schemes)]), array_fill(NULL::timestamptz, ARRAY[cardinality(risk_schemes)]),
            array_fill(NULL::timestamptz, ARRAY[cardinality(risk_schemes)]));
    END IF;

    IF EXISTS (SELECT 1 FROM unnest(reasons) AS r (reason) WHERE r.reason IS NULL) THEN
        WITH paid AS (
            SELECT row_number() OVER (ORDER BY l.number)::int AS item, l.number, l.entry, l.print, l.moment, l.amount, l.take, c.account_id, k.risk
            FROM unnest(numbers, coupons, amounts, takes, reasons, entries, prints, occurred) AS l (number, coupon, amount, take, reason, entry, print, moment)
            JOIN coupon c ON c.id = l.coupon
            LEFT JOIN unnest(risk_schemes, risk_years, risks) AS k (scheme, year, risk) ON k.scheme = c.scheme_id AND k.year = c.budget_year
            WHERE l.reason IS NULL
        ), line AS (
            SELECT p.item, 1 AS part, p.account_id AS debit, merchant_account AS credit, p.take AS amount FROM paid p WHERE p.take > 0
            UNION ALL
            SELECT p.item, 2, p.risk, merchant_account, p.amount - p.take FROM paid p WHERE p.take < p.amount
        ), place AS (
            SELECT array_agg(u.id ORDER BY u.id) AS ids FROM (SELECT credit AS id FROM line UNION SELECT debit FROM line) u
        )
        SELECT book(i.ids, i.kinds, i.refusals, i.prints, i.nothing, i.nothing, i.moments, i.by_kinds, i.by_ids, p.ids,
            l.items, l.debits, l.credits, l.amounts, l.reversed, l.seen)
        INTO outcomes
        FROM place p
        CROSS JOIN (SELECT array_agg(entry ORDER BY item) AS ids, array_agg('offline'::text) AS kinds, array_agg(NULL::text) AS refusals,
            array_agg(print ORDER BY item) AS prints, array_agg(NULL::uuid) AS nothing, array_agg(moment ORDER BY item) AS moments,
            array_agg(by_kind) AS by_kinds, array_agg(by_id) AS by_ids FROM paid) i
        CROSS JOIN LATERAL (SELECT array_agg(n.item ORDER BY n.item, n.part) AS items, array_agg(width_bucket(n.debit, p.ids) ORDER BY n.item, n.part) AS debits,
            array_agg(width_bucket(n.credit, p.ids) ORDER BY n.item, n.part) AS credits, array_agg(n.amount ORDER BY n.item, n.part) AS amounts,
            array_agg(NULL::smallint) AS reversed, array_agg(NULL::bigint) AS seen FROM line n) l;
        IF NOT outcomes <@ ARRAY['booked'] THEN
            RAISE EXCEPTION USING ERRCODE = 'PA291', MESSAGE = 'what a list of coupons rests on has moved', HINT = 'Read and decide again.';
        END IF;
        INSERT INTO redemption (entry_id, merchant_id, category, price_cents, taken_cents, invoice_reference, recorded_at)
        SELECT l.entry, payee, l.category, l.amount, l.amount, 'bon ' || left(list::text, 8) || '-' || l.number, now()
        FROM unnest(numbers, entries, categories, amounts, reasons) AS l (number, entry, category, amount, reason) WHERE l.reason IS NULL;
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, taken_cents, trace_id, recorded_at)
        SELECT p.resident_id, 'redemption', by_kind, by_id, l.entry, l.amount, trace, now()
        FROM unnest(coupons, entries, amounts, reasons) AS l (coupon, entry, amount, reason)
        JOIN coupon c ON c.id = l.coupon JOIN budget b ON b.account_id = c.account_id JOIN pass p ON p.id = b.pass_id WHERE l.reason IS NULL;
    END IF;
    INSERT INTO coupon_entry (list_id, number, coupon_id, sold_on, amount_cents, entry_id, take_cents, risk_cents, reason)
    SELECT list, l.number, l.coupon, l.day, l.amount, CASE WHEN l.reason IS NULL THEN l.entry END, CASE WHEN l.reason IS NULL THEN l.take ELSE 0 END,
        CASE WHEN l.reason IS NULL THEN l.amount - l.take ELSE 0 END, l.reason
    FROM unnest(numbers, coupons, days, amounts, reasons, entries, takes) AS l (number, coupon, day, amount, reason, entry, take);
    RETURN now();
END $$;

ALTER FUNCTION municipality.redeem_coupons(list uuid, list_print bytea, payee uuid, by_kind text, by_id uuid, trace text, numbers integer[], coupons uuid[], days date[], amounts bigint[], reasons text[], entries uuid[], prints bytea[], occurred timestamp with time zone[], categories text[], takes bigint[], candidates bigint[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.redeem_offline(item_id uuid, item_print bytea, item_refusal text, is_stored boolean, item_occurred timestamp with time zone, item_replaces uuid, replaced_was text, closing_print bytea, item_till uuid, item_merchant uuid, item_location uuid, item_card uuid, item_subject uuid, item_category text, item_price bigint, item_visits integer, item_asked integer, item_sale uuid, item_trace text, debits bigint[], credits bigint[], amounts bigint[], seen bigint[], risk_scheme uuid, risk_year integer, risk_cents bigint, risk_candidate bigint, item_permit uuid, item_sequence bigint, item_digest bytea, item_holds boolean, item_outcome text, item_bearer text, item_take bigint, item_reason text, item_chain text, item_clock text, item_said timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    day CONSTANT date := (item_occurred AT TIME ZONE 'Europe/Amsterdam')::date;
    closes CONSTANT boolean := coalesce(replaced_was = 'unknown', false);
    first CONSTANT integer := CASE WHEN closes THEN 2 ELSE 1 END;
    merchant_account bigint;
    risk bigint;
    places bigint[];
    outcomes text[];
BEGIN
    PERFORM 1 FROM offline_permit p
    WHERE p.till_id = item_till AND (p.id = item_permit OR p.number = (SELECT max(n.number) FROM offline_permit n WHERE n.till_id = item_till))
    ORDER BY p.number FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(hashtextextended(current_schema || '.offline.' || item_merchant::text, 0));
    IF EXISTS (SELECT 1 FROM offline_sale s WHERE s.till_id = item_till AND s.sequence = item_sequence
            AND (s.digest = item_digest OR s.holds_number AND item_holds))
        OR item_replaces IS NOT NULL AND replaced_was IS DISTINCT FROM coalesce(
            (SELECT CASE WHEN e.refusal IS NULL THEN 'booked' ELSE 'declined' END FROM entry e WHERE e.id = item_replaces), 'unknown') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA250', MESSAGE = 'this sale, or the one that it replaces, was judged by another call',
            HINT = 'Read and decide again.';
    END IF;

    IF item_outcome = 'booked' THEN
        SELECT m.account_id INTO merchant_account FROM till t JOIN merchant m ON m.id = t.merchant_id
        WHERE t.id = item_till AND t.merchant_id = item_merchant;
        -- Only the merchant of the till is paid, from budgets of somebody for whom the card speaks; visits go to where
        -- used visits of the scheme go, and the risk is of a scheme and year that has money.
        PERFORM 1 WHERE merchant_account IS NOT NULL
            AND EXISTS (SELECT 1 FROM offline_permit p WHERE p.id = item_permit AND p.till_id = item_till)
            AND EXISTS (
                SELECT 1 FROM card c WHERE c.id = item_card AND (c.unconfirmed_cents IS NULL OR item_take <= c.unconfirmed_cents) AND (c.resident_id = item_subject OR EXISTS (
                    SELECT 1 FROM managing_adult a WHERE a.child_id = item_subject AND a.adult_id = c.resident_id
                    AND a.valid_from <= day AND (a.valid_until IS NULL OR a.valid_until > day))))
            AND (risk_cents = 0 OR EXISTS (SELECT 1 FROM appropriation a WHERE a.scheme_id = risk_scheme AND a.budget_year = risk_year))
            AND NOT EXISTS (
                SELECT 1 FROM unnest(debits, credits) AS l (debit, credit)
                WHERE NOT coalesce((
                    SELECT l.credit = merchant_account AND (b.merchant_id IS NULL OR b.merchant_id = item_merchant)
                    FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.account_id = l.debit AND p.resident_id = item_subject
                ), (
                    SELECT EXISTS (SELECT 1 FROM account a WHERE a.id = l.credit AND a.kind = 'used' AND a.scheme_id = b.scheme_id AND a.budget_year = b.budget_year)
                        AND (b.merchant_id IS NULL OR b.merchant_id = item_merchant)
                    FROM budget b JOIN pass p ON p.id = b.pass_id WHERE b.visits_account_id = l.debit AND p.resident_id = item_subject
                ), false));
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'PA251', MESSAGE = 'a sale without a network pays the merchant of its till, from budgets of the card or the risk of a scheme';
        END IF;
        IF (item_take, item_visits, item_price) IS DISTINCT FROM (
            SELECT (coalesce(sum(l.amount) FILTER (WHERE l.credit = merchant_account), 0)::bigint,
                coalesce(sum(l.amount) FILTER (WHERE l.credit <> merchant_account), 0)::integer,
                coalesce(sum(l.amount) FILTER (WHERE l.credit = merchant_account), 0)::bigint + risk_cents)
            FROM unnest(credits, amounts) AS l (credit, amount)) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA112', MESSAGE = 'what is taken is not what the lines move';
        END IF;
        -- What the permit allows in all, of the pass that day, and at the municipality's risk; and in a day no more than one
        -- permit's worth under permits that were not the newest any more, so that nobody saves them up.
        PERFORM 1 FROM offline_permit p, offline_permit n
        WHERE p.id = item_permit AND n.till_id = item_till
            AND n.number = (SELECT max(o.number) FROM offline_permit o WHERE o.till_id = item_till)
            AND item_price + (SELECT coalesce(sum(s.price_cents), 0) FROM offline_sale s
                WHERE s.permit_id = p.id AND s.outcome = 'booked') <= p.total_cents
            AND (p.id = n.id OR item_price + (SELECT coalesce(sum(s.price_cents), 0) FROM offline_sale s
                JOIN offline_permit o ON o.id = s.permit_id
                WHERE s.till_id = item_till AND s.outcome = 'booked' AND s.recorded_at >= least(n.issued_at, now() - interval '1 day')
                AND EXISTS (SELECT 1 FROM offline_permit l WHERE l.till_id = item_till AND l.number > o.number AND l.issued_at <= s.recorded_at))
                <= greatest(p.total_cents, n.total_cents))
            AND item_price + (SELECT coalesce(sum(s.price_cents), 0) FROM processing_log l
                JOIN offline_sale s ON s.id = l.entry_id AND s.outcome = 'booked' AND s.merchant_id = item_merchant
                WHERE l.subject_id = item_subject AND l.recorded_at >= day - interval '1 day'
                AND (s.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date = day) <= p.per_pass_day_cents
            AND (risk_cents = 0 OR risk_cents + (SELECT coalesce(sum(s.risk_cents), 0) FROM offline_sale s
                WHERE s.merchant_id = item_merchant AND s.recorded_at > now() - interval '1 day') <= p.risk_day_cents);
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'PA252', MESSAGE = 'more than the permit allows',
                HINT = 'Read and decide again.';
        END IF;
        IF risk_cents > 0 THEN
            risk := (open_accounts(ARRAY[risk_candidate], ARRAY['offline_risk'], ARRAY['cents'], ARRAY[risk_scheme], ARRAY[risk_year::smallint],
                ARRAY[NULL::uuid], ARRAY[false], ARRAY[NULL::timestamptz], ARRAY[NULL::timestamptz]))[1];
            debits := debits || risk;
            credits := credits || merchant_account;
            amounts := amounts || risk_cents;
            seen := seen || NULL::bigint;
        END IF;
    END IF;

    IF is_stored OR closes THEN
        SELECT coalesce(array_agg(u.id ORDER BY u.id), '{}') INTO places FROM (SELECT unnest(debits) AS id UNION SELECT unnest(credits)) u;
        SELECT book(array_agg(i.id ORDER BY i.n), array_agg(i.kind ORDER BY i.n), array_agg(i.refusal ORDER BY i.n), array_agg(i.print ORDER BY i.n),
            array_agg(NULL::uuid), array_agg(i.replaces ORDER BY i.n), array_agg(item_occurred), array_agg('till'::text), array_agg(item_till), places,
            l.items, l.debits, l.credits, l.amounts, l.reversed, l.seen)
        INTO outcomes
        FROM (
            SELECT 1 AS n, item_replaces AS id, 'redeem' AS kind, 'offline-taken-over' AS refusal, closing_print AS print, NULL::uuid AS replaces WHERE closes
            UNION ALL
            SELECT 2, item_id, 'offline', item_refusal, item_print, item_replaces WHERE is_stored
        ) i
        CROSS JOIN (
            SELECT coalesce(array_agg(first ORDER BY m.n), '{}') AS items, coalesce(array_agg(width_bucket(m.debit, places) ORDER BY m.n), '{}') AS debits,
                coalesce(array_agg(width_bucket(m.credit, places) ORDER BY m.n), '{}') AS credits, coalesce(array_agg(m.amount ORDER BY m.n), '{}') AS amounts,
                coalesce(array_agg(NULL::smallint), '{}') AS reversed, coalesce(array_agg(m.seen ORDER BY m.n), '{}') AS seen
            FROM unnest(debits, credits, amounts, seen) WITH ORDINALITY AS m (debit, credit, amount, seen, n)
        ) l
        GROUP BY l.items, l.debits, l.credits, l.amounts, l.reversed, l.seen;
        IF NOT outcomes <@ ARRAY['booked', 'declined'] THEN
            RAISE EXCEPTION USING ERRCODE = 'PA253', MESSAGE = 'what a sale without a network rests on has moved',
                HINT = 'Read and decide again.';
        END IF;
        INSERT INTO redemption (entry_id, till_id, merchant_id, location_id, category, price_cents, taken_cents, visits, visits_asked, refusal, sale_id, recorded_at)
        SELECT i.id, item_till, item_merchant, item_location, item_category, item_price, i.taken, i.visits, i.asked, i.refusal, item_sale, now()
        FROM (
            SELECT item_replaces AS id, 0::bigint AS taken, 0 AS visits, 0 AS asked, 'offline-taken-over' AS refusal WHERE closes
            UNION ALL
            SELECT item_id, CASE WHEN item_refusal IS NULL THEN item_price ELSE 0 END, CASE WHEN item_refusal IS NULL THEN item_visits ELSE 0 END,
                CASE WHEN item_refusal IS NULL THEN item_asked ELSE 0 END, item_refusal WHERE is_stored
        ) i;
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, taken_cents, trace_id, recorded_at)
        SELECT item_subject, 'redemption', 'till', item_till, item_id, item_card, CASE WHEN item_refusal IS NULL THEN item_price ELSE 0 END, item_trace, now()
        WHERE is_stored AND item_subject IS NOT NULL;
    END IF;
    INSERT INTO offline_sale (till_id, sequence, digest, id, holds_number, merchant_id, permit_id, outcome, bearer, price_cents, take_cents, risk_cents,
        risk_scheme_id, reason, chain, clock, said_at, occurred_at, recorded_at)
    VALUES (item_till, item_sequence, item_digest, item_id, item_holds, item_merchant, item_permit, item_outcome, item_bearer, item_price, item_take, risk_cents,
        CASE WHEN risk_cents > 0 THEN risk_scheme END, item_reason, item_chain, item_clock, item_said, item_occurred, now());
    RETURN now();
END $$;

ALTER FUNCTION municipality.redeem_offline(item_id uuid, item_print bytea, item_refusal text, is_stored boolean, item_occurred timestamp with time zone, item_replaces uuid, replaced_was text, closing_print bytea, item_till uuid, item_merchant uuid, item_location uuid, item_card uuid, item_subject uuid, item_category text, item_price bigint, item_visits integer, item_asked integer, item_sale uuid, item_trace text, debits bigint[], credits bigint[], amounts bigint[], seen bigint[], risk_scheme uuid, risk_year integer, risk_cents bigint, risk_candidate bigint, item_permit uuid, item_sequence bigint, item_digest bytea, item_holds boolean, item_outcome text, item_bearer text, item_take bigint, item_reason text, item_chain text, item_clock text, item_said timestamp with time zone) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.refresh_statistics() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    ANALYZE account, balance, entry, transfer, resident, resident_version, managing_adult, pass, card, budget,
        scheme_grant, decision, merchant, agreement, till, redemption, processing_log;
END $$;

ALTER FUNCTION municipality.refresh_statistics() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_bank_booking() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT a.item_id FROM added a) d JOIN bank_item i ON i.id = d.item_id
        CROSS JOIN LATERAL (
            SELECT sum(l.amount_cents) AS cents, bool_and(b.message = i.message AND
                CASE b.act WHEN 'pay' THEN l.pay_entry_id IS NOT NULL ELSE l.bounce_entry_id IS NOT NULL END) AS is_so
            FROM bank_booking b JOIN settlement_line l ON l.run_id = b.run_id AND l.number = b.number WHERE b.item_id = i.id
        ) s
        WHERE NOT s.is_so OR i.outcome NOT IN ('booked', 'confirmed', 'matched')
            OR i.outcome <> 'matched' AND i.kind <> 'status' AND (i.amount_cents, i.currency) IS DISTINCT FROM (s.cents, 'EUR')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA292', MESSAGE = 'what was booked is not what the bank says';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.refuse_bank_booking() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_bank_decision() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.outcome IS NOT NULL
        OR (to_jsonb(NEW) - '{outcome,ended_at,ended_by}'::text[]) <> (to_jsonb(OLD) - '{outcome,ended_at,ended_by}'::text[]) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA294', MESSAGE = 'a decision on an answer of the bank ends once, and is what was proposed';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_bank_decision() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_bank_item() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.outcome <> 'open'
        OR (to_jsonb(NEW) - '{outcome,why,decided_at}'::text[]) <> (to_jsonb(OLD) - '{outcome,why,decided_at}'::text[])
        OR NEW.outcome IN ('matched', 'dismissed') AND NOT EXISTS (
            SELECT 1 FROM bank_decision d WHERE d.item_id = NEW.id AND d.outcome = 'confirmed'
                AND d.kind = CASE NEW.outcome WHEN 'matched' THEN 'match' ELSE 'dismiss' END) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA293', MESSAGE = 'what the bank said does not change, and two people say what it is';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_bank_item() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_changed_signal() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM signal_verdict v WHERE v.signal_id = coalesce(NEW.id, OLD.id)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA256', MESSAGE = 'a signal that was judged is never changed';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_changed_signal() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_changed_verdict() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'owner_' || TG_TABLE_SCHEMA THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'PA255', MESSAGE = 'a verdict on a signal is never changed';
END $$;

ALTER FUNCTION municipality.refuse_changed_verdict() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_debit_note() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    standing record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(current_schema || '.debit_note'));
    SELECT a.id, z.balance_cents, z.below_since,
        (at AT TIME ZONE 'Europe/Amsterdam')::date - (z.below_since AT TIME ZONE 'Europe/Amsterdam')::date AS days INTO standing
    FROM account a CROSS JOIN LATERAL account_below_zero(a.id) z
    WHERE a.kind = 'merchant' AND a.unit = 'cents' AND a.subject_id = NEW.merchant_id;
    IF (standing.days >= debit_note_days()) IS NOT TRUE
        OR NOT EXISTS (SELECT 1 FROM merchant m WHERE m.id = NEW.merchant_id AND m.state IN ('approved', 'suspended')) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA273', MESSAGE = 'a debit note is for a merchant that takes part and is below zero long enough';
    END IF;
    NEW.number := (SELECT coalesce(max(n.number), 0) + 1 FROM debit_note n);
    NEW.reference := debit_note_reference(NEW.number);
    NEW.account_id := standing.id;
    NEW.amount_cents := -standing.balance_cents;
    NEW.below_since := standing.below_since;
    NEW.negative_since := (standing.below_since AT TIME ZONE 'Europe/Amsterdam')::date;
    NEW.proposed_at := at;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_debit_note() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_debit_note_bank_item() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM bank_item i JOIN debit_note_receipt r ON r.entry_id = NEW.entry_id JOIN debit_note n ON n.id = r.note_id
        WHERE i.id = NEW.item_id AND i.outcome IN ('booked', 'confirmed') AND i.kind = 'credit' AND NOT i.is_return
            AND (i.note_number, i.message, i.amount_cents, i.currency, i.day) = (n.number, NEW.message, r.amount_cents, 'EUR', r.received_on)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA279', MESSAGE = 'what was booked of a debit note is not what the bank says';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_debit_note_bank_item() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_debit_note_step() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    steps CONSTANT text[] := '{approved_at,approved_by,due_on,payee_name,payee_iban,withdrawn_at,withdrawn_by,withdrawn_because,netted_at,received_cents}';
    approves CONSTANT boolean := OLD.approved_at IS NULL AND NEW.approved_at IS NOT NULL;
BEGIN
    IF (to_jsonb(NEW) - steps) <> (to_jsonb(OLD) - steps)
        OR OLD.withdrawn_at IS NOT NULL OR OLD.netted_at IS NOT NULL OR OLD.received_cents = OLD.amount_cents
        OR OLD.approved_at IS NOT NULL AND (OLD.approved_at, OLD.approved_by, OLD.due_on, OLD.payee_name, OLD.payee_iban)
            IS DISTINCT FROM (NEW.approved_at, NEW.approved_by, NEW.due_on, NEW.payee_name, NEW.payee_iban)
        OR NEW.received_cents <> OLD.received_cents AND (NEW.received_cents < OLD.received_cents OR current_user <> 'ledger_' || TG_TABLE_SCHEMA)
        OR NEW.netted_at IS NOT NULL AND debit_note_outstanding(OLD.id) <> 0
        OR approves AND debit_note_outstanding(OLD.id) = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA274', MESSAGE = 'a debit note does not go this way, and never changes what it was';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_debit_note_step() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_double_agreement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM merchant WHERE id = NEW.merchant_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM agreement a
        WHERE a.merchant_id = NEW.merchant_id AND a.category = NEW.category AND a.id <> NEW.id
        AND daterange(a.valid_from, a.valid_until) && daterange(NEW.valid_from, NEW.valid_until)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA220', MESSAGE = 'an agreement overlaps another one on the same category';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_double_agreement() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_early_manifest() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM settlement_run r WHERE r.id = NEW.run_id AND r.exported_at IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA272', MESSAGE = 'a settlement has a manifest once its files for the bank were made';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_early_manifest() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_in_sandbox() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sandbox) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA260', MESSAGE = 'nothing leaves a sandbox';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_in_sandbox() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_large_settlement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF settlement_is_large(NEW.id) AND NOT EXISTS (SELECT 1 FROM login_role r WHERE r.login_id = NEW.approved_by AND r.role = 'treasurer') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA271', MESSAGE = 'a settlement of this size is approved by somebody with the role for it';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_large_settlement() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_letters_in_sandbox() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sandbox) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA270', MESSAGE = 'a sandbox sends no letters';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_letters_in_sandbox() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_money_in_closed_year() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(current_schema || '.year_closing'));
    IF EXISTS (SELECT 1 FROM year_closing c WHERE c.year = NEW.budget_year AND c.reopened_at IS NULL AND c.rejected_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA316', MESSAGE = 'nothing is granted in a year that is closed';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.refuse_money_in_closed_year() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_month_of_closed_year() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext(current_schema || '.year_closing'));
    IF EXISTS (SELECT 1 FROM year_closing c WHERE NEW.period >= c.starts_on AND NEW.period < c.ends_on AND c.reopened_at IS NULL AND c.rejected_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA317', MESSAGE = 'a month of a closed year opens after its year';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.refuse_month_of_closed_year() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_opening_in_closed_year() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM opened o WHERE o.kind IN ('budget', 'appropriation')) THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext(current_schema || '.year_closing'));
        IF EXISTS (SELECT 1 FROM opened o JOIN year_closing c ON c.year = o.budget_year AND c.reopened_at IS NULL AND c.rejected_at IS NULL
            WHERE o.kind IN ('budget', 'appropriation')) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA316', MESSAGE = 'nothing is granted in a year that is closed';
        END IF;
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.refuse_opening_in_closed_year() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_other_judgement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR OLD.rejected_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA224', MESSAGE = 'this was judged before, and is judged once';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_other_judgement() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_over_limit() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM coupon_run r WHERE r.id IN (SELECT m.run_id FROM made m) ORDER BY r.id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM coupon_run r WHERE r.id IN (SELECT m.run_id FROM made m)
            AND (SELECT sum(c.face_cents) FROM coupon c WHERE c.run_id = r.id) > r.limit_cents) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA289', MESSAGE = 'more on coupons than the run may be worth';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.refuse_over_limit() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_overlap() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM scheme WHERE id = NEW.scheme_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM scheme_version v
        WHERE v.scheme_id = NEW.scheme_id AND v.id <> NEW.id
        AND daterange(v.valid_from, v.valid_until) && daterange(NEW.valid_from, NEW.valid_until)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA201', MESSAGE = 'a version of a scheme overlaps another version of it';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_overlap() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_period_closing() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    first_month CONSTANT date := (SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam')::date FROM epoch e ORDER BY e.number LIMIT 1);
BEGIN
    IF NEW.period > date_trunc('month', clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date
        OR NEW.period < first_month
        OR NEW.number <> coalesce((SELECT max(c.number) FROM period_closing c WHERE c.period = NEW.period), 0) + 1
        OR EXISTS (SELECT 1 FROM generate_series(first_month, NEW.period - interval '1 month', interval '1 month') AS m (month)
            WHERE NOT EXISTS (SELECT 1 FROM period_closing c WHERE c.period = m.month::date AND c.closed_at IS NOT NULL AND c.reopened_at IS NULL)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA310', MESSAGE = 'a month is closed when it has begun, after every month before it';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_period_closing() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_period_step() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.reopened_at IS NOT NULL
        OR (OLD.id, OLD.period, OLD.number, OLD.announced_at, OLD.announced_by, OLD.xid)
            IS DISTINCT FROM (NEW.id, NEW.period, NEW.number, NEW.announced_at, NEW.announced_by, NEW.xid)
        OR OLD.closed_at IS NOT NULL AND (OLD.closed_at, OLD.closed_by, OLD.profile_id, OLD.lines, OLD.transfers, OLD.total_cents, OLD.content_hash)
            IS DISTINCT FROM (NEW.closed_at, NEW.closed_by, NEW.profile_id, NEW.lines, NEW.transfers, NEW.total_cents, NEW.content_hash)
        OR OLD.closed_at IS NULL AND NEW.reopening_proposed_at IS NOT NULL
        OR NEW.reopened_at IS NOT NULL AND (OLD.reopening_proposed_at, OLD.reopening_proposed_by, OLD.reopening_because)
            IS DISTINCT FROM (NEW.reopening_proposed_at, NEW.reopening_proposed_by, NEW.reopening_because) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA311', MESSAGE = 'a period that was closed does not go this way, and never changes what it was';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_period_step() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_repeated_verdict() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM signal s WHERE s.id = NEW.signal_id FOR UPDATE;
    IF NEW.verdict = (SELECT v.verdict FROM signal_verdict v WHERE v.signal_id = NEW.signal_id
            ORDER BY v.judged_at DESC, v.id DESC LIMIT 1) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA257', MESSAGE = 'this verdict on the signal stands already';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_repeated_verdict() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_rewriting_a_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
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

ALTER FUNCTION municipality.refuse_rewriting_a_version() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_role() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    holder login;
BEGIN
    -- Locks the login, so that two administrators cannot give one of a pair each at the same moment.
    SELECT * INTO holder FROM login WHERE id = NEW.login_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM login_role r, incompatible_role i
        WHERE r.login_id = NEW.login_id AND i.role = r.role AND i.other = NEW.role
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA210', MESSAGE = 'this role does not go together with another role of this login';
    END IF;
    IF (NEW.role = 'merchant_manager') <> (holder.merchant_id IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA211', MESSAGE = 'a login of a merchant is merchant_manager and nothing else, and no other login is';
    END IF;
    IF holder.issuer = 'program' AND NEW.role IN (
        'administrator', 'approver', 'counter', 'finance', 'intermediary', 'merchant_manager', 'officer', 'registrar', 'team_member', 'treasurer'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA212', MESSAGE = 'this role is for people, and this login is of a program';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_role() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_second_application_verdict() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.decided_at IS NOT NULL AND (NEW.state, NEW.decided_at, NEW.decided_by, NEW.refusal, NEW.awarded_cents, NEW.resident_id, NEW.scheme_id)
        IS DISTINCT FROM (OLD.state, OLD.decided_at, OLD.decided_by, OLD.refusal, OLD.awarded_cents, OLD.resident_id, OLD.scheme_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA223', MESSAGE = 'an application is decided once';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_second_application_verdict() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_second_deviation_verdict() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR OLD.rejected_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA222', MESSAGE = 'a deviation that was judged never changes; propose another one';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_second_deviation_verdict() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_second_verdict() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL OR OLD.rejected_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA221', MESSAGE = 'a payout account that was judged never changes; propose another one';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_second_verdict() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_settlement_line() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM settlement_run r JOIN account a ON a.id = NEW.account_id AND a.subject_id = NEW.merchant_id
        WHERE r.id = NEW.run_id AND r.state = 'proposed' AND (r.cutoff_epoch, r.cutoff_xid) = (NEW.to_epoch, NEW.to_xid)
            AND (SELECT p.id FROM payout_account p WHERE p.merchant_id = NEW.merchant_id AND p.usable_from <= r.proposed_at
                ORDER BY p.usable_from DESC, p.proposed_at DESC LIMIT 1) = NEW.payout_account_id
    ) OR (NEW.from_epoch, NEW.from_xid) IS DISTINCT FROM coalesce((
        SELECT (l.to_epoch, l.to_xid) FROM settlement_line l
        WHERE l.account_id = NEW.account_id AND (l.state <> 'withdrawn' OR l.settle_entry_id IS NOT NULL)
        ORDER BY l.from_epoch DESC, l.from_xid DESC LIMIT 1
    ), (0, 0::bigint)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA241', MESSAGE = 'a line of a settlement pays its own merchant on the account in use, begins where the one before it ended, and ends at the cut-off of its run';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_settlement_line() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_settlement_step() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'approved'), ('proposed', 'withdrawn'), ('approved', 'withdrawn'),
            ('approved', 'exported'), ('exported', 'booked'))
        OR (OLD.id, OLD.number, OLD.cutoff_epoch, OLD.cutoff_xid, OLD.proposed_by, OLD.large_cents)
            IS DISTINCT FROM (NEW.id, NEW.number, NEW.cutoff_epoch, NEW.cutoff_xid, NEW.proposed_by, NEW.large_cents)
        OR OLD.approved_by IS NOT NULL AND (OLD.approved_by, OLD.payer_iban, OLD.account_id) IS DISTINCT FROM (NEW.approved_by, NEW.payer_iban, NEW.account_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA240', MESSAGE = 'a settlement run does not go this way, and never changes what it was';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_settlement_step() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_takeover_row() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.outcome = 'booked'
        OR TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM takeover t WHERE t.id = OLD.takeover_id AND t.outcome = 'rejected')
        OR TG_OP = 'UPDATE' AND (
            OLD.outcome <> 'waiting' OR NEW.outcome NOT IN ('booked', 'refused')
            OR (to_jsonb(NEW) - '{outcome,reason,resident_id,number_hash,key_id}'::text[])
                <> (to_jsonb(OLD) - '{outcome,reason,resident_id,number_hash,key_id}'::text[])
            OR NEW.outcome = 'booked' AND NEW.amount_cents > 0 AND NOT EXISTS (
                SELECT 1 FROM entry e WHERE e.id = NEW.entry_id AND e.kind = 'opening' AND e.total = NEW.amount_cents)) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA326', MESSAGE = 'a row of a take-over is booked once, as it was approved';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

ALTER FUNCTION municipality.refuse_takeover_row() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_takeover_rows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM takeover t WHERE t.id IN (SELECT a.takeover_id FROM added a) ORDER BY t.id FOR SHARE;
    IF EXISTS (SELECT 1 FROM added a JOIN takeover t ON t.id = a.takeover_id WHERE t.approved_at IS NOT NULL OR t.ended_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM added a WHERE a.outcome = 'booked') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA325', MESSAGE = 'nothing is added to a take-over that somebody approved';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.refuse_takeover_rows() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_takeover_step() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL AND OLD.approved_at IS NOT NULL
        OR (to_jsonb(NEW) - '{approved_at,approved_by,ended_at,outcome,because}'::text[])
            <> (to_jsonb(OLD) - '{approved_at,approved_by,ended_at,outcome,because}'::text[])
        OR OLD.approved_at IS NOT NULL AND (NEW.approved_at, NEW.approved_by) IS DISTINCT FROM (OLD.approved_at, OLD.approved_by)
        OR NEW.outcome = 'booked' AND EXISTS (SELECT 1 FROM takeover_row r WHERE r.takeover_id = NEW.id AND r.outcome = 'waiting') THEN
        RAISE EXCEPTION USING ERRCODE = 'PA328', MESSAGE = 'a take-over is approved once and ends once, as it was proposed';
    END IF;
    IF NEW.approved_at IS NOT NULL AND OLD.approved_at IS NULL AND EXISTS (
        SELECT 1 FROM (
            SELECT r.scheme_id, coalesce(sum(r.amount_cents), 0) AS cents FROM takeover_row r
            WHERE r.takeover_id = NEW.id AND r.scheme_id IS NOT NULL GROUP BY r.scheme_id
        ) f
        FULL JOIN (SELECT t.scheme_id, t.told_cents FROM takeover_total t WHERE t.takeover_id = NEW.id) t ON t.scheme_id = f.scheme_id
        WHERE f.cents IS DISTINCT FROM t.told_cents
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA329', MESSAGE = 'the rows of a take-over add up to what was said beside the file';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_takeover_step() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_unchecked_contact() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM contact_check c WHERE c.resident_id = NEW.resident_id AND c.channel = NEW.channel
            AND c.address_encrypted = NEW.address_encrypted AND c.proved AND c.ended_at = NEW.verified_at) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA286', MESSAGE = 'an address is used only after a code that was sent to it came back';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_unchecked_contact() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_while_waiting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.waits_until > NEW.tried_at OR NEW.rounds < OLD.rounds THEN
        RAISE EXCEPTION USING ERRCODE = 'PA275', MESSAGE = 'no code is tried while its card waits, and no wait becomes shorter';
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_while_waiting() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_write() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PA100',
        MESSAGE = format('%s on %s refused: the ledger is append-only', TG_OP, TG_TABLE_NAME),
        HINT = 'A correction is a new entry. Use the functions of the ledger.';
END $$;

ALTER FUNCTION municipality.refuse_write() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_write_unless_ledger() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF current_user <> 'ledger_' || TG_TABLE_SCHEMA THEN
        RAISE EXCEPTION USING ERRCODE = 'PA101',
            MESSAGE = format('%s on %s refused: only the functions of the ledger write here', TG_OP, TG_TABLE_NAME),
            HINT = 'Call the function that does what you want.';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION municipality.refuse_write_unless_ledger() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_year_closing() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    because text;
BEGIN
    -- Whoever grants holds this lock shared until the end; so nothing that is granted is missed here.
    PERFORM pg_advisory_xact_lock(hashtext(current_schema || '.year_closing'));
    because := year_not_ready(NEW.year, NEW.starts_on, NEW.ends_on);
    IF because IS NOT NULL OR NEW.closed_at IS NOT NULL OR NEW.rejected_at IS NOT NULL
        OR NEW.number <> coalesce((SELECT max(c.number) FROM year_closing c WHERE c.year = NEW.year), 0) + 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA314', MESSAGE = 'a year is not ready to be closed', DETAIL = coalesce(because, 'closings are numbered, and begin as a proposal');
    END IF;
    -- Everybody who granted before has a smaller number than the next one to be given out.
    NEW.epoch := (SELECT max(e.number) FROM epoch e);
    NEW.xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_year_closing() OWNER TO owner_municipality;

CREATE FUNCTION municipality.refuse_year_step() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF OLD.reopened_at IS NOT NULL OR OLD.rejected_at IS NOT NULL
        OR (OLD.id, OLD.year, OLD.number, OLD.starts_on, OLD.ends_on, OLD.proposed_at, OLD.proposed_by, OLD.epoch, OLD.xid)
            IS DISTINCT FROM (NEW.id, NEW.year, NEW.number, NEW.starts_on, NEW.ends_on, NEW.proposed_at, NEW.proposed_by, NEW.epoch, NEW.xid)
        OR OLD.closed_at IS NOT NULL AND (OLD.closed_at, OLD.closed_by, OLD.checkpoint_size, OLD.merchant_names, OLD.file_hash)
            IS DISTINCT FROM (NEW.closed_at, NEW.closed_by, NEW.checkpoint_size, NEW.merchant_names, NEW.file_hash)
        OR OLD.closed_at IS NULL AND NEW.reopening_proposed_at IS NOT NULL
        OR NEW.reopened_at IS NOT NULL AND (OLD.reopening_proposed_at, OLD.reopening_proposed_by, OLD.reopening_because)
            IS DISTINCT FROM (NEW.reopening_proposed_at, NEW.reopening_proposed_by, NEW.reopening_because) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA315', MESSAGE = 'a year that was closed does not go this way, and never changes what it was';
    END IF;
    IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN
        IF year_not_ready(NEW.year, NEW.starts_on, NEW.ends_on) IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'PA314', MESSAGE = 'a year is not ready to be closed', DETAIL = year_not_ready(NEW.year, NEW.starts_on, NEW.ends_on);
        END IF;
        IF NOT EXISTS (SELECT 1 FROM seal_checkpoint k WHERE k.size = NEW.checkpoint_size AND (k.epoch, k.xid) > (OLD.epoch, OLD.xid)) THEN
            RAISE EXCEPTION USING ERRCODE = 'PA318', MESSAGE = 'the seal of a closing stands over all that was booked before it was proposed';
        END IF;
    END IF;
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.refuse_year_step() OWNER TO owner_municipality;

CREATE FUNCTION municipality.reverse_batch(item_ids uuid[], item_kinds text[], item_fingerprints bytea[], item_reverses uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], tills uuid[], takes bigint[], reasons text[], traces text[], voids_since timestamp with time zone DEFAULT '-infinity'::timestamp with time zone) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
    items CONSTANT integer := cardinality(item_ids);
    changed integer[];
    outcomes text[];
BEGIN
    IF (items = ALL (ARRAY[cardinality(tills), cardinality(takes), cardinality(reasons), cardinality(traces)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(item_kinds) k (kind) WHERE k.kind NOT IN ('void', 'refund'))
        OR EXISTS (SELECT 1 FROM unnest(item_reverses) r (id) WHERE r.id IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'reverse_batch takes voids and refunds of redemptions';
    END IF;
    IF EXISTS (
        SELECT 1 FROM unnest(line_items, line_debits, line_amounts, line_reversed) AS o (item, debit, amount, reversed)
        WHERE o.reversed IS NULL
        GROUP BY o.item, o.debit
        HAVING sum(o.amount) > coalesce((
            SELECT sum(b.amount) FROM unnest(line_items, line_credits, line_amounts, line_reversed) AS b (item, credit, amount, reversed)
            WHERE b.item = o.item AND b.credit = o.debit AND b.reversed IS NOT NULL), 0)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'more is moved on than came back';
    END IF;
    SELECT array_agg(i.n::integer) INTO changed
    FROM unnest(item_kinds, item_reverses, tills, item_actors) WITH ORDINALITY AS i (kind, reverses, till_id, actor_id, n)
    JOIN redemption r ON r.entry_id = i.reverses
    WHERE NOT CASE
        WHEN i.kind = 'void' AND (i.till_id IS DISTINCT FROM r.till_id OR r.recorded_at <= voids_since) THEN false
        WHEN i.till_id IS NULL THEN coalesce((
            SELECT l.state = 'active' AND (l.merchant_id IS NULL OR l.merchant_id = r.merchant_id) FROM login l WHERE l.id = i.actor_id), false)
        ELSE coalesce((
            SELECT t.state = 'active' AND (t.kind = 'counter' OR t.id = r.till_id OR t.merchant_id = r.merchant_id)
                AND (t.login_id IS NULL OR (SELECT l.state = 'active' FROM login l WHERE l.id = t.login_id))
            FROM till t WHERE t.id = i.till_id), false)
        END;
    IF changed IS NOT NULL THEN
        RETURN (SELECT array_agg(CASE WHEN n = ANY (changed) THEN 'moved' ELSE 'busy' END ORDER BY n) FROM generate_series(1, items) n);
    END IF;
    IF EXISTS (
        SELECT 1 FROM unnest(item_reverses, takes) WITH ORDINALITY AS i (reverses, take, n)
        JOIN redemption r ON r.entry_id = i.reverses AND r.refusal IS NULL
        WHERE i.take IS DISTINCT FROM (
            SELECT sum(l.amount) FROM unnest(line_items, line_debits, line_amounts, line_reversed) AS l (item, debit, amount, reversed)
            WHERE l.item = i.n AND l.reversed IS NOT NULL
            AND accounts[l.debit] = (SELECT m.account_id FROM merchant m WHERE m.id = r.merchant_id))
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA112', MESSAGE = 'what comes back is not what the lines move';
    END IF;

    outcomes := book(item_ids, item_kinds, array_fill(NULL::text, ARRAY[items]), item_fingerprints, item_reverses,
        array_fill(NULL::uuid, ARRAY[items]), item_occurred, item_actor_kinds, item_actors, accounts,
        line_items, line_debits, line_credits, line_amounts, line_reversed,
        array_fill(NULL::bigint, ARRAY[cardinality(line_items)]));
    INSERT INTO redemption_reversal (entry_id, original_id, kind, amount_cents, till_id, reason, recorded_at)
    SELECT i.id, i.reverses, i.kind, i.take, i.till_id, i.reason, now()
    FROM unnest(item_ids, outcomes, item_reverses, item_kinds, takes, tills, reasons) AS i (id, outcome, reverses, kind, take, till_id, reason)
    WHERE i.outcome = 'booked';
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, trace_id, recorded_at)
    SELECT s.subject_id, i.kind, i.actor_kind, i.actor_id, i.id, NULL, i.trace, now()
    FROM unnest(item_ids, outcomes, item_reverses, item_kinds, item_actor_kinds, item_actors, traces)
        AS i (id, outcome, reverses, kind, actor_kind, actor_id, trace)
    CROSS JOIN LATERAL (
        SELECT DISTINCT p.resident_id AS subject_id FROM transfer t
        JOIN budget b ON b.account_id = t.debit OR b.visits_account_id = t.debit
        JOIN pass p ON p.id = b.pass_id WHERE t.entry_id = i.reverses
    ) s
    WHERE i.outcome = 'booked';
    RETURN outcomes;
END $$;

ALTER FUNCTION municipality.reverse_batch(item_ids uuid[], item_kinds text[], item_fingerprints bytea[], item_reverses uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], tills uuid[], takes bigint[], reasons text[], traces text[], voids_since timestamp with time zone) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.seal(of_epoch integer, from_xid bigint, to_xid bigint, first bigint, kinds smallint[], keys bytea[], hashes bytea[], levels smallint[], numbers bigint[], nodes bytea[], root bytea, note text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET jit TO 'off'
    AS $$
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

ALTER FUNCTION municipality.seal(of_epoch integer, from_xid bigint, to_xid bigint, first bigint, kinds smallint[], keys bytea[], hashes bytea[], levels smallint[], numbers bigint[], nodes bytea[], root bytea, note text) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.seal_rows(of_epoch integer, from_xid bigint, to_xid bigint) RETURNS TABLE(kind smallint, key bytea, data bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_nestloop TO 'off'
    SET jit TO 'off'
    AS $$
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

ALTER FUNCTION municipality.seal_rows(of_epoch integer, from_xid bigint, to_xid bigint) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.seal_waits() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
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

ALTER FUNCTION municipality.seal_waits() OWNER TO ledger_municipality;

COMMENT ON FUNCTION municipality.seal_waits() IS 'A transfer never comes without its entry, so that is not looked at.';

CREATE FUNCTION municipality.set_all_usable(accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    PERFORM 1 FROM balance WHERE account_id = ANY (accounts) ORDER BY account_id FOR NO KEY UPDATE;
    WITH changed AS (
        UPDATE balance b SET usable_from = w.usable_from, usable_until = w.usable_until
        FROM unnest(accounts, set_all_usable.usable_from, set_all_usable.usable_until) AS w (account_id, usable_from, usable_until)
        WHERE b.account_id = w.account_id AND (b.usable_from, b.usable_until) IS DISTINCT FROM (w.usable_from, w.usable_until)
        RETURNING b.account_id, b.usable_from, b.usable_until
    )
    INSERT INTO usable_change (account_id, number, usable_from, usable_until, recorded_at, epoch, xid)
    SELECT c.account_id, coalesce((SELECT max(u.number) FROM usable_change u WHERE u.account_id = c.account_id), 0) + 1,
        c.usable_from, c.usable_until, clock_timestamp(), (SELECT max(e.number) FROM epoch e), pg_current_xact_id()::text::bigint
    FROM changed c;
END $$;

ALTER FUNCTION municipality.set_all_usable(accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.set_budget_usable(budget_account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT set_budgets_usable(ARRAY[budget_account], ARRAY[set_budget_usable.usable_from], ARRAY[set_budget_usable.usable_until])
$$;

ALTER FUNCTION municipality.set_budget_usable(budget_account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) OWNER TO owner_municipality;

CREATE FUNCTION municipality.set_budgets_usable(budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT set_all_usable(array_agg(u.id), array_agg(w.usable_from), array_agg(w.usable_until))
    FROM unnest(budget_accounts, set_budgets_usable.usable_from, set_budgets_usable.usable_until) AS w (id, usable_from, usable_until)
    JOIN budget b ON b.account_id = w.id
    CROSS JOIN LATERAL (VALUES (b.account_id), (b.visits_account_id)) AS u (id)
    WHERE u.id IS NOT NULL
$$;

ALTER FUNCTION municipality.set_budgets_usable(budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) OWNER TO owner_municipality;

CREATE FUNCTION municipality.set_usable(account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT set_all_usable(ARRAY[account], ARRAY[set_usable.usable_from], ARRAY[set_usable.usable_until])
$$;

ALTER FUNCTION municipality.set_usable(account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.settled_until(leaving_out uuid, OUT accounts bigint[], OUT merchants uuid[], OUT epochs integer[], OUT xids bigint[]) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
    SELECT array_agg(a.id), array_agg(a.subject_id), array_agg(coalesce(l.to_epoch, 0)), array_agg(coalesce(l.to_xid, 0))
    FROM account a LEFT JOIN LATERAL (
        SELECT l.to_epoch, l.to_xid FROM settlement_line l
        WHERE l.account_id = a.id AND (l.state <> 'withdrawn' OR l.settle_entry_id IS NOT NULL) AND l.run_id IS DISTINCT FROM leaving_out
        ORDER BY l.from_epoch DESC, l.from_xid DESC LIMIT 1
    ) l ON true
    WHERE a.kind IN ('merchant', 'payee')
$$;

ALTER FUNCTION municipality.settled_until(leaving_out uuid, OUT accounts bigint[], OUT merchants uuid[], OUT epochs integer[], OUT xids bigint[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.settlement_differs(run uuid, until_epoch integer, until_xid bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_nestloop TO 'off'
    AS $$
    SELECT count(*) FROM settlement_line l LEFT JOIN owed_until(until_epoch, until_xid, run) o ON o.account_id = l.account_id
    WHERE l.run_id = run AND (l.from_epoch, l.from_xid, l.redeemed_cents, l.reversed_cents, l.returned_cents)
        IS DISTINCT FROM (o.from_epoch, o.from_xid, o.redeemed_cents, o.reversed_cents, o.returned_cents)
$$;

ALTER FUNCTION municipality.settlement_differs(run uuid, until_epoch integer, until_xid bigint) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.settlement_is_large(run uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT coalesce((SELECT sum(l.amount_cents) FROM settlement_line l WHERE l.run_id = r.id) > least(r.large_cents, large_payout_limit()), false)
    FROM settlement_run r WHERE r.id = run
$$;

ALTER FUNCTION municipality.settlement_is_large(run uuid) OWNER TO owner_municipality;

CREATE FUNCTION municipality.speaks_for(somebody uuid, holder uuid, day date) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT somebody = holder OR EXISTS (
        SELECT 1 FROM managing_adult a WHERE a.adult_id = somebody AND a.child_id = holder
        AND a.valid_from <= day AND (a.valid_until IS NULL OR a.valid_until > day)
        AND (a.kind = 'administrator' OR EXISTS (
            SELECT 1 FROM resident_version v WHERE v.resident_id = holder AND v.birth_date > day - interval '18 years')))
$$;

ALTER FUNCTION municipality.speaks_for(somebody uuid, holder uuid, day date) OWNER TO owner_municipality;

CREATE FUNCTION municipality.spend_codes(outcomes text[], nonces bytea[], sales uuid[], tills uuid[]) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    IF (cardinality(outcomes) = ALL (ARRAY[cardinality(nonces), cardinality(sales), cardinality(tills)])) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    INSERT INTO phone_code_use (nonce, sale_id, till_id)
    SELECT DISTINCT ON (i.nonce) i.nonce, i.sale_id, i.till_id
    FROM unnest(outcomes, nonces, sales, tills) WITH ORDINALITY AS i (outcome, nonce, sale_id, till_id, n)
    WHERE i.nonce IS NOT NULL AND i.outcome = 'booked'
    ORDER BY i.nonce, i.n
    ON CONFLICT (nonce) DO NOTHING;
    -- A statement of its own, so that it sees what whoever was first has written.
    IF EXISTS (
        SELECT 1 FROM unnest(outcomes, nonces, sales, tills) AS i (outcome, nonce, sale_id, till_id)
        JOIN phone_code_use u ON u.nonce = i.nonce
        WHERE i.outcome = 'booked' AND (u.sale_id, u.till_id) IS DISTINCT FROM (i.sale_id, i.till_id)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA280', MESSAGE = 'a code of a telephone has paid for another sale';
    END IF;
    RETURN outcomes;
END $$;

ALTER FUNCTION municipality.spend_codes(outcomes text[], nonces bytea[], sales uuid[], tills uuid[]) OWNER TO owner_municipality;

CREATE FUNCTION municipality.stamp_event() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    NEW.epoch := (SELECT max(number) FROM epoch);
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.stamp_event() OWNER TO owner_municipality;

CREATE FUNCTION municipality.stamp_setting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$;

ALTER FUNCTION municipality.stamp_setting() OWNER TO owner_municipality;

CREATE FUNCTION municipality.state_at(subject uuid, state_now text, since_now timestamp with time zone, moment timestamp with time zone, OUT state text, OUT since timestamp with time zone) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT f.state, f.since FROM (
        SELECT s.state, s.since, s.number FROM former_state s WHERE since_now > moment AND s.subject_id = subject AND s.until > moment
        UNION ALL
        SELECT state_now, since_now, 9223372036854775807
    ) f ORDER BY f.number LIMIT 1
$$;

ALTER FUNCTION municipality.state_at(subject uuid, state_now text, since_now timestamp with time zone, moment timestamp with time zone, OUT state text, OUT since timestamp with time zone) OWNER TO owner_municipality;

CREATE FUNCTION municipality.take_over_batch(approved uuid, lines bigint[], prints bytea[], grants uuid[], decisions uuid[], passes uuid[], households text[], versions uuid[], claims text[], periods text[], starts date[], ends date[], granted date, budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], sources bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    size CONSTANT integer := cardinality(lines);
    pass_year smallint;
    held integer;
    source_schemes uuid[];
    source_accounts bigint[];
    places bigint[];
    outcomes text[];
BEGIN
    IF (size = ALL (ARRAY[cardinality(prints), cardinality(grants), cardinality(decisions), cardinality(passes), cardinality(households),
            cardinality(versions), cardinality(claims), cardinality(periods), cardinality(starts), cardinality(ends),
            cardinality(budget_accounts), cardinality(take_over_batch.usable_from), cardinality(take_over_batch.usable_until),
            cardinality(sources)])) IS NOT TRUE OR size = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'PA110', MESSAGE = 'arrays of unequal length';
    END IF;
    SELECT t.budget_year INTO pass_year FROM takeover t
    WHERE t.id = approved AND t.approved_at IS NOT NULL AND t.ended_at IS NULL FOR UPDATE;
    IF pass_year IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA325', MESSAGE = 'nothing is added to a take-over that somebody approved';
    END IF;
    WITH wanted AS (
        SELECT r.resident_id, r.scheme_id, r.amount_cents, l.*
        FROM unnest(lines, grants, decisions, passes, households, versions, claims, periods, starts, ends)
            AS l (line, grant_id, decision_id, pass_id, household, version_id, claim, period, starts_on, ends_on)
        JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line AND r.outcome = 'waiting' AND r.amount_cents > 0
        JOIN pass p ON p.id = l.pass_id AND p.resident_id = r.resident_id AND p.year = pass_year
        JOIN decision d ON d.id = l.decision_id AND d.resident_id = r.resident_id
        JOIN scheme_version v ON v.id = l.version_id AND v.scheme_id = r.scheme_id
    ), made AS (
        INSERT INTO scheme_grant (id, decision_id, resident_id, household_number, scheme_id, scheme_version_id, budget_year,
            claim_key, period_key, amount_cents, visits, starts_on, ends_on, granted_on, epoch)
        SELECT w.grant_id, w.decision_id, w.resident_id, w.household, w.scheme_id, w.version_id, pass_year, w.claim, w.period,
            w.amount_cents, NULL, w.starts_on, w.ends_on, granted, (SELECT max(e.number) FROM epoch e)
        FROM wanted w ORDER BY w.scheme_id, w.claim, w.period
        ON CONFLICT ON CONSTRAINT granted_once DO NOTHING
        RETURNING id
    )
    SELECT count(*) INTO held FROM made;
    IF held <> size THEN
        RAISE EXCEPTION USING ERRCODE = 'PA327', MESSAGE = 'a balance is not as it was read', HINT = 'Read and decide again.';
    END IF;
    SELECT array_agg(s.scheme_id ORDER BY s.scheme_id) INTO source_schemes
    FROM (SELECT DISTINCT r.scheme_id FROM takeover_row r WHERE r.takeover_id = approved AND r.line = ANY (lines)) s;
    held := cardinality(source_schemes);
    source_accounts := open_accounts(sources[1:held], array_fill('earlier_supplier'::text, ARRAY[held]), array_fill('cents'::text, ARRAY[held]),
        source_schemes, array_fill(pass_year, ARRAY[held]), array_fill(NULL::uuid, ARRAY[held]), array_fill(false, ARRAY[held]),
        array_fill(NULL::timestamptz, ARRAY[held]), array_fill(NULL::timestamptz, ARRAY[held]));
    PERFORM open_accounts(array_agg(l.account), array_agg('budget'::text), array_agg('cents'::text), array_agg(r.scheme_id), array_agg(pass_year),
        array_agg(NULL::uuid), array_agg(true), array_agg(l.usable_from), array_agg(l.usable_until))
    FROM unnest(lines, budget_accounts, take_over_batch.usable_from, take_over_batch.usable_until) AS l (line, account, usable_from, usable_until)
    JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line;
    INSERT INTO budget (account_id, pass_id, scheme_id, scheme_version_id, budget_year, granted_at, lapses_on)
    SELECT l.account, l.pass_id, r.scheme_id, l.version_id, pass_year, occurred, l.ends_on
    FROM unnest(lines, budget_accounts, passes, versions, ends) AS l (line, account, pass_id, version_id, ends_on)
    JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line;

    SELECT array_agg(u.id ORDER BY u.id) INTO places FROM (SELECT unnest(source_accounts) AS id UNION SELECT unnest(budget_accounts)) u;
    SELECT book(array_agg(r.entry_id ORDER BY l.n), array_agg('opening'::text), array_agg(NULL::text), array_agg(l.print ORDER BY l.n),
        array_agg(NULL::uuid), array_agg(NULL::uuid), array_agg(occurred), array_agg(by_kind), array_agg(by_id), places,
        array_agg(l.n::integer ORDER BY l.n),
        array_agg(width_bucket(source_accounts[array_position(source_schemes, r.scheme_id)], places) ORDER BY l.n),
        array_agg(width_bucket(l.account, places) ORDER BY l.n), array_agg(r.amount_cents ORDER BY l.n),
        array_agg(NULL::smallint), array_agg(NULL::bigint))
    INTO outcomes
    FROM unnest(lines, prints, budget_accounts) WITH ORDINALITY AS l (line, print, account, n)
    JOIN takeover_row r ON r.takeover_id = approved AND r.line = l.line;
    IF outcomes IS DISTINCT FROM array_fill('booked'::text, ARRAY[size]) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA327', MESSAGE = 'a balance is not as it was read', HINT = 'Read and decide again.';
    END IF;
    UPDATE takeover_row r SET outcome = 'booked', resident_id = NULL, number_hash = NULL, key_id = NULL
    WHERE r.takeover_id = approved AND r.line = ANY (lines);
END $$;

ALTER FUNCTION municipality.take_over_batch(approved uuid, lines bigint[], prints bytea[], grants uuid[], decisions uuid[], passes uuid[], households text[], versions uuid[], claims text[], periods text[], starts date[], ends date[], granted date, budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], sources bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) OWNER TO owner_municipality;

CREATE FUNCTION municipality.tell_of_epoch() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
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

ALTER FUNCTION municipality.tell_of_epoch() OWNER TO owner_municipality;

CREATE FUNCTION municipality.was_stated(award bigint, payee uuid, invoice text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT 1 FROM transfer t
        JOIN redemption r ON r.entry_id = t.entry_id AND r.merchant_id = payee AND lower(r.invoice_reference) = lower(invoice)
        LEFT JOIN reversal back ON back.entry_id = t.entry_id AND back.line = t.line
        WHERE t.debit = award AND coalesce(back.reversed, 0) < t.amount
    )
$$;

ALTER FUNCTION municipality.was_stated(award bigint, payee uuid, invoice text) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.withdraw_settlement(run uuid, withdrawer uuid, withdrawn timestamp with time zone, because text, entries uuid[], prints bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
DECLARE
    ours settlement_run := (SELECT r FROM settlement_run r WHERE r.id = run FOR NO KEY UPDATE);
BEGIN
    IF ours.state = 'approved' THEN
        PERFORM book_settlement('bounce', entries, prints, array_agg(ours.account_id), array_agg(l.account_id ORDER BY l.number),
            array_agg(l.amount_cents ORDER BY l.number), withdrawn, withdrawer)
        FROM settlement_line l WHERE l.run_id = run;
    END IF;
    UPDATE settlement_line l SET state = 'withdrawn', bounce_entry_id = CASE ours.state WHEN 'approved' THEN entries[l.number] END
    WHERE l.run_id = run;
    UPDATE settlement_run SET state = 'withdrawn', withdrawn_at = withdrawn, withdrawn_by = withdrawer, withdrawn_because = because
    WHERE id = run;
END $$;

ALTER FUNCTION municipality.withdraw_settlement(run uuid, withdrawer uuid, withdrawn timestamp with time zone, because text, entries uuid[], prints bytea[]) OWNER TO ledger_municipality;

CREATE FUNCTION municipality.year_not_ready(of_year smallint, starts date, ends date) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'municipality', 'pg_temp'
    AS $$
    WITH book AS (SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam')::date AS first_month FROM epoch e ORDER BY e.number LIMIT 1)
    SELECT CASE
        WHEN extract(year FROM starts) <> of_year OR extract(day FROM starts) <> 1 OR ends <> (starts + interval '1 year')::date
            OR ends > (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date OR ends <= b.first_month THEN 'it is not over'
        WHEN EXISTS (SELECT 1 FROM generate_series(greatest(starts, b.first_month), ends - interval '1 month', interval '1 month') AS m (month)
            WHERE NOT EXISTS (SELECT 1 FROM period_closing c
                WHERE c.period = m.month::date AND c.closed_at IS NOT NULL AND c.reopened_at IS NULL AND c.reopening_proposed_at IS NULL))
            THEN 'a month of it is not closed'
        WHEN (SELECT p.closes AND p.proved_at >= ends::timestamp AT TIME ZONE 'Europe/Amsterdam' FROM proof p ORDER BY p.proved_at DESC LIMIT 1) IS NOT TRUE
            THEN 'the books are not proved'
        WHEN EXISTS (SELECT 1 FROM settlement_run r WHERE r.state IN ('proposed', 'approved', 'exported')) THEN 'a settlement is open'
        WHEN EXISTS (SELECT 1 FROM balance l JOIN account a ON a.id = l.account_id WHERE a.kind = 'held' AND a.budget_year = of_year AND l.amount > 0)
            THEN 'something is held'
        WHEN EXISTS (SELECT 1 FROM budget g JOIN pass p ON p.id = g.pass_id
            JOIN balance l ON l.account_id IN (g.account_id, g.visits_account_id)
            WHERE g.budget_year = of_year AND l.amount > 0 AND l.usable_until <= clock_timestamp()
                AND (p.ended_because IS NULL OR p.ended_because = 'deceased')) THEN 'something has to lapse'
    END
    FROM book b
$$;

ALTER FUNCTION municipality.year_not_ready(of_year smallint, starts date, ends date) OWNER TO owner_municipality;

CREATE TABLE municipality.account (
    id bigint NOT NULL,
    kind text NOT NULL,
    unit text NOT NULL,
    scheme_id uuid,
    budget_year smallint,
    subject_id uuid,
    guarded boolean NOT NULL,
    opened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    epoch integer NOT NULL,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    usable_from timestamp with time zone,
    usable_until timestamp with time zone,
    CONSTRAINT account_budget_year_check CHECK (((budget_year >= 2000) AND (budget_year <= 2199))),
    CONSTRAINT account_check CHECK (((kind <> ALL (ARRAY['budget'::text, 'held'::text])) OR guarded)),
    CONSTRAINT account_check1 CHECK (((kind <> ALL (ARRAY['appropriation'::text, 'budget'::text, 'held'::text, 'used'::text, 'offline_risk'::text])) OR ((scheme_id IS NOT NULL) AND (budget_year IS NOT NULL)))),
    CONSTRAINT account_check2 CHECK (((kind <> ALL (ARRAY['merchant'::text, 'payee'::text, 'run'::text])) OR (subject_id IS NOT NULL))),
    CONSTRAINT account_id_check CHECK ((id > 0)),
    CONSTRAINT account_kind_check CHECK ((kind = ANY (ARRAY['cover'::text, 'appropriation'::text, 'budget'::text, 'held'::text, 'used'::text, 'merchant'::text, 'payee'::text, 'run'::text, 'bank'::text, 'offline_risk'::text, 'earlier_supplier'::text]))),
    CONSTRAINT account_unit_check CHECK ((unit = ANY (ARRAY['cents'::text, 'visits'::text])))
);

ALTER TABLE municipality.account OWNER TO owner_municipality;

COMMENT ON TABLE municipality.account IS 'Where money or visits can be. Ids are random: only the table budget links one to a person, and that link is deleted on its own clock.';

COMMENT ON COLUMN municipality.account.usable_from IS 'As it was opened; what it became since is in usable_change. Null where it was opened before this was kept.';

CREATE TABLE municipality.activation_tries (
    hour timestamp with time zone NOT NULL,
    tries integer NOT NULL,
    CONSTRAINT activation_tries_tries_check CHECK ((tries >= 0))
);

ALTER TABLE municipality.activation_tries OWNER TO owner_municipality;

CREATE TABLE municipality.agreement (
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    category text NOT NULL,
    visit_price_cents bigint,
    valid_from date NOT NULL,
    valid_until date,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT agreement_check CHECK ((valid_until > valid_from)),
    CONSTRAINT agreement_visit_price_cents_check CHECK (((visit_price_cents >= 1) AND (visit_price_cents <= 10000000)))
);

ALTER TABLE municipality.agreement OWNER TO owner_municipality;

CREATE TABLE municipality.api_token (
    id uuid NOT NULL,
    login_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT api_token_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);

ALTER TABLE municipality.api_token OWNER TO owner_municipality;

CREATE TABLE municipality.appropriation (
    scheme_id uuid NOT NULL,
    budget_year smallint NOT NULL,
    account_id bigint NOT NULL,
    visits_account_id bigint,
    closed_pot boolean NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    overspent_cents bigint DEFAULT 0 NOT NULL,
    CONSTRAINT appropriation_overspent_cents_check CHECK ((overspent_cents >= 0))
);

ALTER TABLE municipality.appropriation OWNER TO owner_municipality;

CREATE TABLE municipality.appropriation_line (
    id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    budget_year smallint NOT NULL,
    cover_line text NOT NULL,
    amount_cents bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT appropriation_line_amount_cents_check CHECK ((amount_cents > 0)),
    CONSTRAINT appropriation_line_cover_line_check CHECK (((length(cover_line) >= 1) AND (length(cover_line) <= 120)))
);

ALTER TABLE municipality.appropriation_line OWNER TO owner_municipality;

CREATE TABLE municipality.assessment (
    id uuid NOT NULL,
    year smallint NOT NULL,
    assessed_on date NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    last_household text DEFAULT ''::text NOT NULL,
    households bigint DEFAULT 0 NOT NULL,
    unknown_households bigint DEFAULT 0 NOT NULL,
    persons bigint DEFAULT 0 NOT NULL,
    persons_granted bigint DEFAULT 0 NOT NULL,
    passes bigint DEFAULT 0 NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    broken_off_at timestamp with time zone,
    CONSTRAINT assessment_year_check CHECK (((year >= 2000) AND (year <= 2199)))
);

ALTER TABLE municipality.assessment OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.assessment.last_household IS 'The households up to and including this one are done.';

COMMENT ON COLUMN municipality.assessment.broken_off_at IS 'When a later one began before this one was done; whom it had not come to, that one assesses.';

CREATE TABLE municipality.assessment_count (
    assessment_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    persons bigint NOT NULL,
    amount_cents bigint NOT NULL,
    CONSTRAINT assessment_count_outcome_check CHECK ((outcome = ANY (ARRAY['granted'::text, 'held'::text, 'refused'::text, 'unknown'::text, 'not_applicable'::text])))
);

ALTER TABLE municipality.assessment_count OWNER TO owner_municipality;

CREATE TABLE municipality.balance (
    account_id bigint NOT NULL,
    amount bigint DEFAULT 0 NOT NULL,
    movements bigint DEFAULT 0 NOT NULL,
    debits bigint DEFAULT 0 NOT NULL,
    usable_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    usable_until timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT balance_check CHECK (((debits >= 0) AND (debits <= movements))),
    CONSTRAINT balance_check1 CHECK ((usable_from <= usable_until)),
    CONSTRAINT balance_never_below_zero CHECK ((amount >= 0))
)
WITH (fillfactor='60');

ALTER TABLE municipality.balance OWNER TO owner_municipality;

COMMENT ON TABLE municipality.balance IS 'Only what can run out stores a balance (a guarded account). It is the sum of its transfers, which prove recomputes.';

CREATE TABLE municipality.balance_tile (
    size bigint NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    accounts bigint[] NOT NULL,
    amounts bigint[] NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT balance_tile_check CHECK ((cardinality(amounts) = cardinality(accounts))),
    CONSTRAINT balance_tile_check1 CHECK ((cardinality(accounts) =
CASE
    WHEN (level = 0) THEN (octet_length(hashes) / 32)
    ELSE 0
END)),
    CONSTRAINT balance_tile_hashes_check CHECK ((((octet_length(hashes) >= 32) AND (octet_length(hashes) <= 8192)) AND ((octet_length(hashes) % 32) = 0))),
    CONSTRAINT balance_tile_level_check CHECK (((level >= 0) AND (level <= 7))),
    CONSTRAINT balance_tile_number_check CHECK ((number >= 0))
);

ALTER TABLE municipality.balance_tile OWNER TO owner_municipality;

COMMENT ON TABLE municipality.balance_tile IS 'Of the newest trees of balances: 256 accounts with what stood on them, and their hashes, so that a holder gets a proof.';

CREATE TABLE municipality.balance_tree (
    size bigint NOT NULL,
    root bytea NOT NULL,
    accounts bigint NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    epoch integer NOT NULL,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    CONSTRAINT balance_tree_accounts_check CHECK ((accounts > 0)),
    CONSTRAINT balance_tree_root_check CHECK ((octet_length(root) = 32))
);

ALTER TABLE municipality.balance_tree OWNER TO owner_municipality;

COMMENT ON TABLE municipality.balance_tree IS 'The root over what stood on every guarded account after the first so many leaves; sealed itself.';

CREATE TABLE municipality.bank_booking (
    item_id uuid NOT NULL,
    run_id uuid NOT NULL,
    number integer NOT NULL,
    act text NOT NULL,
    message text NOT NULL,
    CONSTRAINT bank_booking_act_check CHECK ((act = ANY (ARRAY['pay'::text, 'bounce'::text]))),
    CONSTRAINT bank_booking_message_check CHECK ((message = ANY (ARRAY['status'::text, 'statement'::text, 'notification'::text])))
);

ALTER TABLE municipality.bank_booking OWNER TO owner_municipality;

CREATE TABLE municipality.bank_decision (
    id uuid NOT NULL,
    item_id uuid NOT NULL,
    kind text NOT NULL,
    act text,
    run_id uuid,
    file_number integer,
    line_number integer,
    because text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    outcome text,
    ended_at timestamp with time zone,
    ended_by uuid,
    CONSTRAINT bank_decision_act_check CHECK ((act = ANY (ARRAY['pay'::text, 'bounce'::text]))),
    CONSTRAINT bank_decision_because_check CHECK (((length(because) >= 1) AND (length(because) <= 300))),
    CONSTRAINT bank_decision_check CHECK ((num_nonnulls(outcome, ended_at, ended_by) = ANY (ARRAY[0, 3]))),
    CONSTRAINT bank_decision_check1 CHECK (
CASE kind
    WHEN 'match'::text THEN ((num_nonnulls(act, run_id) = 2) AND (num_nonnulls(file_number, line_number) = 1))
    ELSE (num_nonnulls(act, run_id, file_number, line_number) = 0)
END),
    CONSTRAINT bank_decision_kind_check CHECK ((kind = ANY (ARRAY['match'::text, 'dismiss'::text]))),
    CONSTRAINT bank_decision_outcome_check CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'refused'::text, 'withdrawn'::text]))),
    CONSTRAINT second_pair_of_eyes_on_bank_item CHECK (((outcome <> 'confirmed'::text) OR (ended_by <> proposed_by)))
);

ALTER TABLE municipality.bank_decision OWNER TO owner_municipality;

CREATE TABLE municipality.bank_file (
    id uuid NOT NULL,
    message text NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    imported_at timestamp with time zone NOT NULL,
    imported_by_kind text NOT NULL,
    imported_by uuid NOT NULL,
    known integer NOT NULL,
    pending integer NOT NULL,
    CONSTRAINT bank_file_imported_by_kind_check CHECK ((imported_by_kind = ANY (ARRAY['login'::text, 'system'::text]))),
    CONSTRAINT bank_file_known_check CHECK ((known >= 0)),
    CONSTRAINT bank_file_message_check CHECK ((message = ANY (ARRAY['status'::text, 'statement'::text, 'notification'::text]))),
    CONSTRAINT bank_file_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT bank_file_pending_check CHECK ((pending >= 0)),
    CONSTRAINT bank_file_sha256_check CHECK ((octet_length(sha256) = 32))
);

ALTER TABLE municipality.bank_file OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.bank_file.known IS 'What another file said already, word for word; it is not kept again.';

COMMENT ON COLUMN municipality.bank_file.pending IS 'Entries that the bank had not booked yet: they come again in a later file.';

CREATE TABLE municipality.bank_item (
    id uuid NOT NULL,
    file_id uuid NOT NULL,
    key bytea NOT NULL,
    message text NOT NULL,
    account text,
    kind text NOT NULL,
    is_return boolean NOT NULL,
    amount_cents bigint,
    currency text NOT NULL,
    day date NOT NULL,
    run_number integer,
    file_number integer,
    line_number integer,
    transactions integer,
    status text NOT NULL,
    reason text NOT NULL,
    lines_listed boolean NOT NULL,
    outcome text NOT NULL,
    why text,
    decided_at timestamp with time zone,
    note_number integer,
    CONSTRAINT bank_item_amount_cents_check CHECK ((amount_cents >= 0)),
    CONSTRAINT bank_item_check CHECK ((num_nonnulls(file_number, line_number) = num_nonnulls(run_number))),
    CONSTRAINT bank_item_check1 CHECK ((((kind = 'status'::text) = (message = 'status'::text)) AND ((kind = 'status'::text) = (account IS NULL)))),
    CONSTRAINT bank_item_check2 CHECK (((outcome <> 'open'::text) OR (why IS NOT NULL))),
    CONSTRAINT bank_item_check3 CHECK (((outcome = 'open'::text) = (decided_at IS NULL))),
    CONSTRAINT bank_item_currency_check CHECK ((length(currency) <= 3)),
    CONSTRAINT bank_item_key_check CHECK ((octet_length(key) = 32)),
    CONSTRAINT bank_item_kind_check CHECK ((kind = ANY (ARRAY['debit'::text, 'credit'::text, 'status'::text]))),
    CONSTRAINT bank_item_message_check CHECK ((message = ANY (ARRAY['status'::text, 'statement'::text, 'notification'::text]))),
    CONSTRAINT bank_item_note_number_check CHECK (((note_number IS NULL) OR ((note_number > 0) AND (kind = 'credit'::text) AND (run_number IS NULL)))),
    CONSTRAINT bank_item_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'confirmed'::text, 'noted'::text, 'open'::text, 'matched'::text, 'dismissed'::text]))),
    CONSTRAINT bank_item_reason_check CHECK ((length(reason) <= 35)),
    CONSTRAINT bank_item_status_check CHECK ((length(status) <= 35)),
    CONSTRAINT bank_item_transactions_check CHECK ((transactions >= 0)),
    CONSTRAINT bank_item_why_check CHECK ((why = ANY (ARRAY['no_id'::text, 'unknown_id'::text, 'other_amount'::text, 'other_count'::text, 'other_currency'::text, 'other_payer'::text, 'other_payee'::text, 'other_day'::text, 'has_outcome'::text, 'not_paid_yet'::text, 'not_a_return'::text, 'reversed_credit'::text, 'whole_file'::text, 'duplicate'::text, 'unknown_status'::text, 'above_outstanding'::text, 'maybe_booked'::text])))
);

ALTER TABLE municipality.bank_item OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.bank_item.key IS 'Hash of what the bank says: a second file that says the same is not booked again.';

COMMENT ON COLUMN municipality.bank_item.note_number IS 'The debit note whose reference stands in what the bank says.';

CREATE TABLE municipality.bank_item_details (
    item_id uuid NOT NULL,
    content bytea NOT NULL,
    kept_at timestamp with time zone NOT NULL
);

ALTER TABLE municipality.bank_item_details OWNER TO owner_municipality;

COMMENT ON TABLE municipality.bank_item_details IS 'Name, account and words of the other side, encrypted; gone when somebody has said what it is, or on its clock.';

CREATE TABLE municipality.bank_statement (
    file_id uuid NOT NULL,
    number integer NOT NULL,
    statement_id text NOT NULL,
    account text NOT NULL,
    opening_cents bigint,
    closing_cents bigint,
    booked_cents bigint NOT NULL,
    CONSTRAINT bank_statement_account_check CHECK ((account ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'::text)),
    CONSTRAINT bank_statement_check CHECK (((num_nonnulls(opening_cents, closing_cents) < 2) OR ((opening_cents + booked_cents) = closing_cents))),
    CONSTRAINT bank_statement_number_check CHECK ((number > 0)),
    CONSTRAINT bank_statement_statement_id_check CHECK ((length(statement_id) <= 100))
);

ALTER TABLE municipality.bank_statement OWNER TO owner_municipality;

CREATE TABLE municipality.budget (
    account_id bigint NOT NULL,
    visits_account_id bigint,
    pass_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL,
    budget_year smallint NOT NULL,
    merchant_id uuid,
    granted_at timestamp with time zone NOT NULL,
    lapses_on date NOT NULL,
    application_id uuid,
    category text
);

ALTER TABLE municipality.budget OWNER TO owner_municipality;

COMMENT ON TABLE municipality.budget IS 'The only link between a person and accounts of the ledger; a row is deleted on its clock and the books stay whole.';

COMMENT ON COLUMN municipality.budget.category IS 'Where a voucher is for one of the purposes of its scheme alone.';

CREATE TABLE municipality.card (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    form text NOT NULL,
    token_hash bytea NOT NULL,
    number_hash bytea NOT NULL,
    codes_encrypted bytea,
    activation_hash bytea,
    activation_tries integer DEFAULT 0 NOT NULL,
    key_id text NOT NULL,
    state text NOT NULL,
    state_before_block text,
    state_since timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    replaces uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    phone_session uuid,
    unconfirmed_cents bigint,
    CONSTRAINT card_activation_hash_check CHECK ((octet_length(activation_hash) = 32)),
    CONSTRAINT card_activation_tries_check CHECK (((activation_tries >= 0) AND (activation_tries <= 5))),
    CONSTRAINT card_check CHECK (((state_before_block IS NULL) OR (state = 'blocked'::text))),
    CONSTRAINT card_check1 CHECK (((form <> 'temporary'::text) OR (expires_at IS NOT NULL))),
    CONSTRAINT card_check2 CHECK ((replaces <> id)),
    CONSTRAINT card_codes_encrypted_check CHECK (((octet_length(codes_encrypted) >= 60) AND (octet_length(codes_encrypted) <= 200))),
    CONSTRAINT card_form_check CHECK ((form = ANY (ARRAY['paper'::text, 'plastic'::text, 'phone'::text, 'temporary'::text, 'voucher'::text]))),
    CONSTRAINT card_number_hash_check CHECK ((octet_length(number_hash) = 32)),
    CONSTRAINT card_phone_session_check CHECK (((phone_session IS NULL) OR (form = 'phone'::text))),
    CONSTRAINT card_state_before_block_check CHECK ((state_before_block = ANY (ARRAY['inactive'::text, 'active'::text]))),
    CONSTRAINT card_state_check CHECK ((state = ANY (ARRAY['inactive'::text, 'active'::text, 'blocked'::text, 'replaced'::text, 'ended'::text]))),
    CONSTRAINT card_token_hash_check CHECK ((octet_length(token_hash) = 32)),
    CONSTRAINT card_unconfirmed_cents_check CHECK (((unconfirmed_cents >= 1) AND (unconfirmed_cents <= 100000))),
    CONSTRAINT card_voucher_expires CHECK (((form <> 'voucher'::text) OR (expires_at IS NOT NULL)))
);

ALTER TABLE municipality.card OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.card.codes_encrypted IS 'Token and number, by a key outside the database, for the holder''s own page and a reprint; null for a card that came from an earlier supplier.';

COMMENT ON COLUMN municipality.card.activation_tries IS 'Not used any more: sign_in_try counts.';

COMMENT ON COLUMN municipality.card.key_id IS 'Of the key under number_hash and activation_hash; codes_encrypted names its own.';

COMMENT ON COLUMN municipality.card.phone_session IS 'The lasting session of the telephone that shows this card; it ends with it.';

CREATE TABLE municipality.card_print (
    card_id uuid NOT NULL,
    run_id uuid,
    code_encrypted bytea,
    CONSTRAINT card_print_code_encrypted_check CHECK (((octet_length(code_encrypted) >= 30) AND (octet_length(code_encrypted) <= 200)))
);

ALTER TABLE municipality.card_print OWNER TO owner_municipality;

CREATE TABLE municipality.card_run (
    id uuid NOT NULL,
    year smallint NOT NULL,
    form text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    started_by uuid NOT NULL,
    ended_at timestamp with time zone,
    files_until timestamp with time zone NOT NULL,
    CONSTRAINT card_run_check CHECK ((files_until > started_at)),
    CONSTRAINT card_run_form_check CHECK ((form = ANY (ARRAY['paper'::text, 'plastic'::text]))),
    CONSTRAINT card_run_year_check CHECK (((year >= 2000) AND (year <= 2199)))
);

ALTER TABLE municipality.card_run OWNER TO owner_municipality;

CREATE TABLE municipality.category (
    code text NOT NULL,
    title text NOT NULL,
    CONSTRAINT category_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{1,40}$'::text)),
    CONSTRAINT category_title_check CHECK (((length(title) >= 1) AND (length(title) <= 80)))
);

ALTER TABLE municipality.category OWNER TO owner_municipality;

CREATE TABLE municipality.child_application (
    id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    applied_by uuid NOT NULL,
    organisation_id uuid NOT NULL,
    profession text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    content_hash bytea NOT NULL,
    resident_id uuid,
    scanned_token bytea,
    scanned_numbers bytea[],
    given_name text,
    family_name text,
    birth_date date,
    postcode text,
    merchant_id uuid,
    club_name text,
    club_email text,
    club_phone text,
    club_place text,
    asked_cents bigint,
    what_for text,
    own_reference text,
    agreed_by text NOT NULL,
    agreed_how text NOT NULL,
    agreed_on date NOT NULL,
    state text NOT NULL,
    questions text[] DEFAULT '{}'::text[] NOT NULL,
    period_key text,
    decided_at timestamp with time zone,
    decided_by uuid,
    refusal text,
    reason text,
    awarded_cents bigint,
    budget_year smallint,
    participation text,
    participation_at timestamp with time zone,
    released_at timestamp with time zone,
    CONSTRAINT child_application_agreed_by_check CHECK (((length(agreed_by) >= 1) AND (length(agreed_by) <= 140))),
    CONSTRAINT child_application_agreed_how_check CHECK ((agreed_how = ANY (ARRAY['present'::text, 'telephone'::text, 'signed'::text]))),
    CONSTRAINT child_application_asked_cents_check CHECK (((asked_cents >= 1) AND (asked_cents <= 100000000))),
    CONSTRAINT child_application_awarded_cents_check CHECK ((awarded_cents > 0)),
    CONSTRAINT child_application_check CHECK (((merchant_id IS NOT NULL) OR (club_name IS NOT NULL))),
    CONSTRAINT child_application_check1 CHECK (((state = ANY (ARRAY['awarded'::text, 'refused'::text, 'withdrawn'::text])) = (decided_at IS NOT NULL))),
    CONSTRAINT child_application_check2 CHECK (((state = 'refused'::text) = (refusal IS NOT NULL))),
    CONSTRAINT child_application_check3 CHECK (((state = 'awarded'::text) = (awarded_cents IS NOT NULL))),
    CONSTRAINT child_application_check4 CHECK (((state <> 'awarded'::text) OR ((resident_id IS NOT NULL) AND (merchant_id IS NOT NULL)))),
    CONSTRAINT child_application_check5 CHECK ((((resident_id IS NULL) AND (decided_at IS NULL)) = ((num_nonnulls(scanned_token, scanned_numbers) + (num_nonnulls(given_name, family_name, birth_date, postcode) / 4)) = 1))),
    CONSTRAINT child_application_check6 CHECK (((resident_id IS NULL) OR (num_nonnulls(scanned_token, scanned_numbers, given_name, family_name, birth_date, postcode) = 0))),
    CONSTRAINT child_application_check7 CHECK (((decided_at IS NULL) OR (num_nonnulls(scanned_token, scanned_numbers, given_name, family_name, birth_date, postcode) = 0))),
    CONSTRAINT child_application_check8 CHECK (((participation IS NULL) = (participation_at IS NULL))),
    CONSTRAINT child_application_check9 CHECK (((state = 'awarded'::text) OR (num_nonnulls(participation, released_at) = 0))),
    CONSTRAINT child_application_club_email_check CHECK ((length(club_email) <= 320)),
    CONSTRAINT child_application_club_name_check CHECK (((length(club_name) >= 1) AND (length(club_name) <= 140))),
    CONSTRAINT child_application_club_phone_check CHECK ((length(club_phone) <= 40)),
    CONSTRAINT child_application_club_place_check CHECK ((length(club_place) <= 80)),
    CONSTRAINT child_application_content_hash_check CHECK ((octet_length(content_hash) = 32)),
    CONSTRAINT child_application_family_name_check CHECK (((length(family_name) >= 1) AND (length(family_name) <= 100))),
    CONSTRAINT child_application_given_name_check CHECK (((length(given_name) >= 1) AND (length(given_name) <= 100))),
    CONSTRAINT child_application_own_reference_check CHECK (((length(own_reference) >= 1) AND (length(own_reference) <= 40))),
    CONSTRAINT child_application_participation_check CHECK ((participation = ANY (ARRAY['takes_part'::text, 'never_came'::text]))),
    CONSTRAINT child_application_period_key_check CHECK (((length(period_key) >= 1) AND (length(period_key) <= 60))),
    CONSTRAINT child_application_postcode_check CHECK ((postcode ~ '^[1-9][0-9]{3} [A-Z]{2}$'::text)),
    CONSTRAINT child_application_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000))),
    CONSTRAINT child_application_refusal_check CHECK ((refusal ~ '^[a-z][a-z-]{1,60}$'::text)),
    CONSTRAINT child_application_scanned_numbers_check CHECK (((cardinality(scanned_numbers) >= 1) AND (cardinality(scanned_numbers) <= 50))),
    CONSTRAINT child_application_scanned_token_check CHECK ((octet_length(scanned_token) = 32)),
    CONSTRAINT child_application_state_check CHECK ((state = ANY (ARRAY['received'::text, 'with_officer'::text, 'waiting_club'::text, 'awarded'::text, 'refused'::text, 'withdrawn'::text]))),
    CONSTRAINT child_application_what_for_check CHECK (((length(what_for) >= 1) AND (length(what_for) <= 300)))
);

ALTER TABLE municipality.child_application OWNER TO owner_municipality;

CREATE TABLE municipality.child_application_pause (
    application_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date,
    reason text NOT NULL,
    paused_by uuid NOT NULL,
    CONSTRAINT child_application_pause_check CHECK ((until_on >= from_on)),
    CONSTRAINT child_application_pause_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

ALTER TABLE municipality.child_application_pause OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.child_application_pause.until_on IS 'The first day on which the clock runs again; null while it stands still.';

CREATE TABLE municipality.contact_check (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    channel text NOT NULL,
    address_encrypted bytea NOT NULL,
    code_hash bytea NOT NULL,
    key_id text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    proved boolean DEFAULT false NOT NULL,
    CONSTRAINT contact_check_address_encrypted_check CHECK ((octet_length(address_encrypted) <= 1000)),
    CONSTRAINT contact_check_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'text'::text]))),
    CONSTRAINT contact_check_check CHECK (((expires_at > made_at) AND (expires_at <= (made_at + '01:00:00'::interval)))),
    CONSTRAINT contact_check_check1 CHECK (((NOT proved) OR (ended_at < expires_at))),
    CONSTRAINT contact_check_code_hash_check CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT contact_check_key_id_check CHECK (((length(key_id) >= 1) AND (length(key_id) <= 60))),
    CONSTRAINT contact_check_tries_check CHECK (((tries >= 0) AND (tries <= 5)))
);

ALTER TABLE municipality.contact_check OWNER TO owner_municipality;

COMMENT ON TABLE municipality.contact_check IS 'A code that was sent to an address that is not proved yet; used once, for a short time, and tried five times.';

CREATE TABLE municipality.coupon (
    id uuid NOT NULL,
    run_id uuid NOT NULL,
    account_id bigint,
    scheme_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL,
    budget_year smallint NOT NULL,
    place integer NOT NULL,
    face_cents bigint NOT NULL,
    code_hash bytea NOT NULL,
    key_id text NOT NULL,
    code_encrypted bytea,
    CONSTRAINT coupon_code_encrypted_check CHECK ((octet_length(code_encrypted) <= 300)),
    CONSTRAINT coupon_code_hash_check CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT coupon_face_cents_check CHECK ((face_cents > 0)),
    CONSTRAINT coupon_key_id_check CHECK (((length(key_id) >= 1) AND (length(key_id) <= 60))),
    CONSTRAINT coupon_place_check CHECK ((place > 0))
);

ALTER TABLE municipality.coupon OWNER TO owner_municipality;

COMMENT ON TABLE municipality.coupon IS 'One coupon of a booklet. Its code is hashed with a key outside the database; encrypted only until the clock of the run.';

CREATE TABLE municipality.coupon_entry (
    list_id uuid NOT NULL,
    number integer NOT NULL,
    coupon_id uuid,
    sold_on date,
    amount_cents bigint NOT NULL,
    entry_id uuid,
    take_cents bigint NOT NULL,
    risk_cents bigint NOT NULL,
    reason text,
    CONSTRAINT coupon_entry_amount_cents_check CHECK ((amount_cents >= 0)),
    CONSTRAINT coupon_entry_check CHECK (((entry_id IS NULL) = (reason IS NOT NULL))),
    CONSTRAINT coupon_entry_check1 CHECK (((entry_id IS NULL) OR ((coupon_id IS NOT NULL) AND (sold_on IS NOT NULL) AND ((take_cents + risk_cents) = amount_cents) AND (amount_cents > 0)))),
    CONSTRAINT coupon_entry_check2 CHECK (((entry_id IS NOT NULL) OR ((take_cents + risk_cents) = 0))),
    CONSTRAINT coupon_entry_number_check CHECK ((number > 0)),
    CONSTRAINT coupon_entry_reason_check CHECK ((reason ~ '^[a-z][a-z0-9-]{1,60}$'::text)),
    CONSTRAINT coupon_entry_risk_cents_check CHECK ((risk_cents >= 0)),
    CONSTRAINT coupon_entry_take_cents_check CHECK ((take_cents >= 0))
);

ALTER TABLE municipality.coupon_entry OWNER TO owner_municipality;

COMMENT ON TABLE municipality.coupon_entry IS 'One line of a tally list: what was paid, by the budget and by the municipality, or why it was not.';

CREATE TABLE municipality.coupon_list (
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    print bytea NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    CONSTRAINT coupon_list_print_check CHECK ((octet_length(print) = 32))
);

ALTER TABLE municipality.coupon_list OWNER TO owner_municipality;

COMMENT ON TABLE municipality.coupon_list IS 'A tally list of a merchant, as it was entered; the same id again gives the same verdicts.';

CREATE TABLE municipality.coupon_run (
    id uuid NOT NULL,
    face_cents bigint NOT NULL,
    most_cents bigint NOT NULL,
    limit_cents bigint NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    started_at timestamp with time zone NOT NULL,
    started_by uuid NOT NULL,
    ended_at timestamp with time zone,
    codes_until timestamp with time zone NOT NULL,
    CONSTRAINT coupon_run_check CHECK ((most_cents >= face_cents)),
    CONSTRAINT coupon_run_check1 CHECK (((valid_until > valid_from) AND (valid_until <= (valid_from + 366)))),
    CONSTRAINT coupon_run_face_cents_check CHECK (((face_cents >= 100) AND (face_cents <= 100000))),
    CONSTRAINT coupon_run_limit_cents_check CHECK ((limit_cents > 0))
);

ALTER TABLE municipality.coupon_run OWNER TO owner_municipality;

COMMENT ON TABLE municipality.coupon_run IS 'One making of booklets; valid_until is the first day on which nothing can be bought with them.';

COMMENT ON COLUMN municipality.coupon_run.most_cents IS 'On coupons of one budget together, at most.';

COMMENT ON COLUMN municipality.coupon_run.limit_cents IS 'On all coupons of the run together: what the municipality can come to bear of it.';

CREATE TABLE municipality.debit_note (
    id uuid NOT NULL,
    number integer NOT NULL,
    reference text NOT NULL,
    merchant_id uuid NOT NULL,
    account_id bigint NOT NULL,
    amount_cents bigint NOT NULL,
    below_since timestamp with time zone NOT NULL,
    negative_since date NOT NULL,
    proposed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    proposed_by_kind text NOT NULL,
    proposed_by uuid NOT NULL,
    approved_at timestamp with time zone,
    approved_by uuid,
    due_on date,
    payee_name text,
    payee_iban text,
    withdrawn_at timestamp with time zone,
    withdrawn_by uuid,
    withdrawn_because text,
    netted_at timestamp with time zone,
    received_cents bigint DEFAULT 0 NOT NULL,
    CONSTRAINT debit_note_amount_cents_check CHECK (((amount_cents >= 1) AND (amount_cents <= '99999999999'::bigint))),
    CONSTRAINT debit_note_check CHECK ((num_nonnulls(approved_at, approved_by, due_on, payee_name, payee_iban) = ANY (ARRAY[0, 5]))),
    CONSTRAINT debit_note_check1 CHECK ((num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_because) = ANY (ARRAY[0, 3]))),
    CONSTRAINT debit_note_check2 CHECK (((withdrawn_at IS NULL) OR (netted_at IS NULL))),
    CONSTRAINT debit_note_check3 CHECK (((received_cents = 0) OR (approved_at IS NOT NULL))),
    CONSTRAINT debit_note_never_above_amount CHECK ((received_cents <= amount_cents)),
    CONSTRAINT debit_note_number_check CHECK (((number >= 1) AND (number <= 999999999))),
    CONSTRAINT debit_note_payee_iban_check CHECK ((payee_iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'::text)),
    CONSTRAINT debit_note_payee_name_check CHECK (((length(payee_name) >= 1) AND (length(payee_name) <= 70))),
    CONSTRAINT debit_note_proposed_by_kind_check CHECK ((proposed_by_kind = ANY (ARRAY['login'::text, 'system'::text]))),
    CONSTRAINT debit_note_received_cents_check CHECK ((received_cents >= 0)),
    CONSTRAINT debit_note_withdrawn_because_check CHECK (((length(withdrawn_because) >= 1) AND (length(withdrawn_because) <= 300))),
    CONSTRAINT second_pair_of_eyes_on_debit_note CHECK ((approved_by <> proposed_by))
);

ALTER TABLE municipality.debit_note OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.debit_note.reference IS 'ISO 11649 creditor reference, made from the number: RF, two check digits, PAS and nine digits.';

COMMENT ON COLUMN municipality.debit_note.below_since IS 'When the movement was recorded that took the merchant below zero, from where it did not come back until the proposal.';

COMMENT ON COLUMN municipality.debit_note.netted_at IS 'When somebody saw that sales had paid the rest; noted before the next note of the merchant.';

CREATE TABLE municipality.debit_note_bank_item (
    item_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    message text NOT NULL,
    CONSTRAINT debit_note_bank_item_message_check CHECK ((message = ANY (ARRAY['statement'::text, 'notification'::text])))
);

ALTER TABLE municipality.debit_note_bank_item OWNER TO owner_municipality;

CREATE TABLE municipality.debit_note_receipt (
    entry_id uuid NOT NULL,
    note_id uuid NOT NULL,
    number integer NOT NULL,
    amount_cents bigint NOT NULL,
    received_on date NOT NULL,
    booked_at timestamp with time zone NOT NULL,
    booked_by uuid NOT NULL,
    CONSTRAINT debit_note_receipt_amount_cents_check CHECK ((amount_cents > 0)),
    CONSTRAINT debit_note_receipt_number_check CHECK ((number > 0))
);

ALTER TABLE municipality.debit_note_receipt OWNER TO owner_municipality;

COMMENT ON TABLE municipality.debit_note_receipt IS 'What the bank received for a note; each is one entry of the books.';

CREATE TABLE municipality.decision (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    household_number text NOT NULL,
    year smallint NOT NULL,
    cause text NOT NULL,
    assessed_on date NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    verdicts jsonb NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    CONSTRAINT decision_cause_check CHECK ((cause = ANY (ARRAY['assessment'::text, 'application'::text, 'deviation'::text, 'birth'::text, 'arrival'::text, 'income'::text, 'objection'::text, 'award'::text, 'takeover'::text])))
);

ALTER TABLE municipality.decision OWNER TO owner_municipality;

CREATE TABLE municipality.deviation (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL,
    year smallint NOT NULL,
    effect text NOT NULL,
    amount_cents bigint,
    reason text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by uuid,
    rejected_at timestamp with time zone,
    rejected_by uuid,
    decision_id uuid,
    origin text DEFAULT 'deviation'::text NOT NULL,
    rejected_because text,
    CONSTRAINT deviation_amount_cents_check CHECK ((amount_cents > 0)),
    CONSTRAINT deviation_effect_check CHECK ((effect = ANY (ARRAY['grant'::text, 'refuse'::text]))),
    CONSTRAINT deviation_origin_check CHECK ((origin = ANY (ARRAY['deviation'::text, 'objection'::text]))),
    CONSTRAINT deviation_reason_check CHECK (((length(reason) >= 10) AND (length(reason) <= 2000))),
    CONSTRAINT deviation_rejected_because_check CHECK (((length(rejected_because) >= 1) AND (length(rejected_because) <= 2000))),
    CONSTRAINT second_pair_of_eyes CHECK ((confirmed_by <> proposed_by))
);

ALTER TABLE municipality.deviation OWNER TO owner_municipality;

CREATE TABLE municipality.entry (
    id uuid NOT NULL,
    kind text NOT NULL,
    refusal text,
    fingerprint bytea NOT NULL,
    total bigint NOT NULL,
    reverses uuid,
    reversal_number integer,
    replaces uuid,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    period date NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    CONSTRAINT entry_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['till'::text, 'login'::text, 'holder'::text, 'job'::text, 'system'::text]))),
    CONSTRAINT entry_check CHECK (((reverses IS NULL) = (reversal_number IS NULL))),
    CONSTRAINT entry_check1 CHECK (((refusal IS NULL) = (total > 0))),
    CONSTRAINT entry_fingerprint_check CHECK ((octet_length(fingerprint) = 32)),
    CONSTRAINT entry_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT entry_refusal_check CHECK ((refusal ~ '^[a-z][a-z0-9-]{1,60}$'::text)),
    CONSTRAINT entry_reversal_number_check CHECK ((reversal_number > 0)),
    CONSTRAINT entry_total_check CHECK ((total >= 0))
);

ALTER TABLE municipality.entry OWNER TO owner_municipality;

COMMENT ON TABLE municipality.entry IS 'What happened, under the id that its device made, for life. With a refusal nothing was moved and the id stays declined.';

CREATE TABLE municipality.epoch (
    number integer NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    first_xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    reason text NOT NULL,
    CONSTRAINT epoch_number_check CHECK ((number > 0))
);

ALTER TABLE municipality.epoch OWNER TO owner_municipality;

COMMENT ON TABLE municipality.epoch IS 'A position is (epoch, xid, id). Import, restore and moving raise the epoch, because transaction ids start elsewhere on another server.';

CREATE TABLE municipality.transfer (
    entry_id uuid NOT NULL,
    line smallint NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    amount bigint NOT NULL,
    debit_turn bigint,
    debit_number bigint,
    credit_number bigint,
    reversed_line smallint,
    xid bigint NOT NULL,
    epoch integer NOT NULL,
    CONSTRAINT transfer_amount_check CHECK (((amount >= 1) AND (amount <= '100000000000000'::bigint))),
    CONSTRAINT transfer_between_two CHECK ((debit <> credit)),
    CONSTRAINT transfer_check CHECK ((((debit_turn IS NULL) = (debit_number IS NULL)) AND ((debit_turn >= 1) AND (debit_turn <= debit_number)))),
    CONSTRAINT transfer_credit_number_check CHECK ((credit_number > 0)),
    CONSTRAINT transfer_line_check CHECK ((line > 0))
);

ALTER TABLE municipality.transfer OWNER TO owner_municipality;

COMMENT ON TABLE municipality.transfer IS 'One movement in one row, so an unbalanced entry cannot be written down. The numbers are the place in the movements of a guarded account, dense, and given out under its lock.';

CREATE VIEW municipality.equation_part AS
 SELECT 'scheme'::text AS book,
    COALESCE(d.scheme_id, c.scheme_id) AS about,
    (COALESCE(d.budget_year, c.budget_year))::integer AS budget_year,
    d.unit,
    p.term,
    t.entry_id,
    (p.sign * t.amount) AS amount,
    e.kind,
    e.period,
    e.occurred_at,
    e.recorded_at,
    t.epoch,
    t.xid,
        CASE
            WHEN (c.kind = 'merchant'::text) THEN c.subject_id
            WHEN (d.kind = 'merchant'::text) THEN d.subject_id
            ELSE NULL::uuid
        END AS merchant_id
   FROM ((((municipality.transfer t
     JOIN municipality.entry e ON ((e.id = t.entry_id)))
     JOIN municipality.account d ON ((d.id = t.debit)))
     JOIN municipality.account c ON ((c.id = t.credit)))
     CROSS JOIN LATERAL ( VALUES ('granted'::text,
                CASE
                    WHEN ((e.kind = ANY (ARRAY['grant'::text, 'opening'::text])) AND (c.kind = 'budget'::text)) THEN 1
                    WHEN ((e.kind = 'correct'::text) AND (d.kind = 'budget'::text)) THEN '-1'::integer
                    ELSE 0
                END), ('opening'::text,(((d.kind = 'earlier_supplier'::text))::integer - ((c.kind = 'earlier_supplier'::text))::integer)), ('shortfall'::text,(((d.kind = 'offline_risk'::text))::integer - ((c.kind = 'offline_risk'::text))::integer)), ('spent'::text,((c.kind = ANY (ARRAY['merchant'::text, 'payee'::text, 'used'::text])))::integer), ('reversed'::text,((d.kind = ANY (ARRAY['merchant'::text, 'payee'::text, 'used'::text])))::integer), ('held'::text,(((c.kind = 'held'::text))::integer - ((d.kind = 'held'::text))::integer)), ('lapsed'::text,
                CASE
                    WHEN ((d.kind = ANY (ARRAY['budget'::text, 'held'::text])) AND (c.kind = 'appropriation'::text) AND (e.kind <> 'correct'::text)) THEN 1
                    WHEN ((d.kind = 'appropriation'::text) AND (c.kind = ANY (ARRAY['budget'::text, 'held'::text])) AND (e.kind <> 'grant'::text)) THEN '-1'::integer
                    ELSE 0
                END), ('open'::text,(((c.kind = 'budget'::text))::integer - ((d.kind = 'budget'::text))::integer))) p(term, sign))
  WHERE ((p.sign <> 0) AND (COALESCE(d.scheme_id, c.scheme_id) IS NOT NULL))
UNION ALL
 SELECT 'merchant'::text AS book,
    a.subject_id AS about,
    0 AS budget_year,
    a.unit,
    p.term,
    t.entry_id,
    (p.sign * t.amount) AS amount,
    e.kind,
    e.period,
    e.occurred_at,
    e.recorded_at,
    t.epoch,
    t.xid,
        CASE
            WHEN (a.kind = 'merchant'::text) THEN a.subject_id
            ELSE NULL::uuid
        END AS merchant_id
   FROM (((municipality.account a
     JOIN municipality.transfer t ON ((t.credit = a.id)))
     JOIN municipality.entry e ON ((e.id = t.entry_id)))
     CROSS JOIN LATERAL ( VALUES ('owed'::text,1), ('redeemed'::text,((e.kind = ANY (ARRAY['redeem'::text, 'offline'::text, 'confirm'::text, 'capture'::text, 'shortfall'::text])))::integer), ('reversed'::text,(- ((e.kind = ANY (ARRAY['void'::text, 'refund'::text])))::integer)), ('corrected'::text,((e.kind = 'correct'::text))::integer), ('paid'::text,(- ((e.kind = 'settle'::text))::integer)), ('bounced'::text,((e.kind = ANY (ARRAY['bounce'::text, 'debit_note'::text])))::integer)) p(term, sign))
  WHERE ((p.sign <> 0) AND (a.kind = ANY (ARRAY['merchant'::text, 'payee'::text])))
UNION ALL
 SELECT 'merchant'::text AS book,
    a.subject_id AS about,
    0 AS budget_year,
    a.unit,
    p.term,
    t.entry_id,
    (p.sign * (- t.amount)) AS amount,
    e.kind,
    e.period,
    e.occurred_at,
    e.recorded_at,
    t.epoch,
    t.xid,
        CASE
            WHEN (a.kind = 'merchant'::text) THEN a.subject_id
            ELSE NULL::uuid
        END AS merchant_id
   FROM (((municipality.account a
     JOIN municipality.transfer t ON ((t.debit = a.id)))
     JOIN municipality.entry e ON ((e.id = t.entry_id)))
     CROSS JOIN LATERAL ( VALUES ('owed'::text,1), ('redeemed'::text,((e.kind = ANY (ARRAY['redeem'::text, 'offline'::text, 'confirm'::text, 'capture'::text, 'shortfall'::text])))::integer), ('reversed'::text,(- ((e.kind = ANY (ARRAY['void'::text, 'refund'::text])))::integer)), ('corrected'::text,((e.kind = 'correct'::text))::integer), ('paid'::text,(- ((e.kind = 'settle'::text))::integer)), ('bounced'::text,((e.kind = ANY (ARRAY['bounce'::text, 'debit_note'::text])))::integer)) p(term, sign))
  WHERE ((p.sign <> 0) AND (a.kind = ANY (ARRAY['merchant'::text, 'payee'::text])));

ALTER VIEW municipality.equation_part OWNER TO ledger_municipality;

COMMENT ON VIEW municipality.equation_part IS 'Each transfer once for every term of the equation that it adds to, or takes from. A merchant has no year: its year is 0.';

CREATE TABLE municipality.event (
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    on_behalf_of uuid,
    content_hash bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    CONSTRAINT event_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['till'::text, 'login'::text, 'holder'::text, 'job'::text, 'system'::text]))),
    CONSTRAINT event_content_hash_check CHECK ((octet_length(content_hash) = 32)),
    CONSTRAINT event_kind_check CHECK ((kind ~ '^[a-z][a-z0-9_.]{1,60}$'::text)),
    CONSTRAINT event_subject_kind_check CHECK ((subject_kind ~ '^[a-z_]{2,40}$'::text))
);

ALTER TABLE municipality.event OWNER TO owner_municipality;

CREATE TABLE municipality.event_content (
    event_id uuid NOT NULL,
    salt bytea NOT NULL,
    content text NOT NULL,
    CONSTRAINT event_content_salt_check CHECK ((octet_length(salt) = 16))
);

ALTER TABLE municipality.event_content OWNER TO owner_municipality;

CREATE TABLE municipality.former_state (
    number bigint NOT NULL,
    subject_id uuid NOT NULL,
    state text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL
);

ALTER TABLE municipality.former_state OWNER TO owner_municipality;

COMMENT ON TABLE municipality.former_state IS 'How a card, a till or a merchant stood before: a sale without a network is judged as of its own moment.';

ALTER TABLE municipality.former_state ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME municipality.former_state_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE municipality.frozen_reach (
    id uuid NOT NULL,
    year smallint NOT NULL,
    period text NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    content text NOT NULL,
    sha256 bytea NOT NULL,
    frozen_at timestamp with time zone NOT NULL,
    frozen_by_kind text NOT NULL,
    frozen_by uuid NOT NULL,
    CONSTRAINT frozen_reach_check CHECK ((sha256 = sha256(convert_to(content, 'UTF8'::name)))),
    CONSTRAINT frozen_reach_period_check CHECK ((period = ANY (ARRAY['year'::text, 'h1'::text, 'h2'::text, 'q1'::text, 'q2'::text, 'q3'::text, 'q4'::text]))),
    CONSTRAINT frozen_reach_year_check CHECK (((year >= 2000) AND (year <= 2199)))
);

ALTER TABLE municipality.frozen_reach OWNER TO owner_municipality;

CREATE TABLE municipality.helper_application (
    id uuid NOT NULL,
    year smallint NOT NULL,
    family_name text,
    birth_date date,
    postcode text,
    applied_by uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    content_hash bytea NOT NULL,
    state text NOT NULL,
    handled_at timestamp with time zone,
    handled_by uuid,
    CONSTRAINT helper_application_check CHECK (((state = 'received'::text) = (num_nonnulls(family_name, birth_date, postcode) = 3))),
    CONSTRAINT helper_application_check1 CHECK (((state = 'received'::text) OR (num_nonnulls(family_name, birth_date, postcode) = 0))),
    CONSTRAINT helper_application_check2 CHECK (((state = 'received'::text) = (handled_at IS NULL))),
    CONSTRAINT helper_application_content_hash_check CHECK ((octet_length(content_hash) = 32)),
    CONSTRAINT helper_application_family_name_check CHECK (((length(family_name) >= 1) AND (length(family_name) <= 100))),
    CONSTRAINT helper_application_postcode_check CHECK ((postcode ~ '^[1-9][0-9]{3} [A-Z]{2}$'::text)),
    CONSTRAINT helper_application_state_check CHECK ((state = ANY (ARRAY['received'::text, 'matched'::text, 'handled'::text, 'expired'::text])))
);

ALTER TABLE municipality.helper_application OWNER TO owner_municipality;

CREATE TABLE municipality.holder_choice (
    holder_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    after_spending text DEFAULT 'none'::text NOT NULL,
    before_lapse text DEFAULT 'post'::text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    epoch integer NOT NULL,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    CONSTRAINT holder_choice_after_spending_check CHECK ((after_spending = ANY (ARRAY['none'::text, 'email'::text, 'text'::text]))),
    CONSTRAINT holder_choice_before_lapse_check CHECK ((before_lapse = ANY (ARRAY['none'::text, 'email'::text, 'text'::text, 'post'::text])))
);

ALTER TABLE municipality.holder_choice OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.holder_choice.xid IS 'What was booked before this position (epoch, xid) is not told.';

CREATE TABLE municipality.holder_contact (
    resident_id uuid NOT NULL,
    channel text NOT NULL,
    address_encrypted bytea NOT NULL,
    verified_at timestamp with time zone NOT NULL,
    CONSTRAINT holder_contact_address_encrypted_check CHECK ((octet_length(address_encrypted) <= 1000)),
    CONSTRAINT holder_contact_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'text'::text])))
);

ALTER TABLE municipality.holder_contact OWNER TO owner_municipality;

COMMENT ON TABLE municipality.holder_contact IS 'An address that was proved to be somebody''s, by a code that was sent to it.';

CREATE TABLE municipality.holder_message (
    id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    reason text NOT NULL,
    channel text NOT NULL,
    check_id uuid,
    content_encrypted bytea,
    state text DEFAULT 'waiting'::text NOT NULL,
    problem text,
    tries integer DEFAULT 0 NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT holder_message_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'text'::text]))),
    CONSTRAINT holder_message_check CHECK (((reason = 'code'::text) = (check_id IS NOT NULL))),
    CONSTRAINT holder_message_check1 CHECK (((state = 'waiting'::text) = (ended_at IS NULL))),
    CONSTRAINT holder_message_check2 CHECK (((state <> ALL (ARRAY['waiting'::text, 'kept'::text])) OR (content_encrypted IS NOT NULL))),
    CONSTRAINT holder_message_content_encrypted_check CHECK ((octet_length(content_encrypted) <= 8000)),
    CONSTRAINT holder_message_problem_check CHECK ((problem ~ '^[a-z][a-z-]{1,40}$'::text)),
    CONSTRAINT holder_message_reason_check CHECK ((reason = ANY (ARRAY['spending'::text, 'given-back'::text, 'lapse'::text, 'code'::text]))),
    CONSTRAINT holder_message_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'arrived'::text, 'given_up'::text, 'withdrawn'::text, 'kept'::text]))),
    CONSTRAINT holder_message_tries_check CHECK ((tries >= 0))
);

ALTER TABLE municipality.holder_message OWNER TO owner_municipality;

COMMENT ON TABLE municipality.holder_message IS 'What is sent to somebody. The id follows from what it tells of, so that making it again makes the same.';

COMMENT ON COLUMN municipality.holder_message.content_encrypted IS 'Gone once the message went, or will never go; kept where a demonstration shows what would be sent.';

CREATE TABLE municipality.holder_preference (
    resident_id uuid NOT NULL,
    language text,
    large_print boolean DEFAULT false NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT holder_preference_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text, 'ar'::text, 'tr'::text, 'pl'::text, 'uk'::text])))
);

ALTER TABLE municipality.holder_preference OWNER TO owner_municipality;

COMMENT ON TABLE municipality.holder_preference IS 'How somebody likes to read; no row means Dutch, in the usual size.';

CREATE TABLE municipality.holder_request (
    id uuid NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    resident_id uuid NOT NULL,
    decision_id uuid,
    field text,
    channel text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    content_hash bytea NOT NULL,
    object_until date,
    answer_by date NOT NULL,
    is_extended boolean DEFAULT false NOT NULL,
    state text DEFAULT 'received'::text NOT NULL,
    state_since timestamp with time zone NOT NULL,
    steps integer DEFAULT 0 NOT NULL,
    CONSTRAINT holder_request_channel_check CHECK ((channel = ANY (ARRAY['page'::text, 'counter'::text, 'telephone'::text, 'letter'::text]))),
    CONSTRAINT holder_request_check CHECK ((((kind = 'objection'::text) = (decision_id IS NOT NULL)) AND ((decision_id IS NULL) = (object_until IS NULL)))),
    CONSTRAINT holder_request_check1 CHECK (((kind = 'correction'::text) = (field IS NOT NULL))),
    CONSTRAINT holder_request_content_hash_check CHECK ((octet_length(content_hash) = 32)),
    CONSTRAINT holder_request_field_check CHECK ((field = ANY (ARRAY['name'::text, 'address'::text, 'birth_date'::text, 'household'::text, 'income'::text, 'school'::text, 'managing_adult'::text, 'other'::text]))),
    CONSTRAINT holder_request_kind_check CHECK ((kind = ANY (ARRAY['objection'::text, 'complaint'::text, 'correction'::text, 'erasure'::text]))),
    CONSTRAINT holder_request_number_check CHECK ((number ~ '^[0-9A-Z]{8}$'::text)),
    CONSTRAINT holder_request_state_check CHECK ((state = ANY (ARRAY['received'::text, 'taken_up'::text, 'asked'::text, 'replied'::text, 'extended'::text, 'answered'::text, 'withdrawn'::text]))),
    CONSTRAINT holder_request_steps_check CHECK (((steps >= 0) AND (steps <= 200)))
);

ALTER TABLE municipality.holder_request OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.holder_request.content_hash IS 'Of what was asked, as the receipt says it: SHA-256.';

COMMENT ON COLUMN municipality.holder_request.object_until IS 'The last day to object in time; a later objection is taken too.';

CREATE TABLE municipality.holder_request_step (
    request_id uuid NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    words text,
    outcome text,
    answer_by date,
    CONSTRAINT holder_request_step_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['login'::text, 'holder'::text]))),
    CONSTRAINT holder_request_step_check CHECK (((words IS NOT NULL) OR (kind = ANY (ARRAY['taken_up'::text, 'withdrawn'::text])))),
    CONSTRAINT holder_request_step_check1 CHECK (((kind = 'answered'::text) = (outcome IS NOT NULL))),
    CONSTRAINT holder_request_step_check2 CHECK (((kind = 'extended'::text) = (answer_by IS NOT NULL))),
    CONSTRAINT holder_request_step_check3 CHECK (((actor_kind = 'login'::text) OR (kind = ANY (ARRAY['received'::text, 'replied'::text, 'withdrawn'::text])))),
    CONSTRAINT holder_request_step_kind_check CHECK ((kind = ANY (ARRAY['received'::text, 'taken_up'::text, 'asked'::text, 'replied'::text, 'extended'::text, 'answered'::text, 'withdrawn'::text]))),
    CONSTRAINT holder_request_step_outcome_check CHECK ((outcome = ANY (ARRAY['upheld'::text, 'partly'::text, 'rejected'::text, 'inadmissible'::text]))),
    CONSTRAINT holder_request_step_words_check CHECK (((length(words) >= 1) AND (length(words) <= 4000)))
);

ALTER TABLE municipality.holder_request_step OWNER TO owner_municipality;

CREATE TABLE municipality.household_application (
    id uuid NOT NULL,
    household_number text NOT NULL,
    year smallint NOT NULL,
    channel text NOT NULL,
    applied_by uuid NOT NULL,
    applied_by_kind text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    content_hash bytea NOT NULL,
    state text NOT NULL,
    decided_at timestamp with time zone,
    resident_id uuid,
    moved_at timestamp with time zone,
    CONSTRAINT household_application_channel_check CHECK ((channel = ANY (ARRAY['page'::text, 'paper'::text, 'counter'::text, 'helper'::text]))),
    CONSTRAINT household_application_state_check CHECK ((state = ANY (ARRAY['received'::text, 'decided'::text, 'withdrawn'::text])))
);

ALTER TABLE municipality.household_application OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.household_application.resident_id IS 'The adult of the household who applied, or the oldest of those it was applied for.';

COMMENT ON COLUMN municipality.household_application.moved_at IS 'When the number of the household became another one, because the applicant lives there now.';

CREATE TABLE municipality.import (
    id uuid NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    sha256 bytea NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    added bigint DEFAULT 0 NOT NULL,
    changed bigint DEFAULT 0 NOT NULL,
    same bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    problem text,
    CONSTRAINT import_kind_check CHECK ((kind = ANY (ARRAY['schemes'::text, 'residents'::text, 'merchants'::text, 'target_groups'::text])))
);

ALTER TABLE municipality.import OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.import.problem IS 'Why the file was not read, or not to its end; null when it was.';

CREATE TABLE municipality.import_row (
    import_id uuid NOT NULL,
    line bigint NOT NULL,
    key text NOT NULL,
    outcome text NOT NULL,
    field text,
    reason text,
    CONSTRAINT import_row_outcome_check CHECK ((outcome = ANY (ARRAY['added'::text, 'changed'::text, 'same'::text, 'refused'::text])))
);

ALTER TABLE municipality.import_row OWNER TO owner_municipality;

CREATE TABLE municipality.income_verdict (
    id uuid NOT NULL,
    household_number text NOT NULL,
    income integer NOT NULL,
    source text NOT NULL,
    assessed_on date NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT income_verdict_income_check CHECK (((income >= 0) AND (income <= 1000000))),
    CONSTRAINT income_verdict_source_check CHECK (((length(source) >= 1) AND (length(source) <= 200)))
);

ALTER TABLE municipality.income_verdict OWNER TO owner_municipality;

CREATE TABLE municipality.income_verdict_adult (
    resident_id uuid NOT NULL,
    verdict_id uuid NOT NULL
);

ALTER TABLE municipality.income_verdict_adult OWNER TO owner_municipality;

COMMENT ON TABLE municipality.income_verdict_adult IS 'Of whom an income was found: the adults of the household that day, or everybody when there was none.';

CREATE TABLE municipality.incompatible_role (
    role text NOT NULL,
    other text NOT NULL,
    CONSTRAINT incompatible_role_check CHECK ((role <> other))
);

ALTER TABLE municipality.incompatible_role OWNER TO owner_municipality;

CREATE TABLE municipality.intermediary (
    login_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    profession text NOT NULL,
    recognised_at timestamp with time zone NOT NULL,
    recognised_by uuid NOT NULL,
    ended_at timestamp with time zone,
    ended_by uuid,
    CONSTRAINT intermediary_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
    CONSTRAINT intermediary_profession_check CHECK (((length(profession) >= 1) AND (length(profession) <= 80)))
);

ALTER TABLE municipality.intermediary OWNER TO owner_municipality;

COMMENT ON TABLE municipality.intermediary IS 'For which organisation somebody applies, or decides on vouchers; recognised by the municipality until it ends.';

CREATE TABLE municipality.job (
    id uuid NOT NULL,
    kind text NOT NULL,
    arguments jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    total bigint,
    result jsonb,
    problem jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    run_after timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT job_attempts_check CHECK (((attempts >= 0) AND (attempts <= 100))),
    CONSTRAINT job_done_check CHECK ((done >= 0)),
    CONSTRAINT job_kind_check CHECK ((kind ~ '^[a-z][a-z_.]{1,60}$'::text)),
    CONSTRAINT job_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text]))),
    CONSTRAINT job_total_check CHECK ((total >= 0))
);

ALTER TABLE municipality.job OWNER TO owner_municipality;

CREATE TABLE municipality.journal_profile (
    id uuid NOT NULL,
    number integer NOT NULL,
    content text NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT journal_profile_content_check CHECK ((length(content) <= 200000)),
    CONSTRAINT journal_profile_number_check CHECK ((number > 0))
);

ALTER TABLE municipality.journal_profile OWNER TO owner_municipality;

COMMENT ON TABLE municipality.journal_profile IS 'How the journal becomes a file for the financial administration: versions, of which the newest counts. A closed period keeps the one it was closed with.';

CREATE TABLE municipality.known_device (
    subject_id uuid NOT NULL,
    device_hash bytea NOT NULL,
    known_since timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    CONSTRAINT known_device_device_hash_check CHECK ((octet_length(device_hash) = 32))
);

ALTER TABLE municipality.known_device OWNER TO owner_municipality;

COMMENT ON TABLE municipality.known_device IS 'A keyed hash over subject and cookie: nobody sees that one device came in with two cards.';

CREATE TABLE municipality.lapse_reminder (
    account_id bigint NOT NULL,
    recipient_id uuid NOT NULL,
    channel text NOT NULL,
    told_at timestamp with time zone NOT NULL,
    CONSTRAINT lapse_reminder_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'text'::text, 'post'::text])))
);

ALTER TABLE municipality.lapse_reminder OWNER TO owner_municipality;

COMMENT ON TABLE municipality.lapse_reminder IS 'Which budgets somebody was reminded of before they lapse, and how.';

CREATE TABLE municipality.letter_run (
    id uuid NOT NULL,
    kind text NOT NULL,
    from_day date NOT NULL,
    until_day date NOT NULL,
    large boolean NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by uuid NOT NULL,
    files_until timestamp with time zone NOT NULL,
    letters integer NOT NULL,
    left_out integer NOT NULL,
    CONSTRAINT letter_run_check CHECK ((until_day > from_day)),
    CONSTRAINT letter_run_check1 CHECK ((files_until > made_at)),
    CONSTRAINT letter_run_kind_check CHECK ((kind ~ '^[a-z][a-z_]{1,40}$'::text)),
    CONSTRAINT letter_run_left_out_check CHECK ((left_out >= 0)),
    CONSTRAINT letter_run_letters_check CHECK ((letters >= 0))
);

ALTER TABLE municipality.letter_run OWNER TO owner_municipality;

COMMENT ON TABLE municipality.letter_run IS 'A batch of letters that somebody asked for. Its files are made when they are fetched, until files_until.';

COMMENT ON COLUMN municipality.letter_run.until_day IS 'The first day that the letters are no longer about.';

CREATE TABLE municipality.letter_version (
    id uuid NOT NULL,
    kind text NOT NULL,
    part text NOT NULL,
    content text,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT letter_version_content_check CHECK (((length(content) >= 1) AND (length(content) <= 100000))),
    CONSTRAINT letter_version_kind_check CHECK ((kind ~ '^[a-z][a-z_]{1,40}$'::text)),
    CONSTRAINT letter_version_part_check CHECK ((part ~ '^(layout|[a-z]{2})$'::text))
);

ALTER TABLE municipality.letter_version OWNER TO owner_municipality;

COMMENT ON TABLE municipality.letter_version IS 'How a municipality writes and lays out a letter; the newest of a kind and part counts.';

COMMENT ON COLUMN municipality.letter_version.part IS 'The language of a text, or the layout. The kind letter has the layout around all of them.';

COMMENT ON COLUMN municipality.letter_version.content IS 'Null: back to the text or layout of the program.';

CREATE TABLE municipality.location (
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    name text NOT NULL,
    address text,
    postcode text,
    city text,
    area text,
    ended_on date,
    CONSTRAINT location_address_check CHECK ((length(address) <= 200)),
    CONSTRAINT location_area_check CHECK ((length(area) <= 80)),
    CONSTRAINT location_city_check CHECK ((length(city) <= 80)),
    CONSTRAINT location_name_check CHECK (((length(name) >= 1) AND (length(name) <= 140))),
    CONSTRAINT location_postcode_check CHECK ((length(postcode) <= 12))
);

ALTER TABLE municipality.location OWNER TO owner_municipality;

CREATE TABLE municipality.login (
    id uuid NOT NULL,
    issuer text,
    subject text,
    name text NOT NULL,
    email text,
    merchant_id uuid,
    state text NOT NULL,
    invitation_hash bytea,
    invitation_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT login_check CHECK ((((issuer IS NULL) = (subject IS NULL)) AND ((state <> 'active'::text) OR (issuer IS NOT NULL)))),
    CONSTRAINT login_check1 CHECK (((invitation_hash IS NULL) = (invitation_until IS NULL))),
    CONSTRAINT login_email_check CHECK ((length(email) <= 320)),
    CONSTRAINT login_invitation_hash_check CHECK ((octet_length(invitation_hash) = 32)),
    CONSTRAINT login_issuer_check CHECK (((length(issuer) >= 1) AND (length(issuer) <= 300))),
    CONSTRAINT login_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT login_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'ended'::text]))),
    CONSTRAINT login_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 300)))
);

ALTER TABLE municipality.login OWNER TO owner_municipality;

CREATE TABLE municipality.login_role (
    login_id uuid NOT NULL,
    role text NOT NULL,
    given_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    given_by uuid NOT NULL,
    CONSTRAINT login_role_role_check CHECK ((role ~ '^[a-z_]{2,40}$'::text))
);

ALTER TABLE municipality.login_role OWNER TO owner_municipality;

CREATE TABLE municipality.managing_adult (
    child_id uuid NOT NULL,
    adult_id uuid NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    CONSTRAINT managing_adult_check CHECK (((child_id <> adult_id) AND (valid_until > valid_from))),
    CONSTRAINT managing_adult_kind_check CHECK ((kind = ANY (ARRAY['parent'::text, 'registered_guardian'::text, 'co_parent'::text, 'guardian'::text, 'administrator'::text])))
);

ALTER TABLE municipality.managing_adult OWNER TO owner_municipality;

CREATE TABLE municipality.mandate (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    may_manage boolean NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    number_hash bytea NOT NULL,
    code_hash bytea NOT NULL,
    key_id text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by_kind text NOT NULL,
    made_by uuid NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT mandate_check CHECK (((valid_until > valid_from) AND (valid_until <= (valid_from + (5 * 366))))),
    CONSTRAINT mandate_code_hash_check CHECK ((octet_length(code_hash) = 32)),
    CONSTRAINT mandate_kind_check CHECK ((kind = ANY (ARRAY['family'::text, 'administrator'::text]))),
    CONSTRAINT mandate_made_by_kind_check CHECK ((made_by_kind = ANY (ARRAY['holder'::text, 'login'::text]))),
    CONSTRAINT mandate_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT mandate_number_hash_check CHECK ((octet_length(number_hash) = 32))
);

ALTER TABLE municipality.mandate OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.mandate.valid_until IS 'The first day on which it is worth nothing.';

CREATE TABLE municipality.merchant (
    id uuid NOT NULL,
    name text NOT NULL,
    kvk_number text,
    contact_email text,
    contact_phone text,
    state text NOT NULL,
    state_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    account_id bigint,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    kind text DEFAULT 'regular'::text NOT NULL,
    sells_offline boolean DEFAULT false NOT NULL,
    CONSTRAINT merchant_check CHECK (((state = 'requested'::text) OR (account_id IS NOT NULL))),
    CONSTRAINT merchant_contact_email_check CHECK ((length(contact_email) <= 320)),
    CONSTRAINT merchant_contact_phone_check CHECK ((length(contact_phone) <= 40)),
    CONSTRAINT merchant_kind_check CHECK ((kind = ANY (ARRAY['regular'::text, 'one_off'::text]))),
    CONSTRAINT merchant_kvk_number_check CHECK ((kvk_number ~ '^[0-9]{8}$'::text)),
    CONSTRAINT merchant_name_check CHECK (((length(name) >= 1) AND (length(name) <= 140))),
    CONSTRAINT merchant_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'approved'::text, 'suspended'::text, 'ended'::text])))
);

ALTER TABLE municipality.merchant OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.merchant.sells_offline IS 'Whether its tills may get a permit to sell without a network; chosen by the merchant, or by the municipality for it.';

CREATE TABLE municipality.merchant_registration (
    id uuid NOT NULL,
    number text NOT NULL,
    link_hash bytea NOT NULL,
    name text NOT NULL,
    kvk_number text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    state text DEFAULT 'received'::text NOT NULL,
    state_since timestamp with time zone NOT NULL,
    steps integer DEFAULT 0 NOT NULL,
    merchant_id uuid,
    login_id uuid,
    CONSTRAINT merchant_registration_check CHECK ((((state = 'approved'::text) = (merchant_id IS NOT NULL)) AND ((merchant_id IS NULL) = (login_id IS NULL)))),
    CONSTRAINT merchant_registration_kvk_number_check CHECK ((kvk_number ~ '^[0-9]{8}$'::text)),
    CONSTRAINT merchant_registration_link_hash_check CHECK ((octet_length(link_hash) = 32)),
    CONSTRAINT merchant_registration_name_check CHECK (((length(name) >= 1) AND (length(name) <= 140))),
    CONSTRAINT merchant_registration_number_check CHECK ((number ~ '^[0-9A-Z]{8}$'::text)),
    CONSTRAINT merchant_registration_state_check CHECK ((state = ANY (ARRAY['received'::text, 'asked'::text, 'answered'::text, 'approved'::text, 'refused'::text]))),
    CONSTRAINT merchant_registration_steps_check CHECK (((steps >= 0) AND (steps <= 200)))
);

ALTER TABLE municipality.merchant_registration OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.merchant_registration.login_id IS 'Of the first manager, who is invited by the link.';

CREATE TABLE municipality.merchant_registration_draft (
    link_hash bytea NOT NULL,
    typed jsonb NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT merchant_registration_draft_link_hash_check CHECK ((octet_length(link_hash) = 32)),
    CONSTRAINT merchant_registration_draft_typed_check CHECK ((length((typed)::text) <= 100000))
);

ALTER TABLE municipality.merchant_registration_draft OWNER TO owner_municipality;

CREATE TABLE municipality.merchant_registration_step (
    registration_id uuid NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    login_id uuid,
    words text,
    said jsonb,
    merchant_id uuid,
    manager_id uuid,
    CONSTRAINT merchant_registration_step_check CHECK (((kind = ANY (ARRAY['received'::text, 'answered'::text])) = (said IS NOT NULL))),
    CONSTRAINT merchant_registration_step_check1 CHECK (((kind = ANY (ARRAY['received'::text, 'answered'::text])) OR (login_id IS NOT NULL))),
    CONSTRAINT merchant_registration_step_check2 CHECK (((kind <> ALL (ARRAY['asked'::text, 'refused'::text])) OR (words IS NOT NULL))),
    CONSTRAINT merchant_registration_step_check3 CHECK ((((kind = 'approved'::text) = (merchant_id IS NOT NULL)) AND ((merchant_id IS NULL) = (manager_id IS NULL)))),
    CONSTRAINT merchant_registration_step_kind_check CHECK ((kind = ANY (ARRAY['received'::text, 'asked'::text, 'answered'::text, 'approved'::text, 'refused'::text]))),
    CONSTRAINT merchant_registration_step_said_check CHECK ((length((said)::text) <= 40000)),
    CONSTRAINT merchant_registration_step_words_check CHECK (((length(words) >= 1) AND (length(words) <= 2000)))
);

ALTER TABLE municipality.merchant_registration_step OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.merchant_registration_step.login_id IS 'Whoever of the municipality did it, or typed it for the club; null is the club by its link.';

CREATE TABLE municipality.message_position (
    only_one boolean DEFAULT true NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    CONSTRAINT message_position_only_one_check CHECK (only_one)
);

ALTER TABLE municipality.message_position OWNER TO owner_municipality;

COMMENT ON TABLE municipality.message_position IS 'Up to where what was booked was made into messages to holders.';

CREATE TABLE municipality.migration (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE municipality.migration OWNER TO owner_municipality;

CREATE TABLE municipality.offer (
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    place integer NOT NULL,
    CONSTRAINT offer_place_check CHECK (((place >= 1) AND (place <= 1000000)))
);

ALTER TABLE municipality.offer OWNER TO owner_municipality;

CREATE TABLE municipality.offer_version (
    offer_id uuid NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    category text NOT NULL,
    price_cents bigint,
    visits integer,
    conditions text,
    valid_from date NOT NULL,
    valid_until date,
    is_ended boolean NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT offer_version_check CHECK (((price_cents IS NULL) <> (visits IS NULL))),
    CONSTRAINT offer_version_check1 CHECK ((valid_until > valid_from)),
    CONSTRAINT offer_version_conditions_check CHECK (((length(conditions) >= 1) AND (length(conditions) <= 300))),
    CONSTRAINT offer_version_number_check CHECK ((number > 0)),
    CONSTRAINT offer_version_price_cents_check CHECK (((price_cents >= 1) AND (price_cents <= 100000000))),
    CONSTRAINT offer_version_title_check CHECK (((length(title) >= 1) AND (length(title) <= 80))),
    CONSTRAINT offer_version_visits_check CHECK (((visits >= 1) AND (visits <= 100)))
);

ALTER TABLE municipality.offer_version OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.offer_version.conditions IS 'What the cashier looks at first, in words.';

COMMENT ON COLUMN municipality.offer_version.valid_until IS 'The first day on which it is offered no more.';

CREATE TABLE municipality.offline_permit (
    id uuid NOT NULL,
    till_id uuid NOT NULL,
    number integer NOT NULL,
    merchant_id uuid NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    per_sale_cents bigint NOT NULL,
    per_pass_day_cents bigint NOT NULL,
    total_cents bigint NOT NULL,
    risk_day_cents bigint NOT NULL,
    listed_from timestamp with time zone NOT NULL,
    key_id text NOT NULL,
    content text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT offline_permit_check CHECK (((valid_until > issued_at) AND (valid_until <= (issued_at + '72:00:00'::interval)))),
    CONSTRAINT offline_permit_content_check CHECK ((length(content) <= 60000)),
    CONSTRAINT offline_permit_number_check CHECK ((number > 0)),
    CONSTRAINT offline_permit_per_pass_day_cents_check CHECK ((per_pass_day_cents > 0)),
    CONSTRAINT offline_permit_per_sale_cents_check CHECK ((per_sale_cents > 0)),
    CONSTRAINT offline_permit_risk_day_cents_check CHECK ((risk_day_cents >= 0)),
    CONSTRAINT offline_permit_signature_check CHECK ((octet_length(signature) = 64)),
    CONSTRAINT offline_permit_total_cents_check CHECK ((total_cents > 0))
);

ALTER TABLE municipality.offline_permit OWNER TO owner_municipality;

COMMENT ON TABLE municipality.offline_permit IS 'What the municipality signed for a till: within it the municipality bears what a pass cannot.';

COMMENT ON COLUMN municipality.offline_permit.risk_day_cents IS 'What the municipality bears at most of the sales that one merchant hands in within a day.';

COMMENT ON COLUMN municipality.offline_permit.listed_from IS 'Cards that were switched off before this moment did not fit on the list that went along.';

CREATE TABLE municipality.offline_sale (
    till_id uuid NOT NULL,
    sequence bigint NOT NULL,
    digest bytea NOT NULL,
    id uuid NOT NULL,
    holds_number boolean NOT NULL,
    merchant_id uuid NOT NULL,
    permit_id uuid,
    outcome text NOT NULL,
    bearer text NOT NULL,
    price_cents bigint NOT NULL,
    take_cents bigint NOT NULL,
    risk_cents bigint NOT NULL,
    risk_scheme_id uuid,
    reason text,
    chain text NOT NULL,
    clock text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT offline_sale_bearer_check CHECK ((bearer = ANY (ARRAY['budget'::text, 'municipality'::text, 'both'::text, 'merchant'::text]))),
    CONSTRAINT offline_sale_chain_check CHECK ((chain = ANY (ARRAY['whole'::text, 'hole'::text, 'fork'::text]))),
    CONSTRAINT offline_sale_check CHECK (((outcome <> 'declined'::text) OR ((take_cents = 0) AND (risk_cents = 0) AND (reason IS NOT NULL)))),
    CONSTRAINT offline_sale_check1 CHECK (((outcome <> 'booked'::text) OR ((permit_id IS NOT NULL) AND (price_cents > 0) AND ((take_cents + risk_cents) = price_cents)))),
    CONSTRAINT offline_sale_check2 CHECK (((outcome <> 'booked'::text) OR holds_number)),
    CONSTRAINT offline_sale_check3 CHECK (((risk_scheme_id IS NULL) = (risk_cents = 0))),
    CONSTRAINT offline_sale_check4 CHECK ((bearer =
CASE
    WHEN (outcome = 'declined'::text) THEN 'merchant'::text
    WHEN ((outcome = 'replay'::text) OR (risk_cents = 0)) THEN 'budget'::text
    WHEN (take_cents = 0) THEN 'municipality'::text
    ELSE 'both'::text
END)),
    CONSTRAINT offline_sale_clock_check CHECK ((clock = ANY (ARRAY['fits'::text, 'before'::text, 'ahead'::text, 'back'::text]))),
    CONSTRAINT offline_sale_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT offline_sale_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'replay'::text, 'declined'::text]))),
    CONSTRAINT offline_sale_price_cents_check CHECK ((price_cents >= 0)),
    CONSTRAINT offline_sale_reason_check CHECK ((reason ~ '^[a-z][a-z0-9-]{1,60}$'::text)),
    CONSTRAINT offline_sale_risk_cents_check CHECK ((risk_cents >= 0)),
    CONSTRAINT offline_sale_sequence_check CHECK ((sequence > 0)),
    CONSTRAINT offline_sale_take_cents_check CHECK ((take_cents >= 0))
);

ALTER TABLE municipality.offline_sale OWNER TO owner_municipality;

COMMENT ON TABLE municipality.offline_sale IS 'One row per sale that a till handed in afterwards: what became of it, for life, and who bears it.';

COMMENT ON COLUMN municipality.offline_sale.holds_number IS 'Not so for a text that the till did not sign, or a second text under one number.';

COMMENT ON COLUMN municipality.offline_sale.chain IS 'As it was when it came in: whether the sale before it was there (hole), and was the one that it names (fork).';

CREATE TABLE municipality.organisation (
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    recognised_at timestamp with time zone NOT NULL,
    recognised_by uuid NOT NULL,
    ended_at timestamp with time zone,
    ended_by uuid,
    CONSTRAINT organisation_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
    CONSTRAINT organisation_kind_check CHECK ((kind = ANY (ARRAY['school'::text, 'practice'::text, 'team'::text, 'other'::text]))),
    CONSTRAINT organisation_name_check CHECK (((length(name) >= 1) AND (length(name) <= 140)))
);

ALTER TABLE municipality.organisation OWNER TO owner_municipality;

CREATE TABLE municipality.pass (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    year smallint NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    ended_on date,
    ended_because text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reopening_reason text,
    reopening_proposed_at timestamp with time zone,
    reopening_proposed_by uuid,
    reopened_at timestamp with time zone,
    reopened_by uuid,
    CONSTRAINT pass_check CHECK ((ends_on > starts_on)),
    CONSTRAINT pass_check1 CHECK (((ended_on IS NULL) = (ended_because IS NULL))),
    CONSTRAINT pass_reopening_check CHECK ((num_nulls(reopening_reason, reopening_proposed_at, reopening_proposed_by) = ANY (ARRAY[0, 3]))),
    CONSTRAINT pass_reopening_reason_check CHECK (((length(reopening_reason) >= 10) AND (length(reopening_reason) <= 2000))),
    CONSTRAINT pass_second_pair_of_eyes CHECK (((num_nulls(reopened_at, reopened_by) = 2) OR ((num_nulls(reopened_at, reopened_by, reopening_proposed_by) = 0) AND (reopened_by <> reopening_proposed_by)))),
    CONSTRAINT pass_year_check CHECK (((year >= 2000) AND (year <= 2199)))
);

ALTER TABLE municipality.pass OWNER TO owner_municipality;

CREATE TABLE municipality.payee_invoice (
    id uuid NOT NULL,
    application_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    amount_cents bigint NOT NULL,
    invoice_reference text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_because text NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by uuid,
    rejected_at timestamp with time zone,
    rejected_by uuid,
    rejected_because text,
    CONSTRAINT payee_invoice_amount_cents_check CHECK (((amount_cents >= 1) AND (amount_cents <= 100000000))),
    CONSTRAINT payee_invoice_check CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
    CONSTRAINT payee_invoice_check1 CHECK ((((rejected_at IS NULL) = (rejected_by IS NULL)) AND ((rejected_at IS NULL) = (rejected_because IS NULL)))),
    CONSTRAINT payee_invoice_check2 CHECK (((confirmed_at IS NULL) OR (rejected_at IS NULL))),
    CONSTRAINT payee_invoice_invoice_reference_check CHECK (((length(invoice_reference) >= 1) AND (length(invoice_reference) <= 60))),
    CONSTRAINT payee_invoice_proposed_because_check CHECK (((length(proposed_because) >= 1) AND (length(proposed_because) <= 300))),
    CONSTRAINT payee_invoice_rejected_because_check CHECK (((length(rejected_because) >= 1) AND (length(rejected_because) <= 300))),
    CONSTRAINT second_pair_of_eyes_on_invoice CHECK ((confirmed_by <> proposed_by))
);

ALTER TABLE municipality.payee_invoice OWNER TO owner_municipality;

CREATE TABLE municipality.payout_account (
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    iban text NOT NULL,
    holder text NOT NULL,
    payee_check text DEFAULT 'not_done'::text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    approved_at timestamp with time zone,
    approved_by uuid,
    rejected_at timestamp with time zone,
    rejected_by uuid,
    rejected_because text,
    usable_from timestamp with time zone,
    CONSTRAINT payout_account_check CHECK ((((approved_at IS NULL) = (approved_by IS NULL)) AND ((approved_at IS NULL) = (usable_from IS NULL)))),
    CONSTRAINT payout_account_check1 CHECK ((((rejected_at IS NULL) = (rejected_by IS NULL)) AND ((rejected_at IS NULL) = (rejected_because IS NULL)))),
    CONSTRAINT payout_account_check2 CHECK (((approved_at IS NULL) OR (rejected_at IS NULL))),
    CONSTRAINT payout_account_check3 CHECK ((usable_from >= approved_at)),
    CONSTRAINT payout_account_holder_check CHECK (((length(holder) >= 1) AND (length(holder) <= 70))),
    CONSTRAINT payout_account_iban_check CHECK ((iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'::text)),
    CONSTRAINT payout_account_payee_check_check CHECK ((payee_check = ANY (ARRAY['not_done'::text, 'match'::text, 'close_match'::text, 'no_match'::text, 'impossible'::text]))),
    CONSTRAINT payout_account_rejected_because_check CHECK (((length(rejected_because) >= 1) AND (length(rejected_because) <= 300))),
    CONSTRAINT second_pair_of_eyes_on_account CHECK ((approved_by <> proposed_by))
);

ALTER TABLE municipality.payout_account OWNER TO owner_municipality;

CREATE TABLE municipality.period_closing (
    id uuid NOT NULL,
    period date NOT NULL,
    number integer NOT NULL,
    announced_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    announced_by uuid NOT NULL,
    closed_at timestamp with time zone,
    closed_by uuid,
    profile_id uuid,
    lines integer,
    transfers bigint,
    total_cents bigint,
    content_hash bytea,
    reopening_proposed_at timestamp with time zone,
    reopening_proposed_by uuid,
    reopening_because text,
    reopened_at timestamp with time zone,
    reopened_by uuid,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    CONSTRAINT period_closing_check CHECK ((num_nonnulls(closed_at, closed_by, profile_id, lines, transfers, total_cents, content_hash) = ANY (ARRAY[0, 7]))),
    CONSTRAINT period_closing_check1 CHECK ((num_nonnulls(reopening_proposed_at, reopening_proposed_by, reopening_because) = ANY (ARRAY[0, 3]))),
    CONSTRAINT period_closing_check2 CHECK ((num_nonnulls(reopened_at, reopened_by) = ANY (ARRAY[0, 2]))),
    CONSTRAINT period_closing_check3 CHECK (((reopening_proposed_at IS NULL) OR (closed_at IS NOT NULL))),
    CONSTRAINT period_closing_check4 CHECK (((reopened_at IS NULL) OR (reopening_proposed_at IS NOT NULL))),
    CONSTRAINT period_closing_content_hash_check CHECK ((octet_length(content_hash) = 32)),
    CONSTRAINT period_closing_lines_check CHECK ((lines >= 0)),
    CONSTRAINT period_closing_number_check CHECK ((number > 0)),
    CONSTRAINT period_closing_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT period_closing_reopening_because_check CHECK (((length(reopening_because) >= 1) AND (length(reopening_because) <= 300))),
    CONSTRAINT period_closing_total_cents_check CHECK ((total_cents >= 0)),
    CONSTRAINT period_closing_transfers_check CHECK ((transfers >= 0)),
    CONSTRAINT second_pair_of_eyes_on_reopening CHECK ((reopened_by <> reopening_proposed_by))
);

ALTER TABLE municipality.period_closing OWNER TO owner_municipality;

COMMENT ON TABLE municipality.period_closing IS 'A month that was closed; closed again after it was opened again, it is another row. Announced and not yet closed, it is closed to whoever books.';

CREATE TABLE municipality.period_line (
    closing_id uuid NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    scheme_id uuid,
    budget_year smallint,
    transfers bigint NOT NULL,
    amount_cents bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT period_line_amount_cents_check CHECK ((amount_cents > 0)),
    CONSTRAINT period_line_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT period_line_number_check CHECK ((number > 0)),
    CONSTRAINT period_line_transfers_check CHECK ((transfers > 0))
);

ALTER TABLE municipality.period_line OWNER TO owner_municipality;

COMMENT ON TABLE municipality.period_line IS 'The journal of a closed period: all transfers in cents of one kind, between two kinds of account, for one scheme and year. Debited and credited alike, so it balances.';

CREATE TABLE municipality.phone_code_use (
    nonce bytea NOT NULL,
    sale_id uuid NOT NULL,
    till_id uuid NOT NULL,
    used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT phone_code_use_nonce_check CHECK ((octet_length(nonce) = 8))
);

ALTER TABLE municipality.phone_code_use OWNER TO owner_municipality;

COMMENT ON TABLE municipality.phone_code_use IS 'Codes of telephones that paid, and for which sale. A code lives for minutes, so a row is of use for a day.';

CREATE TABLE municipality.posting (
    kind text NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    reverses boolean DEFAULT false NOT NULL
);

ALTER TABLE municipality.posting OWNER TO owner_municipality;

CREATE TABLE municipality.processing_log (
    subject_id uuid NOT NULL,
    activity text NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    entry_id uuid,
    card_id uuid,
    trace_id text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    operation_id uuid DEFAULT gen_random_uuid(),
    taken_cents bigint DEFAULT 0 NOT NULL,
    CONSTRAINT processing_log_activity_check CHECK ((activity ~ '^[a-z][a-z_.]{1,60}$'::text))
);

ALTER TABLE municipality.processing_log OWNER TO owner_municipality;

COMMENT ON TABLE municipality.processing_log IS 'Begun and ended at recorded_at, in the transaction of what was done: so a row that is there succeeded.';

CREATE TABLE municipality.proof (
    id uuid NOT NULL,
    proved_at timestamp with time zone NOT NULL,
    closes boolean NOT NULL,
    content text NOT NULL
);

ALTER TABLE municipality.proof OWNER TO owner_municipality;

CREATE TABLE municipality.published_file (
    id uuid NOT NULL,
    kind text NOT NULL,
    file_name text NOT NULL,
    content text NOT NULL,
    sha256 bytea NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT published_file_check CHECK ((sha256 = sha256(convert_to(content, 'UTF8'::name)))),
    CONSTRAINT published_file_content_check CHECK ((octet_length(content) <= 1000000)),
    CONSTRAINT published_file_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
    CONSTRAINT published_file_kind_check CHECK ((kind = ANY (ARRAY['printed_reach'::text, 'use_by_year'::text, 'appropriations'::text, 'budget_table'::text])))
);

ALTER TABLE municipality.published_file OWNER TO owner_municipality;

CREATE TABLE municipality.redemption (
    entry_id uuid NOT NULL,
    till_id uuid,
    merchant_id uuid,
    location_id uuid,
    category text,
    price_cents bigint NOT NULL,
    taken_cents bigint NOT NULL,
    visits integer DEFAULT 0 NOT NULL,
    refusal text,
    sale_id uuid,
    recorded_at timestamp with time zone NOT NULL,
    visits_asked integer DEFAULT 0 NOT NULL,
    invoice_reference text,
    CONSTRAINT redemption_by_till_or_invoice CHECK ((((till_id IS NULL) = (invoice_reference IS NOT NULL)) AND ((length(invoice_reference) >= 1) AND (length(invoice_reference) <= 60)))),
    CONSTRAINT redemption_check CHECK (((taken_cents >= 0) AND (taken_cents <= price_cents))),
    CONSTRAINT redemption_price_cents_check CHECK (((price_cents >= 0) AND (price_cents <= 100000000))),
    CONSTRAINT redemption_visits_check CHECK ((visits >= 0))
);

ALTER TABLE municipality.redemption OWNER TO owner_municipality;

CREATE TABLE municipality.redemption_reversal (
    entry_id uuid NOT NULL,
    original_id uuid NOT NULL,
    kind text NOT NULL,
    amount_cents bigint NOT NULL,
    till_id uuid,
    reason text NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT redemption_reversal_amount_cents_check CHECK ((amount_cents > 0)),
    CONSTRAINT redemption_reversal_kind_check CHECK ((kind = ANY (ARRAY['void'::text, 'refund'::text]))),
    CONSTRAINT redemption_reversal_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 300)))
);

ALTER TABLE municipality.redemption_reversal OWNER TO owner_municipality;

CREATE TABLE municipality.refused_scan (
    resident_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    refusal text NOT NULL,
    refused_at timestamp with time zone NOT NULL,
    CONSTRAINT refused_scan_refusal_check CHECK ((refusal ~ '^[a-z0-9-]{1,60}$'::text))
);

ALTER TABLE municipality.refused_scan OWNER TO owner_municipality;

COMMENT ON TABLE municipality.refused_scan IS 'What a till refused of a pass lately, also when only asked, so that its holder can read what to do.';

CREATE TABLE municipality.refused_sign_in (
    subject_id uuid NOT NULL,
    day date NOT NULL,
    refused integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT refused_sign_in_refused_check CHECK ((refused > 0))
);

ALTER TABLE municipality.refused_sign_in OWNER TO owner_municipality;

CREATE TABLE municipality.resident (
    id uuid NOT NULL,
    person_number text NOT NULL,
    bsn_encrypted bytea,
    bsn_hash bytea,
    key_id text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT resident_check CHECK ((((bsn_encrypted IS NULL) = (bsn_hash IS NULL)) AND ((bsn_encrypted IS NULL) = (key_id IS NULL)))),
    CONSTRAINT resident_person_number_check CHECK (((length(person_number) >= 1) AND (length(person_number) <= 40)))
);

ALTER TABLE municipality.resident OWNER TO owner_municipality;

CREATE TABLE municipality.resident_version (
    resident_id uuid NOT NULL,
    valid_from date NOT NULL,
    given_name text NOT NULL,
    family_name text NOT NULL,
    birth_date date NOT NULL,
    address text,
    postcode text,
    city text,
    area text,
    household_number text NOT NULL,
    household_type text NOT NULL,
    income integer,
    income_source text,
    school_type text,
    left_on date,
    died_on date,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    guardian_number text,
    CONSTRAINT resident_version_address_check CHECK ((length(address) <= 200)),
    CONSTRAINT resident_version_area_check CHECK ((length(area) <= 80)),
    CONSTRAINT resident_version_city_check CHECK ((length(city) <= 80)),
    CONSTRAINT resident_version_family_name_check CHECK (((length(family_name) >= 1) AND (length(family_name) <= 100))),
    CONSTRAINT resident_version_given_name_check CHECK (((length(given_name) >= 1) AND (length(given_name) <= 100))),
    CONSTRAINT resident_version_guardian_number_check CHECK (((length(guardian_number) >= 1) AND (length(guardian_number) <= 40))),
    CONSTRAINT resident_version_household_number_check CHECK (((length(household_number) >= 1) AND (length(household_number) <= 40))),
    CONSTRAINT resident_version_household_type_check CHECK ((household_type = ANY (ARRAY['alone'::text, 'single_parent'::text, 'couple'::text, 'couple_with_children'::text, 'unknown'::text]))),
    CONSTRAINT resident_version_income_check CHECK (((income >= 0) AND (income <= 1000000))),
    CONSTRAINT resident_version_income_source_check CHECK ((length(income_source) <= 60)),
    CONSTRAINT resident_version_postcode_check CHECK ((length(postcode) <= 12)),
    CONSTRAINT resident_version_school_type_check CHECK ((length(school_type) <= 40))
);

ALTER TABLE municipality.resident_version OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.resident_version.income IS 'In hundredths of a percent of the social minimum; null is unknown, neither too high nor qualifying.';

COMMENT ON COLUMN municipality.resident_version.guardian_number IS 'The person number of the guardian, who may live elsewhere and need not be a resident here.';

CREATE TABLE municipality.reversal (
    entry_id uuid NOT NULL,
    line smallint NOT NULL,
    original bigint NOT NULL,
    reversed bigint NOT NULL,
    times integer NOT NULL,
    CONSTRAINT reversal_never_above_original CHECK (((reversed >= 1) AND (reversed <= original))),
    CONSTRAINT reversal_times_check CHECK ((times > 0))
);

ALTER TABLE municipality.reversal OWNER TO owner_municipality;

COMMENT ON TABLE municipality.reversal IS 'How much of each line of an original was reversed; made at the first reversal.';

CREATE TABLE municipality.sandbox (
    only_one boolean DEFAULT true NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT sandbox_only_one_check CHECK (only_one)
);

ALTER TABLE municipality.sandbox OWNER TO owner_municipality;

COMMENT ON TABLE municipality.sandbox IS 'One row in a municipality where makers of tills try things, put there before anybody lives in it; none in a real one.';

CREATE TABLE municipality.scheduled_turn (
    kind text NOT NULL,
    day date NOT NULL,
    job_id uuid NOT NULL,
    CONSTRAINT scheduled_turn_kind_check CHECK ((kind ~ '^[a-z][a-z_.]{1,60}$'::text))
);

ALTER TABLE municipality.scheduled_turn OWNER TO owner_municipality;

COMMENT ON TABLE municipality.scheduled_turn IS 'The day is the one on which the turn began in Amsterdam; a turn that was missed is made up once, by the newest.';

CREATE TABLE municipality.scheme (
    id uuid NOT NULL,
    code text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT scheme_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{1,60}$'::text))
);

ALTER TABLE municipality.scheme OWNER TO owner_municipality;

CREATE TABLE municipality.scheme_grant (
    id uuid NOT NULL,
    decision_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    household_number text NOT NULL,
    scheme_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL,
    budget_year smallint NOT NULL,
    claim_key text NOT NULL,
    period_key text NOT NULL,
    amount_cents bigint NOT NULL,
    visits integer,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    granted_on date NOT NULL,
    epoch integer,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint,
    CONSTRAINT scheme_grant_amount_cents_check CHECK ((amount_cents > 0)),
    CONSTRAINT scheme_grant_check CHECK ((ends_on > starts_on)),
    CONSTRAINT scheme_grant_visits_check CHECK ((visits > 0))
);

ALTER TABLE municipality.scheme_grant OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.scheme_grant.claim_key IS 'Who can have it once per period: the resident, or the household for schemes per household.';

COMMENT ON COLUMN municipality.scheme_grant.xid IS 'The transaction that granted it, as in the ledger; null before that was noted.';

CREATE TABLE municipality.scheme_version (
    id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    title text NOT NULL,
    categories text[] NOT NULL,
    allowance text NOT NULL,
    amount_cents bigint,
    visits integer,
    unit_price_cents bigint,
    share_basis_points integer,
    cap_cents bigint,
    spend_at_once boolean NOT NULL,
    once_per_year boolean NOT NULL,
    closed_pot boolean NOT NULL,
    unit text NOT NULL,
    income_limit integer,
    age_from integer,
    age_until integer,
    school_types text[] NOT NULL,
    period text NOT NULL,
    run_out_days integer NOT NULL,
    precondition text,
    stacks_with text[] NOT NULL,
    excludes text[] NOT NULL,
    subsidiary boolean NOT NULL,
    awarded_by text NOT NULL,
    executor text,
    cover_source text,
    target_group text,
    derived_cells text[] NOT NULL,
    note text,
    retention_years integer NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT scheme_version_age_from_check CHECK (((age_from >= 0) AND (age_from <= 130))),
    CONSTRAINT scheme_version_age_until_check CHECK (((age_until >= 1) AND (age_until <= 131))),
    CONSTRAINT scheme_version_allowance_check CHECK ((allowance = ANY (ARRAY['amount'::text, 'visits'::text, 'percentage'::text, 'in_kind'::text]))),
    CONSTRAINT scheme_version_amount_cents_check CHECK (((amount_cents >= 1) AND (amount_cents <= 100000000))),
    CONSTRAINT scheme_version_awarded_by_check CHECK ((awarded_by = ANY (ARRAY['assessment'::text, 'intermediary'::text, 'team'::text]))),
    CONSTRAINT scheme_version_cap_cents_check CHECK (((cap_cents >= 1) AND (cap_cents <= 100000000))),
    CONSTRAINT scheme_version_categories_check CHECK (((cardinality(categories) >= 1) AND (cardinality(categories) <= 50))),
    CONSTRAINT scheme_version_check CHECK ((valid_until > valid_from)),
    CONSTRAINT scheme_version_check1 CHECK ((age_until > age_from)),
    CONSTRAINT scheme_version_check2 CHECK (((allowance <> 'amount'::text) OR (amount_cents IS NOT NULL))),
    CONSTRAINT scheme_version_check3 CHECK (((allowance <> ALL (ARRAY['visits'::text, 'in_kind'::text])) OR ((visits IS NOT NULL) AND (unit_price_cents IS NOT NULL)))),
    CONSTRAINT scheme_version_check4 CHECK (((allowance <> 'percentage'::text) OR ((share_basis_points IS NOT NULL) AND (cap_cents IS NOT NULL)))),
    CONSTRAINT scheme_version_income_limit_check CHECK (((income_limit >= 0) AND (income_limit <= 100000))),
    CONSTRAINT scheme_version_period_check CHECK ((period = ANY (ARRAY['pass_year'::text, 'school_year'::text, 'once_per_child'::text, 'per_application'::text]))),
    CONSTRAINT scheme_version_retention_years_check CHECK (((retention_years >= 0) AND (retention_years <= 100))),
    CONSTRAINT scheme_version_run_out_days_check CHECK (((run_out_days >= 0) AND (run_out_days <= 1000))),
    CONSTRAINT scheme_version_share_basis_points_check CHECK (((share_basis_points >= 1) AND (share_basis_points <= 10000))),
    CONSTRAINT scheme_version_status_check CHECK ((status = ANY (ARRAY['in_force'::text, 'proposed'::text, 'pilot'::text, 'ended'::text]))),
    CONSTRAINT scheme_version_title_check CHECK (((length(title) >= 1) AND (length(title) <= 120))),
    CONSTRAINT scheme_version_unit_check CHECK ((unit = ANY (ARRAY['child'::text, 'person'::text, 'household'::text]))),
    CONSTRAINT scheme_version_unit_price_cents_check CHECK (((unit_price_cents >= 1) AND (unit_price_cents <= 10000000))),
    CONSTRAINT scheme_version_version_check CHECK ((version > 0)),
    CONSTRAINT scheme_version_visits_check CHECK (((visits >= 1) AND (visits <= 1000)))
);

ALTER TABLE municipality.scheme_version OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.scheme_version.unit_price_cents IS 'The highest agreed price of one visit, or what one thing in kind is worth at most; visits is then the number of things. Granted in cents is visits x this.';

COMMENT ON COLUMN municipality.scheme_version.income_limit IS 'Inclusive, in hundredths of a percent of the social minimum: 11000 is 110 %.';

CREATE TABLE municipality.seal_checkpoint (
    size bigint NOT NULL,
    root bytea NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    note text NOT NULL,
    CONSTRAINT seal_checkpoint_note_check CHECK (((length(note) >= 1) AND (length(note) <= 10000))),
    CONSTRAINT seal_checkpoint_root_check CHECK ((octet_length(root) = 32)),
    CONSTRAINT seal_checkpoint_size_check CHECK ((size > 0))
);

ALTER TABLE municipality.seal_checkpoint OWNER TO owner_municipality;

COMMENT ON TABLE municipality.seal_checkpoint IS 'A signed note over the first so many leaves; they are all that stood before this position (epoch, xid).';

CREATE TABLE municipality.seal_cosignature (
    size bigint NOT NULL,
    witness text NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    line text NOT NULL,
    CONSTRAINT seal_cosignature_line_check CHECK (((length(line) >= 1) AND (length(line) <= 1000)))
);

ALTER TABLE municipality.seal_cosignature OWNER TO owner_municipality;

COMMENT ON TABLE municipality.seal_cosignature IS 'A line below a seal: its witness saw it, and that nothing before it was changed.';

CREATE TABLE municipality.seal_key (
    key_id text NOT NULL,
    purpose text NOT NULL,
    public_key bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    epoch integer NOT NULL,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    CONSTRAINT seal_key_key_id_check CHECK ((key_id ~ '^[a-z0-9_.-]{1,64}$'::text)),
    CONSTRAINT seal_key_public_key_check CHECK ((octet_length(public_key) = 32)),
    CONSTRAINT seal_key_purpose_check CHECK ((purpose = ANY (ARRAY['seal'::text, 'receipt'::text])))
);

ALTER TABLE municipality.seal_key OWNER TO owner_municipality;

COMMENT ON TABLE municipality.seal_key IS 'The public side of each key that signs seals and receipts; that a key came is itself sealed.';

CREATE TABLE municipality.seal_leaf (
    number bigint NOT NULL,
    kind smallint NOT NULL,
    key bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT seal_leaf_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT seal_leaf_key_check CHECK (((octet_length(key) >= 4) AND (octet_length(key) <= 64))),
    CONSTRAINT seal_leaf_kind_check CHECK (((kind >= 1) AND (kind <= 7))),
    CONSTRAINT seal_leaf_number_check CHECK ((number >= 0))
);

ALTER TABLE municipality.seal_leaf OWNER TO owner_municipality;

COMMENT ON TABLE municipality.seal_leaf IS 'What stands at each place of the tree: the kind of row, its key, and the hash of all that it says.';

CREATE TABLE municipality.seal_node (
    level smallint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT seal_node_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT seal_node_level_check CHECK (((level >= 1) AND (level <= 7))),
    CONSTRAINT seal_node_number_check CHECK ((number >= 0))
);

ALTER TABLE municipality.seal_node OWNER TO owner_municipality;

COMMENT ON TABLE municipality.seal_node IS 'The hash over each whole 256^level leaves, so that a proof reads a few hundred hashes and not all.';

CREATE TABLE municipality.seal_witness (
    name text NOT NULL,
    public_key bytea NOT NULL,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT seal_witness_name_check CHECK ((name ~ '^[^\s+]{1,200}$'::text)),
    CONSTRAINT seal_witness_public_key_check CHECK ((octet_length(public_key) = 32))
);

ALTER TABLE municipality.seal_witness OWNER TO owner_municipality;

COMMENT ON TABLE municipality.seal_witness IS 'Whose cosignatures are kept and published: another municipality, the accountant.';

CREATE TABLE municipality.session (
    token_hash bytea NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    assurance text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    idle_until timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    id uuid,
    on_behalf_of uuid,
    proved_by uuid,
    proved_at timestamp with time zone,
    device text,
    is_long boolean DEFAULT false NOT NULL,
    rotated_at timestamp with time zone,
    previous_hash bytea,
    previous_until timestamp with time zone,
    CONSTRAINT session_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['login'::text, 'holder'::text, 'till'::text]))),
    CONSTRAINT session_check CHECK ((ends_at > started_at)),
    CONSTRAINT session_device_check CHECK ((device ~ '^[a-z_]{2,40}$'::text)),
    CONSTRAINT session_previous_hash_check CHECK ((octet_length(previous_hash) = 32)),
    CONSTRAINT session_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE municipality.session OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.session.proved_by IS 'The card whose code was typed; null for who came by an identity provider.';

COMMENT ON COLUMN municipality.session.previous_until IS 'Null until the new token was seen; then the old one lives a minute more.';

CREATE TABLE municipality.setting (
    id uuid NOT NULL,
    key text NOT NULL,
    value jsonb NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT setting_key_check CHECK ((key ~ '^[a-z][a-z0-9_]{1,60}$'::text))
);

ALTER TABLE municipality.setting OWNER TO owner_municipality;

CREATE TABLE municipality.settlement_file (
    run_id uuid NOT NULL,
    number integer NOT NULL,
    transactions integer NOT NULL,
    total_cents bigint NOT NULL,
    sha256 bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_file_number_check CHECK ((number > 0)),
    CONSTRAINT settlement_file_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT settlement_file_total_cents_check CHECK ((total_cents > 0)),
    CONSTRAINT settlement_file_transactions_check CHECK (((transactions >= 1) AND (transactions <= 10000)))
);

ALTER TABLE municipality.settlement_file OWNER TO owner_municipality;

CREATE TABLE municipality.settlement_line (
    run_id uuid NOT NULL,
    number integer NOT NULL,
    merchant_id uuid NOT NULL,
    account_id bigint NOT NULL,
    payout_account_id uuid NOT NULL,
    from_epoch integer NOT NULL,
    from_xid bigint NOT NULL,
    to_epoch integer NOT NULL,
    to_xid bigint NOT NULL,
    redeemed_cents bigint NOT NULL,
    reversed_cents bigint NOT NULL,
    returned_cents bigint NOT NULL,
    amount_cents bigint NOT NULL,
    state text DEFAULT 'proposed'::text NOT NULL,
    settle_entry_id uuid,
    pay_entry_id uuid,
    bounce_entry_id uuid,
    paid_on date,
    returned_on date,
    returned_because text,
    CONSTRAINT settlement_line_amount_cents_check CHECK (((amount_cents >= 1) AND (amount_cents <= '99999999999'::bigint))),
    CONSTRAINT settlement_line_check CHECK ((ROW(from_epoch, from_xid) < ROW(to_epoch, to_xid))),
    CONSTRAINT settlement_line_check1 CHECK ((amount_cents = ((redeemed_cents - reversed_cents) + returned_cents))),
    CONSTRAINT settlement_line_check2 CHECK (
CASE state
    WHEN 'proposed'::text THEN (settle_entry_id IS NULL)
    WHEN 'withdrawn'::text THEN (pay_entry_id IS NULL)
    ELSE (settle_entry_id IS NOT NULL)
END),
    CONSTRAINT settlement_line_check3 CHECK ((((pay_entry_id IS NULL) = (paid_on IS NULL)) AND ((state <> 'paid'::text) OR (pay_entry_id IS NOT NULL)))),
    CONSTRAINT settlement_line_check4 CHECK (((bounce_entry_id IS NOT NULL) = ((state = 'returned'::text) OR ((state = 'withdrawn'::text) AND (settle_entry_id IS NOT NULL))))),
    CONSTRAINT settlement_line_check5 CHECK ((((state = 'returned'::text) = (returned_on IS NOT NULL)) AND ((returned_on IS NULL) = (returned_because IS NULL)))),
    CONSTRAINT settlement_line_number_check CHECK ((number > 0)),
    CONSTRAINT settlement_line_redeemed_cents_check CHECK ((redeemed_cents >= 0)),
    CONSTRAINT settlement_line_returned_because_check CHECK (((length(returned_because) >= 1) AND (length(returned_because) <= 300))),
    CONSTRAINT settlement_line_returned_cents_check CHECK ((returned_cents >= 0)),
    CONSTRAINT settlement_line_reversed_cents_check CHECK ((reversed_cents >= 0)),
    CONSTRAINT settlement_line_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'paid'::text, 'returned'::text, 'withdrawn'::text])))
);

ALTER TABLE municipality.settlement_line OWNER TO owner_municipality;

COMMENT ON TABLE municipality.settlement_line IS 'One payment. It stands unless it was withdrawn before its run was approved: after that its amount comes back by a bounce, which the next line counts, and its range is never used again.';

CREATE TABLE municipality.settlement_manifest (
    run_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT settlement_manifest_sha256_check CHECK ((octet_length(sha256) = 32))
);

ALTER TABLE municipality.settlement_manifest OWNER TO owner_municipality;

COMMENT ON TABLE municipality.settlement_manifest IS 'The hash at the first time; a manifest that would differ is not given out.';

CREATE TABLE municipality.settlement_run (
    id uuid NOT NULL,
    number integer NOT NULL,
    state text DEFAULT 'proposed'::text NOT NULL,
    cutoff_epoch integer NOT NULL,
    cutoff_xid bigint NOT NULL,
    minimum_cents bigint NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by_kind text NOT NULL,
    proposed_by uuid NOT NULL,
    approved_at timestamp with time zone,
    approved_by uuid,
    account_id bigint,
    pays_on date,
    payer_name text,
    payer_iban text,
    exported_at timestamp with time zone,
    exported_by uuid,
    booked_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    withdrawn_by uuid,
    withdrawn_because text,
    large_cents bigint,
    CONSTRAINT second_pair_of_eyes_on_settlement CHECK ((approved_by <> proposed_by)),
    CONSTRAINT settlement_run_check CHECK ((num_nonnulls(approved_at, approved_by, account_id, pays_on, payer_name, payer_iban) = ANY (ARRAY[0, 6]))),
    CONSTRAINT settlement_run_check1 CHECK ((num_nonnulls(exported_at, exported_by) = ANY (ARRAY[0, 2]))),
    CONSTRAINT settlement_run_check2 CHECK ((num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_because) = ANY (ARRAY[0, 3]))),
    CONSTRAINT settlement_run_check3 CHECK (((state = 'withdrawn'::text) = (withdrawn_at IS NOT NULL))),
    CONSTRAINT settlement_run_check4 CHECK (((state <> ALL (ARRAY['approved'::text, 'exported'::text, 'booked'::text])) OR (approved_at IS NOT NULL))),
    CONSTRAINT settlement_run_check5 CHECK (((state <> 'proposed'::text) OR (approved_at IS NULL))),
    CONSTRAINT settlement_run_check6 CHECK (((state = ANY (ARRAY['exported'::text, 'booked'::text])) = (exported_at IS NOT NULL))),
    CONSTRAINT settlement_run_check7 CHECK (((state = 'booked'::text) = (booked_at IS NOT NULL))),
    CONSTRAINT settlement_run_large_cents_check CHECK ((large_cents > 0)),
    CONSTRAINT settlement_run_minimum_cents_check CHECK ((minimum_cents >= 0)),
    CONSTRAINT settlement_run_number_check CHECK ((number > 0)),
    CONSTRAINT settlement_run_payer_iban_check CHECK ((payer_iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$'::text)),
    CONSTRAINT settlement_run_payer_name_check CHECK (((length(payer_name) >= 1) AND (length(payer_name) <= 70))),
    CONSTRAINT settlement_run_proposed_by_kind_check CHECK ((proposed_by_kind = ANY (ARRAY['login'::text, 'system'::text]))),
    CONSTRAINT settlement_run_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'approved'::text, 'exported'::text, 'booked'::text, 'withdrawn'::text]))),
    CONSTRAINT settlement_run_withdrawn_because_check CHECK (((length(withdrawn_because) >= 1) AND (length(withdrawn_because) <= 300)))
);

ALTER TABLE municipality.settlement_run OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.settlement_run.cutoff_xid IS 'Everything before this position (epoch, xid) is decided and counted; what comes after is for a later run.';

COMMENT ON COLUMN municipality.settlement_run.large_cents IS 'The limit when the run was proposed; null is none.';

CREATE TABLE municipality.settlement_unpaid (
    run_id uuid NOT NULL,
    account_id bigint NOT NULL,
    merchant_id uuid NOT NULL,
    amount_cents bigint NOT NULL,
    reason text NOT NULL,
    CONSTRAINT settlement_unpaid_amount_cents_check CHECK ((amount_cents <> 0)),
    CONSTRAINT settlement_unpaid_check CHECK (((reason = 'negative'::text) = (amount_cents < 0))),
    CONSTRAINT settlement_unpaid_reason_check CHECK ((reason = ANY (ARRAY['negative'::text, 'below_minimum'::text, 'above_maximum'::text, 'no_account'::text, 'other_name'::text])))
);

ALTER TABLE municipality.settlement_unpaid OWNER TO owner_municipality;

CREATE TABLE municipality.sign_in_attempt (
    state_hash bytea NOT NULL,
    browser_hash bytea NOT NULL,
    invitation_hash bytea,
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    return_to text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    for_holder boolean DEFAULT false NOT NULL,
    CONSTRAINT sign_in_attempt_browser_hash_check CHECK ((octet_length(browser_hash) = 32)),
    CONSTRAINT sign_in_attempt_invitation_hash_check CHECK ((octet_length(invitation_hash) = 32)),
    CONSTRAINT sign_in_attempt_return_to_check CHECK (((return_to ~ '^/[^/\\]'::text) OR (return_to = '/'::text))),
    CONSTRAINT sign_in_attempt_state_hash_check CHECK ((octet_length(state_hash) = 32))
);

ALTER TABLE municipality.sign_in_attempt OWNER TO owner_municipality;

CREATE TABLE municipality.sign_in_try (
    subject_id uuid NOT NULL,
    device_hash bytea NOT NULL,
    tries smallint NOT NULL,
    rounds integer NOT NULL,
    waits_until timestamp with time zone,
    tried_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_try_device_hash_check CHECK ((octet_length(device_hash) = 32)),
    CONSTRAINT sign_in_try_rounds_check CHECK ((rounds >= 0)),
    CONSTRAINT sign_in_try_tries_check CHECK (((tries >= 0) AND (tries <= 4)))
);

ALTER TABLE municipality.sign_in_try OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.sign_in_try.tries IS 'Since the last wait: the fifth begins a wait, and the count again at zero.';

CREATE TABLE municipality.signal (
    id uuid NOT NULL,
    kind text NOT NULL,
    merchant_id uuid NOT NULL,
    till_id uuid,
    about uuid NOT NULL,
    week date NOT NULL,
    number smallint DEFAULT 1 NOT NULL,
    counted integer NOT NULL,
    out_of integer NOT NULL,
    different integer NOT NULL,
    cents bigint NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    weight smallint NOT NULL,
    found_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT signal_cents_check CHECK ((cents >= 0)),
    CONSTRAINT signal_check CHECK ((out_of >= counted)),
    CONSTRAINT signal_check1 CHECK ((last_at >= first_at)),
    CONSTRAINT signal_check2 CHECK ((changed_at >= found_at)),
    CONSTRAINT signal_counted_check CHECK ((counted > 0)),
    CONSTRAINT signal_different_check CHECK ((different >= 0)),
    CONSTRAINT signal_kind_check CHECK ((kind = ANY (ARRAY['round_amounts'::text, 'many_cards'::text, 'emptied_budgets'::text, 'odd_hours'::text, 'voids'::text, 'two_places'::text, 'broken_chain'::text, 'borne_by_municipality'::text, 'declined_offline'::text]))),
    CONSTRAINT signal_number_check CHECK (((number >= 1) AND (number <= 50))),
    CONSTRAINT signal_week_check CHECK ((EXTRACT(isodow FROM week) = (1)::numeric)),
    CONSTRAINT signal_weight_check CHECK (((weight >= 1) AND (weight <= 99)))
);

ALTER TABLE municipality.signal OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.signal.about IS 'Whose pattern it is: a merchant, a till, or the first sale of a card that was in two places.';

COMMENT ON COLUMN municipality.signal.number IS 'The same pattern in the same week again, after an officer looked: because it became clearly worse.';

CREATE TABLE municipality.signal_position (
    only_one boolean DEFAULT true NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    CONSTRAINT signal_position_only_one_check CHECK (only_one)
);

ALTER TABLE municipality.signal_position OWNER TO owner_municipality;

CREATE TABLE municipality.signal_sale (
    signal_id uuid NOT NULL,
    entry_id uuid NOT NULL
);

ALTER TABLE municipality.signal_sale OWNER TO owner_municipality;

CREATE TABLE municipality.signal_verdict (
    id uuid NOT NULL,
    signal_id uuid NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    counted integer NOT NULL,
    judged_by uuid NOT NULL,
    judged_at timestamp with time zone NOT NULL,
    CONSTRAINT signal_verdict_counted_check CHECK ((counted > 0)),
    CONSTRAINT signal_verdict_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT signal_verdict_verdict_check CHECK ((verdict = ANY (ARRAY['nothing'::text, 'handled'::text])))
);

ALTER TABLE municipality.signal_verdict OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.signal_verdict.counted IS 'How many it were when the officer looked: the same pattern comes back only when it is clearly worse.';

CREATE TABLE municipality.swimming_diploma (
    resident_id uuid NOT NULL,
    obtained_on date NOT NULL,
    ends_on date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT swimming_diploma_check CHECK ((ends_on >= obtained_on))
);

ALTER TABLE municipality.swimming_diploma OWNER TO owner_municipality;

CREATE TABLE municipality.takeover (
    id uuid NOT NULL,
    supplier text NOT NULL,
    budget_year smallint NOT NULL,
    file_name text NOT NULL,
    sha256 bytea NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by_kind text NOT NULL,
    proposed_by uuid NOT NULL,
    approved_at timestamp with time zone,
    approved_by uuid,
    ended_at timestamp with time zone,
    outcome text,
    because text,
    CONSTRAINT second_pair_of_eyes_on_takeover CHECK ((approved_by <> proposed_by)),
    CONSTRAINT takeover_because_check CHECK (((length(because) >= 1) AND (length(because) <= 300))),
    CONSTRAINT takeover_budget_year_check CHECK (((budget_year >= 2000) AND (budget_year <= 2199))),
    CONSTRAINT takeover_check CHECK (((approved_at IS NULL) = (approved_by IS NULL))),
    CONSTRAINT takeover_check1 CHECK (((ended_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT takeover_check2 CHECK (((outcome IS NULL) OR ((outcome = 'booked'::text) = (approved_at IS NOT NULL)))),
    CONSTRAINT takeover_check3 CHECK (((NOT (outcome IS DISTINCT FROM 'rejected'::text)) = (because IS NOT NULL))),
    CONSTRAINT takeover_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
    CONSTRAINT takeover_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'rejected'::text]))),
    CONSTRAINT takeover_proposed_by_kind_check CHECK ((proposed_by_kind = ANY (ARRAY['login'::text, 'system'::text]))),
    CONSTRAINT takeover_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT takeover_supplier_check CHECK ((supplier ~ '^[a-z][a-z0-9_]{1,60}$'::text))
);

ALTER TABLE municipality.takeover OWNER TO owner_municipality;

CREATE TABLE municipality.takeover_row (
    takeover_id uuid NOT NULL,
    line bigint NOT NULL,
    outcome text NOT NULL,
    reason text,
    scheme_id uuid,
    amount_cents bigint,
    entry_id uuid,
    resident_id uuid,
    number_hash bytea,
    key_id text,
    CONSTRAINT takeover_row_amount_cents_check CHECK (((amount_cents >= 0) AND (amount_cents <= 100000000))),
    CONSTRAINT takeover_row_check CHECK (((outcome = 'refused'::text) OR (num_nonnulls(scheme_id, amount_cents, entry_id) = 3))),
    CONSTRAINT takeover_row_check1 CHECK ((num_nonnulls(resident_id, number_hash, key_id) =
CASE outcome
    WHEN 'waiting'::text THEN 3
    ELSE 0
END)),
    CONSTRAINT takeover_row_check2 CHECK (((outcome <> 'refused'::text) OR (reason IS NOT NULL))),
    CONSTRAINT takeover_row_line_check CHECK ((line > 1)),
    CONSTRAINT takeover_row_number_hash_check CHECK ((octet_length(number_hash) = 32)),
    CONSTRAINT takeover_row_outcome_check CHECK ((outcome = ANY (ARRAY['waiting'::text, 'booked'::text, 'same'::text, 'refused'::text]))),
    CONSTRAINT takeover_row_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

ALTER TABLE municipality.takeover_row OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.takeover_row.resident_id IS 'Whose it is, until it is booked: afterwards nothing here leads from a person to an entry.';

CREATE TABLE municipality.takeover_total (
    takeover_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    told_cents bigint NOT NULL,
    CONSTRAINT takeover_total_told_cents_check CHECK ((told_cents >= 0))
);

ALTER TABLE municipality.takeover_total OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.takeover_total.told_cents IS 'What somebody said beside the file; the rows of the file add up to it.';

CREATE TABLE municipality.target_group (
    id uuid NOT NULL,
    scheme_id uuid,
    year smallint NOT NULL,
    kind text NOT NULL,
    unit text NOT NULL,
    version integer NOT NULL,
    total bigint,
    status text NOT NULL,
    user_is text NOT NULL,
    source text NOT NULL,
    reference_date date NOT NULL,
    definition text NOT NULL,
    import_id uuid,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT target_group_check CHECK (((total IS NULL) = (status = 'unknown'::text))),
    CONSTRAINT target_group_definition_check CHECK (((length(definition) >= 1) AND (length(definition) <= 1000))),
    CONSTRAINT target_group_kind_check CHECK ((kind = ANY (ARRAY['statistical'::text, 'municipal'::text]))),
    CONSTRAINT target_group_source_check CHECK (((length(source) >= 1) AND (length(source) <= 300))),
    CONSTRAINT target_group_status_check CHECK ((status = ANY (ARRAY['printed'::text, 'approximate'::text, 'implied'::text, 'unknown'::text]))),
    CONSTRAINT target_group_total_check CHECK (((total >= 0) AND (total <= 1000000000))),
    CONSTRAINT target_group_unit_check CHECK ((unit = ANY (ARRAY['households'::text, 'persons'::text, 'children'::text, 'participants'::text, 'applications'::text, 'grants'::text]))),
    CONSTRAINT target_group_user_is_check CHECK ((user_is = ANY (ARRAY['granted'::text, 'redeemed'::text]))),
    CONSTRAINT target_group_version_check CHECK ((version > 0)),
    CONSTRAINT target_group_year_check CHECK (((year >= 2000) AND (year <= 2199)))
);

ALTER TABLE municipality.target_group OWNER TO owner_municipality;

CREATE TABLE municipality.target_group_part (
    target_group_id uuid NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    count bigint,
    status text NOT NULL,
    CONSTRAINT target_group_part_check CHECK (((count IS NULL) = (status = 'unknown'::text))),
    CONSTRAINT target_group_part_count_check CHECK (((count >= 0) AND (count <= 1000000000))),
    CONSTRAINT target_group_part_dimension_check CHECK ((dimension = ANY (ARRAY['area'::text, 'household_type'::text, 'age_band'::text, 'income_band'::text, 'income_source'::text, 'school_type'::text, 'long_term'::text, 'working'::text]))),
    CONSTRAINT target_group_part_status_check CHECK ((status = ANY (ARRAY['printed'::text, 'approximate'::text, 'implied'::text, 'unknown'::text]))),
    CONSTRAINT target_group_part_value_check CHECK (((length(value) >= 1) AND (length(value) <= 300)))
);

ALTER TABLE municipality.target_group_part OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.target_group_part.value IS 'For areas one or more, with commas between them.';

CREATE TABLE municipality.telephone_link (
    code_hash bytea NOT NULL,
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    session_id uuid NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT telephone_link_code_hash_check CHECK ((octet_length(code_hash) = 32))
);

ALTER TABLE municipality.telephone_link OWNER TO owner_municipality;

CREATE TABLE municipality.till (
    id uuid NOT NULL,
    kind text NOT NULL,
    merchant_id uuid,
    location_id uuid,
    login_id uuid,
    name text NOT NULL,
    algorithm text,
    public_key bytea,
    state text NOT NULL,
    state_since timestamp with time zone NOT NULL,
    paused_by text,
    pairing_hash bytea,
    pairing_until timestamp with time zone,
    paired_at timestamp with time zone,
    sale_limit_cents bigint,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by uuid NOT NULL,
    paused_because text,
    CONSTRAINT till_algorithm_check CHECK ((algorithm = ANY (ARRAY['Ed25519'::text, 'ES256'::text]))),
    CONSTRAINT till_check CHECK (((kind <> 'merchant'::text) OR (merchant_id IS NOT NULL))),
    CONSTRAINT till_check1 CHECK (((kind = 'merchant'::text) OR (login_id IS NOT NULL))),
    CONSTRAINT till_check2 CHECK (((state = 'invited'::text) OR (public_key IS NOT NULL) OR (login_id IS NOT NULL) OR (state = 'revoked'::text))),
    CONSTRAINT till_check3 CHECK (((pairing_hash IS NULL) = (pairing_until IS NULL))),
    CONSTRAINT till_check4 CHECK (((paused_by IS NULL) OR (state = 'paused'::text))),
    CONSTRAINT till_kind_check CHECK ((kind = ANY (ARRAY['merchant'::text, 'intermediary'::text, 'counter'::text]))),
    CONSTRAINT till_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT till_pairing_hash_check CHECK ((octet_length(pairing_hash) = 32)),
    CONSTRAINT till_paused_because_check CHECK (((length(paused_because) >= 1) AND (length(paused_because) <= 300))),
    CONSTRAINT till_paused_by_check CHECK ((paused_by = ANY (ARRAY['merchant'::text, 'municipality'::text, 'program'::text]))),
    CONSTRAINT till_sale_limit_cents_check CHECK ((sale_limit_cents > 0)),
    CONSTRAINT till_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'paused'::text, 'revoked'::text])))
);

ALTER TABLE municipality.till OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.till.paused_by IS 'A merchant starts again only what a merchant stopped.';

COMMENT ON COLUMN municipality.till.paused_because IS 'In words for the cashier, by whoever paused it; means nothing once it is not paused.';

CREATE TABLE municipality.unknown_scan (
    till_id uuid NOT NULL,
    tried_at timestamp with time zone NOT NULL
);

ALTER TABLE municipality.unknown_scan OWNER TO owner_municipality;

CREATE TABLE municipality.upload (
    id uuid NOT NULL,
    name text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    uploaded_at timestamp with time zone NOT NULL,
    uploaded_by uuid NOT NULL,
    CONSTRAINT upload_name_check CHECK ((length(name) <= 200)),
    CONSTRAINT upload_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT upload_size_bytes_check CHECK ((size_bytes >= 0))
);

ALTER TABLE municipality.upload OWNER TO owner_municipality;

CREATE TABLE municipality.upload_piece (
    upload_id uuid NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT upload_piece_content_check CHECK ((octet_length(content) <= 1048576)),
    CONSTRAINT upload_piece_number_check CHECK ((number >= 0))
);

ALTER TABLE municipality.upload_piece OWNER TO owner_municipality;

CREATE TABLE municipality.usable_change (
    account_id bigint NOT NULL,
    number integer NOT NULL,
    usable_from timestamp with time zone NOT NULL,
    usable_until timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    CONSTRAINT usable_change_number_check CHECK ((number > 0))
);

ALTER TABLE municipality.usable_change OWNER TO owner_municipality;

COMMENT ON TABLE municipality.usable_change IS 'Each time that a guarded account was ended or prolonged; the last one is what its balance says.';

CREATE TABLE municipality.voucher (
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    category text NOT NULL,
    amount_cents bigint NOT NULL,
    what_for text NOT NULL,
    no_other_provision boolean NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    proposed_by uuid NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by uuid,
    rejected_at timestamp with time zone,
    rejected_by uuid,
    rejected_because text,
    card_id uuid,
    expires_on date,
    CONSTRAINT second_pair_of_eyes_on_voucher CHECK ((confirmed_by <> proposed_by)),
    CONSTRAINT voucher_amount_cents_check CHECK (((amount_cents >= 1) AND (amount_cents <= 100000000))),
    CONSTRAINT voucher_check CHECK ((((confirmed_at IS NULL) = (confirmed_by IS NULL)) AND ((confirmed_at IS NULL) = (card_id IS NULL)) AND ((confirmed_at IS NULL) = (expires_on IS NULL)))),
    CONSTRAINT voucher_check1 CHECK ((((rejected_at IS NULL) = (rejected_by IS NULL)) AND ((rejected_at IS NULL) = (rejected_because IS NULL)))),
    CONSTRAINT voucher_check2 CHECK (((confirmed_at IS NULL) OR (rejected_at IS NULL))),
    CONSTRAINT voucher_no_other_provision_check CHECK (no_other_provision),
    CONSTRAINT voucher_rejected_because_check CHECK (((length(rejected_because) >= 1) AND (length(rejected_because) <= 300))),
    CONSTRAINT voucher_what_for_check CHECK (((length(what_for) >= 1) AND (length(what_for) <= 300)))
);

ALTER TABLE municipality.voucher OWNER TO owner_municipality;

CREATE TABLE municipality.webhook_delivery (
    endpoint_id uuid NOT NULL,
    message_id uuid NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    tries_before integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    lease_until timestamp with time zone,
    CONSTRAINT webhook_delivery_check CHECK (((tries_before >= 0) AND (tries_before <= tries))),
    CONSTRAINT webhook_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'arrived'::text, 'given_up'::text]))),
    CONSTRAINT webhook_delivery_tries_check CHECK ((tries >= 0))
);

ALTER TABLE municipality.webhook_delivery OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.webhook_delivery.tries_before IS 'Tries of before somebody sent it again; the pauses count from there.';

CREATE TABLE municipality.webhook_endpoint (
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    place smallint NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    state text NOT NULL,
    state_since timestamp with time zone NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    quiet_until timestamp with time zone,
    arrived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by uuid NOT NULL,
    epoch integer NOT NULL,
    xid bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    CONSTRAINT webhook_endpoint_events_check CHECK (((cardinality(events) >= 1) AND (cardinality(events) <= 20))),
    CONSTRAINT webhook_endpoint_failures_check CHECK ((failures >= 0)),
    CONSTRAINT webhook_endpoint_place_check CHECK (((place >= 1) AND (place <= 5))),
    CONSTRAINT webhook_endpoint_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'failing'::text, 'ended'::text]))),
    CONSTRAINT webhook_endpoint_url_check CHECK (((length(url) <= 500) AND (url ~ '^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z][a-z0-9-]*/[!-"$-~]*$'::text)))
);

ALTER TABLE municipality.webhook_endpoint OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.webhook_endpoint.xid IS 'What was booked before this position (epoch, xid) is not told to it.';

CREATE TABLE municipality.webhook_message (
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    type text NOT NULL,
    content text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    epoch integer,
    xid bigint,
    CONSTRAINT webhook_message_check CHECK ((num_nonnulls(epoch, xid) = ANY (ARRAY[0, 2]))),
    CONSTRAINT webhook_message_content_check CHECK (((octet_length(content) >= 2) AND (octet_length(content) <= 10000))),
    CONSTRAINT webhook_message_type_check CHECK (((type ~ '^[a-z]+\.[a-z_]+$'::text) AND (length(type) <= 60)))
);

ALTER TABLE municipality.webhook_message OWNER TO owner_municipality;

COMMENT ON TABLE municipality.webhook_message IS 'What is sent, to the byte. The id follows from what it tells of, so that making it again makes the same.';

CREATE TABLE municipality.webhook_position (
    only_one boolean DEFAULT true NOT NULL,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    CONSTRAINT webhook_position_only_one_check CHECK (only_one)
);

ALTER TABLE municipality.webhook_position OWNER TO owner_municipality;

CREATE TABLE municipality.webhook_secret (
    endpoint_id uuid NOT NULL,
    number integer NOT NULL,
    key_id text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    CONSTRAINT webhook_secret_key_id_check CHECK (((length(key_id) >= 1) AND (length(key_id) <= 60))),
    CONSTRAINT webhook_secret_number_check CHECK ((number > 0))
);

ALTER TABLE municipality.webhook_secret OWNER TO owner_municipality;

COMMENT ON COLUMN municipality.webhook_secret.ends_at IS 'Until when it still signs beside the one after it; the current one has none.';

CREATE TABLE municipality.webhook_try (
    endpoint_id uuid NOT NULL,
    message_id uuid NOT NULL,
    number integer NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    status integer,
    problem text,
    milliseconds integer NOT NULL,
    answer text NOT NULL,
    CONSTRAINT webhook_try_answer_check CHECK ((length(answer) <= 300)),
    CONSTRAINT webhook_try_milliseconds_check CHECK ((milliseconds >= 0)),
    CONSTRAINT webhook_try_number_check CHECK ((number > 0)),
    CONSTRAINT webhook_try_problem_check CHECK ((problem ~ '^[a-z][a-z-]{1,40}$'::text)),
    CONSTRAINT webhook_try_status_check CHECK (((status >= 100) AND (status <= 999)))
);

ALTER TABLE municipality.webhook_try OWNER TO owner_municipality;

CREATE TABLE municipality.year_closing (
    id uuid NOT NULL,
    year smallint NOT NULL,
    number integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    proposed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    proposed_by uuid NOT NULL,
    rejected_at timestamp with time zone,
    rejected_by uuid,
    rejected_because text,
    closed_at timestamp with time zone,
    closed_by uuid,
    checkpoint_size bigint,
    merchant_names text,
    file_hash bytea,
    reopening_proposed_at timestamp with time zone,
    reopening_proposed_by uuid,
    reopening_because text,
    reopened_at timestamp with time zone,
    reopened_by uuid,
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    CONSTRAINT second_pair_of_eyes_on_reopened_year CHECK ((reopened_by <> reopening_proposed_by)),
    CONSTRAINT second_pair_of_eyes_on_year CHECK ((closed_by <> proposed_by)),
    CONSTRAINT year_closing_check CHECK ((num_nonnulls(rejected_at, rejected_by, rejected_because) = ANY (ARRAY[0, 3]))),
    CONSTRAINT year_closing_check1 CHECK ((num_nonnulls(closed_at, closed_by, checkpoint_size, merchant_names, file_hash) = ANY (ARRAY[0, 5]))),
    CONSTRAINT year_closing_check2 CHECK ((num_nonnulls(reopening_proposed_at, reopening_proposed_by, reopening_because) = ANY (ARRAY[0, 3]))),
    CONSTRAINT year_closing_check3 CHECK ((num_nonnulls(reopened_at, reopened_by) = ANY (ARRAY[0, 2]))),
    CONSTRAINT year_closing_check4 CHECK (((rejected_at IS NULL) OR (closed_at IS NULL))),
    CONSTRAINT year_closing_check5 CHECK (((reopening_proposed_at IS NULL) OR (closed_at IS NOT NULL))),
    CONSTRAINT year_closing_check6 CHECK (((reopened_at IS NULL) OR (reopening_proposed_at IS NOT NULL))),
    CONSTRAINT year_closing_file_hash_check CHECK ((octet_length(file_hash) = 32)),
    CONSTRAINT year_closing_merchant_names_check CHECK ((length(merchant_names) <= 10000000)),
    CONSTRAINT year_closing_number_check CHECK ((number > 0)),
    CONSTRAINT year_closing_rejected_because_check CHECK (((length(rejected_because) >= 1) AND (length(rejected_because) <= 300))),
    CONSTRAINT year_closing_reopening_because_check CHECK (((length(reopening_because) >= 1) AND (length(reopening_because) <= 300))),
    CONSTRAINT year_closing_year_check CHECK (((year >= 2000) AND (year <= 2199)))
);

ALTER TABLE municipality.year_closing OWNER TO owner_municipality;

COMMENT ON TABLE municipality.year_closing IS 'A year that somebody proposed to close, and another one closed; closed again after it was opened again, it is another row. Its file has the names of merchants as they were then.';

ALTER TABLE ONLY municipality.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.activation_tries
    ADD CONSTRAINT activation_tries_pkey PRIMARY KEY (hour);

ALTER TABLE ONLY municipality.agreement
    ADD CONSTRAINT agreement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.appropriation
    ADD CONSTRAINT appropriation_account_id_key UNIQUE (account_id);

ALTER TABLE ONLY municipality.appropriation_line
    ADD CONSTRAINT appropriation_line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.appropriation
    ADD CONSTRAINT appropriation_pkey PRIMARY KEY (scheme_id, budget_year);

ALTER TABLE ONLY municipality.appropriation
    ADD CONSTRAINT appropriation_visits_account_id_key UNIQUE (visits_account_id);

ALTER TABLE ONLY municipality.assessment_count
    ADD CONSTRAINT assessment_count_pkey PRIMARY KEY (assessment_id, scheme_version_id, reason);

ALTER TABLE ONLY municipality.assessment
    ADD CONSTRAINT assessment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.balance
    ADD CONSTRAINT balance_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY municipality.balance_tile
    ADD CONSTRAINT balance_tile_pkey PRIMARY KEY (size, level, number);

ALTER TABLE ONLY municipality.balance_tree
    ADD CONSTRAINT balance_tree_pkey PRIMARY KEY (size);

ALTER TABLE ONLY municipality.bank_booking
    ADD CONSTRAINT bank_booking_pkey PRIMARY KEY (run_id, number, act, message);

ALTER TABLE ONLY municipality.bank_decision
    ADD CONSTRAINT bank_decision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.bank_file
    ADD CONSTRAINT bank_file_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.bank_file
    ADD CONSTRAINT bank_file_sha256_key UNIQUE (sha256);

ALTER TABLE ONLY municipality.bank_item_details
    ADD CONSTRAINT bank_item_details_pkey PRIMARY KEY (item_id);

ALTER TABLE ONLY municipality.bank_item
    ADD CONSTRAINT bank_item_key_key UNIQUE (key);

ALTER TABLE ONLY municipality.bank_item
    ADD CONSTRAINT bank_item_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.bank_statement
    ADD CONSTRAINT bank_statement_pkey PRIMARY KEY (file_id, number);

ALTER TABLE ONLY municipality.budget
    ADD CONSTRAINT budget_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY municipality.budget
    ADD CONSTRAINT budget_visits_account_id_key UNIQUE (visits_account_id);

ALTER TABLE ONLY municipality.card
    ADD CONSTRAINT card_number_hash_key UNIQUE (number_hash);

ALTER TABLE ONLY municipality.card
    ADD CONSTRAINT card_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.card_print
    ADD CONSTRAINT card_print_pkey PRIMARY KEY (card_id);

ALTER TABLE ONLY municipality.card_run
    ADD CONSTRAINT card_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.card
    ADD CONSTRAINT card_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY municipality.category
    ADD CONSTRAINT category_pkey PRIMARY KEY (code);

ALTER TABLE ONLY municipality.child_application_pause
    ADD CONSTRAINT child_application_pause_pkey PRIMARY KEY (application_id, from_on);

ALTER TABLE ONLY municipality.child_application
    ADD CONSTRAINT child_application_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.contact_check
    ADD CONSTRAINT contact_check_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.coupon_entry
    ADD CONSTRAINT coupon_entry_entry_id_key UNIQUE (entry_id);

ALTER TABLE ONLY municipality.coupon_entry
    ADD CONSTRAINT coupon_entry_pkey PRIMARY KEY (list_id, number);

ALTER TABLE ONLY municipality.coupon_list
    ADD CONSTRAINT coupon_list_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.coupon
    ADD CONSTRAINT coupon_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.coupon
    ADD CONSTRAINT coupon_run_id_account_id_place_key UNIQUE (run_id, account_id, place);

ALTER TABLE ONLY municipality.coupon_run
    ADD CONSTRAINT coupon_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.debit_note_bank_item
    ADD CONSTRAINT debit_note_bank_item_entry_id_message_key UNIQUE (entry_id, message);

ALTER TABLE ONLY municipality.debit_note_bank_item
    ADD CONSTRAINT debit_note_bank_item_pkey PRIMARY KEY (item_id);

ALTER TABLE ONLY municipality.debit_note
    ADD CONSTRAINT debit_note_number_key UNIQUE (number);

ALTER TABLE ONLY municipality.debit_note
    ADD CONSTRAINT debit_note_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.debit_note_receipt
    ADD CONSTRAINT debit_note_receipt_note_id_number_key UNIQUE (note_id, number);

ALTER TABLE ONLY municipality.debit_note_receipt
    ADD CONSTRAINT debit_note_receipt_pkey PRIMARY KEY (entry_id);

ALTER TABLE ONLY municipality.debit_note
    ADD CONSTRAINT debit_note_reference_key UNIQUE (reference);

ALTER TABLE ONLY municipality.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.deviation
    ADD CONSTRAINT deviation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.epoch
    ADD CONSTRAINT epoch_pkey PRIMARY KEY (number);

ALTER TABLE ONLY municipality.event_content
    ADD CONSTRAINT event_content_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY municipality.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.former_state
    ADD CONSTRAINT former_state_pkey PRIMARY KEY (number);

ALTER TABLE ONLY municipality.frozen_reach
    ADD CONSTRAINT frozen_reach_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.frozen_reach
    ADD CONSTRAINT frozen_reach_year_period_key UNIQUE (year, period);

ALTER TABLE ONLY municipality.scheme_grant
    ADD CONSTRAINT granted_once UNIQUE (scheme_id, claim_key, period_key);

ALTER TABLE ONLY municipality.helper_application
    ADD CONSTRAINT helper_application_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.holder_choice
    ADD CONSTRAINT holder_choice_pkey PRIMARY KEY (holder_id, recipient_id);

ALTER TABLE ONLY municipality.holder_contact
    ADD CONSTRAINT holder_contact_pkey PRIMARY KEY (resident_id, channel);

ALTER TABLE ONLY municipality.holder_message
    ADD CONSTRAINT holder_message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.holder_preference
    ADD CONSTRAINT holder_preference_pkey PRIMARY KEY (resident_id);

ALTER TABLE ONLY municipality.holder_request
    ADD CONSTRAINT holder_request_number_key UNIQUE (number);

ALTER TABLE ONLY municipality.holder_request
    ADD CONSTRAINT holder_request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.holder_request_step
    ADD CONSTRAINT holder_request_step_pkey PRIMARY KEY (request_id, number);

ALTER TABLE ONLY municipality.household_application
    ADD CONSTRAINT household_application_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.import
    ADD CONSTRAINT import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.import_row
    ADD CONSTRAINT import_row_pkey PRIMARY KEY (import_id, line);

ALTER TABLE ONLY municipality.income_verdict_adult
    ADD CONSTRAINT income_verdict_adult_pkey PRIMARY KEY (resident_id, verdict_id);

ALTER TABLE ONLY municipality.income_verdict
    ADD CONSTRAINT income_verdict_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.incompatible_role
    ADD CONSTRAINT incompatible_role_pkey PRIMARY KEY (role, other);

ALTER TABLE ONLY municipality.intermediary
    ADD CONSTRAINT intermediary_pkey PRIMARY KEY (login_id);

ALTER TABLE ONLY municipality.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.journal_profile
    ADD CONSTRAINT journal_profile_number_key UNIQUE (number);

ALTER TABLE ONLY municipality.journal_profile
    ADD CONSTRAINT journal_profile_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.known_device
    ADD CONSTRAINT known_device_pkey PRIMARY KEY (subject_id, device_hash);

ALTER TABLE ONLY municipality.lapse_reminder
    ADD CONSTRAINT lapse_reminder_pkey PRIMARY KEY (account_id, recipient_id);

ALTER TABLE ONLY municipality.letter_run
    ADD CONSTRAINT letter_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.letter_version
    ADD CONSTRAINT letter_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.location
    ADD CONSTRAINT location_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.login
    ADD CONSTRAINT login_invitation_hash_key UNIQUE (invitation_hash);

ALTER TABLE ONLY municipality.login
    ADD CONSTRAINT login_issuer_subject_key UNIQUE (issuer, subject);

ALTER TABLE ONLY municipality.login
    ADD CONSTRAINT login_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.login_role
    ADD CONSTRAINT login_role_pkey PRIMARY KEY (login_id, role);

ALTER TABLE ONLY municipality.managing_adult
    ADD CONSTRAINT managing_adult_pkey PRIMARY KEY (child_id, adult_id, valid_from);

ALTER TABLE ONLY municipality.mandate
    ADD CONSTRAINT mandate_number_hash_key UNIQUE (number_hash);

ALTER TABLE ONLY municipality.mandate
    ADD CONSTRAINT mandate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.merchant
    ADD CONSTRAINT merchant_account_id_key UNIQUE (account_id);

ALTER TABLE ONLY municipality.merchant
    ADD CONSTRAINT merchant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.merchant_registration_draft
    ADD CONSTRAINT merchant_registration_draft_pkey PRIMARY KEY (link_hash);

ALTER TABLE ONLY municipality.merchant_registration
    ADD CONSTRAINT merchant_registration_link_hash_key UNIQUE (link_hash);

ALTER TABLE ONLY municipality.merchant_registration
    ADD CONSTRAINT merchant_registration_number_key UNIQUE (number);

ALTER TABLE ONLY municipality.merchant_registration
    ADD CONSTRAINT merchant_registration_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.merchant_registration_step
    ADD CONSTRAINT merchant_registration_step_pkey PRIMARY KEY (registration_id, number);

ALTER TABLE ONLY municipality.message_position
    ADD CONSTRAINT message_position_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY municipality.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY municipality.offer
    ADD CONSTRAINT offer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.offer_version
    ADD CONSTRAINT offer_version_pkey PRIMARY KEY (offer_id, number);

ALTER TABLE ONLY municipality.offline_permit
    ADD CONSTRAINT offline_permit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.offline_permit
    ADD CONSTRAINT offline_permit_till_id_number_key UNIQUE (till_id, number);

ALTER TABLE ONLY municipality.offline_sale
    ADD CONSTRAINT offline_sale_pkey PRIMARY KEY (till_id, sequence, digest);

ALTER TABLE ONLY municipality.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.pass
    ADD CONSTRAINT pass_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.pass
    ADD CONSTRAINT pass_resident_id_year_key UNIQUE (resident_id, year);

ALTER TABLE ONLY municipality.payee_invoice
    ADD CONSTRAINT payee_invoice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.payout_account
    ADD CONSTRAINT payout_account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.period_closing
    ADD CONSTRAINT period_closing_period_number_key UNIQUE (period, number);

ALTER TABLE ONLY municipality.period_closing
    ADD CONSTRAINT period_closing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.period_line
    ADD CONSTRAINT period_line_pkey PRIMARY KEY (closing_id, number);

ALTER TABLE ONLY municipality.phone_code_use
    ADD CONSTRAINT phone_code_use_pkey PRIMARY KEY (nonce);

ALTER TABLE ONLY municipality.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (kind, debit, credit, reverses);

ALTER TABLE ONLY municipality.proof
    ADD CONSTRAINT proof_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.published_file
    ADD CONSTRAINT published_file_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.redemption
    ADD CONSTRAINT redemption_pkey PRIMARY KEY (entry_id);

ALTER TABLE ONLY municipality.redemption_reversal
    ADD CONSTRAINT redemption_reversal_pkey PRIMARY KEY (entry_id);

ALTER TABLE ONLY municipality.refused_scan
    ADD CONSTRAINT refused_scan_pkey PRIMARY KEY (resident_id, merchant_id, refusal);

ALTER TABLE ONLY municipality.refused_sign_in
    ADD CONSTRAINT refused_sign_in_pkey PRIMARY KEY (subject_id, day);

ALTER TABLE ONLY municipality.resident
    ADD CONSTRAINT resident_bsn_hash_key UNIQUE (bsn_hash);

ALTER TABLE ONLY municipality.resident
    ADD CONSTRAINT resident_person_number_key UNIQUE (person_number);

ALTER TABLE ONLY municipality.resident
    ADD CONSTRAINT resident_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.resident_version
    ADD CONSTRAINT resident_version_pkey PRIMARY KEY (resident_id, valid_from);

ALTER TABLE ONLY municipality.reversal
    ADD CONSTRAINT reversal_pkey PRIMARY KEY (entry_id, line);

ALTER TABLE ONLY municipality.sandbox
    ADD CONSTRAINT sandbox_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY municipality.scheduled_turn
    ADD CONSTRAINT scheduled_turn_pkey PRIMARY KEY (kind, day);

ALTER TABLE ONLY municipality.scheme
    ADD CONSTRAINT scheme_code_key UNIQUE (code);

ALTER TABLE ONLY municipality.scheme_grant
    ADD CONSTRAINT scheme_grant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.scheme
    ADD CONSTRAINT scheme_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.scheme_version
    ADD CONSTRAINT scheme_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.scheme_version
    ADD CONSTRAINT scheme_version_scheme_id_version_key UNIQUE (scheme_id, version);

ALTER TABLE ONLY municipality.seal_checkpoint
    ADD CONSTRAINT seal_checkpoint_pkey PRIMARY KEY (size);

ALTER TABLE ONLY municipality.seal_cosignature
    ADD CONSTRAINT seal_cosignature_pkey PRIMARY KEY (size, witness);

ALTER TABLE ONLY municipality.seal_key
    ADD CONSTRAINT seal_key_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY municipality.seal_leaf
    ADD CONSTRAINT seal_leaf_pkey PRIMARY KEY (number);

ALTER TABLE ONLY municipality.seal_node
    ADD CONSTRAINT seal_node_pkey PRIMARY KEY (level, number);

ALTER TABLE ONLY municipality.seal_witness
    ADD CONSTRAINT seal_witness_pkey PRIMARY KEY (name);

ALTER TABLE ONLY municipality.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY municipality.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.settlement_file
    ADD CONSTRAINT settlement_file_pkey PRIMARY KEY (run_id, number);

ALTER TABLE ONLY municipality.settlement_line
    ADD CONSTRAINT settlement_line_bounce_entry_id_key UNIQUE (bounce_entry_id);

ALTER TABLE ONLY municipality.settlement_line
    ADD CONSTRAINT settlement_line_pay_entry_id_key UNIQUE (pay_entry_id);

ALTER TABLE ONLY municipality.settlement_line
    ADD CONSTRAINT settlement_line_pkey PRIMARY KEY (run_id, number);

ALTER TABLE ONLY municipality.settlement_line
    ADD CONSTRAINT settlement_line_settle_entry_id_key UNIQUE (settle_entry_id);

ALTER TABLE ONLY municipality.settlement_manifest
    ADD CONSTRAINT settlement_manifest_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY municipality.settlement_run
    ADD CONSTRAINT settlement_run_account_id_key UNIQUE (account_id);

ALTER TABLE ONLY municipality.settlement_run
    ADD CONSTRAINT settlement_run_number_key UNIQUE (number);

ALTER TABLE ONLY municipality.settlement_run
    ADD CONSTRAINT settlement_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.settlement_unpaid
    ADD CONSTRAINT settlement_unpaid_pkey PRIMARY KEY (run_id, account_id);

ALTER TABLE ONLY municipality.sign_in_attempt
    ADD CONSTRAINT sign_in_attempt_pkey PRIMARY KEY (state_hash);

ALTER TABLE ONLY municipality.sign_in_try
    ADD CONSTRAINT sign_in_try_pkey PRIMARY KEY (subject_id, device_hash);

ALTER TABLE ONLY municipality.signal
    ADD CONSTRAINT signal_kind_about_week_number_key UNIQUE (kind, about, week, number);

ALTER TABLE ONLY municipality.signal
    ADD CONSTRAINT signal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.signal_position
    ADD CONSTRAINT signal_position_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY municipality.signal_sale
    ADD CONSTRAINT signal_sale_pkey PRIMARY KEY (signal_id, entry_id);

ALTER TABLE ONLY municipality.signal_verdict
    ADD CONSTRAINT signal_verdict_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.swimming_diploma
    ADD CONSTRAINT swimming_diploma_pkey PRIMARY KEY (resident_id);

ALTER TABLE ONLY municipality.takeover
    ADD CONSTRAINT takeover_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.takeover_row
    ADD CONSTRAINT takeover_row_pkey PRIMARY KEY (takeover_id, line);

ALTER TABLE ONLY municipality.takeover_total
    ADD CONSTRAINT takeover_total_pkey PRIMARY KEY (takeover_id, scheme_id);

ALTER TABLE ONLY municipality.target_group_part
    ADD CONSTRAINT target_group_part_pkey PRIMARY KEY (target_group_id, dimension, value);

ALTER TABLE ONLY municipality.target_group
    ADD CONSTRAINT target_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.target_group
    ADD CONSTRAINT target_group_scheme_id_year_kind_unit_version_key UNIQUE NULLS NOT DISTINCT (scheme_id, year, kind, unit, version);

ALTER TABLE ONLY municipality.telephone_link
    ADD CONSTRAINT telephone_link_id_key UNIQUE (id);

ALTER TABLE ONLY municipality.telephone_link
    ADD CONSTRAINT telephone_link_pkey PRIMARY KEY (code_hash);

ALTER TABLE ONLY municipality.till
    ADD CONSTRAINT till_pairing_hash_key UNIQUE (pairing_hash);

ALTER TABLE ONLY municipality.till
    ADD CONSTRAINT till_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (entry_id, line);

ALTER TABLE ONLY municipality.upload_piece
    ADD CONSTRAINT upload_piece_pkey PRIMARY KEY (upload_id, number);

ALTER TABLE ONLY municipality.upload
    ADD CONSTRAINT upload_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.usable_change
    ADD CONSTRAINT usable_change_pkey PRIMARY KEY (account_id, number);

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (endpoint_id, message_id);

ALTER TABLE ONLY municipality.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.webhook_message
    ADD CONSTRAINT webhook_message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.webhook_position
    ADD CONSTRAINT webhook_position_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY municipality.webhook_secret
    ADD CONSTRAINT webhook_secret_pkey PRIMARY KEY (endpoint_id, number);

ALTER TABLE ONLY municipality.webhook_try
    ADD CONSTRAINT webhook_try_pkey PRIMARY KEY (endpoint_id, message_id, number);

ALTER TABLE ONLY municipality.year_closing
    ADD CONSTRAINT year_closing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY municipality.year_closing
    ADD CONSTRAINT year_closing_year_number_key UNIQUE (year, number);

CREATE UNIQUE INDEX account_only_one ON municipality.account USING btree (kind, unit, scheme_id, budget_year, subject_id) NULLS NOT DISTINCT WHERE (kind <> ALL (ARRAY['budget'::text, 'held'::text]));

CREATE INDEX account_position ON municipality.account USING brin (xid) WITH (pages_per_range='32');

CREATE INDEX agreement_merchant ON municipality.agreement USING btree (merchant_id);

CREATE INDEX assessment_year ON municipality.assessment USING btree (year, started_at DESC);

CREATE INDEX balance_tile_account ON municipality.balance_tile USING btree (size, (accounts[1])) WHERE (level = 0);

CREATE INDEX bank_booking_item ON municipality.bank_booking USING btree (item_id);

CREATE UNIQUE INDEX bank_decision_waiting ON municipality.bank_decision USING btree (item_id) WHERE (outcome IS NULL);

CREATE INDEX bank_item_file ON municipality.bank_item USING btree (file_id);

CREATE INDEX bank_item_open ON municipality.bank_item USING btree (id) WHERE (outcome = 'open'::text);

CREATE UNIQUE INDEX budget_application ON municipality.budget USING btree (application_id) WHERE (application_id IS NOT NULL);

CREATE INDEX budget_pass ON municipality.budget USING btree (pass_id);

CREATE UNIQUE INDEX card_current ON municipality.card USING btree (resident_id) WHERE ((state = ANY (ARRAY['inactive'::text, 'active'::text, 'blocked'::text])) AND (form = ANY (ARRAY['paper'::text, 'plastic'::text])));

CREATE UNIQUE INDEX card_of_phone ON municipality.card USING btree (phone_session, resident_id) WHERE ((phone_session IS NOT NULL) AND (state <> 'ended'::text));

CREATE INDEX card_off ON municipality.card USING btree (state_since DESC, id) WHERE (state = ANY (ARRAY['blocked'::text, 'replaced'::text, 'ended'::text]));

CREATE INDEX card_print_run ON municipality.card_print USING btree (run_id, card_id);

CREATE UNIQUE INDEX card_replaced_once ON municipality.card USING btree (replaces) WHERE (replaces IS NOT NULL);

CREATE INDEX card_resident ON municipality.card USING btree (resident_id);

CREATE INDEX child_application_club ON municipality.child_application USING btree (merchant_id) WHERE (state = ANY (ARRAY['waiting_club'::text, 'awarded'::text]));

CREATE INDEX child_application_decided ON municipality.child_application USING btree (decided_at);

CREATE UNIQUE INDEX child_application_once ON municipality.child_application USING btree (resident_id, scheme_id, period_key) WHERE ((resident_id IS NOT NULL) AND (state <> ALL (ARRAY['refused'::text, 'withdrawn'::text])));

CREATE INDEX child_application_open ON municipality.child_application USING btree (received_at, id) WHERE (decided_at IS NULL);

CREATE INDEX child_application_own ON municipality.child_application USING btree (applied_by, received_at);

CREATE UNIQUE INDEX child_application_paused ON municipality.child_application_pause USING btree (application_id) WHERE (until_on IS NULL);

CREATE INDEX contact_check_made ON municipality.contact_check USING btree (made_at);

CREATE UNIQUE INDEX contact_check_open ON municipality.contact_check USING btree (resident_id, channel) WHERE (ended_at IS NULL);

CREATE INDEX coupon_account ON municipality.coupon USING btree (account_id);

CREATE UNIQUE INDEX coupon_code ON municipality.coupon USING btree (code_hash);

CREATE UNIQUE INDEX coupon_entry_once ON municipality.coupon_entry USING btree (coupon_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX coupon_list_merchant ON municipality.coupon_list USING btree (merchant_id, entered_at);

CREATE UNIQUE INDEX debit_note_open ON municipality.debit_note USING btree (merchant_id) WHERE ((withdrawn_at IS NULL) AND (netted_at IS NULL) AND (received_cents < amount_cents));

CREATE INDEX decision_resident ON municipality.decision USING btree (resident_id, year, decided_at DESC);

CREATE INDEX deviation_resident ON municipality.deviation USING btree (resident_id, year);

CREATE UNIQUE INDEX deviation_waits_once ON municipality.deviation USING btree (resident_id, scheme_version_id, year) WHERE ((confirmed_at IS NULL) AND (rejected_at IS NULL));

CREATE INDEX entry_period ON municipality.entry USING brin (period) WITH (pages_per_range='32');

CREATE INDEX entry_position ON municipality.entry USING brin (xid) WITH (pages_per_range='32');

CREATE UNIQUE INDEX entry_replaces ON municipality.entry USING btree (replaces) WHERE ((replaces IS NOT NULL) AND (refusal IS NULL));

CREATE UNIQUE INDEX entry_reversal ON municipality.entry USING btree (reverses, reversal_number) WHERE (reverses IS NOT NULL);

CREATE INDEX event_position ON municipality.event USING brin (xid);

CREATE INDEX event_recorded ON municipality.event USING btree (recorded_at);

CREATE INDEX event_subject ON municipality.event USING btree (subject_kind, subject_id, recorded_at);

CREATE INDEX former_state_subject ON municipality.former_state USING btree (subject_id, number);

CREATE INDEX former_state_until ON municipality.former_state USING brin (until);

CREATE UNIQUE INDEX granted_once_to_a_person ON municipality.scheme_grant USING btree (resident_id, scheme_id, period_key) WHERE ((claim_key ~~ 'resident:%'::text) OR (claim_key ~~ 'household:%'::text));

CREATE INDEX helper_application_waiting ON municipality.helper_application USING btree (received_at, id) WHERE (state = 'received'::text);

CREATE INDEX holder_choice_recipient ON municipality.holder_choice USING btree (recipient_id);

CREATE INDEX holder_message_check ON municipality.holder_message USING btree (check_id);

CREATE INDEX holder_message_holder ON municipality.holder_message USING btree (holder_id, made_at DESC);

CREATE INDEX holder_message_made ON municipality.holder_message USING btree (made_at);

CREATE INDEX holder_message_recipient ON municipality.holder_message USING btree (recipient_id, made_at DESC);

CREATE INDEX holder_message_waiting ON municipality.holder_message USING btree (next_try_at) WHERE (state = 'waiting'::text);

CREATE INDEX holder_request_closed ON municipality.holder_request USING btree (state_since) WHERE (state = ANY (ARRAY['answered'::text, 'withdrawn'::text]));

CREATE INDEX holder_request_open ON municipality.holder_request USING btree (answer_by) WHERE (state <> ALL (ARRAY['answered'::text, 'withdrawn'::text]));

CREATE INDEX holder_request_resident ON municipality.holder_request USING btree (resident_id, received_at);

CREATE INDEX household_application_household ON municipality.household_application USING btree (household_number, year, received_at DESC);

CREATE UNIQUE INDEX household_application_open ON municipality.household_application USING btree (household_number, year) WHERE ((state = 'received'::text) AND (moved_at IS NULL));

CREATE INDEX intermediary_organisation ON municipality.intermediary USING btree (organisation_id);

CREATE INDEX job_waiting ON municipality.job USING btree (run_after, id) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX known_device_used ON municipality.known_device USING btree (used_at);

CREATE INDEX letter_run_newest ON municipality.letter_run USING btree (made_at DESC, id DESC);

CREATE INDEX letter_version_newest ON municipality.letter_version USING btree (kind, part, recorded_at DESC, id DESC);

CREATE INDEX location_merchant ON municipality.location USING btree (merchant_id);

CREATE INDEX managing_adult_adult ON municipality.managing_adult USING btree (adult_id);

CREATE INDEX mandate_resident ON municipality.mandate USING btree (resident_id);

CREATE INDEX mandate_until ON municipality.mandate USING btree (valid_until);

CREATE UNIQUE INDEX merchant_kvk ON municipality.merchant USING btree (kvk_number, name);

CREATE INDEX merchant_registration_draft_begun ON municipality.merchant_registration_draft USING btree (begun_at);

CREATE UNIQUE INDEX merchant_registration_open ON municipality.merchant_registration USING btree (kvk_number) WHERE (state = ANY (ARRAY['received'::text, 'asked'::text, 'answered'::text]));

CREATE INDEX merchant_registration_received ON municipality.merchant_registration USING btree (received_at);

CREATE INDEX offer_merchant ON municipality.offer USING btree (merchant_id, place);

CREATE UNIQUE INDEX offline_sale_booked ON municipality.offline_sale USING btree (id) WHERE (outcome = 'booked'::text);

CREATE INDEX offline_sale_borne ON municipality.offline_sale USING btree (recorded_at) WHERE (bearer <> 'budget'::text);

CREATE INDEX offline_sale_chain ON municipality.offline_sale USING btree (recorded_at) WHERE (chain <> 'whole'::text);

CREATE INDEX offline_sale_merchant ON municipality.offline_sale USING btree (merchant_id, recorded_at);

CREATE UNIQUE INDEX offline_sale_number ON municipality.offline_sale USING btree (till_id, sequence) WHERE holds_number;

CREATE INDEX offline_sale_permit ON municipality.offline_sale USING btree (permit_id);

CREATE INDEX offline_sale_recorded ON municipality.offline_sale USING btree (till_id, recorded_at);

CREATE UNIQUE INDEX organisation_name ON municipality.organisation USING btree (lower(name)) WHERE (ended_at IS NULL);

CREATE INDEX payee_invoice_application ON municipality.payee_invoice USING btree (application_id);

CREATE INDEX payee_invoice_waiting ON municipality.payee_invoice USING btree (proposed_at) WHERE ((confirmed_at IS NULL) AND (rejected_at IS NULL));

CREATE INDEX payout_account_merchant ON municipality.payout_account USING btree (merchant_id, proposed_at DESC);

CREATE UNIQUE INDEX payout_account_waits_once ON municipality.payout_account USING btree (merchant_id) WHERE ((approved_at IS NULL) AND (rejected_at IS NULL));

CREATE UNIQUE INDEX period_closed ON municipality.period_closing USING btree (period) WHERE (reopened_at IS NULL);

CREATE INDEX phone_code_use_used_at ON municipality.phone_code_use USING brin (used_at);

CREATE INDEX processing_log_recorded ON municipality.processing_log USING brin (recorded_at);

CREATE INDEX processing_log_subject ON municipality.processing_log USING btree (subject_id, recorded_at);

CREATE INDEX proof_newest ON municipality.proof USING btree (proved_at DESC);

CREATE INDEX published_file_newest ON municipality.published_file USING btree (kind, recorded_at DESC, id DESC);

CREATE INDEX redemption_merchant ON municipality.redemption USING btree (merchant_id, recorded_at);

CREATE INDEX redemption_reversal_original ON municipality.redemption_reversal USING btree (original_id);

CREATE INDEX redemption_reversal_till ON municipality.redemption_reversal USING btree (till_id, recorded_at);

CREATE INDEX redemption_sale ON municipality.redemption USING btree (sale_id) WHERE (sale_id IS NOT NULL);

CREATE INDEX redemption_till ON municipality.redemption USING btree (till_id, recorded_at);

CREATE INDEX refused_scan_refused_at ON municipality.refused_scan USING btree (refused_at);

CREATE INDEX refused_sign_in_last ON municipality.refused_sign_in USING btree (last_at);

CREATE INDEX resident_version_found ON municipality.resident_version USING btree (birth_date, postcode);

CREATE INDEX resident_version_guardian ON municipality.resident_version USING btree (guardian_number) WHERE (guardian_number IS NOT NULL);

CREATE INDEX resident_version_household ON municipality.resident_version USING btree (household_number);

CREATE INDEX resident_version_search ON municipality.resident_version USING btree (lower(family_name), birth_date);

CREATE INDEX scheme_grant_resident ON municipality.scheme_grant USING btree (resident_id);

CREATE UNIQUE INDEX seal_leaf_once ON municipality.seal_leaf USING btree (key, kind);

CREATE INDEX session_actor ON municipality.session USING btree (actor_kind, actor_id) WHERE (ended_at IS NULL);

CREATE INDEX session_behalf ON municipality.session USING btree (on_behalf_of) WHERE ((on_behalf_of IS NOT NULL) AND (ended_at IS NULL));

CREATE INDEX session_ends ON municipality.session USING btree (ends_at);

CREATE UNIQUE INDEX session_id ON municipality.session USING btree (id);

CREATE INDEX session_idle ON municipality.session USING btree (idle_until);

CREATE UNIQUE INDEX session_previous ON municipality.session USING btree (previous_hash) WHERE (previous_hash IS NOT NULL);

CREATE INDEX session_proved_by ON municipality.session USING btree (proved_by) WHERE ((proved_by IS NOT NULL) AND (ended_at IS NULL));

CREATE INDEX setting_newest ON municipality.setting USING btree (key, recorded_at DESC, id DESC);

CREATE UNIQUE INDEX settlement_line_merchant ON municipality.settlement_line USING btree (merchant_id, run_id, number);

CREATE UNIQUE INDEX settlement_line_once ON municipality.settlement_line USING btree (account_id, from_epoch, from_xid) WHERE ((state <> 'withdrawn'::text) OR (settle_entry_id IS NOT NULL));

CREATE UNIQUE INDEX settlement_run_proposed ON municipality.settlement_run USING btree (state) WHERE (state = 'proposed'::text);

CREATE INDEX sign_in_attempt_created ON municipality.sign_in_attempt USING btree (created_at);

CREATE INDEX sign_in_try_tried ON municipality.sign_in_try USING btree (tried_at);

CREATE INDEX signal_found ON municipality.signal USING btree (found_at);

CREATE INDEX signal_merchant ON municipality.signal USING btree (merchant_id, kind);

CREATE INDEX signal_verdict_signal ON municipality.signal_verdict USING btree (signal_id, judged_at);

CREATE UNIQUE INDEX takeover_row_booked ON municipality.takeover_row USING btree (entry_id) WHERE (outcome = 'booked'::text);

CREATE INDEX takeover_row_waiting ON municipality.takeover_row USING btree (takeover_id) WHERE (outcome = 'waiting'::text);

CREATE UNIQUE INDEX takeover_waiting ON municipality.takeover USING btree ((true)) WHERE (ended_at IS NULL);

CREATE INDEX target_group_year ON municipality.target_group USING btree (year);

CREATE INDEX telephone_link_valid_until ON municipality.telephone_link USING btree (valid_until);

CREATE UNIQUE INDEX till_login ON municipality.till USING btree (login_id, kind) WHERE ((login_id IS NOT NULL) AND (state <> 'revoked'::text));

CREATE INDEX till_merchant ON municipality.till USING btree (merchant_id);

CREATE UNIQUE INDEX transfer_credit ON municipality.transfer USING btree (credit, credit_number);

CREATE UNIQUE INDEX transfer_debit ON municipality.transfer USING btree (debit, debit_turn);

CREATE INDEX transfer_position ON municipality.transfer USING brin (xid) WITH (pages_per_range='32');

CREATE INDEX unknown_scan_till ON municipality.unknown_scan USING btree (till_id, tried_at);

CREATE INDEX usable_change_position ON municipality.usable_change USING brin (xid) WITH (pages_per_range='32');

CREATE INDEX voucher_of_organisation ON municipality.voucher USING btree (organisation_id, proposed_at);

CREATE INDEX webhook_delivery_message ON municipality.webhook_delivery USING btree (message_id);

CREATE INDEX webhook_delivery_waiting ON municipality.webhook_delivery USING btree (endpoint_id, next_try_at) WHERE (state = 'waiting'::text);

CREATE INDEX webhook_endpoint_merchant ON municipality.webhook_endpoint USING btree (merchant_id);

CREATE UNIQUE INDEX webhook_endpoint_place ON municipality.webhook_endpoint USING btree (merchant_id, place) WHERE (state <> 'ended'::text);

CREATE INDEX webhook_message_made ON municipality.webhook_message USING btree (made_at);

CREATE INDEX webhook_message_position ON municipality.webhook_message USING btree (epoch, xid);

CREATE UNIQUE INDEX webhook_secret_current ON municipality.webhook_secret USING btree (endpoint_id) WHERE (ends_at IS NULL);

CREATE UNIQUE INDEX year_closed ON municipality.year_closing USING btree (year) WHERE ((reopened_at IS NULL) AND (rejected_at IS NULL));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.account FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.account ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.balance FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.balance ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.balance_tile FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.balance_tile ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.balance_tree FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.balance_tree ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.bank_booking FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.bank_booking ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.bank_decision FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.bank_decision ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.bank_file FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.bank_file ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.bank_item FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.bank_item ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.bank_item_details FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.bank_item_details ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.bank_statement FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.bank_statement ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.coupon FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.coupon ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.coupon_entry FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.coupon_entry ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.coupon_list FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.coupon_list ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.coupon_run FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.coupon_run ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.debit_note FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.debit_note ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.debit_note_bank_item FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.debit_note_bank_item ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.debit_note_receipt FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.debit_note_receipt ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.decision FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.decision ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.deviation FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.deviation ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.entry FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.entry ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.epoch FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.epoch ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.event FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.event ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.event_content FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.event_content ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.frozen_reach FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.frozen_reach ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.holder_request_step FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.holder_request_step ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.income_verdict FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.income_verdict ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.income_verdict_adult FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.income_verdict_adult ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON municipality.incompatible_role FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.incompatible_role ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.journal_profile FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.journal_profile ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.letter_run FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.letter_run ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.letter_version FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.letter_version ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.merchant_registration_step FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.merchant_registration_step ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.message_position FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.message_position ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.offer_version FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.offer_version ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.offline_permit FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.offline_permit ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.offline_sale FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.offline_sale ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.payout_account FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.payout_account ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.period_closing FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.period_closing ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.period_line FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.period_line ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.phone_code_use FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.phone_code_use ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON municipality.posting FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.posting ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.proof FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.proof ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.published_file FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.published_file ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.redemption FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.redemption ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.redemption_reversal FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.redemption_reversal ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.reversal FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.reversal ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.sandbox FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.sandbox ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.scheme_grant FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.scheme_grant ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.scheme_version FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.scheme_version ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.seal_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.seal_checkpoint ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.seal_cosignature FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.seal_cosignature ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.seal_key FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.seal_key ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.seal_leaf FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.seal_leaf ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.seal_node FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.seal_node ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.seal_witness FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.seal_witness ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.setting FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.setting ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.settlement_file FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.settlement_file ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.settlement_line FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.settlement_line ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.settlement_manifest FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.settlement_manifest ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.settlement_run FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.settlement_run ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.settlement_unpaid FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.settlement_unpaid ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON municipality.signal_verdict FOR EACH ROW EXECUTE FUNCTION municipality.refuse_changed_verdict();

ALTER TABLE municipality.signal_verdict ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.takeover FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.takeover ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE TRUNCATE ON municipality.takeover_row FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.takeover_row ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.takeover_total FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.takeover_total ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.target_group FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.target_group ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.target_group_part FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.target_group_part ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.transfer FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.transfer ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON municipality.usable_change FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.usable_change ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.webhook_endpoint FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.webhook_endpoint ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.webhook_message FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.webhook_message ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.webhook_position FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.webhook_position ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON municipality.webhook_try FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.webhook_try ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON municipality.year_closing FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write();

ALTER TABLE municipality.year_closing ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON municipality.signal_verdict FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_changed_verdict();

ALTER TABLE municipality.signal_verdict ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER end_cards_of_deleted_phone AFTER DELETE ON municipality.session FOR EACH ROW WHEN ((old.is_long AND (old.ended_at IS NULL))) EXECUTE FUNCTION municipality.end_cards_of_phone();

ALTER TABLE municipality.session ENABLE ALWAYS TRIGGER end_cards_of_deleted_phone;

CREATE TRIGGER end_cards_of_phone AFTER UPDATE OF ended_at ON municipality.session FOR EACH ROW WHEN ((old.is_long AND (old.ended_at IS NULL) AND (new.ended_at IS NOT NULL))) EXECUTE FUNCTION municipality.end_cards_of_phone();

ALTER TABLE municipality.session ENABLE ALWAYS TRIGGER end_cards_of_phone;

CREATE TRIGGER end_file AFTER UPDATE OF state ON municipality.job FOR EACH ROW WHEN (((new.state = ANY (ARRAY['done'::text, 'failed'::text])) AND (new.arguments ? 'upload_id'::text))) EXECUTE FUNCTION municipality.end_file_of_job();

CREATE TRIGGER follow_offer BEFORE INSERT ON municipality.offer_version FOR EACH ROW EXECUTE FUNCTION municipality.follow_offer();

ALTER TABLE municipality.offer_version ENABLE ALWAYS TRIGGER follow_offer;

CREATE TRIGGER follow_registration BEFORE INSERT ON municipality.merchant_registration_step FOR EACH ROW EXECUTE FUNCTION municipality.follow_registration();

ALTER TABLE municipality.merchant_registration_step ENABLE ALWAYS TRIGGER follow_registration;

CREATE TRIGGER follow_request BEFORE INSERT ON municipality.holder_request_step FOR EACH ROW EXECUTE FUNCTION municipality.follow_request();

ALTER TABLE municipality.holder_request_step ENABLE ALWAYS TRIGGER follow_request;

CREATE TRIGGER judge_waiting_applications AFTER UPDATE OF state ON municipality.merchant FOR EACH ROW WHEN ((new.state <> old.state)) EXECUTE FUNCTION municipality.judge_waiting_applications();

CREATE TRIGGER judged_once BEFORE UPDATE ON municipality.payee_invoice FOR EACH ROW EXECUTE FUNCTION municipality.refuse_other_judgement();

ALTER TABLE municipality.payee_invoice ENABLE ALWAYS TRIGGER judged_once;

CREATE TRIGGER judged_once BEFORE UPDATE ON municipality.voucher FOR EACH ROW EXECUTE FUNCTION municipality.refuse_other_judgement();

ALTER TABLE municipality.voucher ENABLE ALWAYS TRIGGER judged_once;

CREATE TRIGGER keep_check BEFORE UPDATE ON municipality.contact_check FOR EACH ROW EXECUTE FUNCTION municipality.keep_contact_check();

ALTER TABLE municipality.contact_check ENABLE ALWAYS TRIGGER keep_check;

CREATE TRIGGER keep_confirmed BEFORE UPDATE OF unconfirmed_cents ON municipality.card FOR EACH ROW EXECUTE FUNCTION municipality.keep_confirmed();

ALTER TABLE municipality.card ENABLE ALWAYS TRIGGER keep_confirmed;

CREATE TRIGGER keep_coupon BEFORE UPDATE ON municipality.coupon FOR EACH ROW EXECUTE FUNCTION municipality.keep_coupon();

ALTER TABLE municipality.coupon ENABLE ALWAYS TRIGGER keep_coupon;

CREATE TRIGGER keep_former_state AFTER UPDATE OF state ON municipality.card FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (old.state_since < new.state_since))) EXECUTE FUNCTION municipality.keep_former_state();

ALTER TABLE municipality.card ENABLE ALWAYS TRIGGER keep_former_state;

CREATE TRIGGER keep_former_state AFTER UPDATE OF state ON municipality.merchant FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (old.state_since < new.state_since))) EXECUTE FUNCTION municipality.keep_former_state();

ALTER TABLE municipality.merchant ENABLE ALWAYS TRIGGER keep_former_state;

CREATE TRIGGER keep_former_state AFTER UPDATE OF state ON municipality.till FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (old.state_since < new.state_since))) EXECUTE FUNCTION municipality.keep_former_state();

ALTER TABLE municipality.till ENABLE ALWAYS TRIGGER keep_former_state;

CREATE TRIGGER keep_limit BEFORE INSERT ON municipality.settlement_run FOR EACH ROW EXECUTE FUNCTION municipality.keep_large_limit();

ALTER TABLE municipality.settlement_run ENABLE ALWAYS TRIGGER keep_limit;

CREATE TRIGGER keep_mandate BEFORE UPDATE ON municipality.mandate FOR EACH ROW EXECUTE FUNCTION municipality.keep_mandate();

ALTER TABLE municipality.mandate ENABLE ALWAYS TRIGGER keep_mandate;

CREATE TRIGGER keep_position BEFORE UPDATE ON municipality.message_position FOR EACH ROW EXECUTE FUNCTION municipality.keep_message_position();

ALTER TABLE municipality.message_position ENABLE ALWAYS TRIGGER keep_position;

CREATE TRIGGER keep_position BEFORE UPDATE ON municipality.webhook_position FOR EACH ROW EXECUTE FUNCTION municipality.keep_webhook_position();

ALTER TABLE municipality.webhook_position ENABLE ALWAYS TRIGGER keep_position;

CREATE TRIGGER keep_webhook BEFORE UPDATE ON municipality.webhook_endpoint FOR EACH ROW EXECUTE FUNCTION municipality.keep_webhook();

ALTER TABLE municipality.webhook_endpoint ENABLE ALWAYS TRIGGER keep_webhook;

CREATE TRIGGER once_only BEFORE UPDATE ON municipality.telephone_link FOR EACH ROW EXECUTE FUNCTION municipality.once_only();

ALTER TABLE municipality.telephone_link ENABLE ALWAYS TRIGGER once_only;

CREATE TRIGGER only_before_anybody BEFORE INSERT ON municipality.sandbox FOR EACH ROW EXECUTE FUNCTION municipality.only_before_anybody();

ALTER TABLE municipality.sandbox ENABLE ALWAYS TRIGGER only_before_anybody;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.account FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.account ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT OR UPDATE ON municipality.balance FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.balance ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT OR DELETE ON municipality.balance_tile FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.balance_tile ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.balance_tree FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.balance_tree ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.coupon_entry FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.coupon_entry ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.coupon_list FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.coupon_list ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.debit_note_receipt FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.debit_note_receipt ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.entry FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.entry ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.epoch FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.epoch ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.offline_sale FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.offline_sale ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.period_line FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.period_line ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.redemption FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.redemption ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.redemption_reversal FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.redemption_reversal ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT OR UPDATE ON municipality.reversal FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.reversal ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.seal_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.seal_checkpoint ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.seal_cosignature FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.seal_cosignature ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.seal_key FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.seal_key ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.seal_leaf FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.seal_leaf ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.seal_node FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.seal_node ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.seal_witness FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.seal_witness ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE UPDATE ON municipality.settlement_line FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.settlement_line ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.transfer FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.transfer ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER only_by_ledger BEFORE INSERT ON municipality.usable_change FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_write_unless_ledger();

ALTER TABLE municipality.usable_change ENABLE ALWAYS TRIGGER only_by_ledger;

CREATE TRIGGER receive_request BEFORE INSERT ON municipality.holder_request FOR EACH ROW EXECUTE FUNCTION municipality.receive_request();

ALTER TABLE municipality.holder_request ENABLE ALWAYS TRIGGER receive_request;

CREATE TRIGGER refuse_change BEFORE UPDATE ON municipality.bank_decision FOR EACH ROW EXECUTE FUNCTION municipality.refuse_bank_decision();

ALTER TABLE municipality.bank_decision ENABLE ALWAYS TRIGGER refuse_change;

CREATE TRIGGER refuse_change BEFORE UPDATE ON municipality.bank_item FOR EACH ROW EXECUTE FUNCTION municipality.refuse_bank_item();

ALTER TABLE municipality.bank_item ENABLE ALWAYS TRIGGER refuse_change;

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON municipality.takeover_row FOR EACH ROW EXECUTE FUNCTION municipality.refuse_takeover_row();

ALTER TABLE municipality.takeover_row ENABLE ALWAYS TRIGGER refuse_change;

CREATE TRIGGER refuse_changed_signal BEFORE UPDATE ON municipality.signal FOR EACH ROW EXECUTE FUNCTION municipality.refuse_changed_signal();

ALTER TABLE municipality.signal ENABLE ALWAYS TRIGGER refuse_changed_signal;

CREATE TRIGGER refuse_closed_year AFTER INSERT ON municipality.account REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_opening_in_closed_year();

ALTER TABLE municipality.account ENABLE ALWAYS TRIGGER refuse_closed_year;

CREATE TRIGGER refuse_closed_year AFTER INSERT ON municipality.appropriation_line FOR EACH ROW EXECUTE FUNCTION municipality.refuse_money_in_closed_year();

ALTER TABLE municipality.appropriation_line ENABLE ALWAYS TRIGGER refuse_closed_year;

CREATE TRIGGER refuse_closed_year AFTER UPDATE ON municipality.period_closing FOR EACH ROW WHEN ((((old.reopening_proposed_at IS NULL) AND (new.reopening_proposed_at IS NOT NULL)) OR ((old.reopened_at IS NULL) AND (new.reopened_at IS NOT NULL)))) EXECUTE FUNCTION municipality.refuse_month_of_closed_year();

ALTER TABLE municipality.period_closing ENABLE ALWAYS TRIGGER refuse_closed_year;

CREATE TRIGGER refuse_closing BEFORE INSERT ON municipality.period_closing FOR EACH ROW EXECUTE FUNCTION municipality.refuse_period_closing();

ALTER TABLE municipality.period_closing ENABLE ALWAYS TRIGGER refuse_closing;

CREATE TRIGGER refuse_closing BEFORE INSERT ON municipality.year_closing FOR EACH ROW EXECUTE FUNCTION municipality.refuse_year_closing();

ALTER TABLE municipality.year_closing ENABLE ALWAYS TRIGGER refuse_closing;

CREATE TRIGGER refuse_double_agreement BEFORE INSERT OR UPDATE ON municipality.agreement FOR EACH ROW EXECUTE FUNCTION municipality.refuse_double_agreement();

CREATE TRIGGER refuse_early BEFORE INSERT ON municipality.settlement_manifest FOR EACH ROW EXECUTE FUNCTION municipality.refuse_early_manifest();

ALTER TABLE municipality.settlement_manifest ENABLE ALWAYS TRIGGER refuse_early;

CREATE TRIGGER refuse_in_sandbox BEFORE INSERT ON municipality.card_run FOR EACH ROW EXECUTE FUNCTION municipality.refuse_in_sandbox();

ALTER TABLE municipality.card_run ENABLE ALWAYS TRIGGER refuse_in_sandbox;

CREATE TRIGGER refuse_in_sandbox BEFORE INSERT ON municipality.letter_run FOR EACH ROW EXECUTE FUNCTION municipality.refuse_letters_in_sandbox();

ALTER TABLE municipality.letter_run ENABLE ALWAYS TRIGGER refuse_in_sandbox;

CREATE TRIGGER refuse_in_sandbox BEFORE INSERT ON municipality.settlement_file FOR EACH ROW EXECUTE FUNCTION municipality.refuse_in_sandbox();

ALTER TABLE municipality.settlement_file ENABLE ALWAYS TRIGGER refuse_in_sandbox;

CREATE TRIGGER refuse_large BEFORE UPDATE ON municipality.settlement_run FOR EACH ROW WHEN (((old.state = 'proposed'::text) AND (new.state = 'approved'::text))) EXECUTE FUNCTION municipality.refuse_large_settlement();

ALTER TABLE municipality.settlement_run ENABLE ALWAYS TRIGGER refuse_large;

CREATE TRIGGER refuse_late AFTER INSERT ON municipality.takeover_row REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_takeover_rows();

ALTER TABLE municipality.takeover_row ENABLE ALWAYS TRIGGER refuse_late;

CREATE TRIGGER refuse_line BEFORE INSERT ON municipality.settlement_line FOR EACH ROW EXECUTE FUNCTION municipality.refuse_settlement_line();

ALTER TABLE municipality.settlement_line ENABLE ALWAYS TRIGGER refuse_line;

CREATE TRIGGER refuse_note BEFORE INSERT ON municipality.debit_note FOR EACH ROW EXECUTE FUNCTION municipality.refuse_debit_note();

ALTER TABLE municipality.debit_note ENABLE ALWAYS TRIGGER refuse_note;

CREATE TRIGGER refuse_other BEFORE INSERT ON municipality.debit_note_bank_item FOR EACH ROW EXECUTE FUNCTION municipality.refuse_debit_note_bank_item();

ALTER TABLE municipality.debit_note_bank_item ENABLE ALWAYS TRIGGER refuse_other;

CREATE TRIGGER refuse_other_amount AFTER INSERT ON municipality.bank_booking REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_bank_booking();

ALTER TABLE municipality.bank_booking ENABLE ALWAYS TRIGGER refuse_other_amount;

CREATE TRIGGER refuse_over_limit AFTER INSERT ON municipality.coupon REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION municipality.refuse_over_limit();

ALTER TABLE municipality.coupon ENABLE ALWAYS TRIGGER refuse_over_limit;

CREATE TRIGGER refuse_overlap BEFORE INSERT OR UPDATE ON municipality.scheme_version FOR EACH ROW EXECUTE FUNCTION municipality.refuse_overlap();

CREATE TRIGGER refuse_repeated_verdict BEFORE INSERT ON municipality.signal_verdict FOR EACH ROW EXECUTE FUNCTION municipality.refuse_repeated_verdict();

ALTER TABLE municipality.signal_verdict ENABLE ALWAYS TRIGGER refuse_repeated_verdict;

CREATE TRIGGER refuse_rewriting_a_version BEFORE UPDATE ON municipality.scheme_version FOR EACH ROW EXECUTE FUNCTION municipality.refuse_rewriting_a_version();

ALTER TABLE municipality.scheme_version ENABLE ALWAYS TRIGGER refuse_rewriting_a_version;

CREATE TRIGGER refuse_role BEFORE INSERT OR UPDATE ON municipality.login_role FOR EACH ROW EXECUTE FUNCTION municipality.refuse_role();

CREATE TRIGGER refuse_second_application_verdict BEFORE UPDATE ON municipality.child_application FOR EACH ROW EXECUTE FUNCTION municipality.refuse_second_application_verdict();

CREATE TRIGGER refuse_second_deviation_verdict BEFORE UPDATE ON municipality.deviation FOR EACH ROW EXECUTE FUNCTION municipality.refuse_second_deviation_verdict();

ALTER TABLE municipality.deviation ENABLE ALWAYS TRIGGER refuse_second_deviation_verdict;

CREATE TRIGGER refuse_second_verdict BEFORE UPDATE ON municipality.payout_account FOR EACH ROW EXECUTE FUNCTION municipality.refuse_second_verdict();

ALTER TABLE municipality.payout_account ENABLE ALWAYS TRIGGER refuse_second_verdict;

CREATE TRIGGER refuse_step BEFORE UPDATE ON municipality.debit_note FOR EACH ROW EXECUTE FUNCTION municipality.refuse_debit_note_step();

ALTER TABLE municipality.debit_note ENABLE ALWAYS TRIGGER refuse_step;

CREATE TRIGGER refuse_step BEFORE UPDATE ON municipality.period_closing FOR EACH ROW EXECUTE FUNCTION municipality.refuse_period_step();

ALTER TABLE municipality.period_closing ENABLE ALWAYS TRIGGER refuse_step;

CREATE TRIGGER refuse_step BEFORE UPDATE ON municipality.settlement_run FOR EACH ROW EXECUTE FUNCTION municipality.refuse_settlement_step();

ALTER TABLE municipality.settlement_run ENABLE ALWAYS TRIGGER refuse_step;

CREATE TRIGGER refuse_step BEFORE UPDATE ON municipality.takeover FOR EACH ROW EXECUTE FUNCTION municipality.refuse_takeover_step();

ALTER TABLE municipality.takeover ENABLE ALWAYS TRIGGER refuse_step;

CREATE TRIGGER refuse_step BEFORE UPDATE ON municipality.year_closing FOR EACH ROW EXECUTE FUNCTION municipality.refuse_year_step();

ALTER TABLE municipality.year_closing ENABLE ALWAYS TRIGGER refuse_step;

CREATE TRIGGER refuse_unchecked BEFORE INSERT OR UPDATE ON municipality.holder_contact FOR EACH ROW EXECUTE FUNCTION municipality.refuse_unchecked_contact();

ALTER TABLE municipality.holder_contact ENABLE ALWAYS TRIGGER refuse_unchecked;

CREATE TRIGGER refuse_while_waiting BEFORE UPDATE ON municipality.sign_in_try FOR EACH ROW EXECUTE FUNCTION municipality.refuse_while_waiting();

ALTER TABLE municipality.sign_in_try ENABLE ALWAYS TRIGGER refuse_while_waiting;

CREATE TRIGGER stamp BEFORE INSERT ON municipality.event FOR EACH ROW EXECUTE FUNCTION municipality.stamp_event();

ALTER TABLE municipality.event ENABLE ALWAYS TRIGGER stamp;

CREATE TRIGGER stamp BEFORE INSERT ON municipality.setting FOR EACH ROW EXECUTE FUNCTION municipality.stamp_setting();

ALTER TABLE municipality.setting ENABLE ALWAYS TRIGGER stamp;

CREATE TRIGGER told AFTER INSERT ON municipality.epoch FOR EACH ROW EXECUTE FUNCTION municipality.tell_of_epoch();

ALTER TABLE municipality.epoch ENABLE ALWAYS TRIGGER told;

ALTER TABLE ONLY municipality.agreement
    ADD CONSTRAINT agreement_category_fkey FOREIGN KEY (category) REFERENCES municipality.category(code);

ALTER TABLE ONLY municipality.agreement
    ADD CONSTRAINT agreement_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.api_token
    ADD CONSTRAINT api_token_login_id_fkey FOREIGN KEY (login_id) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.appropriation_line
    ADD CONSTRAINT appropriation_line_scheme_id_budget_year_fkey FOREIGN KEY (scheme_id, budget_year) REFERENCES municipality.appropriation(scheme_id, budget_year);

ALTER TABLE ONLY municipality.appropriation
    ADD CONSTRAINT appropriation_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES municipality.scheme(id);

ALTER TABLE ONLY municipality.assessment_count
    ADD CONSTRAINT assessment_count_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES municipality.assessment(id);

ALTER TABLE ONLY municipality.assessment_count
    ADD CONSTRAINT assessment_count_scheme_version_id_fkey FOREIGN KEY (scheme_version_id) REFERENCES municipality.scheme_version(id);

ALTER TABLE ONLY municipality.bank_booking
    ADD CONSTRAINT bank_booking_item_id_fkey FOREIGN KEY (item_id) REFERENCES municipality.bank_item(id);

ALTER TABLE ONLY municipality.bank_booking
    ADD CONSTRAINT bank_booking_run_id_number_fkey FOREIGN KEY (run_id, number) REFERENCES municipality.settlement_line(run_id, number);

ALTER TABLE ONLY municipality.bank_decision
    ADD CONSTRAINT bank_decision_item_id_fkey FOREIGN KEY (item_id) REFERENCES municipality.bank_item(id);

ALTER TABLE ONLY municipality.bank_decision
    ADD CONSTRAINT bank_decision_run_id_fkey FOREIGN KEY (run_id) REFERENCES municipality.settlement_run(id);

ALTER TABLE ONLY municipality.bank_item_details
    ADD CONSTRAINT bank_item_details_item_id_fkey FOREIGN KEY (item_id) REFERENCES municipality.bank_item(id);

ALTER TABLE ONLY municipality.bank_item
    ADD CONSTRAINT bank_item_file_id_fkey FOREIGN KEY (file_id) REFERENCES municipality.bank_file(id);

ALTER TABLE ONLY municipality.bank_statement
    ADD CONSTRAINT bank_statement_file_id_fkey FOREIGN KEY (file_id) REFERENCES municipality.bank_file(id);

ALTER TABLE ONLY municipality.budget
    ADD CONSTRAINT budget_pass_id_fkey FOREIGN KEY (pass_id) REFERENCES municipality.pass(id);

ALTER TABLE ONLY municipality.budget
    ADD CONSTRAINT budget_scheme_version_id_fkey FOREIGN KEY (scheme_version_id) REFERENCES municipality.scheme_version(id);

ALTER TABLE ONLY municipality.card_print
    ADD CONSTRAINT card_print_card_id_fkey FOREIGN KEY (card_id) REFERENCES municipality.card(id);

ALTER TABLE ONLY municipality.card_print
    ADD CONSTRAINT card_print_run_id_fkey FOREIGN KEY (run_id) REFERENCES municipality.card_run(id);

ALTER TABLE ONLY municipality.card
    ADD CONSTRAINT card_replaces_fkey FOREIGN KEY (replaces) REFERENCES municipality.card(id);

ALTER TABLE ONLY municipality.card
    ADD CONSTRAINT card_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.child_application
    ADD CONSTRAINT child_application_applied_by_fkey FOREIGN KEY (applied_by) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.child_application
    ADD CONSTRAINT child_application_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.child_application
    ADD CONSTRAINT child_application_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES municipality.organisation(id);

ALTER TABLE ONLY municipality.child_application_pause
    ADD CONSTRAINT child_application_pause_application_id_fkey FOREIGN KEY (application_id) REFERENCES municipality.child_application(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.child_application
    ADD CONSTRAINT child_application_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.child_application
    ADD CONSTRAINT child_application_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES municipality.scheme(id);

ALTER TABLE ONLY municipality.contact_check
    ADD CONSTRAINT contact_check_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.coupon
    ADD CONSTRAINT coupon_account_id_fkey FOREIGN KEY (account_id) REFERENCES municipality.budget(account_id) ON DELETE SET NULL;

ALTER TABLE ONLY municipality.coupon_entry
    ADD CONSTRAINT coupon_entry_coupon_id_fkey FOREIGN KEY (coupon_id) REFERENCES municipality.coupon(id);

ALTER TABLE ONLY municipality.coupon_entry
    ADD CONSTRAINT coupon_entry_list_id_fkey FOREIGN KEY (list_id) REFERENCES municipality.coupon_list(id);

ALTER TABLE ONLY municipality.coupon_list
    ADD CONSTRAINT coupon_list_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.coupon
    ADD CONSTRAINT coupon_run_id_fkey FOREIGN KEY (run_id) REFERENCES municipality.coupon_run(id);

ALTER TABLE ONLY municipality.coupon
    ADD CONSTRAINT coupon_scheme_version_id_fkey FOREIGN KEY (scheme_version_id) REFERENCES municipality.scheme_version(id);

ALTER TABLE ONLY municipality.debit_note_bank_item
    ADD CONSTRAINT debit_note_bank_item_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES municipality.debit_note_receipt(entry_id);

ALTER TABLE ONLY municipality.debit_note_bank_item
    ADD CONSTRAINT debit_note_bank_item_item_id_fkey FOREIGN KEY (item_id) REFERENCES municipality.bank_item(id);

ALTER TABLE ONLY municipality.debit_note
    ADD CONSTRAINT debit_note_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.debit_note_receipt
    ADD CONSTRAINT debit_note_receipt_note_id_fkey FOREIGN KEY (note_id) REFERENCES municipality.debit_note(id);

ALTER TABLE ONLY municipality.decision
    ADD CONSTRAINT decision_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.deviation
    ADD CONSTRAINT deviation_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES municipality.decision(id);

ALTER TABLE ONLY municipality.deviation
    ADD CONSTRAINT deviation_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.deviation
    ADD CONSTRAINT deviation_scheme_version_id_fkey FOREIGN KEY (scheme_version_id) REFERENCES municipality.scheme_version(id);

ALTER TABLE ONLY municipality.event_content
    ADD CONSTRAINT event_content_event_id_fkey FOREIGN KEY (event_id) REFERENCES municipality.event(id);

ALTER TABLE ONLY municipality.helper_application
    ADD CONSTRAINT helper_application_applied_by_fkey FOREIGN KEY (applied_by) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.holder_choice
    ADD CONSTRAINT holder_choice_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.holder_choice
    ADD CONSTRAINT holder_choice_recipient_id_fkey FOREIGN KEY (recipient_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.holder_contact
    ADD CONSTRAINT holder_contact_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.holder_message
    ADD CONSTRAINT holder_message_check_id_fkey FOREIGN KEY (check_id) REFERENCES municipality.contact_check(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.holder_message
    ADD CONSTRAINT holder_message_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.holder_message
    ADD CONSTRAINT holder_message_recipient_id_fkey FOREIGN KEY (recipient_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.holder_preference
    ADD CONSTRAINT holder_preference_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.holder_request
    ADD CONSTRAINT holder_request_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES municipality.decision(id);

ALTER TABLE ONLY municipality.holder_request
    ADD CONSTRAINT holder_request_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.holder_request_step
    ADD CONSTRAINT holder_request_step_request_id_fkey FOREIGN KEY (request_id) REFERENCES municipality.holder_request(id);

ALTER TABLE ONLY municipality.household_application
    ADD CONSTRAINT household_application_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.import_row
    ADD CONSTRAINT import_row_import_id_fkey FOREIGN KEY (import_id) REFERENCES municipality.import(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.income_verdict_adult
    ADD CONSTRAINT income_verdict_adult_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.income_verdict_adult
    ADD CONSTRAINT income_verdict_adult_verdict_id_fkey FOREIGN KEY (verdict_id) REFERENCES municipality.income_verdict(id);

ALTER TABLE ONLY municipality.intermediary
    ADD CONSTRAINT intermediary_login_id_fkey FOREIGN KEY (login_id) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.intermediary
    ADD CONSTRAINT intermediary_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES municipality.organisation(id);

ALTER TABLE ONLY municipality.lapse_reminder
    ADD CONSTRAINT lapse_reminder_account_id_fkey FOREIGN KEY (account_id) REFERENCES municipality.budget(account_id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.lapse_reminder
    ADD CONSTRAINT lapse_reminder_recipient_id_fkey FOREIGN KEY (recipient_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.location
    ADD CONSTRAINT location_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.login
    ADD CONSTRAINT login_merchant FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.login_role
    ADD CONSTRAINT login_role_login_id_fkey FOREIGN KEY (login_id) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.managing_adult
    ADD CONSTRAINT managing_adult_adult_id_fkey FOREIGN KEY (adult_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.managing_adult
    ADD CONSTRAINT managing_adult_child_id_fkey FOREIGN KEY (child_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.mandate
    ADD CONSTRAINT mandate_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.merchant_registration
    ADD CONSTRAINT merchant_registration_login_id_fkey FOREIGN KEY (login_id) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.merchant_registration
    ADD CONSTRAINT merchant_registration_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.merchant_registration_step
    ADD CONSTRAINT merchant_registration_step_login_id_fkey FOREIGN KEY (login_id) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.merchant_registration_step
    ADD CONSTRAINT merchant_registration_step_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.merchant_registration_step
    ADD CONSTRAINT merchant_registration_step_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.merchant_registration_step
    ADD CONSTRAINT merchant_registration_step_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES municipality.merchant_registration(id);

ALTER TABLE ONLY municipality.offer
    ADD CONSTRAINT offer_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.offer_version
    ADD CONSTRAINT offer_version_category_fkey FOREIGN KEY (category) REFERENCES municipality.category(code);

ALTER TABLE ONLY municipality.offer_version
    ADD CONSTRAINT offer_version_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES municipality.offer(id);

ALTER TABLE ONLY municipality.offline_permit
    ADD CONSTRAINT offline_permit_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.offline_permit
    ADD CONSTRAINT offline_permit_till_id_fkey FOREIGN KEY (till_id) REFERENCES municipality.till(id);

ALTER TABLE ONLY municipality.offline_sale
    ADD CONSTRAINT offline_sale_permit_id_fkey FOREIGN KEY (permit_id) REFERENCES municipality.offline_permit(id);

ALTER TABLE ONLY municipality.offline_sale
    ADD CONSTRAINT offline_sale_till_id_fkey FOREIGN KEY (till_id) REFERENCES municipality.till(id);

ALTER TABLE ONLY municipality.pass
    ADD CONSTRAINT pass_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.payee_invoice
    ADD CONSTRAINT payee_invoice_application_id_fkey FOREIGN KEY (application_id) REFERENCES municipality.child_application(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.payee_invoice
    ADD CONSTRAINT payee_invoice_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.payout_account
    ADD CONSTRAINT payout_account_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.period_closing
    ADD CONSTRAINT period_closing_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES municipality.journal_profile(id);

ALTER TABLE ONLY municipality.period_line
    ADD CONSTRAINT period_line_closing_id_fkey FOREIGN KEY (closing_id) REFERENCES municipality.period_closing(id);

ALTER TABLE ONLY municipality.redemption_reversal
    ADD CONSTRAINT redemption_reversal_original_id_fkey FOREIGN KEY (original_id) REFERENCES municipality.redemption(entry_id);

ALTER TABLE ONLY municipality.refused_scan
    ADD CONSTRAINT refused_scan_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.refused_scan
    ADD CONSTRAINT refused_scan_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.resident_version
    ADD CONSTRAINT resident_version_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.scheme_grant
    ADD CONSTRAINT scheme_grant_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES municipality.decision(id);

ALTER TABLE ONLY municipality.scheme_grant
    ADD CONSTRAINT scheme_grant_scheme_version_id_fkey FOREIGN KEY (scheme_version_id) REFERENCES municipality.scheme_version(id);

ALTER TABLE ONLY municipality.scheme_version
    ADD CONSTRAINT scheme_version_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES municipality.scheme(id);

ALTER TABLE ONLY municipality.seal_cosignature
    ADD CONSTRAINT seal_cosignature_size_fkey FOREIGN KEY (size) REFERENCES municipality.seal_checkpoint(size);

ALTER TABLE ONLY municipality.seal_cosignature
    ADD CONSTRAINT seal_cosignature_witness_fkey FOREIGN KEY (witness) REFERENCES municipality.seal_witness(name);

ALTER TABLE ONLY municipality.settlement_file
    ADD CONSTRAINT settlement_file_run_id_fkey FOREIGN KEY (run_id) REFERENCES municipality.settlement_run(id);

ALTER TABLE ONLY municipality.settlement_line
    ADD CONSTRAINT settlement_line_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.settlement_line
    ADD CONSTRAINT settlement_line_payout_account_id_fkey FOREIGN KEY (payout_account_id) REFERENCES municipality.payout_account(id);

ALTER TABLE ONLY municipality.settlement_line
    ADD CONSTRAINT settlement_line_run_id_fkey FOREIGN KEY (run_id) REFERENCES municipality.settlement_run(id);

ALTER TABLE ONLY municipality.settlement_manifest
    ADD CONSTRAINT settlement_manifest_run_id_fkey FOREIGN KEY (run_id) REFERENCES municipality.settlement_run(id);

ALTER TABLE ONLY municipality.settlement_unpaid
    ADD CONSTRAINT settlement_unpaid_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.settlement_unpaid
    ADD CONSTRAINT settlement_unpaid_run_id_fkey FOREIGN KEY (run_id) REFERENCES municipality.settlement_run(id);

ALTER TABLE ONLY municipality.signal
    ADD CONSTRAINT signal_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.signal_sale
    ADD CONSTRAINT signal_sale_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES municipality.redemption(entry_id);

ALTER TABLE ONLY municipality.signal_sale
    ADD CONSTRAINT signal_sale_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES municipality.signal(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.signal
    ADD CONSTRAINT signal_till_id_fkey FOREIGN KEY (till_id) REFERENCES municipality.till(id);

ALTER TABLE ONLY municipality.signal_verdict
    ADD CONSTRAINT signal_verdict_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES municipality.signal(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.swimming_diploma
    ADD CONSTRAINT swimming_diploma_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.takeover_row
    ADD CONSTRAINT takeover_row_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.takeover_row
    ADD CONSTRAINT takeover_row_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES municipality.scheme(id);

ALTER TABLE ONLY municipality.takeover_row
    ADD CONSTRAINT takeover_row_takeover_id_fkey FOREIGN KEY (takeover_id) REFERENCES municipality.takeover(id);

ALTER TABLE ONLY municipality.takeover_total
    ADD CONSTRAINT takeover_total_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES municipality.scheme(id);

ALTER TABLE ONLY municipality.takeover_total
    ADD CONSTRAINT takeover_total_takeover_id_fkey FOREIGN KEY (takeover_id) REFERENCES municipality.takeover(id);

ALTER TABLE ONLY municipality.target_group_part
    ADD CONSTRAINT target_group_part_target_group_id_fkey FOREIGN KEY (target_group_id) REFERENCES municipality.target_group(id);

ALTER TABLE ONLY municipality.target_group
    ADD CONSTRAINT target_group_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES municipality.scheme(id);

ALTER TABLE ONLY municipality.telephone_link
    ADD CONSTRAINT telephone_link_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES municipality.resident(id);

ALTER TABLE ONLY municipality.till
    ADD CONSTRAINT till_location_id_fkey FOREIGN KEY (location_id) REFERENCES municipality.location(id);

ALTER TABLE ONLY municipality.till
    ADD CONSTRAINT till_login_id_fkey FOREIGN KEY (login_id) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.till
    ADD CONSTRAINT till_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.upload_piece
    ADD CONSTRAINT upload_piece_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES municipality.upload(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_card_id_fkey FOREIGN KEY (card_id) REFERENCES municipality.card(id);

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_category_fkey FOREIGN KEY (category) REFERENCES municipality.category(code);

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES municipality.organisation(id);

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_rejected_by_fkey FOREIGN KEY (rejected_by) REFERENCES municipality.login(id);

ALTER TABLE ONLY municipality.voucher
    ADD CONSTRAINT voucher_scheme_id_fkey FOREIGN KEY (scheme_id) REFERENCES municipality.scheme(id);

ALTER TABLE ONLY municipality.webhook_delivery
    ADD CONSTRAINT webhook_delivery_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES municipality.webhook_endpoint(id);

ALTER TABLE ONLY municipality.webhook_delivery
    ADD CONSTRAINT webhook_delivery_message_id_fkey FOREIGN KEY (message_id) REFERENCES municipality.webhook_message(id) ON DELETE CASCADE;

ALTER TABLE ONLY municipality.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.webhook_message
    ADD CONSTRAINT webhook_message_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES municipality.merchant(id);

ALTER TABLE ONLY municipality.webhook_secret
    ADD CONSTRAINT webhook_secret_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES municipality.webhook_endpoint(id);

ALTER TABLE ONLY municipality.webhook_try
    ADD CONSTRAINT webhook_try_endpoint_id_message_id_fkey FOREIGN KEY (endpoint_id, message_id) REFERENCES municipality.webhook_delivery(endpoint_id, message_id) ON DELETE CASCADE;

GRANT USAGE ON SCHEMA municipality TO app_municipality;
GRANT USAGE ON SCHEMA municipality TO auditor_municipality;
GRANT ALL ON SCHEMA municipality TO ledger_municipality;

REVOKE ALL ON FUNCTION municipality.account_below_zero(account bigint, OUT balance_cents bigint, OUT below_since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.account_below_zero(account bigint, OUT balance_cents bigint, OUT below_since timestamp with time zone) TO app_municipality;
GRANT ALL ON FUNCTION municipality.account_below_zero(account bigint, OUT balance_cents bigint, OUT below_since timestamp with time zone) TO ledger_municipality;

REVOKE ALL ON FUNCTION municipality.add_witness(of_name text, key bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.add_witness(of_name text, key bytea) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.appropriate(entry uuid, print bytea, scheme uuid, year smallint, cover text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.appropriate(entry uuid, print bytea, scheme uuid, year smallint, cover text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.approve_settlement(run uuid, approver uuid, approved timestamp with time zone, paying_on date, payer text, paying_from text, candidate bigint, entries uuid[], prints bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.approve_settlement(run uuid, approver uuid, approved timestamp with time zone, paying_on date, payer text, paying_from text, candidate bigint, entries uuid[], prints bytea[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.balance_rows(at_size bigint, after bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.balance_rows(at_size bigint, after bigint, most integer) TO app_municipality;
GRANT ALL ON FUNCTION municipality.balance_rows(at_size bigint, after bigint, most integer) TO auditor_municipality;

REVOKE ALL ON FUNCTION municipality.book(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_reverses uuid[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], line_seen bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.book(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_reverses uuid[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], line_seen bigint[]) TO owner_municipality;

REVOKE ALL ON FUNCTION municipality.book_debit_note(note uuid, receipt integer, cents bigint, received date, entry uuid, print bytea, candidate bigint, booked timestamp with time zone, by_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.book_debit_note(note uuid, receipt integer, cents bigint, received date, entry uuid, print bytea, candidate bigint, booked timestamp with time zone, by_id uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.book_payments(run uuid, posting_kind text, numbers integer[], day date, because text, entries uuid[], prints bytea[], candidate bigint, booked timestamp with time zone, by_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.book_payments(run uuid, posting_kind text, numbers integer[], day date, because text, entries uuid[], prints bytea[], candidate bigint, booked timestamp with time zone, by_id uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.book_settlement(posting_kind text, entries uuid[], prints bytea[], debits bigint[], credits bigint[], amounts bigint[], occurred timestamp with time zone, by_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.close_period(closing uuid, profile uuid, closer uuid, patience interval) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.close_period(closing uuid, profile uuid, closer uuid, patience interval) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.confirm_award(entry uuid, print bytea, application uuid, payee uuid, invoice text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid, trace text) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.confirm_award(entry uuid, print bytea, application uuid, payee uuid, invoice text, amount bigint, occurred timestamp with time zone, by_kind text, by_id uuid, trace text) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.credited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.debit_note_days() FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.debit_note_days() TO app_municipality;

REVOKE ALL ON FUNCTION municipality.debit_note_outstanding(note uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.debit_note_outstanding(note uuid) TO app_municipality;
GRANT ALL ON FUNCTION municipality.debit_note_outstanding(note uuid) TO ledger_municipality;

REVOKE ALL ON FUNCTION municipality.debit_note_reference(number integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.debit_note_reference(number integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.debited_between(accounts bigint[], epochs integer[], xids bigint[], until_epoch integer, until_xid bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.decided_by_hand(decision uuid, login uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.decided_by_hand(decision uuid, login uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.end_cards_of_phone() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.end_file_of_job() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.follow_offer() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.follow_registration() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.follow_request() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.forget_child_applications(before timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_child_applications(before timestamp with time zone, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.forget_helper_applications(before timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_helper_applications(before timestamp with time zone, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.forget_links(months integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_links(months integer, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.forget_phone_codes(before timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_phone_codes(before timestamp with time zone, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.forget_registrations(before timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_registrations(before timestamp with time zone, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.forget_requests(before timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_requests(before timestamp with time zone, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.forget_signals(before timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_signals(before timestamp with time zone, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.forget_withdrawn_applications(before timestamp with time zone, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.forget_withdrawn_applications(before timestamp with time zone, most integer) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.free_test_codes(codes bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.free_test_codes(codes bytea[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.grant_batch(entries uuid[], prints bytea[], grants uuid[], decisions uuid[], residents uuid[], households text[], schemes uuid[], versions uuid[], years smallint[], claims text[], periods text[], amounts bigint[], visits_granted integer[], starts date[], ends date[], granted date, passes uuid[], budget_accounts bigint[], visit_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], bound_merchants uuid[], lapses date[], occurred timestamp with time zone, by_kind text, by_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.grant_batch(entries uuid[], prints bytea[], grants uuid[], decisions uuid[], residents uuid[], households text[], schemes uuid[], versions uuid[], years smallint[], claims text[], periods text[], amounts bigint[], visits_granted integer[], starts date[], ends date[], granted date, passes uuid[], budget_accounts bigint[], visit_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], bound_merchants uuid[], lapses date[], occurred timestamp with time zone, by_kind text, by_id uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.journal_of(month date) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.journal_of(month date) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.judge_waiting_applications() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_balance_tiles(at_size bigint, after bigint, first bigint, tiles bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.keep_balance_tiles(at_size bigint, after bigint, first bigint, tiles bytea[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.keep_confirmed() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_contact_check() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_cosignature(at_size bigint, by_witness text, at timestamp with time zone, said text) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.keep_cosignature(at_size bigint, by_witness text, at timestamp with time zone, said text) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.keep_coupon() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_former_state() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_large_limit() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_mandate() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_message_position() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_webhook() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.keep_webhook_position() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.lapse_batch(entries uuid[], prints bytea[], budget_accounts bigint[], amounts bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.lapse_batch(entries uuid[], prints bytea[], budget_accounts bigint[], amounts bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.large_payout_limit() FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.large_payout_limit() TO app_municipality;
GRANT ALL ON FUNCTION municipality.large_payout_limit() TO auditor_municipality;
GRANT ALL ON FUNCTION municipality.large_payout_limit() TO ledger_municipality;

REVOKE ALL ON FUNCTION municipality.lock_pots(pots bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.lock_pots(pots bigint[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.manages_letters_of(who uuid, born date, household text, on_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.manages_letters_of(who uuid, born date, household text, on_day date) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.merchants_below_zero(taken_before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.merchants_below_zero(taken_before timestamp with time zone) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.note_balances(at_size bigint, root bytea, taken timestamp with time zone, levels smallint[], numbers bigint[], nodes bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.note_balances(at_size bigint, root bytea, taken timestamp with time zone, levels smallint[], numbers bigint[], nodes bytea[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.note_seal_key(id text, for_purpose text, key bytea, made timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.note_seal_key(id text, for_purpose text, key bytea, made timestamp with time zone) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.note_unknown_cards(tills uuid[], tried timestamp with time zone, most integer, OUT told boolean[], OUT paused uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.note_unknown_cards(tills uuid[], tried timestamp with time zone, most integer, OUT told boolean[], OUT paused uuid[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.once_only() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.only_before_anybody() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.open_accounts(ids bigint[], kinds text[], units text[], schemes uuid[], years smallint[], subjects uuid[], guards boolean[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.open_accounts(ids bigint[], kinds text[], units text[], schemes uuid[], years smallint[], subjects uuid[], guards boolean[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) TO owner_municipality;

REVOKE ALL ON FUNCTION municipality.open_appropriation(scheme uuid, year smallint, closed boolean, in_visits boolean, candidates bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.open_appropriation(scheme uuid, year smallint, closed boolean, in_visits boolean, candidates bigint[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.open_merchant_account(owing_to uuid, candidate bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.open_merchant_account(owing_to uuid, candidate bigint) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.owed_to(payee uuid, until_epoch integer, until_xid bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.owed_to(payee uuid, until_epoch integer, until_xid bigint) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.owed_until(until_epoch integer, until_xid bigint, leaving_out uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.owed_until(until_epoch integer, until_xid bigint, leaving_out uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.raise_epoch(because text) FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.receive_request() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.redeem_batch(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_seen bigint[], tills uuid[], merchants uuid[], locations uuid[], cards uuid[], subjects uuid[], categories text[], prices bigint[], takes bigint[], visits_used integer[], sales uuid[], traces text[], visits_asked integer[], most_of_till integer, most_of_card integer, most_cents_of_card bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.redeem_batch(item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_replaces uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_seen bigint[], tills uuid[], merchants uuid[], locations uuid[], cards uuid[], subjects uuid[], categories text[], prices bigint[], takes bigint[], visits_used integer[], sales uuid[], traces text[], visits_asked integer[], most_of_till integer, most_of_card integer, most_cents_of_card bigint) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.redeem_coupons(list uuid, list_print bytea, payee uuid, by_kind text, by_id uuid, trace text, numbers integer[], coupons uuid[], days date[], amounts bigint[], reasons text[], entries uuid[], prints bytea[], occurred timestamp with time zone[], categories text[], takes bigint[], candidates bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.redeem_coupons(list uuid, list_print bytea, payee uuid, by_kind text, by_id uuid, trace text, numbers integer[], coupons uuid[], days date[], amounts bigint[], reasons text[], entries uuid[], prints bytea[], occurred timestamp with time zone[], categories text[], takes bigint[], candidates bigint[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.redeem_offline(item_id uuid, item_print bytea, item_refusal text, is_stored boolean, item_occurred timestamp with time zone, item_replaces uuid, replaced_was text, closing_print bytea, item_till uuid, item_merchant uuid, item_location uuid, item_card uuid, item_subject uuid, item_category text, item_price bigint, item_visits integer, item_asked integer, item_sale uuid, item_trace text, debits bigint[], credits bigint[], amounts bigint[], seen bigint[], risk_scheme uuid, risk_year integer, risk_cents bigint, risk_candidate bigint, item_permit uuid, item_sequence bigint, item_digest bytea, item_holds boolean, item_outcome text, item_bearer text, item_take bigint, item_reason text, item_chain text, item_clock text, item_said timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.redeem_offline(item_id uuid, item_print bytea, item_refusal text, is_stored boolean, item_occurred timestamp with time zone, item_replaces uuid, replaced_was text, closing_print bytea, item_till uuid, item_merchant uuid, item_location uuid, item_card uuid, item_subject uuid, item_category text, item_price bigint, item_visits integer, item_asked integer, item_sale uuid, item_trace text, debits bigint[], credits bigint[], amounts bigint[], seen bigint[], risk_scheme uuid, risk_year integer, risk_cents bigint, risk_candidate bigint, item_permit uuid, item_sequence bigint, item_digest bytea, item_holds boolean, item_outcome text, item_bearer text, item_take bigint, item_reason text, item_chain text, item_clock text, item_said timestamp with time zone) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.refresh_statistics() FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.refresh_statistics() TO app_municipality;

REVOKE ALL ON FUNCTION municipality.refuse_bank_booking() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_bank_decision() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_bank_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_changed_signal() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_changed_verdict() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_debit_note() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_debit_note_bank_item() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_debit_note_step() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_double_agreement() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_early_manifest() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_in_sandbox() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_large_settlement() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_letters_in_sandbox() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_money_in_closed_year() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_month_of_closed_year() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_opening_in_closed_year() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_other_judgement() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_over_limit() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_overlap() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_period_closing() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_period_step() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_repeated_verdict() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_rewriting_a_version() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_role() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_second_application_verdict() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_second_deviation_verdict() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_second_verdict() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_settlement_line() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_settlement_step() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_takeover_row() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_takeover_rows() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_takeover_step() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_unchecked_contact() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_while_waiting() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_write() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_write_unless_ledger() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_year_closing() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.refuse_year_step() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.reverse_batch(item_ids uuid[], item_kinds text[], item_fingerprints bytea[], item_reverses uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], tills uuid[], takes bigint[], reasons text[], traces text[], voids_since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.reverse_batch(item_ids uuid[], item_kinds text[], item_fingerprints bytea[], item_reverses uuid[], item_occurred timestamp with time zone[], item_actor_kinds text[], item_actors uuid[], accounts bigint[], line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[], tills uuid[], takes bigint[], reasons text[], traces text[], voids_since timestamp with time zone) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.seal(of_epoch integer, from_xid bigint, to_xid bigint, first bigint, kinds smallint[], keys bytea[], hashes bytea[], levels smallint[], numbers bigint[], nodes bytea[], root bytea, note text) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.seal(of_epoch integer, from_xid bigint, to_xid bigint, first bigint, kinds smallint[], keys bytea[], hashes bytea[], levels smallint[], numbers bigint[], nodes bytea[], root bytea, note text) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.seal_rows(of_epoch integer, from_xid bigint, to_xid bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.seal_rows(of_epoch integer, from_xid bigint, to_xid bigint) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.seal_waits() FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.seal_waits() TO app_municipality;

REVOKE ALL ON FUNCTION municipality.set_all_usable(accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.set_all_usable(accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) TO owner_municipality;

REVOKE ALL ON FUNCTION municipality.set_budget_usable(budget_account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.set_budget_usable(budget_account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.set_budgets_usable(budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.set_budgets_usable(budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.set_usable(account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.set_usable(account bigint, usable_from timestamp with time zone, usable_until timestamp with time zone) TO owner_municipality;

REVOKE ALL ON FUNCTION municipality.settled_until(leaving_out uuid, OUT accounts bigint[], OUT merchants uuid[], OUT epochs integer[], OUT xids bigint[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.settlement_differs(run uuid, until_epoch integer, until_xid bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.settlement_is_large(run uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.settlement_is_large(run uuid) TO app_municipality;
GRANT ALL ON FUNCTION municipality.settlement_is_large(run uuid) TO auditor_municipality;
GRANT ALL ON FUNCTION municipality.settlement_is_large(run uuid) TO ledger_municipality;

REVOKE ALL ON FUNCTION municipality.speaks_for(somebody uuid, holder uuid, day date) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.speaks_for(somebody uuid, holder uuid, day date) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.spend_codes(outcomes text[], nonces bytea[], sales uuid[], tills uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.spend_codes(outcomes text[], nonces bytea[], sales uuid[], tills uuid[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.stamp_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.stamp_setting() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.state_at(subject uuid, state_now text, since_now timestamp with time zone, moment timestamp with time zone, OUT state text, OUT since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.state_at(subject uuid, state_now text, since_now timestamp with time zone, moment timestamp with time zone, OUT state text, OUT since timestamp with time zone) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.take_over_batch(approved uuid, lines bigint[], prints bytea[], grants uuid[], decisions uuid[], passes uuid[], households text[], versions uuid[], claims text[], periods text[], starts date[], ends date[], granted date, budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], sources bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.take_over_batch(approved uuid, lines bigint[], prints bytea[], grants uuid[], decisions uuid[], passes uuid[], households text[], versions uuid[], claims text[], periods text[], starts date[], ends date[], granted date, budget_accounts bigint[], usable_from timestamp with time zone[], usable_until timestamp with time zone[], sources bigint[], occurred timestamp with time zone, by_kind text, by_id uuid) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.tell_of_epoch() FROM PUBLIC;

REVOKE ALL ON FUNCTION municipality.was_stated(award bigint, payee uuid, invoice text) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.was_stated(award bigint, payee uuid, invoice text) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.withdraw_settlement(run uuid, withdrawer uuid, withdrawn timestamp with time zone, because text, entries uuid[], prints bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.withdraw_settlement(run uuid, withdrawer uuid, withdrawn timestamp with time zone, because text, entries uuid[], prints bytea[]) TO app_municipality;

REVOKE ALL ON FUNCTION municipality.year_not_ready(of_year smallint, starts date, ends date) FROM PUBLIC;
GRANT ALL ON FUNCTION municipality.year_not_ready(of_year smallint, starts date, ends date) TO app_municipality;

GRANT SELECT ON TABLE municipality.account TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.account TO ledger_municipality;
GRANT SELECT ON TABLE municipality.account TO app_municipality;

GRANT SELECT ON TABLE municipality.activation_tries TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.activation_tries TO app_municipality;

GRANT UPDATE(tries) ON TABLE municipality.activation_tries TO app_municipality;

GRANT SELECT ON TABLE municipality.agreement TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.agreement TO app_municipality;
GRANT SELECT ON TABLE municipality.agreement TO ledger_municipality;

GRANT UPDATE(valid_until) ON TABLE municipality.agreement TO app_municipality;

GRANT SELECT ON TABLE municipality.api_token TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.api_token TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.api_token TO app_municipality;

GRANT SELECT ON TABLE municipality.appropriation TO auditor_municipality;
GRANT SELECT ON TABLE municipality.appropriation TO app_municipality;
GRANT SELECT ON TABLE municipality.appropriation TO ledger_municipality;

GRANT UPDATE(overspent_cents) ON TABLE municipality.appropriation TO app_municipality;

GRANT SELECT ON TABLE municipality.appropriation_line TO auditor_municipality;
GRANT SELECT ON TABLE municipality.appropriation_line TO app_municipality;

GRANT SELECT ON TABLE municipality.assessment TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(last_household) ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(households) ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(unknown_households) ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(persons) ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(persons_granted) ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(passes) ON TABLE municipality.assessment TO app_municipality;

GRANT UPDATE(broken_off_at) ON TABLE municipality.assessment TO app_municipality;

GRANT SELECT ON TABLE municipality.assessment_count TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.assessment_count TO app_municipality;

GRANT UPDATE(persons) ON TABLE municipality.assessment_count TO app_municipality;

GRANT UPDATE(amount_cents) ON TABLE municipality.assessment_count TO app_municipality;

GRANT SELECT ON TABLE municipality.balance TO auditor_municipality;
GRANT SELECT,INSERT,UPDATE ON TABLE municipality.balance TO ledger_municipality;
GRANT SELECT ON TABLE municipality.balance TO app_municipality;

GRANT SELECT ON TABLE municipality.balance_tile TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.balance_tile TO ledger_municipality;
GRANT SELECT ON TABLE municipality.balance_tile TO app_municipality;

GRANT SELECT ON TABLE municipality.balance_tree TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.balance_tree TO ledger_municipality;
GRANT SELECT ON TABLE municipality.balance_tree TO app_municipality;

GRANT SELECT ON TABLE municipality.bank_booking TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.bank_booking TO app_municipality;

GRANT SELECT ON TABLE municipality.bank_decision TO auditor_municipality;
GRANT SELECT ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(item_id) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(kind) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(act) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(run_id) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(file_number) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(line_number) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(because) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(proposed_at) ON TABLE municipality.bank_decision TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.bank_decision TO app_municipality;

GRANT UPDATE(outcome) ON TABLE municipality.bank_decision TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.bank_decision TO app_municipality;

GRANT UPDATE(ended_by) ON TABLE municipality.bank_decision TO app_municipality;

GRANT SELECT ON TABLE municipality.bank_file TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.bank_file TO app_municipality;

GRANT SELECT ON TABLE municipality.bank_item TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.bank_item TO app_municipality;

GRANT UPDATE(outcome) ON TABLE municipality.bank_item TO app_municipality;

GRANT UPDATE(why) ON TABLE municipality.bank_item TO app_municipality;

GRANT UPDATE(decided_at) ON TABLE municipality.bank_item TO app_municipality;

GRANT SELECT ON TABLE municipality.bank_item_details TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.bank_item_details TO app_municipality;

GRANT SELECT ON TABLE municipality.bank_statement TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.bank_statement TO app_municipality;

GRANT SELECT ON TABLE municipality.budget TO auditor_municipality;
GRANT SELECT ON TABLE municipality.budget TO app_municipality;
GRANT SELECT ON TABLE municipality.budget TO ledger_municipality;

GRANT UPDATE(merchant_id) ON TABLE municipality.budget TO app_municipality;

GRANT UPDATE(application_id) ON TABLE municipality.budget TO app_municipality;

GRANT UPDATE(category) ON TABLE municipality.budget TO app_municipality;

GRANT SELECT ON TABLE municipality.card TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.card TO app_municipality;
GRANT SELECT ON TABLE municipality.card TO ledger_municipality;

GRANT UPDATE(activation_hash) ON TABLE municipality.card TO app_municipality;

GRANT UPDATE(activation_tries) ON TABLE municipality.card TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.card TO app_municipality;

GRANT UPDATE(state_before_block) ON TABLE municipality.card TO app_municipality;

GRANT UPDATE(state_since) ON TABLE municipality.card TO app_municipality;

GRANT UPDATE(expires_at) ON TABLE municipality.card TO app_municipality;

GRANT UPDATE(phone_session) ON TABLE municipality.card TO app_municipality;

GRANT UPDATE(unconfirmed_cents) ON TABLE municipality.card TO app_municipality;

GRANT SELECT ON TABLE municipality.card_print TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.card_print TO app_municipality;

GRANT UPDATE(run_id) ON TABLE municipality.card_print TO app_municipality;

GRANT UPDATE(code_encrypted) ON TABLE municipality.card_print TO app_municipality;

GRANT SELECT ON TABLE municipality.card_run TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.card_run TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.card_run TO app_municipality;

GRANT SELECT ON TABLE municipality.category TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.category TO app_municipality;

GRANT UPDATE(title) ON TABLE municipality.category TO app_municipality;

GRANT SELECT ON TABLE municipality.child_application TO auditor_municipality;
GRANT SELECT ON TABLE municipality.child_application TO app_municipality;
GRANT SELECT ON TABLE municipality.child_application TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(scheme_id) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(applied_by) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(organisation_id) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(profession) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(received_at) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(content_hash) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(resident_id) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(scanned_token),UPDATE(scanned_token) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(scanned_numbers),UPDATE(scanned_numbers) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(given_name),UPDATE(given_name) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(family_name),UPDATE(family_name) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(birth_date),UPDATE(birth_date) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(postcode),UPDATE(postcode) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(merchant_id),UPDATE(merchant_id) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(club_name) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(club_email) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(club_phone) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(club_place) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(asked_cents) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(what_for) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(own_reference) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(agreed_by) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(agreed_how) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(agreed_on) ON TABLE municipality.child_application TO app_municipality;

GRANT INSERT(state),UPDATE(state) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(questions) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(period_key) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(decided_at) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(decided_by) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(refusal) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(reason) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(awarded_cents) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(budget_year) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(participation) ON TABLE municipality.child_application TO app_municipality;
GRANT UPDATE(participation) ON TABLE municipality.child_application TO ledger_municipality;

GRANT UPDATE(participation_at) ON TABLE municipality.child_application TO app_municipality;

GRANT UPDATE(released_at) ON TABLE municipality.child_application TO app_municipality;

GRANT SELECT ON TABLE municipality.child_application_pause TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.child_application_pause TO app_municipality;

GRANT UPDATE(until_on) ON TABLE municipality.child_application_pause TO app_municipality;

GRANT UPDATE(reason) ON TABLE municipality.child_application_pause TO app_municipality;

GRANT UPDATE(paused_by) ON TABLE municipality.child_application_pause TO app_municipality;

GRANT SELECT ON TABLE municipality.contact_check TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.contact_check TO app_municipality;

GRANT UPDATE(tries) ON TABLE municipality.contact_check TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.contact_check TO app_municipality;

GRANT UPDATE(proved) ON TABLE municipality.contact_check TO app_municipality;

GRANT SELECT ON TABLE municipality.coupon TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.coupon TO app_municipality;
GRANT SELECT ON TABLE municipality.coupon TO ledger_municipality;

GRANT UPDATE(code_encrypted) ON TABLE municipality.coupon TO app_municipality;

GRANT SELECT ON TABLE municipality.coupon_entry TO auditor_municipality;
GRANT SELECT ON TABLE municipality.coupon_entry TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.coupon_entry TO ledger_municipality;

GRANT SELECT ON TABLE municipality.coupon_list TO auditor_municipality;
GRANT SELECT ON TABLE municipality.coupon_list TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.coupon_list TO ledger_municipality;

GRANT SELECT ON TABLE municipality.coupon_run TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.coupon_run TO app_municipality;
GRANT SELECT ON TABLE municipality.coupon_run TO ledger_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.coupon_run TO app_municipality;

GRANT SELECT ON TABLE municipality.debit_note TO auditor_municipality;
GRANT SELECT ON TABLE municipality.debit_note TO app_municipality;
GRANT SELECT,UPDATE ON TABLE municipality.debit_note TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.debit_note TO app_municipality;

GRANT INSERT(merchant_id) ON TABLE municipality.debit_note TO app_municipality;

GRANT INSERT(proposed_by_kind) ON TABLE municipality.debit_note TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(approved_at) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(approved_by) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(due_on) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(payee_name) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(payee_iban) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(withdrawn_at) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(withdrawn_by) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(withdrawn_because) ON TABLE municipality.debit_note TO app_municipality;

GRANT UPDATE(netted_at) ON TABLE municipality.debit_note TO app_municipality;

GRANT SELECT ON TABLE municipality.debit_note_bank_item TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.debit_note_bank_item TO app_municipality;

GRANT SELECT ON TABLE municipality.debit_note_receipt TO auditor_municipality;
GRANT SELECT ON TABLE municipality.debit_note_receipt TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.debit_note_receipt TO ledger_municipality;

GRANT SELECT ON TABLE municipality.decision TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.decision TO app_municipality;

GRANT SELECT ON TABLE municipality.deviation TO auditor_municipality;
GRANT SELECT ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(resident_id) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(scheme_version_id) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(year) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(effect) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(amount_cents) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(reason) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(proposed_at) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.deviation TO app_municipality;

GRANT UPDATE(confirmed_at) ON TABLE municipality.deviation TO app_municipality;

GRANT UPDATE(confirmed_by) ON TABLE municipality.deviation TO app_municipality;

GRANT UPDATE(rejected_at) ON TABLE municipality.deviation TO app_municipality;

GRANT UPDATE(rejected_by) ON TABLE municipality.deviation TO app_municipality;

GRANT UPDATE(decision_id) ON TABLE municipality.deviation TO app_municipality;

GRANT INSERT(origin) ON TABLE municipality.deviation TO app_municipality;

GRANT UPDATE(rejected_because) ON TABLE municipality.deviation TO app_municipality;

GRANT SELECT ON TABLE municipality.entry TO auditor_municipality;
GRANT SELECT,INSERT,UPDATE ON TABLE municipality.entry TO ledger_municipality;
GRANT SELECT ON TABLE municipality.entry TO app_municipality;

GRANT SELECT ON TABLE municipality.epoch TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.epoch TO ledger_municipality;
GRANT SELECT ON TABLE municipality.epoch TO app_municipality;

GRANT SELECT ON TABLE municipality.transfer TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.transfer TO ledger_municipality;
GRANT SELECT ON TABLE municipality.transfer TO app_municipality;

GRANT SELECT ON TABLE municipality.equation_part TO app_municipality;
GRANT SELECT ON TABLE municipality.equation_part TO auditor_municipality;

GRANT SELECT ON TABLE municipality.event TO auditor_municipality;
GRANT SELECT ON TABLE municipality.event TO app_municipality;
GRANT SELECT ON TABLE municipality.event TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(kind) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(subject_kind) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(subject_id) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(actor_kind) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(actor_id) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(on_behalf_of) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(content_hash) ON TABLE municipality.event TO app_municipality;

GRANT INSERT(epoch) ON TABLE municipality.event TO app_municipality;

GRANT SELECT ON TABLE municipality.event_content TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.event_content TO app_municipality;

GRANT SELECT ON TABLE municipality.former_state TO auditor_municipality;
GRANT SELECT,DELETE ON TABLE municipality.former_state TO app_municipality;

GRANT SELECT ON TABLE municipality.frozen_reach TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.frozen_reach TO app_municipality;

GRANT SELECT ON TABLE municipality.helper_application TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.helper_application TO app_municipality;

GRANT UPDATE(family_name) ON TABLE municipality.helper_application TO app_municipality;

GRANT UPDATE(birth_date) ON TABLE municipality.helper_application TO app_municipality;

GRANT UPDATE(postcode) ON TABLE municipality.helper_application TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.helper_application TO app_municipality;

GRANT UPDATE(handled_at) ON TABLE municipality.helper_application TO app_municipality;

GRANT UPDATE(handled_by) ON TABLE municipality.helper_application TO app_municipality;

GRANT SELECT ON TABLE municipality.holder_choice TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.holder_choice TO app_municipality;

GRANT UPDATE(after_spending) ON TABLE municipality.holder_choice TO app_municipality;

GRANT UPDATE(before_lapse) ON TABLE municipality.holder_choice TO app_municipality;

GRANT UPDATE(changed_at) ON TABLE municipality.holder_choice TO app_municipality;

GRANT UPDATE(epoch) ON TABLE municipality.holder_choice TO app_municipality;

GRANT UPDATE(xid) ON TABLE municipality.holder_choice TO app_municipality;

GRANT SELECT ON TABLE municipality.holder_contact TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.holder_contact TO app_municipality;

GRANT UPDATE(address_encrypted) ON TABLE municipality.holder_contact TO app_municipality;

GRANT UPDATE(verified_at) ON TABLE municipality.holder_contact TO app_municipality;

GRANT SELECT ON TABLE municipality.holder_message TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.holder_message TO app_municipality;

GRANT UPDATE(content_encrypted) ON TABLE municipality.holder_message TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.holder_message TO app_municipality;

GRANT UPDATE(problem) ON TABLE municipality.holder_message TO app_municipality;

GRANT UPDATE(tries) ON TABLE municipality.holder_message TO app_municipality;

GRANT UPDATE(next_try_at) ON TABLE municipality.holder_message TO app_municipality;

GRANT UPDATE(lease_until) ON TABLE municipality.holder_message TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.holder_message TO app_municipality;

GRANT SELECT ON TABLE municipality.holder_preference TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.holder_preference TO app_municipality;

GRANT UPDATE(language) ON TABLE municipality.holder_preference TO app_municipality;

GRANT UPDATE(large_print) ON TABLE municipality.holder_preference TO app_municipality;

GRANT UPDATE(changed_at) ON TABLE municipality.holder_preference TO app_municipality;

GRANT SELECT ON TABLE municipality.holder_request TO auditor_municipality;
GRANT SELECT ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(kind) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(resident_id) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(decision_id) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(field) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(channel) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(received_at) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(content_hash) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(object_until) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(answer_by) ON TABLE municipality.holder_request TO app_municipality;

GRANT INSERT(state_since) ON TABLE municipality.holder_request TO app_municipality;

GRANT SELECT ON TABLE municipality.holder_request_step TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.holder_request_step TO app_municipality;

GRANT SELECT ON TABLE municipality.household_application TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.household_application TO app_municipality;

GRANT UPDATE(household_number) ON TABLE municipality.household_application TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.household_application TO app_municipality;

GRANT UPDATE(decided_at) ON TABLE municipality.household_application TO app_municipality;

GRANT UPDATE(resident_id) ON TABLE municipality.household_application TO app_municipality;

GRANT UPDATE(moved_at) ON TABLE municipality.household_application TO app_municipality;

GRANT SELECT ON TABLE municipality.import TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.import TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.import TO app_municipality;

GRANT UPDATE(added) ON TABLE municipality.import TO app_municipality;

GRANT UPDATE(changed) ON TABLE municipality.import TO app_municipality;

GRANT UPDATE(same) ON TABLE municipality.import TO app_municipality;

GRANT UPDATE(refused) ON TABLE municipality.import TO app_municipality;

GRANT UPDATE(problem) ON TABLE municipality.import TO app_municipality;

GRANT SELECT ON TABLE municipality.import_row TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.import_row TO app_municipality;

GRANT SELECT ON TABLE municipality.income_verdict TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.income_verdict TO app_municipality;

GRANT SELECT ON TABLE municipality.income_verdict_adult TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.income_verdict_adult TO app_municipality;

GRANT SELECT ON TABLE municipality.incompatible_role TO auditor_municipality;
GRANT SELECT ON TABLE municipality.incompatible_role TO app_municipality;

GRANT SELECT ON TABLE municipality.intermediary TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.intermediary TO app_municipality;

GRANT UPDATE(organisation_id) ON TABLE municipality.intermediary TO app_municipality;

GRANT UPDATE(profession) ON TABLE municipality.intermediary TO app_municipality;

GRANT UPDATE(recognised_at) ON TABLE municipality.intermediary TO app_municipality;

GRANT UPDATE(recognised_by) ON TABLE municipality.intermediary TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.intermediary TO app_municipality;

GRANT UPDATE(ended_by) ON TABLE municipality.intermediary TO app_municipality;

GRANT SELECT ON TABLE municipality.job TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(done) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(total) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(result) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(problem) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(attempts) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(run_after) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(lease_until) ON TABLE municipality.job TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.job TO app_municipality;

GRANT SELECT ON TABLE municipality.journal_profile TO auditor_municipality;
GRANT SELECT ON TABLE municipality.journal_profile TO app_municipality;
GRANT SELECT,REFERENCES ON TABLE municipality.journal_profile TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.journal_profile TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.journal_profile TO app_municipality;

GRANT INSERT(content) ON TABLE municipality.journal_profile TO app_municipality;

GRANT INSERT(recorded_by) ON TABLE municipality.journal_profile TO app_municipality;

GRANT SELECT ON TABLE municipality.known_device TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.known_device TO app_municipality;

GRANT UPDATE(used_at) ON TABLE municipality.known_device TO app_municipality;

GRANT SELECT ON TABLE municipality.lapse_reminder TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.lapse_reminder TO app_municipality;

GRANT SELECT ON TABLE municipality.letter_run TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.letter_run TO app_municipality;

GRANT SELECT ON TABLE municipality.letter_version TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.letter_version TO app_municipality;

GRANT SELECT ON TABLE municipality.location TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.location TO app_municipality;

GRANT UPDATE(name) ON TABLE municipality.location TO app_municipality;

GRANT UPDATE(address) ON TABLE municipality.location TO app_municipality;

GRANT UPDATE(postcode) ON TABLE municipality.location TO app_municipality;

GRANT UPDATE(city) ON TABLE municipality.location TO app_municipality;

GRANT UPDATE(area) ON TABLE municipality.location TO app_municipality;

GRANT UPDATE(ended_on) ON TABLE municipality.location TO app_municipality;

GRANT SELECT ON TABLE municipality.login TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.login TO app_municipality;
GRANT SELECT ON TABLE municipality.login TO ledger_municipality;

GRANT UPDATE(issuer) ON TABLE municipality.login TO app_municipality;

GRANT UPDATE(subject) ON TABLE municipality.login TO app_municipality;

GRANT UPDATE(name) ON TABLE municipality.login TO app_municipality;

GRANT UPDATE(email) ON TABLE municipality.login TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.login TO app_municipality;

GRANT UPDATE(invitation_hash) ON TABLE municipality.login TO app_municipality;

GRANT UPDATE(invitation_until) ON TABLE municipality.login TO app_municipality;

GRANT SELECT ON TABLE municipality.login_role TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.login_role TO app_municipality;
GRANT SELECT ON TABLE municipality.login_role TO ledger_municipality;

GRANT SELECT ON TABLE municipality.managing_adult TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.managing_adult TO app_municipality;
GRANT SELECT ON TABLE municipality.managing_adult TO ledger_municipality;

GRANT UPDATE(valid_until) ON TABLE municipality.managing_adult TO app_municipality;

GRANT SELECT ON TABLE municipality.mandate TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.mandate TO app_municipality;

GRANT UPDATE(code_hash) ON TABLE municipality.mandate TO app_municipality;

GRANT UPDATE(key_id) ON TABLE municipality.mandate TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.mandate TO app_municipality;

GRANT SELECT ON TABLE municipality.merchant TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.merchant TO app_municipality;
GRANT SELECT ON TABLE municipality.merchant TO ledger_municipality;

GRANT UPDATE(name) ON TABLE municipality.merchant TO app_municipality;

GRANT UPDATE(kvk_number) ON TABLE municipality.merchant TO app_municipality;

GRANT UPDATE(contact_email) ON TABLE municipality.merchant TO app_municipality;

GRANT UPDATE(contact_phone) ON TABLE municipality.merchant TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.merchant TO app_municipality;

GRANT UPDATE(state_since) ON TABLE municipality.merchant TO app_municipality;

GRANT UPDATE(account_id) ON TABLE municipality.merchant TO app_municipality;

GRANT UPDATE(sells_offline) ON TABLE municipality.merchant TO app_municipality;

GRANT SELECT ON TABLE municipality.merchant_registration TO auditor_municipality;
GRANT SELECT ON TABLE municipality.merchant_registration TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.merchant_registration TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.merchant_registration TO app_municipality;

GRANT INSERT(link_hash) ON TABLE municipality.merchant_registration TO app_municipality;

GRANT INSERT(name) ON TABLE municipality.merchant_registration TO app_municipality;

GRANT INSERT(kvk_number) ON TABLE municipality.merchant_registration TO app_municipality;

GRANT INSERT(received_at) ON TABLE municipality.merchant_registration TO app_municipality;

GRANT INSERT(state_since) ON TABLE municipality.merchant_registration TO app_municipality;

GRANT SELECT ON TABLE municipality.merchant_registration_draft TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.merchant_registration_draft TO app_municipality;

GRANT UPDATE(typed) ON TABLE municipality.merchant_registration_draft TO app_municipality;

GRANT UPDATE(changed_at) ON TABLE municipality.merchant_registration_draft TO app_municipality;

GRANT SELECT ON TABLE municipality.merchant_registration_step TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.merchant_registration_step TO app_municipality;

GRANT SELECT ON TABLE municipality.message_position TO auditor_municipality;
GRANT SELECT ON TABLE municipality.message_position TO app_municipality;

GRANT UPDATE(epoch) ON TABLE municipality.message_position TO app_municipality;

GRANT UPDATE(xid) ON TABLE municipality.message_position TO app_municipality;

GRANT SELECT ON TABLE municipality.migration TO auditor_municipality;
GRANT SELECT ON TABLE municipality.migration TO app_municipality;

GRANT SELECT ON TABLE municipality.offer TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.offer TO app_municipality;

GRANT UPDATE(place) ON TABLE municipality.offer TO app_municipality;

GRANT SELECT ON TABLE municipality.offer_version TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.offer_version TO app_municipality;

GRANT SELECT ON TABLE municipality.offline_permit TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.offline_permit TO app_municipality;
GRANT SELECT,UPDATE ON TABLE municipality.offline_permit TO ledger_municipality;

GRANT SELECT ON TABLE municipality.offline_sale TO auditor_municipality;
GRANT SELECT ON TABLE municipality.offline_sale TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.offline_sale TO ledger_municipality;

GRANT SELECT ON TABLE municipality.organisation TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.organisation TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.organisation TO app_municipality;

GRANT UPDATE(ended_by) ON TABLE municipality.organisation TO app_municipality;

GRANT SELECT ON TABLE municipality.pass TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.pass TO app_municipality;
GRANT SELECT ON TABLE municipality.pass TO ledger_municipality;

GRANT UPDATE(ended_on) ON TABLE municipality.pass TO app_municipality;

GRANT UPDATE(ended_because) ON TABLE municipality.pass TO app_municipality;

GRANT UPDATE(reopening_reason) ON TABLE municipality.pass TO app_municipality;

GRANT UPDATE(reopening_proposed_at) ON TABLE municipality.pass TO app_municipality;

GRANT UPDATE(reopening_proposed_by) ON TABLE municipality.pass TO app_municipality;

GRANT UPDATE(reopened_at) ON TABLE municipality.pass TO app_municipality;

GRANT UPDATE(reopened_by) ON TABLE municipality.pass TO app_municipality;

GRANT SELECT ON TABLE municipality.payee_invoice TO auditor_municipality;
GRANT SELECT ON TABLE municipality.payee_invoice TO app_municipality;
GRANT SELECT ON TABLE municipality.payee_invoice TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT INSERT(application_id) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT INSERT(merchant_id) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT INSERT(amount_cents) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT INSERT(invoice_reference) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT INSERT(proposed_at) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT INSERT(proposed_because) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT UPDATE(confirmed_at) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT UPDATE(confirmed_by) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT UPDATE(rejected_at) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT UPDATE(rejected_by) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT UPDATE(rejected_because) ON TABLE municipality.payee_invoice TO app_municipality;

GRANT SELECT ON TABLE municipality.payout_account TO auditor_municipality;
GRANT SELECT ON TABLE municipality.payout_account TO app_municipality;
GRANT SELECT ON TABLE municipality.payout_account TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.payout_account TO app_municipality;

GRANT INSERT(merchant_id) ON TABLE municipality.payout_account TO app_municipality;

GRANT INSERT(iban) ON TABLE municipality.payout_account TO app_municipality;

GRANT INSERT(holder) ON TABLE municipality.payout_account TO app_municipality;

GRANT UPDATE(payee_check) ON TABLE municipality.payout_account TO app_municipality;

GRANT INSERT(proposed_at) ON TABLE municipality.payout_account TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.payout_account TO app_municipality;

GRANT UPDATE(approved_at) ON TABLE municipality.payout_account TO app_municipality;

GRANT UPDATE(approved_by) ON TABLE municipality.payout_account TO app_municipality;

GRANT UPDATE(rejected_at) ON TABLE municipality.payout_account TO app_municipality;

GRANT UPDATE(rejected_by) ON TABLE municipality.payout_account TO app_municipality;

GRANT UPDATE(rejected_because) ON TABLE municipality.payout_account TO app_municipality;

GRANT UPDATE(usable_from) ON TABLE municipality.payout_account TO app_municipality;

GRANT SELECT ON TABLE municipality.period_closing TO auditor_municipality;
GRANT SELECT ON TABLE municipality.period_closing TO app_municipality;
GRANT SELECT,UPDATE ON TABLE municipality.period_closing TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.period_closing TO app_municipality;

GRANT INSERT(period) ON TABLE municipality.period_closing TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.period_closing TO app_municipality;

GRANT INSERT(announced_by) ON TABLE municipality.period_closing TO app_municipality;

GRANT UPDATE(reopening_proposed_at) ON TABLE municipality.period_closing TO app_municipality;

GRANT UPDATE(reopening_proposed_by) ON TABLE municipality.period_closing TO app_municipality;

GRANT UPDATE(reopening_because) ON TABLE municipality.period_closing TO app_municipality;

GRANT UPDATE(reopened_at) ON TABLE municipality.period_closing TO app_municipality;

GRANT UPDATE(reopened_by) ON TABLE municipality.period_closing TO app_municipality;

GRANT SELECT ON TABLE municipality.period_line TO auditor_municipality;
GRANT SELECT ON TABLE municipality.period_line TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.period_line TO ledger_municipality;

GRANT SELECT ON TABLE municipality.phone_code_use TO auditor_municipality;
GRANT SELECT ON TABLE municipality.phone_code_use TO app_municipality;

GRANT SELECT ON TABLE municipality.posting TO auditor_municipality;
GRANT SELECT ON TABLE municipality.posting TO ledger_municipality;
GRANT SELECT ON TABLE municipality.posting TO app_municipality;

GRANT SELECT ON TABLE municipality.processing_log TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.processing_log TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.processing_log TO ledger_municipality;

GRANT SELECT ON TABLE municipality.proof TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.proof TO app_municipality;

GRANT SELECT ON TABLE municipality.published_file TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.published_file TO app_municipality;

GRANT SELECT ON TABLE municipality.redemption TO auditor_municipality;
GRANT SELECT ON TABLE municipality.redemption TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.redemption TO ledger_municipality;

GRANT SELECT ON TABLE municipality.redemption_reversal TO auditor_municipality;
GRANT SELECT ON TABLE municipality.redemption_reversal TO app_municipality;
GRANT SELECT,INSERT ON TABLE municipality.redemption_reversal TO ledger_municipality;

GRANT SELECT ON TABLE municipality.refused_scan TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.refused_scan TO app_municipality;

GRANT UPDATE(refused_at) ON TABLE municipality.refused_scan TO app_municipality;

GRANT SELECT ON TABLE municipality.refused_sign_in TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.refused_sign_in TO app_municipality;

GRANT UPDATE(refused) ON TABLE municipality.refused_sign_in TO app_municipality;

GRANT UPDATE(last_at) ON TABLE municipality.refused_sign_in TO app_municipality;

GRANT SELECT ON TABLE municipality.resident TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.resident TO app_municipality;

GRANT UPDATE(bsn_encrypted) ON TABLE municipality.resident TO app_municipality;

GRANT UPDATE(bsn_hash) ON TABLE municipality.resident TO app_municipality;

GRANT UPDATE(key_id) ON TABLE municipality.resident TO app_municipality;

GRANT SELECT ON TABLE municipality.resident_version TO auditor_municipality;
GRANT SELECT,INSERT,UPDATE ON TABLE municipality.resident_version TO app_municipality;

GRANT SELECT ON TABLE municipality.reversal TO auditor_municipality;
GRANT SELECT,INSERT,UPDATE ON TABLE municipality.reversal TO ledger_municipality;
GRANT SELECT ON TABLE municipality.reversal TO app_municipality;

GRANT SELECT ON TABLE municipality.sandbox TO auditor_municipality;
GRANT SELECT ON TABLE municipality.sandbox TO app_municipality;

GRANT SELECT ON TABLE municipality.scheduled_turn TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.scheduled_turn TO app_municipality;

GRANT SELECT ON TABLE municipality.scheme TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.scheme TO app_municipality;

GRANT UPDATE(code) ON TABLE municipality.scheme TO app_municipality;

GRANT SELECT ON TABLE municipality.scheme_grant TO auditor_municipality;
GRANT SELECT ON TABLE municipality.scheme_grant TO app_municipality;

GRANT SELECT ON TABLE municipality.scheme_version TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.scheme_version TO app_municipality;
GRANT SELECT ON TABLE municipality.scheme_version TO ledger_municipality;

GRANT UPDATE(status) ON TABLE municipality.scheme_version TO app_municipality;

GRANT UPDATE(valid_until) ON TABLE municipality.scheme_version TO app_municipality;

GRANT SELECT ON TABLE municipality.seal_checkpoint TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.seal_checkpoint TO ledger_municipality;
GRANT SELECT ON TABLE municipality.seal_checkpoint TO app_municipality;

GRANT SELECT ON TABLE municipality.seal_cosignature TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.seal_cosignature TO ledger_municipality;
GRANT SELECT ON TABLE municipality.seal_cosignature TO app_municipality;

GRANT SELECT ON TABLE municipality.seal_key TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.seal_key TO ledger_municipality;
GRANT SELECT ON TABLE municipality.seal_key TO app_municipality;

GRANT SELECT ON TABLE municipality.seal_leaf TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.seal_leaf TO ledger_municipality;
GRANT SELECT ON TABLE municipality.seal_leaf TO app_municipality;

GRANT SELECT ON TABLE municipality.seal_node TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.seal_node TO ledger_municipality;
GRANT SELECT ON TABLE municipality.seal_node TO app_municipality;

GRANT SELECT ON TABLE municipality.seal_witness TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.seal_witness TO ledger_municipality;
GRANT SELECT ON TABLE municipality.seal_witness TO app_municipality;

GRANT SELECT ON TABLE municipality.session TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.session TO app_municipality;

GRANT UPDATE(token_hash) ON TABLE municipality.session TO app_municipality;

GRANT UPDATE(used_at) ON TABLE municipality.session TO app_municipality;

GRANT UPDATE(idle_until) ON TABLE municipality.session TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.session TO app_municipality;

GRANT UPDATE(rotated_at) ON TABLE municipality.session TO app_municipality;

GRANT UPDATE(previous_hash) ON TABLE municipality.session TO app_municipality;

GRANT UPDATE(previous_until) ON TABLE municipality.session TO app_municipality;

GRANT SELECT ON TABLE municipality.setting TO auditor_municipality;
GRANT SELECT ON TABLE municipality.setting TO app_municipality;
GRANT SELECT ON TABLE municipality.setting TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.setting TO app_municipality;

GRANT INSERT(key) ON TABLE municipality.setting TO app_municipality;

GRANT INSERT(value) ON TABLE municipality.setting TO app_municipality;

GRANT INSERT(recorded_by) ON TABLE municipality.setting TO app_municipality;

GRANT SELECT ON TABLE municipality.settlement_file TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.settlement_file TO app_municipality;

GRANT SELECT ON TABLE municipality.settlement_line TO auditor_municipality;
GRANT SELECT ON TABLE municipality.settlement_line TO app_municipality;
GRANT SELECT,UPDATE ON TABLE municipality.settlement_line TO ledger_municipality;

GRANT INSERT(run_id) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(merchant_id) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(account_id) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(payout_account_id) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(from_epoch) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(from_xid) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(to_epoch) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(to_xid) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(redeemed_cents) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(reversed_cents) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(returned_cents) ON TABLE municipality.settlement_line TO app_municipality;

GRANT INSERT(amount_cents) ON TABLE municipality.settlement_line TO app_municipality;

GRANT SELECT ON TABLE municipality.settlement_manifest TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.settlement_manifest TO app_municipality;

GRANT SELECT ON TABLE municipality.settlement_run TO auditor_municipality;
GRANT SELECT ON TABLE municipality.settlement_run TO app_municipality;
GRANT SELECT,UPDATE ON TABLE municipality.settlement_run TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.settlement_run TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.settlement_run TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.settlement_run TO app_municipality;

GRANT INSERT(cutoff_epoch) ON TABLE municipality.settlement_run TO app_municipality;

GRANT INSERT(cutoff_xid) ON TABLE municipality.settlement_run TO app_municipality;

GRANT INSERT(minimum_cents) ON TABLE municipality.settlement_run TO app_municipality;

GRANT INSERT(proposed_at) ON TABLE municipality.settlement_run TO app_municipality;

GRANT INSERT(proposed_by_kind) ON TABLE municipality.settlement_run TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.settlement_run TO app_municipality;

GRANT UPDATE(exported_at) ON TABLE municipality.settlement_run TO app_municipality;

GRANT UPDATE(exported_by) ON TABLE municipality.settlement_run TO app_municipality;

GRANT SELECT ON TABLE municipality.settlement_unpaid TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.settlement_unpaid TO app_municipality;

GRANT SELECT ON TABLE municipality.sign_in_attempt TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.sign_in_attempt TO app_municipality;

GRANT UPDATE(used_at) ON TABLE municipality.sign_in_attempt TO app_municipality;

GRANT SELECT ON TABLE municipality.sign_in_try TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.sign_in_try TO app_municipality;

GRANT UPDATE(tries) ON TABLE municipality.sign_in_try TO app_municipality;

GRANT UPDATE(rounds) ON TABLE municipality.sign_in_try TO app_municipality;

GRANT UPDATE(waits_until) ON TABLE municipality.sign_in_try TO app_municipality;

GRANT UPDATE(tried_at) ON TABLE municipality.sign_in_try TO app_municipality;

GRANT SELECT ON TABLE municipality.signal TO auditor_municipality;
GRANT SELECT ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(kind) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(merchant_id) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(till_id),UPDATE(till_id) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(about) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(week) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(counted),UPDATE(counted) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(out_of),UPDATE(out_of) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(different),UPDATE(different) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(cents),UPDATE(cents) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(first_at),UPDATE(first_at) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(last_at),UPDATE(last_at) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(weight),UPDATE(weight) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(found_at) ON TABLE municipality.signal TO app_municipality;

GRANT INSERT(changed_at),UPDATE(changed_at) ON TABLE municipality.signal TO app_municipality;

GRANT SELECT ON TABLE municipality.signal_position TO auditor_municipality;
GRANT SELECT,INSERT,UPDATE ON TABLE municipality.signal_position TO app_municipality;

GRANT SELECT ON TABLE municipality.signal_sale TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.signal_sale TO app_municipality;

GRANT SELECT ON TABLE municipality.signal_verdict TO auditor_municipality;
GRANT SELECT ON TABLE municipality.signal_verdict TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.signal_verdict TO app_municipality;

GRANT INSERT(signal_id) ON TABLE municipality.signal_verdict TO app_municipality;

GRANT INSERT(verdict) ON TABLE municipality.signal_verdict TO app_municipality;

GRANT INSERT(reason) ON TABLE municipality.signal_verdict TO app_municipality;

GRANT INSERT(counted) ON TABLE municipality.signal_verdict TO app_municipality;

GRANT INSERT(judged_by) ON TABLE municipality.signal_verdict TO app_municipality;

GRANT INSERT(judged_at) ON TABLE municipality.signal_verdict TO app_municipality;

GRANT SELECT ON TABLE municipality.swimming_diploma TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.swimming_diploma TO app_municipality;

GRANT UPDATE(obtained_on) ON TABLE municipality.swimming_diploma TO app_municipality;

GRANT UPDATE(ends_on) ON TABLE municipality.swimming_diploma TO app_municipality;

GRANT UPDATE(recorded_at) ON TABLE municipality.swimming_diploma TO app_municipality;

GRANT UPDATE(recorded_by) ON TABLE municipality.swimming_diploma TO app_municipality;

GRANT SELECT ON TABLE municipality.takeover TO auditor_municipality;
GRANT SELECT ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(supplier) ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(budget_year) ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(file_name) ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(sha256) ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(proposed_at) ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(proposed_by_kind) ON TABLE municipality.takeover TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.takeover TO app_municipality;

GRANT UPDATE(approved_at) ON TABLE municipality.takeover TO app_municipality;

GRANT UPDATE(approved_by) ON TABLE municipality.takeover TO app_municipality;

GRANT UPDATE(ended_at) ON TABLE municipality.takeover TO app_municipality;

GRANT UPDATE(outcome) ON TABLE municipality.takeover TO app_municipality;

GRANT UPDATE(because) ON TABLE municipality.takeover TO app_municipality;

GRANT SELECT ON TABLE municipality.takeover_row TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.takeover_row TO app_municipality;

GRANT UPDATE(outcome) ON TABLE municipality.takeover_row TO app_municipality;

GRANT UPDATE(reason) ON TABLE municipality.takeover_row TO app_municipality;

GRANT UPDATE(resident_id) ON TABLE municipality.takeover_row TO app_municipality;

GRANT UPDATE(number_hash) ON TABLE municipality.takeover_row TO app_municipality;

GRANT UPDATE(key_id) ON TABLE municipality.takeover_row TO app_municipality;

GRANT SELECT ON TABLE municipality.takeover_total TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.takeover_total TO app_municipality;

GRANT SELECT ON TABLE municipality.target_group TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.target_group TO app_municipality;

GRANT SELECT ON TABLE municipality.target_group_part TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.target_group_part TO app_municipality;

GRANT SELECT ON TABLE municipality.telephone_link TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.telephone_link TO app_municipality;

GRANT UPDATE(used_at) ON TABLE municipality.telephone_link TO app_municipality;

GRANT SELECT ON TABLE municipality.till TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.till TO app_municipality;
GRANT SELECT ON TABLE municipality.till TO ledger_municipality;

GRANT UPDATE(location_id) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(name) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(algorithm) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(public_key) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(state_since) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(paused_by) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(pairing_hash) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(pairing_until) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(paired_at) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(sale_limit_cents) ON TABLE municipality.till TO app_municipality;

GRANT UPDATE(paused_because) ON TABLE municipality.till TO app_municipality;

GRANT SELECT ON TABLE municipality.unknown_scan TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.unknown_scan TO app_municipality;

GRANT SELECT ON TABLE municipality.upload TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.upload TO app_municipality;

GRANT SELECT ON TABLE municipality.upload_piece TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.upload_piece TO app_municipality;

GRANT SELECT ON TABLE municipality.usable_change TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.usable_change TO ledger_municipality;
GRANT SELECT ON TABLE municipality.usable_change TO app_municipality;

GRANT SELECT ON TABLE municipality.voucher TO auditor_municipality;
GRANT SELECT ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(id) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(organisation_id) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(scheme_id) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(category) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(amount_cents) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(what_for) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(no_other_provision) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(proposed_at) ON TABLE municipality.voucher TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.voucher TO app_municipality;

GRANT UPDATE(confirmed_at) ON TABLE municipality.voucher TO app_municipality;

GRANT UPDATE(confirmed_by) ON TABLE municipality.voucher TO app_municipality;

GRANT UPDATE(rejected_at) ON TABLE municipality.voucher TO app_municipality;

GRANT UPDATE(rejected_by) ON TABLE municipality.voucher TO app_municipality;

GRANT UPDATE(rejected_because) ON TABLE municipality.voucher TO app_municipality;

GRANT UPDATE(card_id) ON TABLE municipality.voucher TO app_municipality;

GRANT UPDATE(expires_on) ON TABLE municipality.voucher TO app_municipality;

GRANT SELECT ON TABLE municipality.webhook_delivery TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.webhook_delivery TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.webhook_delivery TO app_municipality;

GRANT UPDATE(tries) ON TABLE municipality.webhook_delivery TO app_municipality;

GRANT UPDATE(tries_before) ON TABLE municipality.webhook_delivery TO app_municipality;

GRANT UPDATE(next_try_at) ON TABLE municipality.webhook_delivery TO app_municipality;

GRANT UPDATE(lease_until) ON TABLE municipality.webhook_delivery TO app_municipality;

GRANT SELECT ON TABLE municipality.webhook_endpoint TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.webhook_endpoint TO app_municipality;

GRANT UPDATE(events) ON TABLE municipality.webhook_endpoint TO app_municipality;

GRANT UPDATE(state) ON TABLE municipality.webhook_endpoint TO app_municipality;

GRANT UPDATE(state_since) ON TABLE municipality.webhook_endpoint TO app_municipality;

GRANT UPDATE(failures) ON TABLE municipality.webhook_endpoint TO app_municipality;

GRANT UPDATE(quiet_until) ON TABLE municipality.webhook_endpoint TO app_municipality;

GRANT UPDATE(arrived_at) ON TABLE municipality.webhook_endpoint TO app_municipality;

GRANT SELECT ON TABLE municipality.webhook_message TO auditor_municipality;
GRANT SELECT,INSERT,DELETE ON TABLE municipality.webhook_message TO app_municipality;

GRANT SELECT ON TABLE municipality.webhook_position TO auditor_municipality;
GRANT SELECT ON TABLE municipality.webhook_position TO app_municipality;

GRANT UPDATE(epoch) ON TABLE municipality.webhook_position TO app_municipality;

GRANT UPDATE(xid) ON TABLE municipality.webhook_position TO app_municipality;

GRANT SELECT ON TABLE municipality.webhook_secret TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.webhook_secret TO app_municipality;

GRANT UPDATE(ends_at) ON TABLE municipality.webhook_secret TO app_municipality;

GRANT SELECT ON TABLE municipality.webhook_try TO auditor_municipality;
GRANT SELECT,INSERT ON TABLE municipality.webhook_try TO app_municipality;

GRANT SELECT ON TABLE municipality.year_closing TO auditor_municipality;
GRANT SELECT ON TABLE municipality.year_closing TO app_municipality;
GRANT SELECT ON TABLE municipality.year_closing TO ledger_municipality;

GRANT INSERT(id) ON TABLE municipality.year_closing TO app_municipality;

GRANT INSERT(year) ON TABLE municipality.year_closing TO app_municipality;

GRANT INSERT(number) ON TABLE municipality.year_closing TO app_municipality;

GRANT INSERT(starts_on) ON TABLE municipality.year_closing TO app_municipality;

GRANT INSERT(ends_on) ON TABLE municipality.year_closing TO app_municipality;

GRANT INSERT(proposed_by) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(rejected_at) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(rejected_by) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(rejected_because) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(closed_at) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(closed_by) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(checkpoint_size) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(merchant_names) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(file_hash) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(reopening_proposed_at) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(reopening_proposed_by) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(reopening_because) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(reopened_at) ON TABLE municipality.year_closing TO app_municipality;

GRANT UPDATE(reopened_by) ON TABLE municipality.year_closing TO app_municipality;

ALTER DEFAULT PRIVILEGES FOR ROLE owner_municipality IN SCHEMA municipality GRANT SELECT ON TABLES TO auditor_municipality;
