"""How long one waits: alone, and in a crowd, gathered or one call per request."""

from concurrent.futures import ProcessPoolExecutor
from typing import Final

import msgspec

from clients import Latencies, Simulation, alone, simulate
from gates import Results
from pas.db import Address
from sales import Crowd

CLIENTS: Final = 256
ALONE_SALES: Final = 400
CONNECTIONS: Final = (8, 16, 32)
MS: Final = 1000


class Waiting(msgspec.Struct, frozen=True):
    """The latency gates, measured in turns."""

    address: Address
    crowd: Crowd
    results: Results
    seconds: float
    worker: ProcessPoolExecutor
    connections: int

    def round(self) -> None:
        """Measure everything once."""
        figure, gate = self.results.figure, self.results.gate
        ours, direct = self.worker.submit(alone, self.address, self.crowd, ALONE_SALES).result()
        gate("p50_alone", ours.share(50) / direct.share(50))
        figure("one client, through a lane: median ms", ours.share(50) * MS)
        figure("one client, direct call: median ms", direct.share(50) * MS)
        ours = self._crowd(Simulation(self.address, self.crowd, CLIENTS, self.seconds, "gathered"))
        each = self._crowd(
            Simulation(
                self.address, self.crowd, CLIENTS, self.seconds, "one_call", self.connections
            )
        )
        gate("p99_crowd", ours.share(99) / each.share(99))
        for what, found in (
            ("gathered", ours),
            (f"one call each, {self.connections} connections", each),
        ):
            figure(f"256 clients, {what}: 99 % ms", found.share(99) * MS)
            figure(f"256 clients, {what}: redemptions/s of one process", found.per_second)

    def _crowd(self, simulation: Simulation) -> Latencies:
        return self.worker.submit(simulate, simulation).result()


def best_connections(
    address: Address, crowd: Crowd, *, worker: ProcessPoolExecutor, seconds: float
) -> int:
    """Try a few sizes of the pool, so that the rival runs at its best."""

    def slowest(connections: int) -> float:
        simulation = Simulation(address, crowd, CLIENTS, seconds, "one_call", connections)
        return worker.submit(simulate, simulation).result().share(99)

    return min(CONNECTIONS, key=slowest)
