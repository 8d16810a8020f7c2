"""Gathers the sales that arrive together: two lanes per municipality, one batch in flight in each.

No timer: a sale that finds its lane idle goes at once, otherwise it joins the next batch, so
nothing waits when it is quiet and a busy worker does many sales per round trip. A card always takes
the same lane, so two scans of it never contend. A broken connection leaves a batch undecided: the
same ids are sent again, and each keeps the one outcome it has.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from pas.db import CONNECTION_LOST, Database, DatabaseAway
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.redemptions.judge import Moment
from pas.redemptions.pace import Pace
from pas.redemptions.redeem import Desk, redeem
from pas.redemptions.refusals import Busy
from pas.redemptions.sale import Answer, SaleItem

LANES: Final = 2
MAX_BATCH: Final = 256
"""Items per call; a request's items stay together, so a batch can be one request longer."""
MOST_WAITING: Final = 4_000
"""Items that wait in one lane: a second's work of a fast server; past it a till is told to wait."""
RESEND_SECONDS: Final = 0.25
GIVE_UP_SECONDS: Final = 10.0
"""As long as a restart of PostgreSQL may take."""

Answered = asyncio.Future[list[Answer]]
Clock = Callable[[], Moment]


class Waiting(msgspec.Struct, frozen=True):
    sales: Sequence[SaleItem]
    answered: Answered


class Lane:
    """The queue of one lane; whoever finds it idle runs it until it is empty."""

    def __init__(self) -> None:
        self.waiting: deque[Waiting] = deque()
        self.size = 0
        self.runner: asyncio.Task[None] | None = None

    def join(self, waiting: Waiting) -> None:
        """Stand in line, or refuse while it is too long: who waits longer has gone by then."""
        if self.size + len(waiting.sales) > MOST_WAITING:
            raise Busy(headers={"Retry-After": "2"})
        self.waiting.append(waiting)
        self.size += len(waiting.sales)

    def take(self) -> list[Waiting]:
        taken: list[Waiting] = []
        size = 0
        while self.waiting and size < MAX_BATCH:
            taken.append(self.waiting.popleft())
            size += len(taken[-1].sales)
        self.size -= size
        return taken


class Lanes:
    """The lanes of one worker, for all its municipalities."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lanes: dict[tuple[MunicipalityName, int], Lane] = {}
        self._paces: dict[MunicipalityName, Pace] = {}

    async def sell(
        self, municipality: MunicipalityName, sales: Sequence[SaleItem], clock: Clock
    ) -> list[Answer]:
        """Answer one request's items; the clock is read when their batch goes."""
        lane = self._lanes.setdefault((municipality, lane_of(sales[0])), Lane())
        answered: Answered = asyncio.get_running_loop().create_future()
        lane.join(Waiting(sales, answered))
        if lane.runner is None:
            lane.runner = asyncio.create_task(self._run(lane, municipality, clock))
        return await answered

    async def _run(self, lane: Lane, municipality: MunicipalityName, clock: Clock) -> None:
        try:
            while batch := lane.take():
                await self._answer(batch, municipality, clock)
        finally:
            lane.runner = None

    async def _answer(
        self, batch: Sequence[Waiting], municipality: MunicipalityName, clock: Clock
    ) -> None:
        sales = [sale for waiting in batch for sale in waiting.sales]
        try:
            answers = await self._redeem(sales, municipality, clock)
        except Exception as error:  # noqa: BLE001 (each request waits on a future; an error that is not put on it would leave it waiting for ever)
            await self._answer_alone(batch, error, municipality=municipality, clock=clock)
            return
        start = 0
        for waiting in batch:
            end = start + len(waiting.sales)
            if not waiting.answered.done():
                waiting.answered.set_result(answers[start:end])
            start = end

    async def _answer_alone(
        self,
        batch: Sequence[Waiting],
        error: Exception,
        *,
        municipality: MunicipalityName,
        clock: Clock,
    ) -> None:
        """Send each request of a failed batch by itself, so that only the culprit hears of it.

        Where the database is away or busy it is nobody's fault, and all of them hear that.
        """
        if len(batch) > 1 and not isinstance(error, (*CONNECTION_LOST, Refusal)):
            for waiting in batch:
                await self._answer([waiting], municipality, clock)
            return
        for waiting in batch:
            if not waiting.answered.done():
                waiting.answered.set_exception(error)

    async def _redeem(
        self, sales: Sequence[SaleItem], municipality: MunicipalityName, clock: Clock
    ) -> list[Answer]:
        pace = self._paces.setdefault(municipality, Pace())

        async def once() -> list[Answer]:
            async with self._database.connection(municipality) as connection:
                return await redeem(Desk(connection, clock(), pace), sales)

        return await sent_again_when_cut_off(once)


async def sent_again_when_cut_off(
    send: Callable[[], Awaitable[list[Answer]]],
) -> list[Answer]:
    """Send the same ids again when the connection broke; after ten seconds let the caller know."""
    give_up_at = time.monotonic() + GIVE_UP_SECONDS
    while True:
        try:
            return await send()
        except (*CONNECTION_LOST, DatabaseAway):
            if time.monotonic() >= give_up_at:
                raise
            await asyncio.sleep(RESEND_SECONDS)


def lane_of(sale: SaleItem) -> int:
    scan = sale.scan
    shown = scan.phone and scan.phone.card_id.bytes[-1:]
    return (scan.token_hash or scan.number_hash or shown or b"\x00")[0] % LANES
