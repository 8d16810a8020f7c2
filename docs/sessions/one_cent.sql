-- A superuser switches every wall off and adds :cents to what one redemption moved.
--   pas postgres psql -- -v cents=1 --file docs/sessions/one_cent.sql
-- The same with cents=-1 takes it back.
\set ON_ERROR_STOP on
SET search_path = velsen;
BEGIN;
ALTER EVENT TRIGGER pas_refuse_ddl DISABLE;
ALTER EVENT TRIGGER pas_refuse_drop DISABLE;
ALTER TABLE transfer DISABLE TRIGGER ALL;

UPDATE transfer SET amount = amount + :cents
WHERE line = 1 AND entry_id = (SELECT min(r.entry_id::text)::uuid FROM redemption r JOIN entry e ON e.id = r.entry_id AND e.kind = 'redeem' JOIN transfer t ON t.entry_id = e.id)
RETURNING entry_id, debit, credit, amount;

SELECT format('ALTER TABLE transfer ENABLE ALWAYS TRIGGER %I', tgname)
FROM pg_trigger WHERE tgrelid = 'transfer'::regclass AND NOT tgisinternal \gexec
ALTER EVENT TRIGGER pas_refuse_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER pas_refuse_drop ENABLE ALWAYS;
COMMIT;
