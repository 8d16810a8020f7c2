-- Refuses DDL in a municipality's schema outside a migration. Event triggers ask for a superuser:
-- where a hosted server has none, `pas ledger prove` says "DDL guard absent".
-- A schema is a municipality's when its name ends the name of an owner role, or its owner is one; triggers,
-- rules and policies are in the schema of their table. A GRANT does not say on what, so it is refused for all
-- tables and functions of this database. REINDEX changes no schema.
SET lock_timeout = '5s';

-- Run at every pas migrate, in one transaction: the guard would refuse its own renewal.
DROP EVENT TRIGGER IF EXISTS pas_refuse_ddl;
DROP EVENT TRIGGER IF EXISTS pas_refuse_drop;

CREATE OR REPLACE FUNCTION pas.refuse_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    touched text;
BEGIN
    IF session_user = 'migrator' AND current_setting('pas.migrating', true) = 'on' OR tg_tag = 'REINDEX' THEN
        RETURN;
    END IF;
    IF TG_EVENT = 'sql_drop' THEN
        SELECT o.object_identity INTO touched FROM pg_event_trigger_dropped_objects() o
        WHERE EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname = 'owner_' || coalesce(o.schema_name, o.address_names[1]))
        LIMIT 1;
    ELSE
        SELECT coalesce(o.object_identity, lower(o.object_type)) INTO touched FROM pg_event_trigger_ddl_commands() o
        LEFT JOIN pg_trigger t ON o.classid = 'pg_trigger'::regclass AND t.oid = o.objid
        LEFT JOIN pg_rewrite w ON o.classid = 'pg_rewrite'::regclass AND w.oid = o.objid
        LEFT JOIN pg_policy p ON o.classid = 'pg_policy'::regclass AND p.oid = o.objid
        LEFT JOIN pg_class c ON c.oid = coalesce(t.tgrelid, w.ev_class, p.polrelid, CASE WHEN o.classid = 'pg_class'::regclass THEN o.objid END)
        LEFT JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, CASE WHEN o.classid = 'pg_namespace'::regclass THEN o.objid END)
            OR n.nspname = o.schema_name
        WHERE pg_get_userbyid(n.nspowner) LIKE 'owner\_%' OR pg_get_userbyid(c.relowner) LIKE 'owner\_%'
            OR EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname = 'owner_' || n.nspname)
            OR o.command_tag IN ('GRANT', 'REVOKE') AND o.object_type IN ('TABLE', 'FUNCTION', 'PROCEDURE', 'ROUTINE', 'SEQUENCE')
            OR o.command_tag = 'ALTER DEFAULT PRIVILEGES'
        LIMIT 1;
    END IF;
    IF touched IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PA102',
            MESSAGE = format('%s on %s refused: the schema changes by migration only', tg_tag, touched),
            HINT = 'Write a migration and run pas migrate.';
    END IF;
END $$;
REVOKE ALL ON FUNCTION pas.refuse_ddl() FROM PUBLIC;
CREATE EVENT TRIGGER pas_refuse_ddl ON ddl_command_end EXECUTE FUNCTION pas.refuse_ddl();
ALTER EVENT TRIGGER pas_refuse_ddl ENABLE ALWAYS;
CREATE EVENT TRIGGER pas_refuse_drop ON sql_drop EXECUTE FUNCTION pas.refuse_ddl();
ALTER EVENT TRIGGER pas_refuse_drop ENABLE ALWAYS;
