-- Cards made for a whole year at once, and what the print house and the letters need of them. The code of a
-- letter lies encrypted until its clock; token and number are on the card itself, encrypted too.
SET LOCAL lock_timeout = '5s';

CREATE TABLE card_run (
    id uuid PRIMARY KEY,
    year smallint NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    form text NOT NULL CHECK (form IN ('paper', 'plastic')),
    started_at timestamptz NOT NULL,
    started_by uuid NOT NULL,
    ended_at timestamptz,
    files_until timestamptz NOT NULL CHECK (files_until > started_at)
);

-- Without a run: a replacement that goes with the next post.
CREATE TABLE card_print (
    card_id uuid PRIMARY KEY REFERENCES card,
    run_id uuid REFERENCES card_run,
    code_encrypted bytea CHECK (octet_length(code_encrypted) BETWEEN 30 AND 200)
);
CREATE INDEX card_print_run ON card_print (run_id, card_id);

GRANT SELECT, INSERT ON card_run, card_print TO app_municipality;
GRANT UPDATE (ended_at) ON card_run TO app_municipality;
GRANT UPDATE (run_id, code_encrypted) ON card_print TO app_municipality;
