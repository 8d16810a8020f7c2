"""Before a municipality is dropped: is its export whole, and is everything still as it was exported?

The rows are read once more, in the same order, and hashed; nobody can write meanwhile, and whoever still
does anything afterwards does it to nothing.
"""

from typing import ClassVar, Final

from pas.db import Connection
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.installation.migrate import enter
from pas.leaving.files import SAME_WORDS, Rows, copy_out
from pas.leaving.manifest import Manifest
from pas.leaving.tables import leaving_tables

MOST_NAMED: Final = 5
LOCK_ALL: Final = """
DO $$ DECLARE one text; BEGIN
    FOR one IN
        SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 1
    LOOP
        EXECUTE 'LOCK TABLE ' || one || ' IN EXCLUSIVE MODE';
    END LOOP;
END $$
"""


class ChangedSinceExport(Refusal):
    """Er is iets veranderd na de export."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stop pas serve en pas work. Maak dan een nieuwe export."


class OtherMunicipality(Refusal):
    """Deze export is van een andere gemeente."""

    status: ClassVar[int] = 409


async def refuse_changed(
    connection: Connection, municipality: MunicipalityName, manifest: Manifest
) -> None:
    """Call in the transaction that drops, as the migrator; leaves everything locked against writing."""
    if manifest.municipality != municipality:
        raise OtherMunicipality(f"Dit is de export van '{manifest.municipality}'.")
    await enter(connection, municipality)
    await SAME_WORDS.run(connection)
    await connection.execute(LOCK_ALL)
    exported = {one.table: one.content_sha256 for one in manifest.tables}
    here = dict[str, str]()
    for table in await leaving_tables(connection):
        rows = Rows(_nowhere, _unheard)
        await copy_out(connection, table, rows)
        here[table.name] = rows.content_sha256()
    changed = sorted(name for name in exported | here if exported.get(name) != here.get(name))
    if changed:
        named = ", ".join(changed[:MOST_NAMED])
        raise ChangedSinceExport(
            f"Anders dan in de export: {named}. Stop pas serve en pas work, en exporteer opnieuw."
        )


def _nowhere(_piece: bytes) -> None:
    """Only the hash is asked for."""


def _unheard(_rows: int) -> None:
    """Nobody waits for each row here."""
