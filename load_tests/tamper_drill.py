"""The tamper drill: with every right there is, change the past five ways, and see both verifiers name each.

make demo   and, in another terminal, .venv/bin/python load_tests/tamper_drill.py velsen

It works on the embedded PostgreSQL of PAS_DATA_DIR as its superuser, with all walls down, and puts back what
it changed. Exit code 0 when each change was found and named by both, and all holds again at the end.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pas.seals.notes import Note, read_note, sign

PAS = [str(Path(sys.executable).parent / "pas")]
VERIFIER = Path(__file__).parents[1] / "verifier" / "pas_verify.py"
WALLS = ("pas_refuse_ddl", "pas_refuse_drop")
TWO_SALES = """SELECT s.id FROM (
        SELECT DISTINCT ON (t.amount) t.amount, e.id, e.xid FROM entry e JOIN transfer t ON t.entry_id = e.id AND t.line = 1
        WHERE e.kind = 'redeem' AND e.refusal IS NULL
            AND EXISTS (SELECT 1 FROM seal_leaf l WHERE l.kind = 4 AND l.key = uuid_send(e.id))
        ORDER BY t.amount, e.xid, e.id
    ) s ORDER BY s.xid, s.id LIMIT 2"""
"""Of different amounts, so that something changes when they change places."""


def psql(municipality: str, sql: str) -> list[str]:
    asked = f"SET search_path = {municipality};\n{sql};"
    command = [*PAS, "postgres", "psql", "--", "-v", "ON_ERROR_STOP=1", "-AtqX", "-f", "-"]
    ran = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return ran.stdout.splitlines()


def past_the_walls(municipality: str, table: str, change: str) -> None:
    """Change what nobody may, as a superuser who takes down every trigger and puts it up again."""
    down = [f"ALTER EVENT TRIGGER {one} DISABLE" for one in WALLS]
    triggers = f"""DO $$ DECLARE one name; BEGIN
        FOR one IN SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE {table} ENABLE ALWAYS TRIGGER %I', one);
        END LOOP;
    END $$"""
    up = [triggers, *(f"ALTER EVENT TRIGGER {one} ENABLE ALWAYS" for one in WALLS)]
    disable = f"ALTER TABLE {table} DISABLE TRIGGER ALL"
    psql(municipality, ";\n".join(("BEGIN", *down, disable, change, *up, "COMMIT")))


def known_key(municipality: str) -> str:
    """Give the first key of the seals, as somebody outside knows it."""
    asked = [*PAS, "ledger", "seal-keys", municipality]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()[0]


def both(municipality: str, key: str) -> tuple[str, str]:
    """What the program's own verifier says, and what the one says that needs nothing of it."""
    ours = subprocess.run(
        [*PAS, "ledger", "verify", municipality], capture_output=True, text=True, check=False
    )
    with tempfile.TemporaryDirectory() as folder:
        export = [*PAS, "ledger", "export", municipality, folder]
        subprocess.run(export, capture_output=True, text=True, check=True)
        asked = [sys.executable, "-S", str(VERIFIER), folder, "--key", key]
        theirs = subprocess.run(asked, capture_output=True, text=True, check=False)
    return (ours.stderr, theirs.stdout)


class Drill:
    """One change: what it is called, how it is made and unmade, and what both have to say."""

    def __init__(
        self, what: str, table: str, *, do: str, undo: str, ours: str, theirs: str
    ) -> None:
        self.what, self.table, self.do, self.undo = what, table, do, undo
        self.ours, self.theirs = ours, theirs

    def run(self, municipality: str, key: str, say: Callable[[str], None]) -> bool:
        past_the_walls(municipality, self.table, self.do)
        ours, theirs = both(municipality, key)
        past_the_walls(municipality, self.table, self.undo)
        found = [self.ours in ours, self.theirs in theirs]
        named = next((line for line in theirs.splitlines() if self.theirs in line), "nothing")
        say(f"{self.what:<28} ours: {found[0]!s:<6} alone: {found[1]!s:<6} {named}")
        return all(found)


def drills(municipality: str) -> list[Drill]:
    found = psql(municipality, TWO_SALES)
    if len(found) < 2:
        raise SystemExit("Two sealed sales of different amounts are needed: pas demo spend")
    one, other = found
    row = psql(municipality, f"SELECT row_to_json(e) FROM entry e WHERE id = '{one}'")[0]
    (size,) = psql(municipality, "SELECT max(size) FROM seal_checkpoint")
    note = json.loads(
        psql(municipality, f"SELECT to_json(note) FROM seal_checkpoint WHERE size = {size}")[0]
    )
    text = read_note(note).text
    forged = Note(text, (sign(text, text.split("\n")[0], bytes(32)),))
    new, quoted = "01000000-0000-7000-8000-000000000001", row.replace("'", "''")
    more = "UPDATE transfer SET amount = amount + {by} WHERE line = 1 AND entry_id = '{id}'"
    swap = f"""UPDATE transfer t SET amount = o.amount FROM transfer o WHERE t.line = 1 AND o.line = 1
        AND (t.entry_id, o.entry_id) IN (('{one}', '{other}'), ('{other}', '{one}'))"""
    key = one.replace("-", "")
    return [
        Drill(
            *("a transfer is changed", "transfer"),
            do=more.format(by=1, id=one),
            undo=more.format(by=-1, id=one),
            ours="is not what was sealed",
            theirs=f"entry {key}",
        ),
        Drill(
            *("one is deleted", "entry"),
            do=f"DELETE FROM entry WHERE id = '{one}'",
            undo=f"INSERT INTO entry SELECT * FROM json_populate_record(NULL::entry, '{quoted}')",
            ours="is gone",
            theirs="removed",
        ),
        Drill(
            *("one is inserted", "entry"),
            do=f"""INSERT INTO entry SELECT (json_populate_record(e, '{{"id": "{new}"}}')).*
                FROM entry e WHERE id = '{one}'""",
            undo=f"DELETE FROM entry WHERE id = '{new}'",
            ours="was put in",
            theirs="inserted",
        ),
        Drill(
            *("two change places", "transfer"),
            do=swap,
            undo=swap,
            ours="is not what was sealed",
            theirs=f"entry {other.replace('-', '')}",
        ),
        Drill(
            *("the last seal is replaced", "seal_checkpoint"),
            do=f"UPDATE seal_checkpoint SET note = '{forged}' WHERE size = {size}",
            undo=f"UPDATE seal_checkpoint SET note = '{note}' WHERE size = {size}",
            ours="not signed by a key",
            theirs="signature  at",
        ),
    ]


def main() -> None:
    municipality = sys.argv[1] if len(sys.argv) > 1 else "velsen"
    key = known_key(municipality)
    found = [one.run(municipality, key, print) for one in drills(municipality)]
    ours, theirs = both(municipality, key)
    holds = "hold" in ours and "All of it holds." in theirs
    print(f"put back, and all of it holds: {holds}")
    sys.exit(0 if all(found) and holds else 1)


if __name__ == "__main__":
    main()
