-- Also without a network a card takes no more from a pass than it may, until somebody confirmed who has it.
SET LOCAL lock_timeout = '5s';

-- Word for word as it was besides.
DO $$
DECLARE
    definition text := (SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = 'redeem_offline');
    card CONSTANT text := 'SELECT 1 FROM card c WHERE c.id = item_card AND ';
    confirmed CONSTANT text := '(c.unconfirmed_cents IS NULL OR item_take <= c.unconfirmed_cents) AND ';
BEGIN
    ASSERT (length(definition) - length(replace(definition, card, ''))) / length(card) = 1;
    SET LOCAL ROLE ledger_municipality;
    EXECUTE replace(definition, card, card || confirmed);
END $$;
SET LOCAL ROLE owner_municipality;
