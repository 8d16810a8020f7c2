"""The application for tests of grants over HTTP."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from pas.installation import Access
from people import Town, a_town


@pytest.fixture
async def town(access: Access, tmp_path: Path) -> AsyncGenerator[Town]:
    async with a_town(access, tmp_path) as town:
        yield town
