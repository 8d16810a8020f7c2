"""Put exported rows into the tables of a municipality that nobody uses yet, past the walls of the ledger.

Only the owner of the tables can, in a session of the migrator that says so, in one transaction: the triggers
are taken away and put back in it, so nobody ever sees the tables without them. Constraints and references
hold all the time. The role of the application can do none of this.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.leaving.files import ExportDamaged, Told, copy_in, counted_on
from pas.leaving.left_behind import LEFT_BEHIND
from pas.leaving.manifest import Manifest, TableFile
from pas.leaving.tables import Table, leaving_tables


class BooksAlreadyThere(Refusal):
    """In deze tabellen staan al boeken."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk eerst van wie die zijn. Inlezen kan alleen in lege tabellen."


class RowsDoNotFit(Refusal):
    """Deze gegevens passen niet in de tabellen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Haal de export opnieuw op. Blijft het fout? Bel de makers."


class TriggerState(msgspec.Struct, frozen=True):
    """The statement that makes a trigger what it is now."""

    restore: str


class LeftOut(msgspec.Struct, frozen=True):
    value: str


READ_TRIGGERS: Final = Statement(
    """
    SELECT format('ALTER TABLE %I %s TRIGGER %I', c.relname,
        CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'O' THEN 'ENABLE' ELSE 'DISABLE' END,
        t.tgname) AS restore
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
    ORDER BY c.relname, t.tgname
    """,
    TriggerState,
)
SAY_LEFT_OUT: Final = Statement(
    "SELECT set_config('pas.left_out', array_to_string($1::text[], ','), true) AS value", LeftOut
)
OPEN_TABLES: Final = """
DO $$ DECLARE
    tables text[] := (SELECT array_agg(quote_ident(relname) ORDER BY relname) FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
            AND relname <> ALL (string_to_array(current_setting('pas.left_out'), ',')));
    one text;
BEGIN
    IF EXISTS (SELECT 1 FROM account) OR EXISTS (SELECT 1 FROM entry) OR EXISTS (SELECT 1 FROM event)
        OR EXISTS (SELECT 1 FROM resident) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA320', MESSAGE = 'an import never overwrites a municipality';
    END IF;
    FOREACH one IN ARRAY tables LOOP
        EXECUTE 'ALTER TABLE ' || one || ' DISABLE TRIGGER USER';
    END LOOP;
    EXECUTE 'TRUNCATE ' || array_to_string(tables, ', ');
END $$
"""
"""What stands in them are the few rows that the migrations made, which are in the export too."""
CLOSE_TABLES: Final = """
DO $$ DECLARE one record; BEGIN
    FOR one IN
        SELECT a.attrelid::regclass AS tab, a.attname AS col FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''
    LOOP
        EXECUTE format('SELECT setval(%L, coalesce(max(%I), 0) + 1, false) FROM %s',
            pg_get_serial_sequence(one.tab::text, one.col), one.col, one.tab);
    END LOOP;
    FOR one IN
        SELECT c.oid::regclass AS tab FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('ANALYZE %s', one.tab);
    END LOOP;
END $$
"""
"""Numbers go on after the highest, and the server knows how much there is before it proves the books."""


async def load_rows(
    connection: Connection, folder: Path, manifest: Manifest, *, told: Told
) -> None:
    """Load every table of the export; the connection is the owner's, in a transaction and a migration."""
    tables = await leaving_tables(connection)
    refuse_other_tables(manifest, tables)
    triggers = await READ_TRIGGERS.all(connection)
    await SAY_LEFT_OUT.one(connection, sorted(LEFT_BEHIND))
    try:
        await connection.execute(OPEN_TABLES)
    except asyncpg.PostgresError as error:
        if error.sqlstate != "PA320":
            raise
        raise BooksAlreadyThere from error
    files, done = {one.table: one for one in manifest.tables}, 0
    for table in tables:
        on = counted_on(told, done, manifest.rows)
        done += await _load(connection, folder, files[table.name], told=on)
    await connection.execute("; ".join(one.restore for one in triggers))
    assert await READ_TRIGGERS.all(connection) == triggers, "every wall stands as it stood"
    await connection.execute(CLOSE_TABLES)


async def _load(
    connection: Connection, folder: Path, file: TableFile, *, told: Callable[[int], None]
) -> int:
    """The words of the database could hold somebody's name, so its code alone is passed on."""
    try:
        rows = await copy_in(connection, file, folder, told=told)
    except asyncpg.PostgresError as error:
        raise RowsDoNotFit(f"{file.table}: {type(error).__name__} ({error.sqlstate}).") from None
    if rows != file.rows:
        raise ExportDamaged(f"{file.file} heeft {rows} rijen. Dat horen er {file.rows} te zijn.")
    return rows


def refuse_other_tables(manifest: Manifest, tables: Sequence[Table]) -> None:
    """What the manifest calls a table and a column is what stands here."""
    exported = {one.table: one.columns for one in manifest.tables}
    here = {one.name: one.columns for one in tables}
    other = sorted(name for name in exported | here if exported.get(name) != here.get(name))
    if other:
        raise RowsDoNotFit(f"Deze tabellen zijn hier anders: {', '.join(other[:5])}.")
