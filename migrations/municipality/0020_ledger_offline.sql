-- What sales without a network will need, while the ledger is young: an entry of their own kind, which takes
-- what the budgets bear and lets the risk of the scheme pay the rest, and its way back. Corrections of a visit
-- and of a lapsed hold, which had none. The epoch on every movement. Kinds that nobody has are refused.
SET LOCAL lock_timeout = '5s';

-- A constant default is kept in the catalogue: no row is written. It is dropped, so that nobody forgets it.
ALTER TABLE transfer ADD COLUMN epoch integer NOT NULL DEFAULT 1;
-- Nobody writes here but book(), which is replaced below.
-- squawk-ignore ban-drop-default
ALTER TABLE transfer ALTER COLUMN epoch DROP DEFAULT;

-- An id that was tried online is taken over by one sale without a network, not by two.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX entry_replaces ON entry (replaces) WHERE replaces IS NOT NULL AND refusal IS NULL;

ALTER TABLE posting DISABLE TRIGGER append_only;
INSERT INTO posting (kind, debit, credit, reverses) VALUES
    ('offline', 'budget', 'merchant', false),
    ('offline', 'budget', 'used', false),
    ('offline', 'budget', 'appropriation', false),
    ('offline', 'offline_risk', 'merchant', false),
    ('void', 'merchant', 'offline_risk', true),
    ('refund', 'merchant', 'offline_risk', true),
    ('correct', 'used', 'budget', true),
    ('correct', 'appropriation', 'held', true);
ALTER TABLE posting ENABLE ALWAYS TRIGGER append_only;

SET LOCAL ROLE ledger_municipality;

-- Books items, each whole or not at all, and answers one outcome per item:
--   booked, declined            stored now, for life
--   replay, misuse              the id is known, with the same or with another fingerprint
--   insufficient, not_usable    what the lines ask is not there (any more): not stored
--   moved                       it rests on a balance that has changed since: not stored
--   over_reversed, not_reversible   more than is left of the original, or not its lines: not stored
--   busy                        a second reversal of one original in one call: not stored, send it again
-- Lines are grouped by item, in the order of the items, and name accounts by their place in
-- `accounts`, which is strictly ascending: that is the lock order. `line_seen` is the movement number on
-- which the decision rests, of the account debited. A declined item's lines carry nothing else and move
-- nothing; a line to book may carry it too, and then counts what came before it in the same call: on the
-- first line of an item on its account it says that nobody spent of that account in between.
CREATE OR REPLACE FUNCTION book(
    item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[],
    item_reverses uuid[], item_replaces uuid[], item_occurred timestamptz[],
    item_actor_kinds text[], item_actors uuid[],
    accounts bigint[],
    line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[],
    line_reversed smallint[], line_seen bigint[]
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
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

SET LOCAL ROLE owner_municipality;

-- Its refusal had the number of another one.
-- Grants budgets: the grant once per scheme, claimant and period; its accounts; the link to the pass; the
-- booking. Answers per item: booked, or already (granted before). Closed pots are locked first, then claims
-- are taken in order; several calls in one transaction need a lock that lets nobody else grant meanwhile.
-- A visit budget, or a thing in kind, is granted in visits and in cents (visits × the highest price).
CREATE OR REPLACE FUNCTION grant_batch(
    entries uuid[], prints bytea[], grants uuid[], decisions uuid[], residents uuid[], households text[],
    schemes uuid[], versions uuid[], years smallint[], claims text[], periods text[],
    amounts bigint[], visits_granted integer[], starts date[], ends date[], granted date,
    passes uuid[], budget_accounts bigint[], visit_accounts bigint[], usable_from timestamptz[], usable_until timestamptz[],
    bound_merchants uuid[], lapses date[], occurred timestamptz, by_kind text, by_id uuid
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
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
            claim_key, period_key, amount_cents, visits, starts_on, ends_on, granted_on)
        SELECT g.id, g.decision_id, g.resident_id, g.household, g.scheme_id, g.version_id, g.year, g.claim, g.period,
            g.amount, g.visits, g.starts_on, g.ends_on, granted
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
