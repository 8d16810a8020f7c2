-- Redemptions and their reversals are written as the ledger is: by its functions only, also for the owner of
-- the tables. So the two functions that write them belong to the ledger's role, word for word as they were.
SET LOCAL lock_timeout = '5s';

CREATE TRIGGER only_by_ledger BEFORE INSERT ON redemption EXECUTE FUNCTION refuse_write_unless_ledger();
CREATE TRIGGER only_by_ledger BEFORE INSERT ON redemption_reversal EXECUTE FUNCTION refuse_write_unless_ledger();
ALTER TABLE redemption ENABLE ALWAYS TRIGGER only_by_ledger;
ALTER TABLE redemption_reversal ENABLE ALWAYS TRIGGER only_by_ledger;
GRANT SELECT, INSERT ON redemption, redemption_reversal, processing_log TO ledger_municipality;
GRANT SELECT ON till, login, merchant, agreement, card, managing_adult, pass, budget, scheme_version, appropriation TO ledger_municipality;

-- Roles that do not go together stay so under session_replication_role = replica as well.
ALTER TABLE incompatible_role ENABLE ALWAYS TRIGGER append_only;

-- The owner may not give a function away to a role that it is no member of. So that role makes each anew,
-- from what the database holds, with the same name, parameters and rights.
DO $$
DECLARE
    definitions CONSTANT text[] := ARRAY(
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname IN ('redeem_batch', 'reverse_batch'));
    definition text;
BEGIN
    ASSERT cardinality(definitions) = 2;
    -- squawk-ignore ban-drop-function
    DROP FUNCTION redeem_batch, reverse_batch;
    SET LOCAL ROLE ledger_municipality;
    FOREACH definition IN ARRAY definitions LOOP
        EXECUTE definition;
    END LOOP;
    REVOKE ALL ON FUNCTION redeem_batch, reverse_batch FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION redeem_batch, reverse_batch TO app_municipality;
END $$;
