"""Who gives a paper: the municipality, as its settings say."""

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.press.document import House


async def read_house(database: Database, connection: Connection, name: MunicipalityName) -> House:
    registered = await database.municipality(name)
    chosen = await read_municipality_settings(connection)
    return House(registered.title, chosen.product, chosen.telephone)
