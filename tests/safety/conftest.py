"""The whole application with keys of two municipalities."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.settings import Settings


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    store = KeyStore(tmp_path)
    for name in ("velsen", "almere"):
        make_keys(store, MunicipalityName(name), demo=False, now=datetime.now(UTC))
    return store


@pytest.fixture
async def client(
    access: Access, tmp_path: Path, keys: KeyStore
) -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(access.address, settings=Settings(key_dir=tmp_path)) as client:
        yield client
