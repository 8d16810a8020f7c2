"""The program as its users run it: ``pas serve`` in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

PATIENCE_SECONDS = 240
PAS = Path(sys.executable).with_name("pas")


class Served(msgspec.Struct):
    """A running program; ``output`` holds what it wrote."""

    url: str
    process: subprocess.Popen[bytes]
    output: Path

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(PATIENCE_SECONDS)

    def wrote(self) -> str:
        return self.output.read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_pas(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [PAS, *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    ours = {f"PAS_{name.upper()}": value for name, value in settings.items()}
    # Compiled once and kept: so a command starts in half the time, whatever this machine prefers.
    kept = {"PYTHONDONTWRITEBYTECODE": ""}
    return {**os.environ, **kept, "NO_COLOR": "1", "COLUMNS": "200", **ours}


@contextmanager
def serving(folder: Path, command: str = "serve", **settings: str) -> Generator[Served]:
    """Start ``pas serve`` (or ``pas demo --households 600``) on a free port, and stop it in the end."""
    port = free_port()
    output = folder / "serve.log"
    settings = {"data_dir": str(folder / "data"), "port": str(port), **settings}
    with output.open("wb") as log:
        process = subprocess.Popen(
            [PAS, *command.split()],
            env=environment(settings),
            stdout=log,
            stderr=log,
        )
    served = Served(f"http://127.0.0.1:{port}", process, output)
    try:
        wait_until_ready(served)
        yield served
    finally:
        if process.poll() is None:
            served.stop()


def wait_until_ready(served: Served) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert served.process.poll() is None, served.wrote()
        try:
            if httpx.get(f"{served.url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"not ready after {PATIENCE_SECONDS} s: {served.wrote()}")
