-- Who acts here, what they changed, and the work that waits: logins, roles, sessions, events, settings, jobs.
SET LOCAL lock_timeout = '5s';

-- A person or service that signs in. Holders sign in too, as themselves, and are not in this table.
-- Who was invited by a link gets issuer and subject at the first sign-in.
CREATE TABLE login (
    id uuid PRIMARY KEY,
    issuer text CHECK (length(issuer) BETWEEN 1 AND 300),
    subject text CHECK (length(subject) BETWEEN 1 AND 300),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email text CHECK (length(email) <= 320),
    merchant_id uuid,
    state text NOT NULL CHECK (state IN ('invited', 'active', 'ended')),
    invitation_hash bytea UNIQUE CHECK (octet_length(invitation_hash) = 32),
    invitation_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (issuer, subject),
    CHECK ((issuer IS NULL) = (subject IS NULL) AND (state <> 'active' OR issuer IS NOT NULL)),
    CHECK ((invitation_hash IS NULL) = (invitation_until IS NULL))
);

CREATE TABLE login_role (
    login_id uuid NOT NULL REFERENCES login,
    role text NOT NULL CHECK (role ~ '^[a-z_]{2,40}$'),
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    given_by uuid NOT NULL,
    PRIMARY KEY (login_id, role)
);

-- Roles that nobody has together; the program explains why, here it is certain. Both orders are listed.
CREATE TABLE incompatible_role (
    role text NOT NULL,
    other text NOT NULL,
    PRIMARY KEY (role, other),
    CHECK (role <> other)
);
INSERT INTO incompatible_role (role, other)
SELECT p.role, p.other FROM (VALUES
    ('administrator', 'approver'),
    ('administrator', 'auditor'),
    ('administrator', 'counter'),
    ('administrator', 'finance'),
    ('administrator', 'intermediary'),
    ('administrator', 'merchant_manager'),
    ('administrator', 'officer'),
    ('administrator', 'registrar'),
    ('analyst', 'auditor'),
    ('analyst', 'intermediary'),
    ('analyst', 'merchant_manager'),
    ('approver', 'auditor'),
    ('approver', 'finance'),
    ('approver', 'intermediary'),
    ('approver', 'merchant_manager'),
    ('approver', 'officer'),
    ('approver', 'registrar'),
    ('auditor', 'counter'),
    ('auditor', 'finance'),
    ('auditor', 'intermediary'),
    ('auditor', 'merchant_manager'),
    ('auditor', 'officer'),
    ('auditor', 'operator'),
    ('auditor', 'policy'),
    ('auditor', 'registrar'),
    ('counter', 'intermediary'),
    ('counter', 'merchant_manager'),
    ('counter', 'registrar'),
    ('finance', 'intermediary'),
    ('finance', 'merchant_manager'),
    ('finance', 'officer'),
    ('intermediary', 'merchant_manager'),
    ('intermediary', 'officer'),
    ('intermediary', 'operator'),
    ('intermediary', 'policy'),
    ('intermediary', 'registrar'),
    ('merchant_manager', 'officer'),
    ('merchant_manager', 'operator'),
    ('merchant_manager', 'policy'),
    ('merchant_manager', 'registrar'),
    ('officer', 'registrar')
) AS given (one, two), LATERAL (VALUES (one, two), (two, one)) AS p (role, other);

-- Locks the login, so that two administrators cannot give one of a pair each at the same moment.
CREATE FUNCTION refuse_role() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    of_merchant boolean := (SELECT merchant_id IS NOT NULL FROM login WHERE id = NEW.login_id FOR NO KEY UPDATE);
BEGIN
    IF EXISTS (
        SELECT 1 FROM login_role r, incompatible_role i
        WHERE r.login_id = NEW.login_id AND i.role = r.role AND i.other = NEW.role
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA210', MESSAGE = 'this role does not go together with another role of this login';
    END IF;
    IF (NEW.role = 'merchant_manager') <> of_merchant THEN
        RAISE EXCEPTION USING ERRCODE = 'PA211', MESSAGE = 'a login of a merchant is merchant_manager and nothing else, and no other login is';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_role BEFORE INSERT OR UPDATE ON login_role FOR EACH ROW EXECUTE FUNCTION refuse_role();

CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    actor_kind text NOT NULL CHECK (actor_kind IN ('login', 'holder', 'till')),
    actor_id uuid NOT NULL,
    assurance text NOT NULL,
    started_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (ends_at > started_at)
);
CREATE INDEX session_actor ON session (actor_kind, actor_id) WHERE ended_at IS NULL;
CREATE INDEX session_ends ON session (ends_at);

-- One attempt to sign in at the identity provider: made before the redirect, used once after it.
CREATE TABLE sign_in_attempt (
    state_hash bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
    browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
    invitation_hash bytea CHECK (octet_length(invitation_hash) = 32),
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    return_to text NOT NULL CHECK (return_to ~ '^/[^/\\]' OR return_to = '/'),
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_in_attempt_created ON sign_in_attempt (created_at);

-- A token for a program (not for a till). The token is signed; this row can end it at once.
CREATE TABLE api_token (
    id uuid PRIMARY KEY,
    login_id uuid NOT NULL REFERENCES login,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);

-- What an administrator, officer or merchant changed. Append-only; what a leaf covers is the hash of the
-- salted content, so that the content can be deleted on its clock and the books stay whole.
CREATE TABLE event (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_.]{1,60}$'),
    subject_kind text NOT NULL CHECK (subject_kind ~ '^[a-z_]{2,40}$'),
    subject_id uuid NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('till', 'login', 'holder', 'job', 'system')),
    actor_id uuid NOT NULL,
    on_behalf_of uuid,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    epoch integer NOT NULL DEFAULT 1,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
CREATE INDEX event_subject ON event (subject_kind, subject_id, recorded_at);
CREATE INDEX event_recorded ON event (recorded_at);
CREATE INDEX event_position ON event USING brin (xid);

CREATE TABLE event_content (
    event_id uuid PRIMARY KEY REFERENCES event,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16),
    content text NOT NULL
);

-- A setting of the municipality: the newest row of a key counts.
CREATE TABLE setting (
    id uuid PRIMARY KEY,
    key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,60}$'),
    value jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid NOT NULL
);
CREATE INDEX setting_newest ON setting (key, recorded_at DESC, id DESC);

-- Content of a file that came in, in pieces of at most a megabyte, until the job that reads it is done.
CREATE TABLE upload (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) <= 200),
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    uploaded_at timestamptz NOT NULL,
    uploaded_by uuid NOT NULL
);
CREATE TABLE upload_piece (
    upload_id uuid NOT NULL REFERENCES upload ON DELETE CASCADE,
    number integer NOT NULL CHECK (number >= 0),
    content bytea NOT NULL CHECK (octet_length(content) <= 1048576),
    PRIMARY KEY (upload_id, number)
);

-- Long work: a request answers 202 with one of these, `pas work` takes it, and takes it again after a crash.
CREATE TABLE job (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_.]{1,60}$'),
    arguments jsonb NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
    total bigint CHECK (total >= 0),
    result jsonb,
    problem jsonb,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 100),
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    queued_at timestamptz NOT NULL,
    run_after timestamptz NOT NULL,
    lease_until timestamptz,
    ended_at timestamptz
);
CREATE INDEX job_waiting ON job (run_after, id) WHERE state IN ('queued', 'running');

CREATE TRIGGER append_only BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON incompatible_role EXECUTE FUNCTION refuse_write();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event EXECUTE FUNCTION refuse_write();
ALTER TABLE event ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON event_content EXECUTE FUNCTION refuse_write();
ALTER TABLE event_content ENABLE ALWAYS TRIGGER append_only;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON setting EXECUTE FUNCTION refuse_write();
ALTER TABLE setting ENABLE ALWAYS TRIGGER append_only;

GRANT SELECT, INSERT ON login, login_role, session, sign_in_attempt, api_token, event, event_content, setting, upload, upload_piece, job TO app_municipality;
GRANT SELECT ON incompatible_role TO app_municipality;
GRANT UPDATE (issuer, subject, name, email, state, invitation_hash, invitation_until) ON login TO app_municipality;
GRANT DELETE ON login_role, session, sign_in_attempt, upload, upload_piece TO app_municipality;
GRANT UPDATE (used_at, idle_until, ended_at) ON session TO app_municipality;
GRANT UPDATE (used_at) ON sign_in_attempt TO app_municipality;
GRANT UPDATE (ended_at) ON api_token TO app_municipality;
GRANT UPDATE (state, done, total, result, problem, attempts, run_after, lease_until, ended_at) ON job TO app_municipality;
