-- A row of the processing log is one operation with an id of its own (Logboek Dataverwerkingen 1.0).
SET LOCAL lock_timeout = '5s';

-- Rows from before have none; adding one with a default of its own would write the whole table anew.
ALTER TABLE processing_log ADD COLUMN operation_id uuid;
ALTER TABLE processing_log ALTER COLUMN operation_id SET DEFAULT gen_random_uuid();
COMMENT ON TABLE processing_log IS 'Begun and ended at recorded_at, in the transaction of what was done: so a row that is there succeeded.';
