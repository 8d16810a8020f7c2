"""The whole application on a sandbox with its test cards, and a till that the maker got there."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store
from given.sandbox import a_makers_till, a_sandbox
from pas.auth.keys import KeyRing
from pas.db import Connection, role_name
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.settings import Settings
from servers import fresh_database
from serving import Served, serving
from signing import SigningTill


@pytest.fixture
async def client(
    access: Access, migrator: Connection, connection: Connection, tmp_path: Path
) -> AsyncGenerator[httpx.AsyncClient]:
    """Velsen is a sandbox here; almere is real."""
    keys = a_key_store(tmp_path, cities=("velsen", "almere"))
    await a_sandbox(migrator, connection, keys.ring(MunicipalityName("velsen")))
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client


@pytest.fixture
async def till(client: httpx.AsyncClient) -> SigningTill:
    return await a_makers_till(client)


@pytest.fixture(scope="session")
def served(
    installation: Access, tmp_path_factory: pytest.TempPathFactory
) -> Generator[tuple[Served, Access]]:
    """``pas serve`` before a sandbox, for whoever speaks HTTP: curl, a kit, a till of others."""
    folder = tmp_path_factory.mktemp("served")
    keys = a_key_store(folder)
    with asyncio.Runner() as runner:
        database = fresh_database(installation)
        access = runner.run(entered(database))
        runner.run(filled(access, keys.ring(MunicipalityName("velsen"))))
        settings = {
            "database_url": access.address.url,
            "database_secret": access.address.secret,
            "key_dir": str(keys.folder),
            "workers": "1",
        }
        with serving(folder, **settings) as served:
            yield served, access
        runner.run(database.__aexit__(None, None, None))


@pytest.fixture
def as_new(served: tuple[Served, Access]) -> Served:
    """The same, with cards that may be renewed again."""
    running, access = served
    asyncio.run(let_time_pass(access))
    return running


async def let_time_pass(access: Access) -> None:
    assert access.superuser is not None
    superuser = await access.superuser.connect()
    await superuser.execute("UPDATE velsen.card SET created_at = created_at - interval '1 hour'")
    await superuser.close()


async def entered(database: AbstractAsyncContextManager[Access]) -> Access:
    return await database.__aenter__()


async def filled(access: Access, ring: KeyRing) -> None:
    assert access.migrator is not None
    migrator = await access.migrator.connect()
    connection = await access.address.login(role_name("app", ring.municipality)).connect()
    await a_sandbox(migrator, connection, ring)
    await migrator.close()
    await connection.close()
