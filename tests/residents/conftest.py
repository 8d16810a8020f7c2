"""The application for tests of residents over HTTP."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from given.logins import a_key_store
from importing import City
from pas.db import Database
from pas.ids import MunicipalityName
from pas.installation import Access
from people import Town, a_town


@pytest.fixture
async def town(access: Access, tmp_path: Path) -> AsyncGenerator[Town]:
    async with a_town(access, tmp_path) as town:
        yield town


@pytest.fixture
def city(database: Database, velsen: MunicipalityName, tmp_path: Path) -> City:
    return City(database, velsen, a_key_store(tmp_path).ring(velsen))
