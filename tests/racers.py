"""Clients in processes of their own, that act at the same moment and tell what they heard.

The processes are started once per run and wait at a barrier before each race, connected.
"""

import asyncio
import multiprocessing
import pickle
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Generic, TypeVar

from clients import Act, Client, Heard, Race, Shop, perform
from given.city import Budget, Till
from history import Call
from pas.db import CONNECTION_LOST, Login

PROCESSES = 4
RaceAll = Callable[..., Awaitable[list[Call]]]
"""The fixture `race`: acts in, calls out, judged."""
Part = tuple[Callable[[object, Callable[[], object]], Coroutine[None, None, object]], object]
"""What to do, and with which share of the acts."""
AnAct = TypeVar("AnAct")
Share = TypeVar("Share")
Told = TypeVar("Told")


async def run(race: Race, ready: Callable[[], object]) -> list[Heard]:
    """Connect, wait for the others, and act over all connections at once."""
    clients = [await Client(race).connect() for _ in range(race.connections)]
    heard: list[Heard] = []

    async def act_in_turn(number: int) -> None:
        for act in race.acts[number :: race.connections]:
            heard.extend(await perform(clients[number], act))

    await asyncio.to_thread(ready)
    await asyncio.gather(*(act_in_turn(number) for number in range(race.connections)))
    for client in clients:
        with suppress(*CONNECTION_LOST):
            await client.connection.close()
    return heard


def worker(pipe: Pipe, barrier: Barrier) -> None:
    """Run races until the pipe closes; an error goes back as one."""
    while True:
        try:
            part: Part = pipe.recv()
        except EOFError:
            return
        told = asyncio.run(ended(part, barrier))
        if isinstance(told, BaseException):
            barrier.abort()
        pipe.send(told)


async def ended(part: Part, barrier: Barrier) -> object:
    """Give what a race told, or the error that it ended with."""
    act, what = part
    [told] = await asyncio.gather(act(what, lambda: barrier.wait(30)), return_exceptions=True)
    return told


class Racers:
    """The processes."""

    def __init__(self, processes: int = PROCESSES) -> None:
        context = multiprocessing.get_context("spawn")
        self.barrier = context.Barrier(processes)
        pairs = [context.Pipe() for _ in range(processes)]
        self.pipes = [pipe for pipe, _ in pairs]
        self.processes = [
            context.Process(target=worker, args=(theirs, self.barrier), daemon=True)
            for _, theirs in pairs
        ]
        for process in self.processes:
            process.start()
        for _, theirs in pairs:
            theirs.close()

    def run(
        self, login: Login, acts: Sequence[Act], *, connections: int = 6, role: str | None = None
    ) -> list[Heard]:
        """Share the acts out over all processes and wait for what they heard."""
        races = [Race(login, connections, part, role) for part in self.shares(acts)]
        return self.let(run, races)

    def shares(self, acts: Sequence[AnAct]) -> list[tuple[AnAct, ...]]:
        return [tuple(acts[number :: len(self.pipes)]) for number in range(len(self.pipes))]

    def let(
        self,
        act: Callable[[Share, Callable[[], object]], Awaitable[list[Told]]],
        shares: list[Share],
    ) -> list[Told]:
        """Let every process do its share, all at the same moment."""
        self.barrier.reset()
        for pipe, share in zip(self.pipes, shares, strict=True):
            pipe.send((act, share))
        answers = [pipe.recv() for pipe in self.pipes]
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [told for answer in answers for told in answer]

    def end(self) -> None:
        for pipe in self.pipes:
            pipe.close()
        for process in self.processes:
            process.join(10)


class Crowd(Generic[Share]):
    """Processes that shop for a while and may be killed; what they asked and heard is in journals.

    ``shop`` is what each does, with a share that ``share_of`` makes from its number and journal.
    """

    def __init__(
        self, folder: Path, shop: Callable[[Share], None], share_of: Callable[[int, Path], Share]
    ) -> None:
        self.folder, self.shop, self.share_of = folder, shop, share_of
        self.closed = folder / "closed"
        self.context = multiprocessing.get_context("spawn")
        self.processes: list[SpawnProcess] = []

    def start(self) -> None:
        """One more process."""
        number = len(self.processes)
        share = self.share_of(number, self.folder / f"journal-{number}")
        process = self.context.Process(target=self.shop, args=(share,), daemon=True)
        process.start()
        self.processes.append(process)

    def alive(self) -> list[SpawnProcess]:
        return [process for process in self.processes if process.is_alive()]

    def written(self) -> int:
        """How much is in the journals by now."""
        return sum(journal.stat().st_size for journal in self.folder.glob("journal-*"))

    def close(self) -> None:
        """Let them finish what they do; one that was not killed must end well."""
        self.closed.touch()
        for process in self.processes:
            process.join(120)
            assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode

    def told(self) -> Iterator[object]:
        """Everything in the journals, in order."""
        for journal in self.folder.glob("journal-*"):
            with journal.open("rb") as file, suppress(EOFError, pickle.UnpicklingError):
                while True:
                    yield from pickle.load(file)  # noqa: S301 (a journal that a process of this very test wrote, in the folder of this test alone)


def last_known(told: Iterable[object]) -> list[Call]:
    """The last that is known of each call; what was asked last may never have been heard."""
    calls = [call for call in told if isinstance(call, Call)]
    return list({(call.item.id, call.invoked): call for call in calls}.values())


def a_shift(
    folder: Path, login: Login, budgets: Sequence[Budget], till: Till
) -> Callable[[int, Path], Race]:
    """Give what each process of a crowd at the ledger itself does."""
    many = 4

    def share_of(number: int, journal: Path) -> Race:
        seeds = range(number * many, (number + 1) * many)
        shops = tuple(Shop(tuple(budgets), till, seed, str(folder / "closed")) for seed in seeds)
        return Race(login, many, shops, journal=str(journal))

    return share_of


def run_alone(race: Race) -> None:
    asyncio.run(run(race, lambda: None))
