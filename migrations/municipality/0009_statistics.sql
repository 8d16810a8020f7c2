-- After much was written at once the planner must hear of it before the next scan, not a minute later.
SET LOCAL lock_timeout = '5s';

CREATE FUNCTION refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    ANALYZE account, balance, entry, transfer, resident, resident_version, managing_adult, pass, card, budget,
        scheme_grant, decision, merchant, agreement, till, redemption, processing_log;
END $$;
REVOKE ALL ON FUNCTION refresh_statistics FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refresh_statistics TO app_municipality;
