"""The whole application on a fresh database."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store
from pas.installation import Access
from pas.settings import Settings


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    keys = a_key_store(tmp_path)
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        client.headers["accept"] = "text/html"
        yield client
