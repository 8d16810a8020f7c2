"""The whole application with keys, for tills that sign their requests."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.city import Budget
from given.logins import a_key_store
from offline_desk import Desk, a_desk, ten_euros
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
    return await a_desk(connection, database, tmp_path)


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    return await ten_euros(connection)
