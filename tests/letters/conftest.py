"""Keys for the cards of one test, and the application with those keys."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from given.cards import a_press
from pas.installation import Access
from pas.passes.make_cards import Press
from people import Town, a_town


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return a_press(tmp_path)


@pytest.fixture
async def town(access: Access, tmp_path: Path) -> AsyncGenerator[Town]:
    async with a_town(access, tmp_path) as town:
        yield town
