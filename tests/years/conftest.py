"""The application for tests of years, and books that close after each."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.days import NOW
from given.logins import a_key_store
from given.years import OldYear, a_year_that_is_over
from pas.app.proving import prove_books
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection, role_name
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.settings import Settings

VELSEN = MunicipalityName("velsen")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "tampered: the books are broken on purpose")


@pytest.fixture(autouse=True)
async def the_books_close(request: pytest.FixtureRequest, access: Access) -> AsyncGenerator[None]:
    """Prove the books after each test, but for those marked `tampered`."""
    yield
    if "tampered" in request.keywords or "connection" not in request.fixturenames:
        return
    auditor = role_name("auditor", VELSEN)
    connection = await access.address.login(auditor).connect()
    proof = await prove_books(connection, datetime.now(UTC))
    await connection.close()
    assert not proof.findings, proof


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    keys = a_key_store(tmp_path, cities=("velsen",))
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return make_keys(KeyStore(tmp_path / "seals"), VELSEN, demo=False, now=NOW)


@pytest.fixture
async def old(connection: Connection, superuser: Connection) -> OldYear:
    return await a_year_that_is_over(connection, superuser)
