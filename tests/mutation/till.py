"""``make test-till``: take one guard of the till away at a time, and see that its test fails.

The code of the last commit is copied; what is not committed is not looked at.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Final

from till_guards import GUARDS, Guard

ROOT: Final = Path(__file__).parents[2]
BY_OTHERS: Final = "src/pas/web/static/till/vendor"
PYTEST: Final = ("-qx", "-n", "0", "-p", "no:cacheprovider")
LONGEST_RUN: Final = 300
"""Seconds; a page that waits for ever without its guard counts as found."""


def copied(folder: Path) -> None:
    """Lay out the program as it was committed, with what was installed."""
    git = shutil.which("git")
    assert git is not None, "what is tried is what was committed"
    archive = subprocess.run([git, "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    shutil.copytree(ROOT / BY_OTHERS, folder / BY_OTHERS)
    (folder / "tests/node/node_modules").symlink_to(ROOT / "tests/node/node_modules")


def is_found(guard: Guard, folder: Path) -> bool:
    """Whether a test fails without it."""
    path = folder / guard.file
    before = path.read_text("utf-8")
    path.write_text(before.replace(guard.code, guard.without), "utf-8")
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *PYTEST, guard.of, "-k", guard.tests],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder / "src")},
            capture_output=True,
            timeout=LONGEST_RUN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(before, "utf-8")
    if ran.returncode not in {0, 1}:
        sys.exit(ran.stdout.decode() + ran.stderr.decode())
    return ran.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a part of the name of a guard")
    wanted = [one for one in GUARDS if parser.parse_args().only in one.name]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="pas-till-") as name:
        folder = Path(name)
        copied(folder)
        for guard in wanted:
            started = time.monotonic()
            found = is_found(guard, folder)
            missed += not found
            mark = "✓" if found else "✗ NOT FOUND:"
            print(f"{mark} {guard.name} ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(wanted) - missed} of {len(wanted)} guards are missed by a test when they are gone")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
