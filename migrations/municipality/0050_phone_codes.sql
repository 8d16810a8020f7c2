-- A code that a telephone shows pays for one sale: its number is written down with that sale, in the statement that books.
SET LOCAL lock_timeout = '5s';

CREATE TABLE phone_code_use (
    nonce bytea PRIMARY KEY CHECK (octet_length(nonce) = 8),
    sale_id uuid NOT NULL,
    till_id uuid NOT NULL,
    used_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE phone_code_use IS 'Codes of telephones that paid, and for which sale. A code lives for minutes, so a row is of use for a day.';
CREATE INDEX phone_code_use_used_at ON phone_code_use USING brin (used_at);
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON phone_code_use EXECUTE FUNCTION refuse_write();
ALTER TABLE phone_code_use ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT ON phone_code_use TO app_municipality, auditor_municipality;

-- Takes what redeem_batch() answered and writes down, of what was booked, the codes that paid; where a code has paid
-- for another sale meanwhile, nothing of the call is stored. Accounts are locked by then; codes follow, in their order.
CREATE FUNCTION spend_codes(outcomes text[], nonces bytea[], sales uuid[], tills uuid[]) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
REVOKE ALL ON FUNCTION spend_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spend_codes TO app_municipality;

CREATE FUNCTION forget_phone_codes(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE gone integer;
BEGIN
    DELETE FROM phone_code_use WHERE nonce IN (
        SELECT u.nonce FROM phone_code_use u WHERE u.used_at < least(before, now() - interval '1 hour') LIMIT most);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION forget_phone_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_phone_codes TO app_municipality;
