"""Which user PostgreSQL runs as, and whether that user can reach the files.

PostgreSQL refuses to run as root. Root therefore hands it to the user ``postgres``, or ``nobody``.
A clone under /root is closed to them; then the server keeps one capability, to walk through
folders (it also reads files, so it is given only where needed, and only superusers of the
database could use it).
"""

import os
import pwd
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pas.embedded.problem import EmbeddedProblem

LAUNCHER = Path(__file__).with_name("launcher.py")
CAP_DAC_READ_SEARCH = 2


class ServerUser(msgspec.Struct, frozen=True):
    """The user of the server's processes and files."""

    user: int
    group: int

    @property
    def is_other(self) -> bool:
        return self.user != os.geteuid()


def server_user() -> ServerUser:
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(found.pw_uid, found.pw_gid)
    message = (
        "PostgreSQL refuses to run as root, and this system has neither a user postgres nor a "
        "user nobody. Start as an ordinary user, or give PAS_DATABASE_URL."
    )
    raise EmbeddedProblem(message)


def launch_command(command: list[str], *paths: Path) -> list[str]:
    """Wrap a command of PostgreSQL so that it runs as the server's user and can reach the paths."""
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())]
    who = server_user()
    if who.is_other:
        launcher += ["--user", str(who.user), "--group", str(who.group)]
        _make_executable(Path(command[0]), who)
        if _needs_search(who, [Path(command[0]).parent, *paths]):
            launcher.append("--search")
    return [*launcher, "--", *command]


def folder_mode() -> int:
    """Give the data folder's mode: closed, unless the server's user could not pass it otherwise.

    Then others may pass through, and still not list it; what is in it is closed by itself.
    """
    if server_user().is_other and not _has_search():
        return 0o711
    return 0o700


def give(path: Path) -> None:
    """Make a file or folder the server's."""
    who = server_user()
    if who.is_other:
        os.chown(path, who.user, who.group)


def _make_executable(program: Path, who: ServerUser) -> None:
    """Open up programs installed under umask 077: no capability short of all helps there."""
    for name in {program.name, "postgres"}:
        path = program.with_name(name)
        if not _may_pass(path, who):
            path.chmod(path.stat().st_mode | 0o055)


def _needs_search(who: ServerUser, paths: list[Path]) -> bool:
    closed = [folder for path in paths for folder in _above(path) if not _may_pass(folder, who)]
    if not closed:
        return False
    if _has_search():
        return True
    message = (
        f"PostgreSQL cannot run as root, and user {who.user} may not pass through {closed[0]}. "
        f"Open it with: chmod o+x {closed[0]}; or set PAS_DATA_DIR to a folder elsewhere, or start "
        "as an ordinary user."
    )
    raise EmbeddedProblem(message)


def _above(path: Path) -> Iterator[Path]:
    yield from reversed([path, *path.parents])


def _may_pass(path: Path, who: ServerUser) -> bool:
    status = path.stat()
    if status.st_uid == who.user:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == who.group:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _has_search() -> bool:
    """Ask the kernel whether this process holds the capability (a container may lack it)."""
    if sys.platform != "linux":
        return False
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return bool(int(line.split()[1], 16) >> CAP_DAC_READ_SEARCH & 1)
    return False
