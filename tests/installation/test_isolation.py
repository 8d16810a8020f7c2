"""What one municipality's role can reach, and what the fixtures promise."""

from pas.db import Connection, Database
from pas.ids import MunicipalityName


async def test_a_connection_is_bound_to_its_municipality(
    database: Database, velsen: MunicipalityName
) -> None:
    async with database.connection(velsen) as connection:
        rows = await connection.fetch("SELECT current_user, current_schema")
    assert [tuple(row) for row in rows] == [("app_velsen", "velsen")]


async def test_public_may_nothing(superuser: Connection) -> None:
    open_to_all = await superuser.fetch(
        """
        SELECT 'database ' || datname FROM pg_database
        WHERE datname = current_database() AND has_database_privilege('auditor_velsen', oid, 'TEMP')
        """
    )
    assert open_to_all == []
