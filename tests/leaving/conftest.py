"""A municipality with a bit of everything, and an installation elsewhere that does not know it."""

import itertools
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import servers
from given.bank_world import World
from given.days import NOW
from leaving_town import one_at_a_time
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.installation import Access, prepare
from pas.installation.access import embedded_access
from pas.seals.seal import note_keys
from sealing import seal_all

VELSEN = MunicipalityName("velsen")
_numbers = itertools.count(1)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "keys")


@pytest.fixture
def ring(store: KeyStore) -> KeyRing:
    return make_keys(store, VELSEN, demo=False, now=NOW)


@pytest.fixture
async def world(connection: Connection, ring: KeyRing) -> World:
    """Velsen: three shops with sales, a run that the bank has, seals over most of it."""
    await note_keys(connection, ring)
    world = await World(connection, ring).laid_out()
    await seal_all(connection, ring, wait=False)
    return world


@pytest.fixture
async def elsewhere(installation: Access) -> AsyncGenerator[Access]:
    """An installation without municipalities, on the same server."""
    async with an_empty_one(installation) as access:
        yield access


@pytest.fixture
async def another_major(
    pytestconfig: pytest.Config, installation: Access
) -> AsyncGenerator[Access]:
    """An installation without municipalities on PostgreSQL 16, or on 18 when the others are on 16."""
    own = servers.folder_of(pytestconfig)
    version = "18" if pytestconfig.getoption("--pg") == "16" else "16"
    async with an_empty_one(embedded_access(servers.ask(own, version), servers.TEMPLATE)) as access:
        yield access


@asynccontextmanager
async def an_empty_one(installation: Access) -> AsyncGenerator[Access]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    access = installation.of_database(f"elsewhere_{worker}_{next(_numbers)}")
    async with one_at_a_time(access):
        await prepare(access)
    yield access
    assert access.superuser is not None
    superuser = await access.superuser.to("postgres").connect()
    await superuser.execute(f"DROP DATABASE {access.address.database} WITH (FORCE)")
    await superuser.close()
