"""The whole application with keys of two municipalities."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store
from pas.auth.keys import KeyStore
from pas.installation import Access
from pas.settings import Settings


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path, cities=("velsen", "almere"))


@pytest.fixture
async def client(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client
