"""A browser at the doors, and somebody of the municipality."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from doors import ROUTES
from given.logins import a_key_store, a_login
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import LoginId
from pas.installation import Access
from pas.settings import Settings


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path, cities=("velsen", "almere"))


@pytest.fixture
async def browser(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(key_dir=keys.folder)
    async with browsing(access.address, routes=ROUTES, settings=settings) as client:
        yield client


@pytest.fixture
async def officer(connection: Connection) -> LoginId:
    return await a_login(connection, Role.OFFICER)
