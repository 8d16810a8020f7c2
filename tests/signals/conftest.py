"""A town whose sales are looked at, and the application over it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store
from given.signals import Town, a_town
from pas.db import Connection
from pas.installation import Access
from pas.settings import Settings


@pytest.fixture
async def town(connection: Connection) -> Town:
    return await a_town(connection)


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    keys = a_key_store(tmp_path)
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client
