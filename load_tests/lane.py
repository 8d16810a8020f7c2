"""A lane: a process of its own with one connection, which sends batches one after the other.

What it sends is made beforehand, so that what is timed is the database and the wire. It keeps its
connections from one order to the next: plans that were made on empty tables stay in use.
"""

import asyncio
import gc
import random
import time
from collections import Counter, deque
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from typing import Final, Literal

import asyncpg
import msgspec

import city
from pas.db import CONNECTION_LOST, Login
from pas.ids import AccountId
from rivals import RAW_INSERT
from sales import MANY_CARDS, REDEEM_BATCH, Crowd, raw_arguments, redeem_arguments

MARGIN: Final = 1.3
READY_SECONDS: Final = 600.0


class Order(msgspec.Struct, frozen=True):
    """What to send: ``made`` batches are made before the start signal, later ones on the way."""

    what: Literal["redeem", "raw"]
    crowd: Crowd
    batch: int
    made: int
    seconds: float = 1e9
    items: int = 1 << 62
    connections: int = 1


class Report(msgspec.Struct, frozen=True):
    """When it began, and of each call when it began and ended (monotonic) and its items."""

    began: float
    calls: list[tuple[float, float, int]]
    refused: int = 0
    cut: bool = False
    """The connection broke, and the next order opens a new one."""

    @property
    def items(self) -> int:
        return sum(items for _, _, items in self.calls)

    @property
    def per_second(self) -> float:
        return self.items / (max(call[1] for call in self.calls) - self.began)


class Lane:
    """The side of the process that gives orders."""

    def __init__(self, login: Login, number: int) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, login, number), daemon=True)
        self._process.start()
        theirs.close()

    def prepare(self, order: Order) -> None:
        self._pipe.send(order)

    def is_ready(self) -> None:
        assert self._pipe.poll(READY_SECONDS), "the lane does not answer"
        assert self._pipe.recv() == "ready"

    def go(self) -> None:
        self._pipe.send("go")

    def report(self) -> Report:
        return self._pipe.recv()

    def end(self) -> None:
        self._pipe.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()


def work(pipe: Pipe, login: Login, number: int) -> None:
    """What the process does: orders come in, reports go out, until the pipe is closed."""
    random.seed(number)
    gc.disable()
    asyncio.run(Worker(pipe, login).run())


class Worker:
    """The process itself."""

    def __init__(self, pipe: Pipe, login: Login) -> None:
        self._pipe = pipe
        self._login = login
        self._connections: list[asyncpg.Connection[asyncpg.Record]] = []
        self._turns: Counter[AccountId] = Counter()
        self._made: deque[list[object]] = deque()

    async def run(self) -> None:
        while True:
            try:
                order: Order = self._pipe.recv()
            except EOFError:
                return
            await self._connect(order.connections)
            self._made.extend(self._batch(order) for _ in range(order.made))
            self._pipe.send("ready")
            self._pipe.recv()
            self._pipe.send(await self._carry_out(order))
            self._made.clear()

    async def _connect(self, wanted: int) -> None:
        while len(self._connections) < wanted:
            connection = await self._login.connect()
            await connection.execute(f"SET search_path = {city.MUNICIPALITY}, pg_temp")
            self._connections.append(connection)

    def _batch(self, order: Order) -> list[object]:
        sales = order.crowd.sales(order.batch)
        if order.what == "raw":
            return raw_arguments(sales, self._turns)
        crowd = order.crowd
        return redeem_arguments(sales, counts_cards=crowd.last - crowd.first >= MANY_CARDS)

    async def _carry_out(self, order: Order) -> Report:
        calls: list[tuple[float, float, int]] = []
        refused: list[int] = []
        began = time.monotonic()
        sql = RAW_INSERT if order.what == "raw" else REDEEM_BATCH
        left = order.items

        async def one(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
            nonlocal left
            statement = await connection.prepare(sql)
            while left > 0 and time.monotonic() < began + order.seconds:
                left -= order.batch
                arguments = self._made.popleft() if self._made else self._batch(order)
                start = time.monotonic()
                outcomes = await statement.fetchval(*arguments)
                calls.append((start, time.monotonic(), order.batch))
                if outcomes is not None:
                    refused.append(sum(outcome != "booked" for outcome in outcomes))

        try:
            await asyncio.gather(*map(one, self._connections[: order.connections]))
            await self._connections[0].execute("SELECT pg_stat_force_next_flush()")
        except CONNECTION_LOST:
            self._connections.clear()
            return Report(began, calls, sum(refused), cut=True)
        return Report(began, calls, sum(refused))
