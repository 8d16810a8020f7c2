-- Decisions and what they grant. A grant keeps scheme, amount and date, but no account and no entry.
SET LOCAL lock_timeout = '5s';

CREATE TABLE appropriation (
    scheme_id uuid NOT NULL REFERENCES scheme,
    budget_year smallint NOT NULL,
    account_id bigint NOT NULL UNIQUE,
    visits_account_id bigint UNIQUE,
    closed_pot boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (scheme_id, budget_year)
);
CREATE TABLE appropriation_line (
    id uuid PRIMARY KEY,
    scheme_id uuid NOT NULL,
    budget_year smallint NOT NULL,
    cover_line text NOT NULL CHECK (length(cover_line) BETWEEN 1 AND 120),
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL,
    FOREIGN KEY (scheme_id, budget_year) REFERENCES appropriation
);

-- A household asks, once; an officer records the income; the same decision follows.
CREATE TABLE household_application (
    id uuid PRIMARY KEY,
    household_number text NOT NULL,
    year smallint NOT NULL,
    channel text NOT NULL CHECK (channel IN ('page', 'paper', 'counter', 'helper')),
    applied_by uuid NOT NULL,
    applied_by_kind text NOT NULL,
    received_at timestamptz NOT NULL,
    content_hash bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'decided', 'withdrawn')),
    decided_at timestamptz,
    UNIQUE (household_number, year)
);

-- One integral decision per person: every scheme with its verdict and reason.
CREATE TABLE decision (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    household_number text NOT NULL,
    year smallint NOT NULL,
    cause text NOT NULL CHECK (cause IN ('assessment', 'application', 'deviation', 'birth', 'arrival', 'objection')),
    assessed_on date NOT NULL,
    decided_at timestamptz NOT NULL,
    verdicts jsonb NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL
);
CREATE INDEX decision_resident ON decision (resident_id, year, decided_at DESC);

CREATE TABLE scheme_grant (
    id uuid PRIMARY KEY,
    decision_id uuid NOT NULL REFERENCES decision,
    resident_id uuid NOT NULL,
    household_number text NOT NULL,
    scheme_id uuid NOT NULL,
    scheme_version_id uuid NOT NULL REFERENCES scheme_version,
    budget_year smallint NOT NULL,
    claim_key text NOT NULL,
    period_key text NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    visits integer CHECK (visits > 0),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    granted_on date NOT NULL,
    CONSTRAINT granted_once UNIQUE (scheme_id, claim_key, period_key),
    CHECK (ends_on > starts_on)
);
CREATE INDEX scheme_grant_resident ON scheme_grant (resident_id);
COMMENT ON COLUMN scheme_grant.claim_key IS 'Who can have it once per period: the resident, or the household for schemes per household.';

-- Granting or refusing against the rule: a reason and a second pair of eyes.
CREATE TABLE deviation (
    id uuid PRIMARY KEY,
    resident_id uuid NOT NULL REFERENCES resident,
    scheme_version_id uuid NOT NULL REFERENCES scheme_version,
    year smallint NOT NULL,
    effect text NOT NULL CHECK (effect IN ('grant', 'refuse')),
    amount_cents bigint CHECK (amount_cents > 0),
    reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 2000),
    proposed_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL,
    confirmed_at timestamptz,
    confirmed_by uuid,
    rejected_at timestamptz,
    rejected_by uuid,
    decision_id uuid REFERENCES decision,
    CONSTRAINT second_pair_of_eyes CHECK (confirmed_by <> proposed_by)
);

GRANT SELECT ON appropriation, appropriation_line, decision, scheme_grant TO app_municipality;
GRANT SELECT, INSERT ON household_application, deviation TO app_municipality;
GRANT UPDATE (state, decided_at) ON household_application TO app_municipality;
GRANT UPDATE (confirmed_at, confirmed_by, rejected_at, rejected_by, decision_id) ON deviation TO app_municipality;
GRANT INSERT ON decision TO app_municipality;

-- Makes the accounts of a scheme and year once: the appropriation in cents, guarded for a closed pot, and
-- for a scheme in visits the appropriation in visits and where used visits go. Five candidate ids.
CREATE FUNCTION open_appropriation(scheme uuid, year smallint, closed boolean, in_visits boolean, candidates bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
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

-- Sets money aside: from the source of cover to the appropriation, with its cover line.
CREATE FUNCTION appropriate(entry uuid, print bytea, scheme uuid, year smallint, cover text, amount bigint,
    occurred timestamptz, by_kind text, by_id uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
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

-- What is left in closed pots, held until the end of the transaction, so that a decision can rest on it.
CREATE FUNCTION lock_pots(pots bigint[]) RETURNS TABLE (account_id bigint, amount bigint)
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT b.account_id, b.amount FROM balance b WHERE b.account_id = ANY (pots)
    AND EXISTS (SELECT 1 FROM appropriation a WHERE a.account_id = b.account_id)
    ORDER BY b.account_id FOR NO KEY UPDATE
$$;

-- Grants budgets: the grant once per scheme, claimant and period; its accounts; the link to the pass; the
-- booking. Answers per item: booked, or already (granted before). Closed pots are locked first, then claims
-- are taken in order; several calls in one transaction need a lock that lets nobody else grant meanwhile.
-- A visit budget, or a thing in kind, is granted in visits and in cents (visits × the highest price).
CREATE FUNCTION grant_batch(
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
            RAISE EXCEPTION USING ERRCODE = 'PA210', MESSAGE = format('a grant was not booked: %s', outcomes[n]),
                HINT = 'Lock the closed pots and decide again.';
        END IF;
        answer[take[n]] := 'booked';
    END LOOP;
    RETURN answer;
END $$;

-- Returns what is left of budgets that have ended to their appropriation. Amounts come from a fresh read:
-- `insufficient` means that the balance has moved since, `not_usable` that the budget can still be spent.
CREATE FUNCTION lapse_batch(entries uuid[], prints bytea[], budget_accounts bigint[], amounts bigint[], occurred timestamptz, by_kind text, by_id uuid) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET jit = off
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

-- Ends or prolongs the time in which budgets of a pass can be spent.
CREATE FUNCTION set_budget_usable(budget_account bigint, usable_from timestamptz, usable_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    -- Locked in key order first, as book() does, so that the two never wait for each other.
    SELECT 1 FROM balance WHERE account_id IN (
        SELECT u.id FROM budget b, unnest(ARRAY[b.account_id, b.visits_account_id]) u (id) WHERE b.account_id = budget_account
    ) ORDER BY account_id FOR NO KEY UPDATE;
    SELECT set_usable(u.id, set_budget_usable.usable_from, set_budget_usable.usable_until)
    FROM budget b, unnest(ARRAY[b.account_id, b.visits_account_id]) u (id)
    WHERE b.account_id = budget_account AND u.id IS NOT NULL
$$;

REVOKE ALL ON FUNCTION open_appropriation, appropriate, lock_pots, grant_batch, lapse_batch, set_budget_usable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_appropriation, appropriate, lock_pots, grant_batch, lapse_batch, set_budget_usable TO app_municipality;
