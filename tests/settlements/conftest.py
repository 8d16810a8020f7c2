"""The books close after every test, with what was paid beside them."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.bank_world import World
from given.logins import a_key_store
from pas.app.proving import prove_books
from pas.auth.keys import KeyRing
from pas.db import Connection, role_name
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.settings import Settings


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "tampered: the books are broken on purpose")


@pytest.fixture(autouse=True)
async def the_books_close(request: pytest.FixtureRequest, access: Access) -> AsyncGenerator[None]:
    """Prove the books after each test, but for those marked `tampered`."""
    yield
    if "tampered" not in request.keywords:
        connection = await access.address.login(
            role_name("auditor", MunicipalityName("velsen"))
        ).connect()
        proof = await prove_books(connection, datetime.now(UTC))
        await connection.close()
        assert proof.closes, proof


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """The application on a fresh database, with keys for velsen and a neighbour."""
    keys = a_key_store(tmp_path, cities=("velsen", "almere"))
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path / "of-bank", cities=("velsen",)).ring(MunicipalityName("velsen"))


@pytest.fixture
async def world(connection: Connection, ring: KeyRing) -> World:
    """Three shops in a run of which the bank has the file."""
    return await World(connection, ring).laid_out()
