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
