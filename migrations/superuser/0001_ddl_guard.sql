-- Refuses DDL in a municipality's schema outside a migration. Event triggers ask for a superuser:
-- where a hosted server has none, `pas ledger prove` says "DDL guard absent".
SET lock_timeout = '5s';

CREATE OR REPLACE FUNCTION pas.refuse_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched text;
BEGIN
    IF session_user = 'migrator' AND current_setting('pas.migrating', true) = 'on' THEN
        RETURN;
    END IF;
    IF TG_EVENT = 'sql_drop' THEN
        SELECT o.object_identity INTO touched FROM pg_event_trigger_dropped_objects() o
        JOIN pas.municipality m ON m.name = o.schema_name OR (o.object_type = 'schema' AND m.name = o.object_name)
        LIMIT 1;
    ELSE
        SELECT o.object_identity INTO touched FROM pg_event_trigger_ddl_commands() o
        JOIN pas.municipality m ON m.name = o.schema_name OR (o.object_type = 'schema' AND quote_ident(m.name) = o.object_identity)
        LIMIT 1;
    END IF;
    IF touched IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA102',
            MESSAGE = format('%s on %s refused: the schema changes by migration only', tg_tag, touched),
            HINT = 'Write a migration and run pas migrate.';
    END IF;
END $$;
REVOKE ALL ON FUNCTION pas.refuse_ddl() FROM PUBLIC;
DROP EVENT TRIGGER IF EXISTS pas_refuse_ddl;
CREATE EVENT TRIGGER pas_refuse_ddl ON ddl_command_end EXECUTE FUNCTION pas.refuse_ddl();
ALTER EVENT TRIGGER pas_refuse_ddl ENABLE ALWAYS;
DROP EVENT TRIGGER IF EXISTS pas_refuse_drop;
CREATE EVENT TRIGGER pas_refuse_drop ON sql_drop EXECUTE FUNCTION pas.refuse_ddl();
ALTER EVENT TRIGGER pas_refuse_drop ENABLE ALWAYS;
