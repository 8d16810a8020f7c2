"""The keys of velsen, and a shop where somebody with a budget buys."""

from pathlib import Path

import pytest

from given.logins import a_key_store
from given.settlements import Shop, a_shop
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection
from pas.ids import MunicipalityName


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path)


@pytest.fixture
def ring(keys: KeyStore) -> KeyRing:
    return keys.ring(MunicipalityName("velsen"))


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    return await a_shop(connection, cents=2_500)
