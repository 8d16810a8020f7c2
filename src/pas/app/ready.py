"""Ready: the database answers, and every municipality has the tables that this program needs.

Tables of a newer program are fine: migrating comes first, and old code runs on new tables.
"""

from typing import Final

from pas.db import CONNECTION_LOST, Connection, Database
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.installation import migrations_dir, read_migrations
from pas.installation.migrate import READ_APPLIED


class Readiness:
    """Asks each municipality once; tables that are there do not go away while we run."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._needed: Final = {
            migration.number for migration in read_migrations(migrations_dir() / "municipality")
        }
        self._ready: set[MunicipalityName] = set()

    async def trouble(self) -> str:
        """What is wrong, in a few words for the operator; empty when all is well."""
        try:
            for municipality in await self._database.municipalities():
                if municipality.name not in self._ready:
                    async with self._database.connection(municipality.name) as connection:
                        missing = await self._missing(connection)
                    if missing:
                        return f"{municipality.name} waits for migrations {missing}"
                    self._ready.add(municipality.name)
        except (Refusal, *CONNECTION_LOST):
            return "the database does not answer"
        return ""

    async def _missing(self, connection: Connection) -> list[int]:
        applied = {migration.number for migration in await READ_APPLIED.all(connection)}
        return sorted(self._needed - applied)
