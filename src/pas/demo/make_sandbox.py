"""A sandbox beside the demonstration's city, so that makers of tills can try everything here too."""

from datetime import datetime
from typing import Final

from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.db import Database
from pas.ids import MunicipalityName
from pas.installation import Access, add_municipality
from pas.installation.prepare import migrator
from pas.sandbox.begin import begin

NAME: Final = MunicipalityName("proef")
TITLE: Final = "Testomgeving"


async def make_sandbox(
    access: Access, database: Database, store: KeyStore, *, now: datetime
) -> None:
    """Make it, if it is not there; a second or two."""
    if any(one.name == NAME for one in await database.municipalities()):
        return
    if not store.path(NAME).exists():
        make_keys(store, NAME, demo=False, now=now)
    async with migrator(access) as connection:
        await add_municipality(connection, access.address, NAME, title=TITLE, sandbox=True)
    async with database.connection(NAME) as connection:
        await begin(connection, store.ring(NAME), title=TITLE, now=now)
