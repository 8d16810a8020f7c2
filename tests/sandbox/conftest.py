"""The whole application on a sandbox with its test cards, and a till that the maker got there."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store
from given.sandbox import a_makers_till, a_sandbox
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.settings import Settings
from signing import SigningTill


@pytest.fixture
async def client(
    access: Access, migrator: Connection, connection: Connection, tmp_path: Path
) -> AsyncGenerator[httpx.AsyncClient]:
    """Velsen is a sandbox here; almere is real."""
    keys = a_key_store(tmp_path, cities=("velsen", "almere"))
    await a_sandbox(migrator, connection, keys.ring(MunicipalityName("velsen")))
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client


@pytest.fixture
async def till(client: httpx.AsyncClient) -> SigningTill:
    return await a_makers_till(client)
