"""The whole application with keys, for tills that sign their requests."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.city import Budget, a_budget, a_holder, a_merchant, a_scheme
from given.logins import a_key_store
from given.offline import an_offline_till, with_the_city_s_numbers
from offline_desk import Desk
from pas.db import Connection, Database
from pas.installation import Access
from pas.settings import Settings


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """The application on a fresh database, with keys for velsen and a neighbour."""
    keys = a_key_store(tmp_path, cities=("velsen", "almere"))
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client


@pytest.fixture
async def desk(connection: Connection, database: Database, tmp_path: Path) -> Desk:
    """A till that may sell without a network, at a merchant for sport."""
    merchant = await a_merchant(connection)
    till = await an_offline_till(connection, merchant)
    ring = with_the_city_s_numbers(a_key_store(tmp_path))
    return Desk(database, connection, ring, till, merchant)


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    """Ten euros for sport."""
    holder = await a_holder(connection)
    return await a_budget(connection, await a_scheme(connection), holder, cents=1000)
