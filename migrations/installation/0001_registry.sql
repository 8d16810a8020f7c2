-- The registry: which municipalities this installation serves. It holds nothing about people.
SET LOCAL lock_timeout = '5s';

CREATE TABLE municipality (
    name text PRIMARY KEY CHECK (
        name ~ '^[a-z][a-z0-9_]{1,39}$'
        AND name !~ '^pg_'
        AND name NOT IN ('pas', 'public', 'information_schema')
    ),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    demo boolean NOT NULL DEFAULT false,
    database_url text CHECK (length(database_url) <= 500),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN municipality.name IS 'Also the name of its schema and the end of the names of its roles.';
COMMENT ON COLUMN municipality.database_url IS 'Where its schema is, when not on this server. It holds no password.';

CREATE TABLE fact (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z_]{1,60}$'),
    value text NOT NULL CHECK (length(value) <= 500),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE fact IS 'What was decided once about the installation, such as created_by: a fact is never changed.';

CREATE FUNCTION refuse_change_of_fact() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PA190', MESSAGE = 'a fact of the installation is never changed';
END $$;
CREATE TRIGGER fact_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON fact
    EXECUTE FUNCTION refuse_change_of_fact();
ALTER TABLE fact ENABLE ALWAYS TRIGGER fact_stays;

GRANT USAGE ON SCHEMA pas TO registry;
GRANT SELECT ON municipality, fact TO registry;
