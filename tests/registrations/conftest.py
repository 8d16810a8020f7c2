"""The whole application on a fresh database, as a browser without an account sees it."""

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
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    for name in ("velsen", "almere"):
        make_keys(KeyStore(tmp_path), MunicipalityName(name), demo=False, now=datetime.now(UTC))
    async with browsing(access.address, settings=Settings(key_dir=tmp_path)) as client:
        client.headers["accept"] = "text/html"
        yield client
