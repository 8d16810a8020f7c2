"""What is left of a server whose owner or postmaster died, and how it is cleared away safely."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pas.embedded.problem import EmbeddedProblem

STOP_SECONDS = 30.0
ORPHAN_SECONDS = 1.0


def postmaster_of(cluster: Path) -> tuple[int, bool] | None:
    """Read postmaster.pid: the process id, and whether it says it is ready for clients."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    ready_line = 7
    return int(lines[0]), len(lines) > ready_line and lines[ready_line].strip() == "ready"


def clear_away(cluster: Path, cluster_name: str) -> None:
    """Stop whatever still runs on the cluster; only the owner of the lock may call this.

    postmaster.pid is left to PostgreSQL, which finds its shared memory by it; only when its
    number now belongs to a stranger is it removed, because PostgreSQL would believe the stranger.
    """
    found = postmaster_of(cluster)
    if found is not None and is_alive(found[0]):
        pid = found[0]
        if _is_postmaster(pid, cluster):
            _end([pid], signal.SIGINT, STOP_SECONDS)
        elif pid not in set(_titled(cluster_name)):
            (cluster / "postmaster.pid").unlink(missing_ok=True)
    if orphans := list(_titled(cluster_name)):
        _end(orphans, signal.SIGQUIT, ORPHAN_SECONDS)


def _end(pids: list[int], wish: signal.Signals, seconds: float) -> None:
    """Ask, wait, then insist."""
    for kind, patience in ((wish, seconds), (signal.SIGKILL, 10.0)):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kind)
        deadline = time.monotonic() + patience
        while pids and time.monotonic() < deadline:
            time.sleep(0.02)
            pids = [pid for pid in pids if is_alive(pid)]
        if not pids:
            return
    message = f"Processes {pids} of an earlier PostgreSQL do not end; end them and start again."
    raise EmbeddedProblem(message)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """A dead process whose parent has not looked yet; it holds nothing any more."""
    if sys.platform != "linux":
        return False
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return text.rpartition(")")[2].split()[0] in {"Z", "X"}


def _is_postmaster(pid: int, cluster: Path) -> bool:
    return any(
        number == pid and f"-D {cluster}" in title and "launcher.py" not in title
        for number, title in _processes()
    )


def _titled(cluster_name: str) -> Iterator[int]:
    """Child processes carry the cluster's name: ``postgres: pas-…: checkpointer``."""
    for pid, title in _processes():
        if title.startswith(f"postgres: {cluster_name}: "):
            yield pid


def _processes() -> Iterator[tuple[int, str]]:
    if sys.platform == "linux":
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
                    yield int(folder.name), b" ".join(words).decode(errors="replace")
        return
    listing = subprocess.run(
        ["/bin/ps", "-axo", "pid=,command="], check=True, capture_output=True, text=True
    )
    for line in listing.stdout.splitlines():
        pid, _, title = line.strip().partition(" ")
        yield int(pid), title
