"""A municipality that takes over the cards of an earlier supplier."""

from pathlib import Path

import pytest

from given.takeovers import TakingOver
from pas.db import Connection, Database


@pytest.fixture
async def town(database: Database, connection: Connection, tmp_path: Path) -> TakingOver:
    town = TakingOver(database, connection, tmp_path)
    await town.settles()
    return town
