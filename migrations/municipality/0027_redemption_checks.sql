-- Redemptions check again, in the statement that books, all that a till, a login, an agreement or a limit
-- may have become since the facts were read; and unknown cards are counted under a lock on their till.
SET LOCAL lock_timeout = '5s';

-- What a sale asked in visits and the pass could not pay: a late retry hears the same answer, word for word.
ALTER TABLE redemption ADD COLUMN visits_asked integer NOT NULL DEFAULT 0;
-- What a card took is added up from the log, which has it by person and is deleted on its clock; looking each
-- redemption up for it would cost a booking as much again as all its other checks.
ALTER TABLE processing_log ADD COLUMN taken_cents bigint NOT NULL DEFAULT 0;

-- One more parameter would be another function beside the old one, and a call could mean either. Calls with
-- the old parameters find the new function, whose others have defaults.
-- squawk-ignore ban-drop-function
DROP FUNCTION redeem_batch;
-- squawk-ignore ban-drop-function
DROP FUNCTION reverse_batch;

-- Books redemptions that the rules decided: checks till, login, merchant, agreement, card and pass in this
-- statement's own snapshot, that each budget is one of the person the card speaks for, that each merchant
-- line goes to this merchant, and that till and card stay within their limits; then books, and writes the
-- redemption and the processing log. Outcomes as book(); `moved` also when something changed since the
-- facts were read, and then nothing of the call is stored. What is written is recorded at now().
-- A till may do so many sales and attempts an hour, a card so many sales and cents a day, whoever of the
-- household it pays for; without a number nothing is counted. Calls at one moment do not see each other.
CREATE FUNCTION redeem_batch(
    item_ids uuid[], item_kinds text[], item_refusals text[], item_fingerprints bytea[], item_replaces uuid[],
    item_occurred timestamptz[], item_actor_kinds text[], item_actors uuid[],
    accounts bigint[],
    line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_seen bigint[],
    tills uuid[], merchants uuid[], locations uuid[], cards uuid[], subjects uuid[],
    categories text[], prices bigint[], takes bigint[], visits_used integer[], sales uuid[], traces text[],
    visits_asked integer[] DEFAULT NULL,
    most_of_till integer DEFAULT 600, most_of_card integer DEFAULT 30, most_cents_of_card bigint DEFAULT 150000
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
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
            SELECT c.state = 'active' AND (c.expires_at IS NULL OR c.expires_at > i.occurred)
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
                            AND (b.merchant_id IS NULL OR b.merchant_id = merchants[l.item])
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
                            AND (b.merchant_id IS NULL OR b.merchant_id = merchants[l.item]) THEN (
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

-- Takes redemptions back, whole or in part, to the budgets they came from. Lines name the line of the
-- original that they reverse; a line without one moves on what came back to a budget that has ended. Checks
-- who asks in this statement's own snapshot: an active till of the merchant that was paid (for a void the
-- till that sold, and a sale after `voids_since`), a counter, or a login of either; else `moved`.
CREATE FUNCTION reverse_batch(
    item_ids uuid[], item_kinds text[], item_fingerprints bytea[], item_reverses uuid[],
    item_occurred timestamptz[], item_actor_kinds text[], item_actors uuid[],
    accounts bigint[],
    line_items integer[], line_debits integer[], line_credits integer[], line_amounts bigint[], line_reversed smallint[],
    tills uuid[], takes bigint[], reasons text[], traces text[],
    voids_since timestamptz DEFAULT '-infinity'
) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
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

REVOKE ALL ON FUNCTION redeem_batch, reverse_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION redeem_batch, reverse_batch TO app_municipality;

-- Notes cards that nobody knows against the tills that tried them, and pauses a till at `most` within ten
-- minutes, counted from when it was last switched on. Answers per try whether it still counted (only then
-- the till may hear that the card is unknown), and which tills were paused by this call.
CREATE FUNCTION note_unknown_cards(tills uuid[], tried timestamptz, most integer, OUT told boolean[], OUT paused uuid[])
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
REVOKE ALL ON FUNCTION note_unknown_cards FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_unknown_cards TO app_municipality;
