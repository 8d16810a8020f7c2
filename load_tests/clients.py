"""Clients of one worker, without HTTP: the program's own redeem(), gathered or one by one.

Runs in a process of its own, as a worker does.
"""

import asyncio
import gc
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Literal

import msgspec
import uvloop

import city
from pas.auth.keys import KeyStore
from pas.days import day_of
from pas.db import Address, Database
from pas.ids import EntryId, uuid7
from pas.money import Cents
from pas.redemptions.facts import Limits, Request
from pas.redemptions.judge import Moment
from pas.redemptions.lanes import Lanes
from pas.redemptions.pace import Pace
from pas.redemptions.redeem import Desk, redeem
from pas.redemptions.sale import Answer, SaleItem, Scan
from pas.seals.receipts import make_receipt
from sales import Crowd

Sell = Callable[[SaleItem], Awaitable[list[Answer]]]
WARM_SECONDS: Final = 0.5


class Simulation(msgspec.Struct, frozen=True):
    """Clients that each send a sale, wait for the answer, and send the next."""

    address: Address
    crowd: Crowd
    clients: int
    seconds: float
    way: Literal["gathered", "one_call"]
    connections: int = 2


class Latencies(msgspec.Struct, frozen=True):
    seconds: list[float]
    per_second: float

    def share(self, of_hundred: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * of_hundred / 100))]


def in_a_worker() -> ProcessPoolExecutor:
    """Make the process; it keeps nothing between two simulations."""
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


def simulate(simulation: Simulation) -> Latencies:
    """Run in the worker process."""
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_simulate(simulation))


async def _simulate(simulation: Simulation) -> Latencies:
    connections = simulation.connections
    database = Database(
        simulation.address, pool_connections=connections, process_connections=connections + 2
    )
    sell = gathered(database) if simulation.way == "gathered" else one_by_one(database)
    try:
        await _rush(simulation, sell, WARM_SECONDS)
        began = time.perf_counter()
        latencies = await _rush(simulation, sell, simulation.seconds)
        return Latencies(latencies, len(latencies) / (time.perf_counter() - began))
    finally:
        await database.close()


async def _rush(simulation: Simulation, sell: Sell, seconds: float) -> list[float]:
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def client() -> None:
        while (began := time.perf_counter()) < until:
            (answer,) = await sell(sale(simulation.crowd))
            latencies.append(time.perf_counter() - began)
            assert answer.outcome == "booked", answer

    await asyncio.gather(*(client() for _ in range(simulation.clients)))
    return latencies


class Steady(msgspec.Struct, frozen=True):
    """Sales that are due at a steady pace, whether or not those before were answered."""

    address: Address
    keys: Path
    crowd: Crowd
    per_second: float
    seconds: float


def keep_pace(steady: Steady) -> Latencies:
    """Run in the worker process; each sale gets its receipt, and its wait counts from when it was due."""
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_keep_pace(steady))


async def _keep_pace(steady: Steady) -> Latencies:
    database, ring = Database(steady.address), KeyStore(steady.keys).ring(city.MUNICIPALITY)
    sell, latencies, waiting = gathered(database), list[float](), set[asyncio.Task[None]]()

    async def sold(due: float) -> None:
        (answer,) = await sell(sale(steady.crowd))
        assert answer.outcome == "booked", answer
        assert answer.recorded_at is not None
        assert make_receipt(
            ring, answer.id, cents=answer.take_cents, is_booked=True, recorded_at=answer.recorded_at
        )
        latencies.append(time.perf_counter() - due)

    began, made = time.perf_counter(), 0
    try:
        while (now := time.perf_counter()) < began + steady.seconds:
            while made < (now - began) * steady.per_second:
                task = asyncio.create_task(sold(began + made / steady.per_second))
                waiting.add(task)
                task.add_done_callback(waiting.discard)
                made += 1
            await asyncio.sleep(0.001)
        await asyncio.gather(*waiting)
        return Latencies(latencies, len(latencies) / (time.perf_counter() - began))
    finally:
        await database.close()


def sale(crowd: Crowd) -> SaleItem:
    made = crowd.sale()
    price = Cents(sum(made.cents))
    return SaleItem(
        id=EntryId(uuid7()),
        till_id=city.till(made.till),
        scan=Scan(token_hash=city.token(made.holder).sha256()),
        request=Request(
            price_cents=price, take_cents=price, category=random.choice(city.CATEGORIES)
        ),
        trace_id="0" * 32,
    )


# A few cards do here in a minute what no card does in a day; what is counted is counted all the same.
UNLIMITED = Limits(
    till_sales=10**9, card_sales=10**9, card_cents=Cents(10**12), merchant_sales=10**9
)


def clock() -> Moment:
    now = datetime.now(UTC)
    return Moment(city.MUNICIPALITY, now, day_of(now), bytes(32), UNLIMITED)


def gathered(database: Database) -> Sell:
    lanes = Lanes(database)
    return lambda item: lanes.sell(city.MUNICIPALITY, [item], clock)


def one_by_one(database: Database) -> Sell:
    pace = Pace()

    async def sell(item: SaleItem) -> list[Answer]:
        async with database.connection(city.MUNICIPALITY) as connection:
            return await redeem(Desk(connection, clock(), pace), [item])

    return sell


def alone(address: Address, crowd: Crowd, sales: int) -> tuple[Latencies, Latencies]:
    """One client, in turn through a lane and by a direct call on an open connection."""
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_alone(address, crowd, sales))


async def _alone(address: Address, crowd: Crowd, sales: int) -> tuple[Latencies, Latencies]:
    database = Database(address)
    through_lane, pace = gathered(database), Pace()
    ours: list[float] = []
    direct: list[float] = []
    try:
        async with database.connection(city.MUNICIPALITY) as connection:
            for number in range(sales):
                item, other = sale(crowd), sale(crowd)
                began = time.perf_counter()
                await through_lane(item)
                between = time.perf_counter()
                await redeem(Desk(connection, clock(), pace), [other])
                ended = time.perf_counter()
                if number >= sales // 10:
                    ours.append(between - began)
                    direct.append(ended - between)
    finally:
        await database.close()
    return Latencies(ours, len(ours) / sum(ours)), Latencies(direct, len(direct) / sum(direct))
