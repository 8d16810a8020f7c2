"""``pas serve`` with its own PostgreSQL, killed in every part while tills sell to it over HTTP.

Tills send the same id again until they hear an answer. The checker judges what they heard.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import psutil
import pytest

from checker import judge
from given.city import a_merchant, a_scheme
from history import Books, Call, read_books
from lifted import is_replay, lifted
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.db import CONNECTION_LOST, Connection, role_name
from pas.embedded import DataDir, Supervisor
from pas.embedded.processes import postmaster_of
from pas.installation import Access
from pas.installation.access import embedded_access
from pas.ledger.prove import prove
from pas.redemptions.sell import print_key
from racers import Crowd
from servers import make_template
from serving import Served, serving
from stalls import VELSEN, YEAR, a_device, a_purse, a_take
from tellers import Device, Heard, Stall, Take, keep_stall
from waiting import wait_until

PROCESSES, TILLS = 2, 6
WORKERS = 2
RECOVERY_SECONDS = 10
SOME_ANSWERS = 10
DISK_MEGABYTES = 600
FULL_SECONDS = 6
GATHER_SECONDS, COMMIT_SECONDS = 0.4, 0.2
CRASH_LOOP_SECONDS = 9
"""When a worker dies sooner after its start, granian takes that for a crash loop, and ends."""


class Place(msgspec.Struct, frozen=True):
    """A durable city that is served, and who serves it."""

    data: DataDir
    access: Access
    keys: KeyStore
    served: Served

    async def connected(self, *, as_superuser: bool = False) -> Connection:
        """Connect as soon as the database is there."""
        app = self.access.address.login(role_name("app", VELSEN))
        login = self.access.superuser if as_superuser else app
        assert login
        async with asyncio.timeout(RECOVERY_SECONDS):
            while True:
                with suppress(*CONNECTION_LOST):
                    return await login.connect()
                await asyncio.sleep(0.02)

    def postmaster(self) -> int:
        found = postmaster_of(self.data.cluster)
        assert found is not None
        return found[0]

    def backends(self) -> list[int]:
        children = psutil.Process(self.postmaster()).children()
        return [child.pid for child in children if "app_velsen" in told_by(child)]

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.served.process.pid).children()
        return [child for child in children if "spawn_main" in told_by(child)]

    def listening(self) -> list[psutil.Process]:
        """Those that take requests by now; each has a socket of its own."""
        return [worker for worker in self.workers() if listens(worker)]


def told_by(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


def listens(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.net_connections("inet"))
    return False


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with a_folder() as folder, a_place(folder) as place:
        yield place


@pytest.fixture
def small_place() -> Iterator[Place]:
    """Keep the data on a disk of their own, that a test can fill."""
    with a_folder() as folder:
        disk = folder / "data"
        disk.mkdir(mode=0o700)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=0700", "tmpfs", disk]
        if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
            pytest.skip("only root can make a small disk")
        try:
            with a_place(folder) as place:
                yield place
        finally:
            unmount = ["umount", "--lazy", disk]
            subprocess.run(unmount, check=True)


@contextmanager
def a_folder() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_place(folder: Path) -> Generator[Place]:
    """Settings as in production; what the program starts itself, it also has to start again."""
    with Supervisor(folder / "data") as server:
        asyncio.run(make_template(embedded_access(server.place)))
        data = server.place
    keys = KeyStore(folder / "data" / "keys")
    make_keys(keys, VELSEN, demo=False, now=datetime.now(UTC))
    with serving(folder, workers=str(WORKERS)) as served:
        yield Place(data, embedded_access(data), keys, served)
    errors = [line for line in served.wrote().splitlines() if "unexpected-error" in line]
    assert errors == []


class Run:
    """Tills that sell, and the books before they did."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.folder = place, folder
        self.random = random.Random(7)
        self.before: Books
        self.crowd: Crowd[Stall]

    async def open(self, *, passes: int, tills: int, pause_seconds: float) -> None:
        connection = await self.place.connected()
        takes, devices = await a_town(connection, passes, tills)
        self.before = await read_books(connection)
        await connection.close()

        def share_of(number: int, journal: Path) -> Stall:
            return Stall(
                url=self.place.served.url,
                devices=devices[number::PROCESSES],
                passes=takes,
                at_once=TILLS,
                pause_seconds=pause_seconds,
                seed=100 * number,
                journal=journal,
                closed=self.folder / "closed",
            )

        self.crowd = Crowd(self.folder, keep_stall, share_of)
        for _ in range(PROCESSES):
            self.crowd.start()
        await self.progress(60)

    def heard(self) -> list[Heard]:
        return [one for one in self.crowd.told() if isinstance(one, Heard)]

    def answers(self) -> int:
        return sum(count.stat().st_size for count in self.folder.glob("answers-*"))

    async def progress(self, seconds: float = RECOVERY_SECONDS) -> None:
        """Wait until more is answered than was on its way."""
        enough = self.answers() + PROCESSES * TILLS + SOME_ANSWERS
        await asyncio.to_thread(wait_until, lambda: self.answers() >= enough, seconds)

    async def close(self, *, longest_silence: float = RECOVERY_SECONDS) -> list[Call]:
        """Judge everything that happened."""
        await asyncio.to_thread(self.crowd.close)
        connection = await self.place.connected()
        after = await read_books(connection)
        key = print_key(self.place.keys.ring(VELSEN))
        calls = lifted(self.heard(), after, key=key)
        assert judge(self.before, after, calls) == []
        proof = await prove(connection, datetime.now(UTC))
        await connection.close()
        assert proof.closes, proof
        booked = sorted(
            call.answered for call in calls if call.answered and call.outcome == "booked"
        )
        silence = max(later - earlier for earlier, later in pairwise(booked)) / 1e9
        assert silence < longest_silence
        return calls


async def a_town(
    connection: Connection, passes: int, tills: int
) -> tuple[tuple[Take, ...], tuple[Device, ...]]:
    """Passes of which one in four is soon empty, and tills of one club."""
    scheme, club = await a_scheme(connection, year=YEAR), await a_merchant(connection)
    budgets = [
        await a_purse(connection, scheme, 20_000 if number % 4 else 200) for number in range(passes)
    ]
    devices = [await a_device(connection, club) for _ in range(tills)]
    return tuple(a_take(budget, cents=1) for budget in budgets), tuple(devices)


async def kill_postmaster(run: Run) -> None:
    os.kill(run.place.postmaster(), signal.SIGKILL)


async def kill_backend(run: Run) -> None:
    os.kill(run.random.choice(run.place.backends()), signal.SIGKILL)


async def kill_worker(run: Run) -> None:
    """One at a time, as they fall in practice: the other one goes on, and a new one comes.

    What its tills wait for is committed while it stands still, so none of them hears of it.
    """
    await asyncio.to_thread(wait_until, lambda: len(settled(run.place)) >= WORKERS, 60)
    worker = run.random.choice(settled(run.place))
    async with sales_waiting(run.place):
        await asyncio.sleep(GATHER_SECONDS)
        worker.suspend()
    await asyncio.sleep(COMMIT_SECONDS)
    worker.kill()


@asynccontextmanager
async def sales_waiting(place: Place) -> AsyncGenerator[None]:
    """Let sales come no further than the row that is written last."""
    connection = await place.connected(as_superuser=True)
    async with connection.transaction():
        await connection.execute("LOCK TABLE velsen.processing_log IN SHARE MODE")
        yield
    await connection.close()


def settled(place: Place) -> list[psutil.Process]:
    return [worker for worker in place.listening() if is_settled(worker)]


def is_settled(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return time.time() - process.create_time() > CRASH_LOOP_SECONDS
    return False


FAULTS: dict[Callable[[Run], Awaitable[None]], int] = {
    kill_postmaster: 18,
    kill_backend: 18,
    kill_worker: 16,
}


@pytest.mark.slow
async def test_a_few_kills_while_tills_sell_lose_and_double_nothing(
    place: Place, tmp_path: Path
) -> None:
    run = Run(place, tmp_path)
    await run.open(passes=100, tills=12, pause_seconds=0.1)
    for kill in (kill_backend, kill_postmaster, kill_worker):
        await kill(run)
        await run.progress()
    calls = await run.close()
    assert {"booked", "declined", None} <= {call.outcome for call in calls}


@pytest.mark.faults
async def test_fifty_kills_while_tills_sell_lose_and_double_nothing(
    place: Place, tmp_path: Path
) -> None:
    run = Run(place, tmp_path)
    await run.open(passes=400, tills=36, pause_seconds=0.3)
    faults = [fault for fault, times in FAULTS.items() for _ in range(times)]
    run.random.shuffle(faults)
    for fault in faults:
        await fault(run)
        await run.progress()
        await asyncio.sleep(run.random.uniform(0, 0.2))
    calls = await run.close()
    heard = [call.outcome for call in calls]
    assert heard.count("booked") > 1000
    assert {"booked", "declined", None} <= set(heard)
    assert any(map(is_replay, run.heard()))


@pytest.mark.faults
async def test_a_full_disk_loses_and_doubles_nothing_and_writing_goes_on_when_there_is_room(
    small_place: Place, tmp_path: Path
) -> None:
    run = Run(small_place, tmp_path)
    await run.open(passes=100, tills=12, pause_seconds=0.1)
    ballast = small_place.data.path / "ballast"
    for _ in range(3):
        await asyncio.to_thread(fill_disk, ballast)
        await asyncio.sleep(FULL_SECONDS)
        ballast.unlink()
        await run.progress()
    calls = await run.close(longest_silence=FULL_SECONDS + RECOVERY_SECONDS)
    assert {"booked", "declined"} <= {call.outcome for call in calls}
    assert b'"database-full"' in b"".join(one.body for one in run.heard())


def fill_disk(ballast: Path) -> None:
    """Leave no block free, also not what is given back meanwhile."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
