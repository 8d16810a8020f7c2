"""A scene to apply in, and the application for tests over HTTP."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from given.applications import Scene, a_scene
from pas.db import Connection
from pas.installation import Access
from people import Town, a_town


@pytest.fixture
async def scene(connection: Connection, tmp_path: Path) -> Scene:
    return await a_scene(connection, tmp_path)


@pytest.fixture
async def town(access: Access, tmp_path: Path) -> AsyncGenerator[Town]:
    async with a_town(access, tmp_path) as town:
        yield town
