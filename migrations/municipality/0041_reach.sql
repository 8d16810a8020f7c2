-- Reach: target groups in versions, figures of closed periods as they were, and files that others published.
SET LOCAL lock_timeout = '5s';

-- So that a report counts a closed prefix of grants too. Rows from before have none: they came before it.
ALTER TABLE scheme_grant ADD COLUMN epoch integer;
ALTER TABLE scheme_grant ADD COLUMN xid bigint;
ALTER TABLE scheme_grant ALTER COLUMN xid SET DEFAULT pg_current_xact_id()::text::bigint;
COMMENT ON COLUMN scheme_grant.xid IS 'The transaction that granted it, as in the ledger; null before that was noted.';
-- The function that grants notes the epoch, once for all of a batch, word for word as it was besides.
DO $$
DECLARE
    definition text := (SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = 'grant_batch');
    columns CONSTANT text := 'visits, starts_on, ends_on, granted_on)';
    cells CONSTANT text := 'g.starts_on, g.ends_on, granted';
BEGIN
    ASSERT (length(definition) - length(replace(definition, columns, ''))) / length(columns) = 1;
    ASSERT (length(definition) - length(replace(definition, cells, ''))) / length(cells) = 1;
    EXECUTE replace(replace(definition, columns, 'visits, starts_on, ends_on, granted_on, epoch)'),
        cells, cells || ', (SELECT max(e.number) FROM epoch e)');
END $$;

-- squawk-ignore ban-drop-constraint
ALTER TABLE import DROP CONSTRAINT import_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE import ADD CONSTRAINT import_kind_check CHECK (kind IN ('schemes', 'residents', 'merchants', 'target_groups'));

-- Without a scheme it is everybody that the pass is for. A correction is a new version.
CREATE TABLE target_group (
    id uuid PRIMARY KEY,
    scheme_id uuid REFERENCES scheme,
    year smallint NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    kind text NOT NULL CHECK (kind IN ('statistical', 'municipal')),
    unit text NOT NULL CHECK (unit IN ('households', 'persons', 'children', 'participants', 'applications', 'grants')),
    version integer NOT NULL CHECK (version > 0),
    total bigint CHECK (total BETWEEN 0 AND 1000000000),
    status text NOT NULL CHECK (status IN ('printed', 'approximate', 'implied', 'unknown')),
    user_is text NOT NULL CHECK (user_is IN ('granted', 'redeemed')),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    reference_date date NOT NULL,
    definition text NOT NULL CHECK (length(definition) BETWEEN 1 AND 1000),
    import_id uuid,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    UNIQUE NULLS NOT DISTINCT (scheme_id, year, kind, unit, version),
    CHECK ((total IS NULL) = (status = 'unknown'))
);
CREATE INDEX target_group_year ON target_group (year);

CREATE TABLE target_group_part (
    target_group_id uuid NOT NULL REFERENCES target_group,
    dimension text NOT NULL CHECK (dimension IN
        ('area', 'household_type', 'age_band', 'income_band', 'income_source', 'school_type', 'long_term', 'working')),
    value text NOT NULL CHECK (length(value) BETWEEN 1 AND 300),
    count bigint CHECK (count BETWEEN 0 AND 1000000000),
    status text NOT NULL CHECK (status IN ('printed', 'approximate', 'implied', 'unknown')),
    PRIMARY KEY (target_group_id, dimension, value),
    CHECK ((count IS NULL) = (status = 'unknown'))
);
COMMENT ON COLUMN target_group_part.value IS 'For areas one or more, with commas between them.';

-- The figures of a closed period, as they were shown: small cells are not in it.
CREATE TABLE frozen_reach (
    id uuid PRIMARY KEY,
    year smallint NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    period text NOT NULL CHECK (period IN ('year', 'h1', 'h2', 'q1', 'q2', 'q3', 'q4')),
    epoch integer NOT NULL,
    xid bigint NOT NULL,
    content text NOT NULL,
    sha256 bytea NOT NULL CHECK (sha256 = sha256(convert_to(content, 'UTF8'))),
    frozen_at timestamptz NOT NULL,
    frozen_by_kind text NOT NULL,
    frozen_by uuid NOT NULL,
    UNIQUE (year, period)
);

-- Files of figures that others printed, word for word; the newest of a kind counts.
CREATE TABLE published_file (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('printed_reach', 'use_by_year', 'appropriations', 'budget_table')),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    content text NOT NULL CHECK (octet_length(content) <= 1000000),
    sha256 bytea NOT NULL CHECK (sha256 = sha256(convert_to(content, 'UTF8'))),
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL
);
CREATE INDEX published_file_newest ON published_file (kind, recorded_at DESC, id DESC);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON target_group EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON target_group_part EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_reach EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON published_file EXECUTE FUNCTION refuse_write();
ALTER TABLE target_group ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE target_group_part ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE frozen_reach ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE published_file ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON target_group, target_group_part, frozen_reach, published_file TO app_municipality;
