"""Bookings a second through redeem_batch(), against pgbench, a bare INSERT and a lock per request."""

from collections.abc import Callable
from typing import Final, Literal

import msgspec

import city
from gates import Results
from lane import Lane, Order, Report
from rivals import Pgbench
from sales import Crowd
from server import Server

LANES: Final = 2
"""As many as a worker has."""
RAW_ROWS: Final = 128
WARM_SECONDS: Final = 1.0
HOT: Final = 0
"""A holder outside the crowd: their card buys more in a day than any may."""


class Crew:
    """The lanes of one role, that carry out an order together."""

    def __init__(self, server: Server, role: Literal["app", "superuser"]) -> None:
        login = server.app if role == "app" else server.access.superuser
        assert login is not None
        self.lanes = [Lane(login, number) for number in range(LANES)]

    def carry_out(self, order: Order, lanes: int = LANES) -> list[Report]:
        """Send what is ordered, until its end; every sale must be booked."""
        self.start(order, lanes)
        reports = self.reports(lanes)
        assert not any(report.refused or report.cut for report in reports), "not all was booked"
        return reports

    def start(self, order: Order, lanes: int = LANES) -> None:
        """Let each lane serve its own part of the crowd; an account never is in two lanes."""
        for number, lane in enumerate(self.lanes[:lanes]):
            crowd = msgspec.structs.replace(order.crowd, lane=number, lanes=lanes)
            lane.prepare(msgspec.structs.replace(order, crowd=crowd))
        for lane in self.lanes[:lanes]:
            lane.is_ready()
        for lane in self.lanes[:lanes]:
            lane.go()

    def reports(self, lanes: int = LANES) -> list[Report]:
        return [lane.report() for lane in self.lanes[:lanes]]

    def end(self) -> None:
        for lane in self.lanes:
            lane.end()


def per_second(reports: list[Report]) -> float:
    return sum(report.per_second for report in reports)


class Contest(msgspec.Struct, frozen=True):
    """All that is measured in turns, round after round."""

    server: Server
    results: Results
    ours: Crew
    bare: Crew
    crowd: Crowd
    seconds: float
    tpc_b: Pgbench
    tpc_b_clients: int
    lock: Pgbench
    lock_clients: int

    def round(self, say: Callable[[str], None]) -> None:
        """Measure everything once, each for some seconds, and put the ratios down."""
        figure, gate = self.results.figure, self.results.gate
        # Each finds in memory what the one before left there, so it runs a second before its clock starts.
        self.tpc_b.transactions_per_second(self.tpc_b_clients, WARM_SECONDS)
        rival = figure(
            f"pgbench TPC-B, {self.tpc_b_clients} clients, transactions/s",
            self.tpc_b.transactions_per_second(self.tpc_b_clients, self.seconds),
        )
        self.ours.carry_out(warm(self._order("redeem", self.crowd, 256 // LANES)))
        ours = self._redeem("256 in flight", batch=256 // LANES)
        gate("tpc_b_256", ours / rival)
        gate("tpc_b_1024", self._redeem("1,024 in flight", batch=1024 // LANES) / rival)
        self.bare.carry_out(warm(self._order("raw", self.crowd, RAW_ROWS)))
        raw = figure("raw INSERT of 128 rows, rows/s", per_second(self._bare()))
        gate("raw", ours / raw)
        hot = self._hot()
        gate("hot", hot / ours)
        locked = figure(
            f"a row lock per request on one account, {self.lock_clients} clients, requests/s",
            self.lock.transactions_per_second(self.lock_clients, self.seconds),
        )
        gate("row_lock", hot / locked)
        say(f"{ours:,.0f} bookings/s, TPC-B {rival:,.0f}, raw {raw:,.0f}, hot {hot:,.0f}")

    def _redeem(self, what: str, batch: int) -> float:
        before = self.server.wal_syncs()
        reports = self.ours.carry_out(self._order("redeem", self.crowd, batch))
        syncs, items = self.server.wal_syncs() - before, sum(report.items for report in reports)
        calls = sum(len(report.calls) for report in reports)
        figure = self.results.figure
        figure(f"{what}: WAL syncs per redemption", syncs / items)
        figure(f"{what}: WAL syncs per transaction (one batch)", syncs / calls)
        return figure(f"{what}: bookings/s", per_second(reports))

    def _bare(self) -> list[Report]:
        return self.bare.carry_out(self._order("raw", self.crowd, RAW_ROWS))

    def _hot(self) -> float:
        """One pass always takes one lane, so 256 in flight are two batches in turn on one lane."""
        order = self._order("redeem", Crowd(HOT, HOT + 1), 256 // LANES)
        return self.results.figure(
            "one hot account, 256 in flight: bookings/s", per_second(self.ours.carry_out(order, 1))
        )

    def _order(self, what: Literal["redeem", "raw"], crowd: Crowd, batch: int) -> Order:
        expected = 30_000 if what == "raw" else 12_000
        made = int(expected * self.seconds / LANES / batch) + 1
        return Order(what, crowd, batch, made, seconds=self.seconds)


def warm(order: Order) -> Order:
    return msgspec.structs.replace(order, seconds=WARM_SECONDS, made=order.made // 2)


def hot_account() -> int:
    return city.budget(HOT, 0)
