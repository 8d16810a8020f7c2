"""Whether sealing keeps up while sales go on: ``python load_tests/sealing.py [--million]``.

Sales are due at a thousand a second, each through the lanes of a worker as its HTTP handler calls them,
with the receipt that goes with the answer. Beside them runs the program's own sealer, in a process of its
own. Then the same at full load, by lanes at SQL level. With ``--million`` a million leaves are verified.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import msgspec

import city
from at_sql_level import LANES, Crew, per_second
from build import add_residents, build_city
from clients import Latencies, Steady, in_a_worker, keep_pace
from gates import OF_SEALS, Results, figures_table, gates_table
from granting import grant_passes
from lagging import Lag, read_lag
from lane import Order
from machine import describe, resident_megabytes
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Address, Database
from pas.embedded.binaries import Version
from pas.ids import EntryId, uuid7
from pas.seals.receipts import make_receipt
from pas.seals.seal import note_keys, seal_next
from pas.seals.sealer import Sealer
from sales import Crowd
from server import Server, started
from verifying import verify_many

PACE: Final = 1_000
PASSES: Final = 5_000
BATCH: Final = 256 // LANES
RECEIPTS: Final = 5_000
MILLION: Final = 1_000_000
MS: Final = 1000
SHARES: Final = (50, 99)
LOADED: Final = "at full load, entries booked/s"
SEALED: Final = "sealing what waited: leaves/s"
Say = Callable[[str], None]


class Sealed(msgspec.Struct, frozen=True):
    """Leaves that were sealed at once; the seconds that took, and those of them that our own process worked."""

    leaves: int
    seconds: float
    own_seconds: float


class Sealing(msgspec.Struct, frozen=True):
    """One city, and what is measured in it in turns, without the sealer and with it."""

    server: Server
    results: Results
    ours: Crew
    worker: ProcessPoolExecutor
    folder: Path
    ring: KeyRing
    seconds: float
    crowd: Crowd = Crowd(0, PASSES)

    def round(self, number: int, say: Say) -> None:
        """Measure each without the sealer and with it; which comes first changes by the round."""
        parts = [(self.paced_alone, self.paced_beside), (self.loaded_alone, self.loaded_beside)]
        for without, beside in parts:
            for part in (without, beside) if number % 2 == 0 else (beside, without):
                part()
        last = {what: values[-1] for what, values in self.results.figures.items()}
        for share in SHARES:
            ratio = last[f"a redemption, with the sealer: {share} % ms"]
            ratio /= last[f"a redemption, without the sealer: {share} % ms"]
            self.results.figure(f"a redemption, with ÷ without the sealer: {share} %", ratio)
        alone, beside = last[f"{LOADED}, without the sealer"], last[f"{LOADED}, with the sealer"]
        self.results.gate("seal_load", beside / alone)
        self.results.gate("seal_rate", last[SEALED] / alone)
        say(
            f"{beside:,.0f} booked/s beside the sealer, {alone:,.0f} without; {last[SEALED]:,.0f} sealed/s"
        )

    def paced_alone(self) -> None:
        self.note_paced(self.paced(), "without")
        self.catch_up()

    def paced_beside(self) -> None:
        with self.sealer() as process:
            first = self.size()
            self.note_paced(self.paced(), "with")
            self.note_lag("at a pace", self.lag_from(first))
            self.results.figure(
                "memory of the sealer at its peak, MB", resident_megabytes(process)[1]
            )

    def loaded_alone(self) -> None:
        self.results.figure(f"{LOADED}, without the sealer", self.full_load())
        sealed = self.catch_up()
        self.results.figure(SEALED, sealed.leaves / sealed.seconds)
        own = sealed.own_seconds / sealed.seconds
        self.results.figure("of that time in the sealer itself, the rest in PostgreSQL", own)

    def loaded_beside(self) -> None:
        with self.sealer():
            first = self.size()
            self.results.figure(f"{LOADED}, with the sealer", self.full_load())
            lag = self.lag_from(first)
        self.note_lag("at full load", lag)
        self.results.gate("seal_lag", lag.late)

    def note_paced(self, found: Latencies, how: str) -> None:
        figure = self.results.figure
        figure(f"{PACE:,} due/s, {how} the sealer: entries booked/s", found.per_second)
        for share in SHARES:
            figure(f"a redemption, {how} the sealer: {share} % ms", found.share(share) * MS)

    def note_lag(self, when: str, lag: Lag) -> None:
        self.results.figure(f"{when}: greatest lag in leaves", lag.leaves)
        self.results.figure(f"{when}: greatest lag in seconds", lag.seconds[-1])
        self.results.figure(f"{when}: 99 % lag in seconds", lag.late)

    def paced(self) -> Latencies:
        steady = Steady(
            self.server.access.address, self.folder / "keys", self.crowd, PACE, self.seconds
        )
        return self.worker.submit(keep_pace, steady).result()

    def full_load(self) -> float:
        return per_second(
            self.ours.carry_out(Order("redeem", self.crowd, BATCH, 0, seconds=self.seconds / 2))
        )

    def book(self, entries: int) -> None:
        self.ours.carry_out(Order("redeem", self.crowd, BATCH, 0, items=entries // LANES))

    def catch_up(self) -> Sealed:
        """Seal all that waits, here and at once."""
        return self.server.run(_seal_all(self.server.access.address, self.ring))

    def size(self) -> int:
        """How much is sealed once nothing waits."""
        waits, size = "SELECT seal_waits()", "SELECT coalesce(max(size), 0) FROM seal_checkpoint"
        while self.server.run(self.server.superuser.fetchval(waits)):
            time.sleep(0.05)
        return self.server.run(self.server.superuser.fetchval(size))

    def lag_from(self, first: int) -> Lag:
        """Wait until all is sealed, and tell how that went from a leaf on."""
        self.size()
        return self.server.run(read_lag(self.server.superuser, first))

    @contextmanager
    def sealer(self) -> Generator[int]:
        """The program's sealer for the time of a block; gives the number of its process."""
        process = get_context("spawn").Process(
            target=seal, args=(self.server.access.address, self.folder / "keys"), daemon=True
        )
        process.start()
        self.book(BATCH * LANES)
        self.size()
        assert process.pid is not None
        try:
            yield process.pid
        finally:
            process.terminate()
            process.join(30)


def seal(address: Address, keys: Path) -> None:
    """Seal as ``pas work`` does, until the process is ended."""
    asyncio.run(_seal(address, keys))


async def _seal(address: Address, keys: Path) -> None:
    database, stop = Database(address), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    try:
        await Sealer(database, keys=KeyStore(keys)).run(stop)
    finally:
        await database.close()


async def _seal_all(address: Address, ring: KeyRing) -> Sealed:
    database, leaves = Database(address), 0
    try:
        async with database.connection(city.MUNICIPALITY) as connection:
            await note_keys(connection, ring)
            began, worked = time.perf_counter(), time.process_time()
            while (one := await seal_next(connection, ring)) is not None:
                leaves += one.leaves
            own = time.process_time() - worked
            return Sealed(leaves, time.perf_counter() - began, own)
    finally:
        await database.close()


def microseconds_of_a_receipt(ring: KeyRing) -> float:
    """What signing adds to each answer."""
    now, ids = datetime.now(UTC), [EntryId(uuid7()) for _ in range(RECEIPTS)]
    began = time.perf_counter()
    for one in ids:
        make_receipt(ring, one, cents=1240, is_booked=True, recorded_at=now)
    return (time.perf_counter() - began) / RECEIPTS * 1e6


@contextmanager
def a_city(server: Server, results: Results, *, seconds: float) -> Generator[Sealing]:
    """Build it, with everything sealed that building it booked."""
    build_city(server)
    add_residents(server, range(PASSES))
    grant_passes(server, range(PASSES))
    ours = Crew(server, "app")
    with tempfile.TemporaryDirectory(prefix="pas-bench-seals-") as name, in_a_worker() as worker:
        folder = Path(name)
        keys = KeyStore(folder / "keys")
        ring = make_keys(keys, city.MUNICIPALITY, demo=False, now=datetime.now(UTC))
        made = Sealing(server, results, ours, worker, folder, ring, seconds)
        made.catch_up()
        try:
            yield made
        finally:
            ours.end()


def measure_seals(
    server: Server, results: Results, *, rounds: int, seconds: float, say: Say
) -> None:
    """Measure the gates of the seals so many times, on an empty server."""
    with a_city(server, results, seconds=seconds) as made:
        results.figure(
            "a receipt with its Ed25519 signature, µs", microseconds_of_a_receipt(made.ring)
        )
        for number in range(rounds):
            say(f"seals, round {number + 1}")
            made.round(number, say)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true", help="verify a million leaves instead")
    parser.add_argument("--leaves", type=int, default=MILLION, help="how many of them")
    parser.add_argument("--rounds", type=int, default=5, help="of everything, in turns")
    parser.add_argument("--seconds", type=float, default=8, help="of each paced part of a round")
    parser.add_argument("--pg", choices=["18", "16"], default="18", help="PostgreSQL to measure")
    parser.add_argument("--folder", type=Path, help="where the data goes; the disk matters")
    options = parser.parse_args()
    version: Version = options.pg
    began, results = time.monotonic(), Results()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {what}", file=sys.stderr, flush=True)

    with started(version, options.folder) as server:
        machine = server.run(describe(server.superuser, server.place.path))
        if options.million:
            with a_city(server, results, seconds=0) as made:
                verify_many(made, options.leaves, say)
        else:
            measure_seals(server, results, rounds=options.rounds, seconds=options.seconds, say=say)
    print("\n".join(["| | |", "|---|---|", *(f"| {what} | {value} |" for what, value in machine)]))
    if not options.million:
        print("\n" + "\n".join(gates_table(results, OF_SEALS)))
    print("\n" + "\n".join([*results.lines, "", *figures_table(results)]))
    print(f"\nTook {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
