"""The whole application on a fresh database, as a browser sees it."""

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
    make_keys(KeyStore(tmp_path), MunicipalityName("velsen"), demo=False, now=datetime.now(UTC))
    async with browsing(access.address, settings=Settings(key_dir=tmp_path)) as client:
        yield client
