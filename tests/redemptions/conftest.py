"""The whole application with keys, for tills that sign their requests."""

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
    """The application on a fresh database, with keys for velsen and a neighbour."""
    settings = Settings(key_dir=tmp_path)
    for name in ("velsen", "almere"):
        make_keys(KeyStore(tmp_path), MunicipalityName(name), demo=False, now=datetime.now(UTC))
    async with browsing(access.address, settings=settings) as client:
        yield client
