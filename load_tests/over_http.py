"""Redemptions over HTTP, signed by their tills, against one worker; and what bare Litestar does."""

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import msgspec
import psutil

import city
from gates import Results
from http_apps import APPLICATIONS
from http_client import SECOND, Load, echo, load
from machine import resident_megabytes, usable_cpus
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.auth.till_signature import sign_request
from pas.ids import uuid7
from sales import Crowd
from server import Server

HERE: Final = Path(__file__).parent
CONNECTIONS: Final = 128
TARGET: Final = f"/v1/{city.MUNICIPALITY}/redemptions"
TILLS: Final = range(city.TILLS_AT_SQL_LEVEL, city.TILLS)
"""Few enough to be soon known to the worker."""
DONE: Final = re.compile(
    r"requests=(\d+) microseconds=(\d+) wrong=(-?\d+) median=(\d+) worst=(\d+)"
)
START_SECONDS: Final = 60.0
PROGRAM_AT_MOST: Final = 6_000
"""Requests a second that one worker cannot reach; so many are signed beforehand."""
MS: Final = 1000


def signed_requests(crowd: Crowd, count: int) -> list[bytes]:
    """Make whole requests; a signature is good for five minutes."""
    processes = len(usable_cpus())
    share = partial(_some_requests, crowd, -(-count // processes))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(share, range(processes)))
    return [request for some in made for request in some]


def _some_requests(crowd: Crowd, count: int, seed: int) -> list[bytes]:
    random.seed(seed + time.time_ns())
    keys = {number: city.till_key(number) for number in TILLS}
    made: list[bytes] = []
    for _ in range(count):
        sale = crowd.sale()
        number = random.choice(TILLS)
        price = sum(sale.cents)
        item = {
            "id": uuid7(),
            "scanned": city.token(sale.holder).text(),
            "priceCents": price,
            "takeCents": price,
            "category": random.choice(city.CATEGORIES),
        }
        body = msgspec.json.encode({"items": [item]})
        headers = {
            "host": "127.0.0.1",
            "content-type": "application/json",
            "content-length": str(len(body)),
            **sign_request(
                keys[number],
                till_id=city.till(number),
                method="POST",
                target=TARGET,
                body=body,
                now=datetime.now(UTC),
            ),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        made.append(f"POST {TARGET} HTTP/1.1\r\n{head}\r\n".encode() + body)
    return made


class Served(msgspec.Struct, frozen=True):
    """An application that listens, in one worker pinned to the first CPU."""

    port: int
    process: psutil.Process

    def peak_megabytes(self) -> float:
        """Memory of the largest of its processes."""
        processes = [self.process, *self.process.children(recursive=True)]
        return max(resident_megabytes(process.pid)[1] for process in processes)


@contextmanager
def served(server: Server, application: str, folder: Path) -> Generator[Served]:
    """Start one of the applications and wait until it answers."""
    port = free_port()
    environment = {**server.program_environment(folder), "PAS_PORT": str(port)}
    command = [sys.executable, str(HERE / "http_apps.py"), application, str(port)]
    wrote = folder / f"{application}.log"
    with pinned(0), wrote.open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        assert is_served(port), wrote.read_text()
        yield Served(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_served(port: int) -> bool:
    """Wait for the first answer, whatever it is."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except HTTPError:
            return True
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return True
    return False


@contextmanager
def pinned(place: int) -> Generator[None]:
    """Let what is started in the block run on one CPU; with a single CPU, on that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cpus = usable_cpus()
    os.sched_setaffinity(0, {cpus[place % len(cpus)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cpus)


def rush(port: int, requests: list[bytes], seconds: float) -> Load:
    """Send as fast as one worker answers, from a process pinned to another CPU."""
    if shutil.which("wrk") is None:
        return own_client(port, requests, seconds=seconds)
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        for request in requests:
            file.write(f"{len(request):010}".encode() + request)
        file.flush()
        command = [
            *("wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{round(seconds)}s"),
            *("--timeout", "60s"),  # an answer that took long is slow, not wrong
            *("-s", str(HERE / "market.lua"), f"http://127.0.0.1:{port}", "--", file.name),
        ]
        with pinned(-1):
            done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = DONE.search(done.stdout)
    assert found is not None, done.stdout
    count, micros, wrong, median, worst = map(int, found.groups())
    return Load(count, micros / SECOND, wrong, median / SECOND, worst / SECOND)


def own_client(
    port: int, requests: list[bytes], *, seconds: float, per_second: float | None = None
) -> Load:
    """The same without wrk; with a rate, how long one waits when it is not full."""
    with pinned(-1), ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        sent = partial(load, connections=CONNECTIONS, seconds=seconds, per_second=per_second)
        return pool.submit(sent, port, requests).result()


class Street(msgspec.Struct, frozen=True):
    """The HTTP gates, measured in turns."""

    crowd: Crowd
    results: Results
    seconds: float
    at: dict[str, Served]

    def warm(self) -> None:
        """Let each application meet every till once."""
        for place in self.at.values():
            rush(place.port, signed_requests(self.crowd, len(TILLS) * 2), 1)

    def measure_ceiling(self) -> None:
        """Without wrk, say how fast our own client is against a server that does nothing."""
        port = free_port()
        process = get_context("spawn").Process(target=echo, args=(port,), daemon=True)
        with pinned(0):
            process.start()
        assert is_served(port), "the echo does not answer"
        requests = signed_requests(self.crowd, 2_000) * 20
        ceiling = own_client(port, requests, seconds=self.seconds).per_second
        self.results.figure("HTTP, our own client at its ceiling: requests/s", ceiling)
        process.kill()

    def round(self) -> None:
        """Measure each application once, and then the wait at a third of the rate."""
        rates: dict[str, float] = {}
        for application, place in self.at.items():
            found = self._rush(application, place)
            rates[application] = self.results.figure(
                f"HTTP, {application.replace('_', ' ')}: requests/s", found.per_second
            )
            if application == "program":
                self.results.figure("HTTP, program: 99 % ms at full load", found.worst * MS)
        self.results.gate("http_no_database", rates["program"] / rates["without_database"])
        self.results.gate("http_bare", rates["program"] / rates["bare"])
        third = rates["program"] / 3
        requests = signed_requests(self.crowd, int(third * self.seconds * 1.2) + CONNECTIONS)
        calm = own_client(self.at["program"].port, requests, seconds=self.seconds, per_second=third)
        assert calm.requests, calm
        assert calm.wrong == 0, calm
        self.results.figure("HTTP, program: 99 % ms at a third of that rate", calm.worst * MS)

    def _rush(self, application: str, place: Served) -> Load:
        """Send each request once, or it would be a replay; without the database it may come again."""
        rate = PROGRAM_AT_MOST if application == "program" else PROGRAM_AT_MOST // 2
        requests = signed_requests(self.crowd, round(rate * self.seconds))
        found = rush(place.port, requests, self.seconds)
        assert found.wrong == 0, found
        once = found.requests <= len(requests)
        assert once or application != "program", "too few requests were made: some went twice"
        return found


@contextmanager
def street(server: Server, crowd: Crowd, *, results: Results, seconds: float) -> Generator[Street]:
    """Have all three applications for the time of a ``with`` block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pas-bench-http-")))
        make_keys(KeyStore(folder / "keys"), city.MUNICIPALITY, demo=False, now=datetime.now(UTC))
        at = {name: stack.enter_context(served(server, name, folder)) for name in APPLICATIONS}
        made = Street(crowd, results, seconds, at)
        made.warm()
        if shutil.which("wrk") is None:
            made.measure_ceiling()
        yield made
        results.gate("memory", at["program"].peak_megabytes())
