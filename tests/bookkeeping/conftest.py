"""The books close after every test, with the months that were closed."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store
from pas.app.proving import prove_books
from pas.db import role_name
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.settings import Settings


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "tampered: the books are broken on purpose")


@pytest.fixture(autouse=True)
async def the_books_close(request: pytest.FixtureRequest, access: Access) -> AsyncGenerator[None]:
    """Prove the books after each test, but for those marked `tampered`."""
    yield
    if "tampered" in request.keywords or "connection" not in request.fixturenames:
        return
    connection = await access.address.login(
        role_name("auditor", MunicipalityName("velsen"))
    ).connect()
    proof = await prove_books(connection, datetime.now(UTC))
    await connection.close()
    assert not proof.findings, proof


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """The application on a fresh database, with keys for velsen and a neighbour."""
    keys = a_key_store(tmp_path, cities=("velsen", "almere"))
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client
