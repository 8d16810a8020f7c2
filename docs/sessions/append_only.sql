-- Nobody writes past the ledger: not the role of the application, and not the owner of the tables.
--   pas postgres psql -- --file docs/sessions/append_only.sql
\set VERBOSITY terse
\set ECHO errors
SET search_path = velsen;

-- Ten tables, and four ways to write in each.
SELECT string_agg(quote_literal(format(w.statement, t.name, t.column_name)), ', ' ORDER BY t.place, w.turn) AS attempts
FROM (VALUES
        (1, 'account', 'kind'), (2, 'balance', 'amount'), (3, 'entry', 'kind'),
        (4, 'transfer', 'amount'), (5, 'reversal', 'reversed'), (6, 'epoch', 'number'),
        (7, 'posting', 'kind'), (8, 'usable_change', 'usable_until'),
        (9, 'redemption', 'taken_cents'), (10, 'redemption_reversal', 'amount_cents')
    ) AS t (place, name, column_name),
    (VALUES
        (1, 'UPDATE %1$s SET %2$s = %2$s'), (2, 'DELETE FROM %1$s'), (3, 'TRUNCATE %1$s CASCADE'),
        (4, 'INSERT INTO %1$s SELECT * FROM %1$s')
    ) AS w (turn, statement) \gset

SET ROLE app_velsen;
SELECT current_user AS "as whom" \gx
SELECT unnest(ARRAY[:attempts]) \gexec
SET ROLE owner_velsen;
SELECT current_user AS "as whom" \gx
SELECT unnest(ARRAY[:attempts]) \gexec
