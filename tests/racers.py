"""Clients in processes of their own, that act at the same moment and tell what they heard.

The processes are started once per run and wait at a barrier before each race, connected.
"""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier

from clients import Act, Client, Heard, Race, perform
from history import Call
from pas.db import CONNECTION_LOST, Login

PROCESSES = 4
RaceAll = Callable[..., Awaitable[list[Call]]]
"""The fixture `race`: acts in, calls out, judged."""


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
            race: Race = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(asyncio.run(run(race, lambda: barrier.wait(30))))
        except BaseException as error:  # noqa: BLE001 (raised again in the test)
            barrier.abort()
            pipe.send(error)


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
        self.barrier.reset()
        for number, pipe in enumerate(self.pipes):
            pipe.send(Race(login, connections, tuple(acts[number :: len(self.pipes)]), role))
        answers = [pipe.recv() for pipe in self.pipes]
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [heard for answer in answers for heard in answer]

    def end(self) -> None:
        for pipe in self.pipes:
            pipe.close()
        for process in self.processes:
            process.join(10)
