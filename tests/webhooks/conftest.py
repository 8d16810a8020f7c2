"""The keys of velsen."""

from pathlib import Path

import pytest

from given.logins import a_key_store
from pas.auth.keys import KeyRing, KeyStore
from pas.ids import MunicipalityName


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path)


@pytest.fixture
def ring(keys: KeyStore) -> KeyRing:
    return keys.ring(MunicipalityName("velsen"))
