"""The application for tests of reach over HTTP and in a browser's eyes."""

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
from people import Town, a_town


@pytest.fixture
async def people(access: Access, tmp_path: Path) -> AsyncGenerator[Town]:
    async with a_town(access, tmp_path) as town:
        yield town


@pytest.fixture
async def client(
    access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[httpx.AsyncClient]:
    make_keys(KeyStore(tmp_path), MunicipalityName("velsen"), demo=False, now=datetime.now(UTC))
    monkeypatch.setenv("PAS_KEY_DIR", str(tmp_path))  # where a worker in this process looks
    async with browsing(access.address, settings=Settings(key_dir=tmp_path)) as client:
        yield client
