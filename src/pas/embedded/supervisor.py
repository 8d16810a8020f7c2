"""Keeps the embedded PostgreSQL running for as long as its owner lives.

Each process that needs the server runs a supervisor. The one that gets the file lock is the owner:
it starts the server, starts it again after a crash, and stops it in the end. The others attach,
and one of them takes over when the owner dies.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from pas.embedded.binaries import Version, binary
from pas.embedded.cluster import configure, environment, make_cluster
from pas.embedded.files import DataDir
from pas.embedded.privileges import launch_command
from pas.embedded.problem import EmbeddedProblem
from pas.embedded.processes import clear_away, is_alive, postmaster_of

START_SECONDS = 120.0
STOP_SECONDS = 30.0
LOOK_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5

Say = Callable[[str], None]


class Supervisor:
    """A context manager: inside it the server is there, whoever owns it."""

    def __init__(
        self,
        data_dir: Path,
        *,
        version: Version = "18",
        durable: bool = True,
        say: Say = lambda _: None,
    ) -> None:
        self.place = DataDir(data_dir, version)
        self.owns = False
        self.restarts = 0
        self._durable = durable
        self._say = say
        self._settled = threading.Event()
        self._stopping = threading.Event()
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="embedded-postgresql", daemon=True)

    def __enter__(self) -> Self:
        self.place.prepare()
        self._thread.start()
        try:
            settled = self._settled.wait(START_SECONDS + STOP_SECONDS)
        except BaseException:
            self._leave()
            raise
        if self._problem is not None or not settled:
            self._leave()
            raise self._problem or EmbeddedProblem("PostgreSQL did not become ready.")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        """Own or attach, until told to stop; an unexpected end must not leave __enter__ waiting."""
        try:
            while not self._stopping.is_set():
                lock = self.place.lock()
                if lock is None:
                    self._attach()
                    continue
                try:
                    self._own()
                finally:
                    self.owns = False
                    os.close(lock)
        except Exception as problem:  # noqa: BLE001 (nobody can catch an error of a thread; it is kept here and __enter__ raises it)
            self._problem = problem
            self._say(f"PostgreSQL: {problem}")
        finally:
            self._settled.set()

    def _attach(self) -> None:
        found = postmaster_of(self.place.cluster)
        if found is not None and found[1] and is_alive(found[0]):
            self._settled.set()
        self._stopping.wait(LOOK_SECONDS * 4)

    def _own(self) -> None:
        self.owns = True
        secrets = self.place.make_secrets()
        clear_away(self.place.cluster, secrets.cluster_name)
        if not self.place.cluster.exists():
            self._say(f"Making a database cluster (PostgreSQL {self.place.version}).")
            make_cluster(self.place, secrets)
        configure(self.place, secrets, durable=self._durable)
        failures = 0
        while not self._stopping.is_set():
            became_ready = self._live(self._start())
            if self._stopping.is_set():
                return
            failures = 0 if became_ready else failures + 1
            self.restarts += 1
            self._say("PostgreSQL ended unexpectedly; starting it again.")
            clear_away(self.place.cluster, secrets.cluster_name)
            self._stopping.wait(min(failures, LONGEST_PAUSE_SECONDS))

    def _start(self) -> subprocess.Popen[bytes]:
        command = [str(binary("postgres", self.place.version)), "-D", str(self.place.cluster)]
        log = os.open(self.place.start_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            return subprocess.Popen(
                launch_command(command, self.place.path, self.place.make_socket_dir()),
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the owner's terminal is not for PostgreSQL
            )
        finally:
            os.close(log)

    def _live(self, server: subprocess.Popen[bytes]) -> bool:
        """Wait for readiness, then for the end, the server's own or ours; say if it was ready."""
        deadline = time.monotonic() + START_SECONDS
        is_ready = False
        while server.poll() is None:
            if self._stopping.wait(LOOK_SECONDS if is_ready else LOOK_SECONDS / 5):
                _stop(server)
            elif not is_ready and postmaster_of(self.place.cluster) == (server.pid, True):
                is_ready = True
                self._settled.set()
            elif not is_ready and time.monotonic() > deadline:
                _stop(server)
        if not self._settled.is_set() and not self._stopping.is_set():
            raise EmbeddedProblem(f"PostgreSQL did not start:\n{self._last_words()}")
        return is_ready

    def _last_words(self) -> str:
        files = [self.place.start_log, *sorted((self.place.cluster / "log").glob("*.log"))[-1:]]
        texts: list[str] = []
        for file in files:
            with contextlib.suppress(OSError):
                texts += file.read_text(errors="replace").splitlines()[-10:]
        return "\n".join(texts)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (connections are ended, everything is written), then less and less polite."""
    for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
            return
