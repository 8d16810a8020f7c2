"""A town with one of each, and the promise that the books close after every test."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from booking import Connect
from given.city import (
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.days import NOW
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection, role_name
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.ledger.prove import prove

VELSEN = MunicipalityName("velsen")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "tampered: the books are broken on purpose")


@pytest.fixture(autouse=True)
async def the_books_close(request: pytest.FixtureRequest, access: Access) -> AsyncGenerator[None]:
    """Prove the books after each test, but for those marked `tampered`."""
    yield
    if "tampered" not in request.keywords:
        connection = await access.address.login(role_name("app", VELSEN)).connect()
        proof = await prove(connection, datetime.now(UTC))
        await connection.close()
        assert proof.closes, proof


@pytest.fixture
async def connect(access: Access) -> AsyncGenerator[Connect]:
    """Open more connections of the app, for what happens at the same moment."""
    opened: list[asyncpg.Connection[asyncpg.Record]] = []

    async def open_one() -> Connection:
        opened.append(await access.address.login(role_name("app", VELSEN)).connect())
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.terminate()


@pytest.fixture
async def scheme(connection: Connection) -> Scheme:
    return await a_scheme(connection)


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    return await a_holder(connection)


@pytest.fixture
async def till(connection: Connection) -> Till:
    return await a_till(connection, await a_merchant(connection))


@pytest.fixture
async def budget(connection: Connection, scheme: Scheme, holder: Holder) -> Budget:
    """€ 200."""
    return await a_budget(connection, scheme, holder, cents=20000)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path)


@pytest.fixture
def ring(store: KeyStore) -> KeyRing:
    return make_keys(store, VELSEN, demo=False, now=NOW)
