"""Killed, stopped, cut and started again under load: every acknowledged sale is there, once."""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from checker import judge
from clients import Race
from cutting import cut_connections
from given.city import Budget, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from history import Books, Call, read_books
from pas.db import CONNECTION_LOST, Address, Connection, Login, role_name
from pas.embedded import Supervisor
from pas.embedded.processes import _processes, postmaster_of
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.installation.access import embedded_access
from pas.ledger.prove import prove
from racers import Crowd, a_shift, last_known, run_alone
from servers import make_template
from waiting import wait_until

VELSEN = MunicipalityName("velsen")
RECOVERY_SECONDS = 10
SOME_PROGRESS = 20_000
"""Bytes of journal: a few dozen sales."""


class Place(msgspec.Struct, frozen=True):
    """A durable server with a town in it."""

    server: Supervisor
    access: Access

    @property
    def app(self) -> Login:
        return self.access.address.login(role_name("app", VELSEN))

    async def connected(self) -> Connection:
        """Connect as soon as the server is there."""
        async with asyncio.timeout(RECOVERY_SECONDS):
            while True:
                with suppress(*CONNECTION_LOST):
                    return await self.app.connect()
                await asyncio.sleep(0.02)

    def backends(self) -> list[int]:
        secrets = self.server.place.secrets()
        assert secrets is not None
        title = f"postgres: {secrets.cluster_name}: app_velsen"
        return [pid for pid, name in _processes() if name.startswith(title)]

    def postmaster(self) -> int:
        found = postmaster_of(self.server.place.cluster)
        assert found is not None
        return found[0]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Settings as in production: fsync, full page writes, synchronous commit."""
    with (
        tempfile.TemporaryDirectory(prefix="pas-") as folder,
        Supervisor(Path(folder) / "data") as server,
    ):
        access = embedded_access(server.place, "faults")
        asyncio.run(make_template(access))
        yield Place(server, access)


class Run:
    """A crowd that shops, and the books before it came."""

    def __init__(self, place: Place, folder: Path, login: Login | None = None) -> None:
        self.place, self.folder, self.login = place, folder, login or place.app
        self.random = random.Random(6)
        self.before: Books
        self.crowd: Crowd[Race]

    async def open(self, processes: int = 2) -> None:
        connection = await self.place.connected()
        budgets, till = await a_town(connection)
        self.before = await read_books(connection)
        await connection.close()
        shift = a_shift(self.folder, self.login, budgets, till)
        self.crowd = Crowd(self.folder, run_alone, shift)
        for _ in range(processes):
            self.crowd.start()
        await self.progress(60)

    async def progress(self, seconds: float = RECOVERY_SECONDS) -> None:
        """Wait until sales go on."""
        enough = self.crowd.written() + SOME_PROGRESS
        await asyncio.to_thread(wait_until, lambda: self.crowd.written() >= enough, seconds)

    def calls(self) -> list[Call]:
        return last_known(self.crowd.told())

    async def close(self) -> list[Call]:
        """Judge everything that happened."""
        await asyncio.to_thread(self.crowd.close)
        calls = self.calls()
        connection = await self.place.connected()
        assert judge(self.before, await read_books(connection), calls) == []
        proof = await prove(connection, datetime.now(UTC))
        await connection.close()
        assert proof.closes, proof
        booked = sorted(
            call.answered for call in calls if call.answered and call.outcome == "booked"
        )
        silence = max(later - earlier for earlier, later in pairwise(booked)) / 1e9
        assert silence < RECOVERY_SECONDS
        return calls


async def a_town(connection: Connection) -> tuple[list[Budget], Till]:
    scheme = await a_scheme(connection)
    budgets = [
        await a_budget(connection, scheme, await a_holder(connection), cents=cents)
        for cents in (10**7, 10**7, 10**7, 5000)
    ]
    return budgets, await a_till(connection, await a_merchant(connection))


async def kill_postmaster(run: Run) -> None:
    os.kill(run.place.postmaster(), signal.SIGKILL)


async def kill_backend(run: Run) -> None:
    """PostgreSQL ends all others and recovers, because shared memory may be damaged."""
    os.kill(run.random.choice(run.place.backends()), signal.SIGKILL)


async def kill_client(run: Run) -> None:
    process = run.random.choice(run.crowd.alive())
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    run.crowd.start()


async def stop_backend(run: Run) -> None:
    """Stopped with or without locks in its hands; the others wait or go on."""
    pid = run.random.choice(run.place.backends())
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(run.random.uniform(0.05, 1))
    os.kill(pid, signal.SIGCONT)


async def restart(run: Run) -> None:
    os.kill(run.place.postmaster(), signal.SIGINT)


MORE_KILLS = 20
FAULTS: dict[Callable[[Run], Awaitable[None]], int] = {
    kill_postmaster: 20,
    kill_backend: 22,
    kill_client: 8,
    stop_backend: 8,
    restart: 5,
}


@pytest.mark.slow
async def test_three_kills_lose_and_double_nothing(place: Place, tmp_path: Path) -> None:
    run = Run(place, tmp_path)
    await run.open()
    for kill in (kill_backend, kill_postmaster, kill_client):
        await kill(run)
        await run.progress()
    # Whether a kill falls between a commit and its answer is chance; wait for one that did.
    for _ in range(MORE_KILLS):
        if "replay" in {call.outcome for call in run.calls()}:
            break
        await kill_backend(run)
        await run.progress()
    calls = await run.close()
    assert {"booked", "replay", None} <= {call.outcome for call in calls}


@pytest.mark.faults
async def test_fifty_kills_lose_and_double_nothing(place: Place, tmp_path: Path) -> None:
    run = Run(place, tmp_path)
    await run.open(processes=3)
    faults = [fault for fault, times in FAULTS.items() for _ in range(times)]
    run.random.shuffle(faults)
    for fault in faults:
        await fault(run)
        await run.progress()
        await asyncio.sleep(run.random.uniform(0, 0.2))
    calls = await run.close()
    heard = [call.outcome for call in calls]
    assert heard.count("booked") > 1000
    assert {"booked", "replay", "declined", None} <= set(heard)


@pytest.mark.slow
async def test_a_connection_cut_between_commit_and_answer_books_once(
    place: Place, tmp_path: Path, short_path: Path
) -> None:
    folder = place.server.place.socket_dir()
    assert folder is not None
    async with cut_connections(folder, short_path, chance=0.05) as cutter:
        through = Address.of_socket(
            short_path, secret=place.access.address.secret, database="faults"
        )
        run = Run(place, tmp_path, through.login(role_name("app", VELSEN)))
        await run.open(processes=1)
        deadline = time.monotonic() + 30
        while cutter.answers_cut < 40:
            assert time.monotonic() < deadline
            await run.progress()
        calls = await run.close()
    assert cutter.questions_cut > 0
    heard = [call.outcome for call in calls]
    assert heard.count(None) > 10
    assert heard.count("replay") > 3
