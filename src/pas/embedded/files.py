"""What lies where in PAS_DATA_DIR, who may read it, and the secrets made on the first start."""

import fcntl
import os
import secrets
import stat
import sys
import tempfile
from pathlib import Path

import msgspec

from pas.embedded.binaries import Version
from pas.embedded.privileges import ServerUser, folder_mode, give, server_user
from pas.embedded.problem import EmbeddedProblem

SOCKET_PATH_LIMIT = 100
"""The kernel's limit is 107 bytes on Linux and 103 on macOS."""
SOCKET_NAME = ".s.PGSQL.5432"


class Secrets(msgspec.Struct, frozen=True):
    """Made once per data folder; whoever has them has the database."""

    superuser_password: str
    database_secret: str
    cluster_name: str
    """Stands in the title of every server process, so that orphans are recognised."""

    def __repr__(self) -> str:
        return "Secrets(***)"


class DataDir:
    """The folder of one installation."""

    def __init__(self, path: Path, version: Version = "18") -> None:
        self.path = path.absolute()
        self.version: Version = version
        self.cluster = self.path / f"postgres-{version}"
        self.start_log = self.path / f"postgres-{version}.log"
        self.secrets_file = self.path / "secrets.json"
        self._socket_note = self.path / "socket-folder"

    def prepare(self) -> None:
        """Make the folder, closed to everybody else; refuse one that belongs to someone else."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = self.path.stat()
            if status.st_uid != os.geteuid():
                message = f"{self.path} belongs to another user ({status.st_uid}); start as them."
                raise EmbeddedProblem(message)
            if stat.S_IMODE(status.st_mode) != folder_mode():
                self.path.chmod(folder_mode())
        except OSError as error:
            message = f"The data folder {self.path} cannot be used: {error.strerror}."
            raise EmbeddedProblem(message) from error

    def lock(self) -> int | None:
        """Take the ownership of the server, or None when another process has it.

        The kernel drops the lock when the owner dies; the descriptor is not inherited.
        """
        descriptor = os.open(self.path / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        return descriptor

    def secrets(self) -> Secrets | None:
        """Read the secrets; None before the first start."""
        try:
            return msgspec.json.decode(self.secrets_file.read_bytes(), type=Secrets)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as error:
            message = f"{self.secrets_file} is damaged; put it back from a backup."
            raise EmbeddedProblem(message) from error

    def make_secrets(self) -> Secrets:
        """Read or make the secrets; only the owner of the lock may call this."""
        found = self.secrets()
        if found is not None:
            return found
        made = Secrets(
            superuser_password=secrets.token_hex(32),
            database_secret=secrets.token_hex(32),
            cluster_name=f"pas-{secrets.token_hex(8)}",
        )
        write_safely(self.secrets_file, msgspec.json.format(msgspec.json.encode(made)))
        return made

    def socket_dir(self) -> Path | None:
        """Where the socket is: inside the data folder, or a private folder if the path is long."""
        inside = self.path / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return inside
        try:
            noted = Path(self._socket_note.read_text().strip())
        except FileNotFoundError:
            return None
        return noted if _is_private(noted, server_user()) else None

    def make_socket_dir(self) -> Path:
        found = self.socket_dir()
        if found is None:
            found = Path(tempfile.mkdtemp(prefix="pas-", dir=_short_temporary()))
            write_safely(self._socket_note, f"{found}\n".encode())
        found.mkdir(mode=0o700, exist_ok=True)
        give(found)
        return found


def write_safely(path: Path, content: bytes) -> None:
    """Write a private file so that after a crash there is the old one, the new one or none."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_private(path: Path, owner: ServerUser) -> bool:
    """A folder under /tmp may have been removed and made again by someone else."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    is_ours = status.st_uid in {owner.user, os.geteuid()}
    return stat.S_ISDIR(status.st_mode) and is_ours and not status.st_mode & 0o077


def _short_temporary() -> str | None:
    """TMPDIR on macOS is itself half of the limit."""
    return "/tmp" if sys.platform == "darwin" else None  # noqa: S108 (only where mkdtemp makes its folder, which others cannot open; a socket's path may have 103 characters)
