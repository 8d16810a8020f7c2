"""A town whose sales are looked at."""

import pytest

from given.signals import Town, a_town
from pas.db import Connection


@pytest.fixture
async def town(connection: Connection) -> Town:
    return await a_town(connection)
