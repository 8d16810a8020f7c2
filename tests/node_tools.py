"""Node and its packages for the tests: API linter, accessibility checker, identity provider."""

import os
import subprocess
from pathlib import Path

import pytest

from npm import NODE, install

FOLDER = Path(__file__).parent / "node"
MODULES = FOLDER / "node_modules"


def node_modules() -> Path:
    """The installed packages; ``make install`` puts them there, and else the first test does."""
    if trouble := install(FOLDER):
        missing(f"npm ci in tests/node failed: {trouble}")
    return MODULES


def run_node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def missing(what: str) -> None:
    """A laptop without a tool skips; the project's own machines must have it."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
