"""Keys for the cards of one test."""

from pathlib import Path

import pytest

from given import a_press
from pas.passes.make_cards import Press


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return a_press(tmp_path)
