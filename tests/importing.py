"""Files of residents read into a city, and what is known of whom afterwards."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from given.files import a_file
from given.logins import an_actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import ImportId, MunicipalityName, ResidentId
from pas.imports.record import Import, read_import_rows
from pas.passes.resident_files import COLUMNS
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.residents.managing_adults import managing_adults_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICER = an_actor(Role.OFFICER)
NUMBER, OTHER_NUMBER = "999990019", "999990020"
CHILD = {"person_number": "2", "given_name": "Sam", "birth_date": "2012-03-04"}


class City:
    """A municipality that reads files."""

    def __init__(self, database: Database, name: MunicipalityName, ring: KeyRing) -> None:
        self.database = database
        self.name = name
        self.ring = ring

    async def reads(
        self, *rows: Mapping[str, str], now: datetime = NOW, import_id: ImportId | None = None
    ) -> Import:
        file = ResidentsFile(source=a_file(COLUMNS, *rows), name="r.csv", import_id=import_id)
        return await import_residents(
            self.database, self.name, file, ring=self.ring, actor=OFFICER, now=now
        )

    async def verdicts(self, *rows: Mapping[str, str], now: datetime = NOW) -> list[str]:
        made = await self.reads(*rows, now=now)
        async with self.database.connection(self.name) as connection:
            return [one.outcome for one in await read_import_rows(connection, made.id)]


async def history(connection: Connection, number: str) -> list[tuple[date, str | None]]:
    rows = await connection.fetch(
        """
        SELECT v.valid_from, v.address FROM resident_version v JOIN resident r ON r.id = v.resident_id
        WHERE r.person_number = $1 ORDER BY 1
        """,
        number,
    )
    return [(row["valid_from"], row["address"]) for row in rows]


async def resident_id(connection: Connection, number: str) -> ResidentId:
    return await connection.fetchval("SELECT id FROM resident WHERE person_number = $1", number)


async def managers(connection: Connection, child: str) -> set[tuple[str, date, date | None]]:
    found = await managing_adults_of(connection, await resident_id(connection, child))
    numbers = {
        row["id"]: row["person_number"]
        for row in await connection.fetch("SELECT id, person_number FROM resident")
    }
    return {(numbers[one.adult_id], one.valid_from, one.valid_until) for one in found}
