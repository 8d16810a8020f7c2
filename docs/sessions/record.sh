#!/bin/sh
# Runs the sessions on the demonstration that runs, and writes what was seen beside them.
#   make demo &   then   PATH=.venv/bin:$PATH sh docs/sessions/record.sh
cd "$(dirname "$0")/../.." || exit 3

session() { # name of the file; then commands on standard input, each shown before it runs
    while read -r command; do
        printf '$ %s\n' "$command"
        sh -c "$command" 2>&1
        printf '(exit code %s)\n\n' "$?"
    done >"docs/sessions/$1.txt"
}

session append_only <<'END'
pas postgres psql -- --file docs/sessions/append_only.sql
END

session one_cent <<'END'
pas demo spend --count 10000
pas ledger prove velsen
pas postgres psql -- -v cents=1 --file docs/sessions/one_cent.sql
pas ledger prove velsen
pas postgres psql -- -v cents=-1 --file docs/sessions/one_cent.sql
pas ledger prove velsen
END
