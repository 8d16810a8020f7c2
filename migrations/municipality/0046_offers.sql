-- What a merchant offers, so that a cashier taps instead of typing. It limits nothing: an amount can always be typed.
SET LOCAL lock_timeout = '5s';

CREATE TABLE offer (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL REFERENCES merchant,
    place integer NOT NULL CHECK (place BETWEEN 1 AND 1000000)
);
CREATE INDEX offer_merchant ON offer (merchant_id, place);

-- The newest version counts. Who sold under an earlier one sold what it said.
CREATE TABLE offer_version (
    offer_id uuid NOT NULL REFERENCES offer,
    number integer NOT NULL CHECK (number > 0),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 80),
    category text NOT NULL REFERENCES category,
    price_cents bigint CHECK (price_cents BETWEEN 1 AND 100000000),
    visits integer CHECK (visits BETWEEN 1 AND 100),
    conditions text CHECK (length(conditions) BETWEEN 1 AND 300),
    valid_from date NOT NULL,
    valid_until date,
    is_ended boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    PRIMARY KEY (offer_id, number),
    CHECK ((price_cents IS NULL) <> (visits IS NULL)),
    CHECK (valid_until > valid_from)
);
COMMENT ON COLUMN offer_version.conditions IS 'What the cashier looks at first, in words.';
COMMENT ON COLUMN offer_version.valid_until IS 'The first day on which it is offered no more.';

CREATE FUNCTION follow_offer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM FROM offer WHERE id = NEW.offer_id FOR UPDATE;
    IF NEW.number <> 1 + coalesce((SELECT max(v.number) FROM offer_version v WHERE v.offer_id = NEW.offer_id), 0)
        OR EXISTS (SELECT 1 FROM offer_version v WHERE v.offer_id = NEW.offer_id AND v.is_ended) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA227', MESSAGE = 'a version of an offer follows on its last one, and none on its end';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION follow_offer FROM PUBLIC;
CREATE TRIGGER follow_offer BEFORE INSERT ON offer_version FOR EACH ROW EXECUTE FUNCTION follow_offer();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON offer_version EXECUTE FUNCTION refuse_write();
ALTER TABLE offer_version ENABLE ALWAYS TRIGGER follow_offer;
ALTER TABLE offer_version ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON offer, offer_version TO app_municipality;
GRANT UPDATE (place) ON offer TO app_municipality;

-- What one merchant has coming, as owed_until() says it of all, found by the indexes of its own account: its page asks
-- for this often, and a look at every transfer of the city is for a run.
SET LOCAL ROLE ledger_municipality;
CREATE FUNCTION owed_to(payee uuid, until_epoch integer, until_xid bigint)
RETURNS TABLE (account_id bigint, merchant_id uuid, from_epoch integer, from_xid bigint, redeemed_cents bigint, reversed_cents bigint, returned_cents bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
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
REVOKE ALL ON FUNCTION owed_to FROM PUBLIC;
GRANT EXECUTE ON FUNCTION owed_to TO app_municipality;
SET LOCAL ROLE owner_municipality;
