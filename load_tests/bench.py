"""Measures the gates of the ledger and prints them as Markdown: ``python load_tests/bench.py``.

Everything runs on a PostgreSQL of its own, in a folder that is gone afterwards. README.md beside
this file says what each gate means.
"""

import argparse
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from at_sql_level import Contest, Crew, hot_account
from build import add_residents, build_city
from clients import in_a_worker
from crash import seconds_to_recover
from gates import Results, figures_table, gates_table
from granting import grant_passes, granted_against_copied
from growth import grow
from latency import Waiting, best_connections
from letters import measure_letters
from machine import describe
from over_http import street
from pas.app.proving import prove_books
from pas.embedded.binaries import Version
from reaching import reach_round
from rivals import fill_rivals, lock_per_request, make_rivals, make_tpc_b, tpc_b
from sales import Crowd
from sealing import measure_seals
from server import Server, started
from settling import prepare_payouts, settle_rounds

Say = Callable[[str], None]
CRASH_LOAD_SECONDS: Final = 5.0
FEW_ROUNDS: Final = 3
"""Of what takes long and differs little."""


class Size(msgspec.Struct, frozen=True):
    """How much is measured."""

    redemptions: int
    passes: int
    letters: int
    granted: int
    scale: int
    rounds: int
    seconds: float
    title: str


QUICK: Final = Size(10_000, 10_000, 500, 500, 10, 1, 2, "quick: to try the program, not a result")
STANDARD: Final = Size(1_000_000, 100_000, 10_000, 20_000, 50, 5, 2, "a million redemptions")
FULL: Final = Size(10_000_000, 100_000, 10_000, 20_000, 50, 5, 5, "ten million redemptions")


class Bench(msgspec.Struct, frozen=True):
    """One run; each part puts its values in the results."""

    server: Server
    size: Size
    results: Results
    say: Say

    def run(self) -> None:
        """Grow first, on empty tables; measure everything else on what has grown; crash last."""
        with crew(self.server) as ours:
            self.say("schemes, merchants, tills")
            build_city(self.server)
            make_rivals(self.server)
            self.say(f"from empty to {self.size.redemptions:,} redemptions")
            grown = grow(self.server, ours, results=self.results, redemptions=self.size.redemptions)
            self.settle()
            self.grant(grown.stop)
            self.reach()
            self.say("letters")
            measure_letters(self.results, count=self.size.letters)
            last = self.size.passes * 4 // 5
            crowd = Crowd(grown.stop, last)
            self.contest(ours, crowd)
            with in_a_worker() as worker:
                self.wait(crowd, worker)
            # Over HTTP a card has its limit per day, so these bought nothing before.
            self.serve(Crowd(last, self.size.passes))
            self.crash(ours, crowd)
        self.close_the_books()

    def settle(self) -> None:
        self.say("settling all of them")
        prepare_payouts(self.server)
        settle_rounds(self.server, self.results, rounds=self.size.rounds, say=self.say)

    def run_reports(self) -> None:
        """Only settling and the report of reach, with what they need: redemptions, and everybody's grants."""
        with crew(self.server) as ours:
            self.say("schemes, merchants, tills")
            build_city(self.server)
            self.say(f"from empty to {self.size.redemptions:,} redemptions")
            grown = grow(self.server, ours, results=Results(), redemptions=self.size.redemptions)
            self.settle()
        rest = range(grown.stop, self.size.passes)
        self.say(f"granting {len(rest):,} passes")
        add_residents(self.server, rest)
        grant_passes(self.server, rest)
        self.reach()
        self.close_the_books()

    def reach(self) -> None:
        for number in range(min(FEW_ROUNDS, self.size.rounds)):
            self.say(f"a report of reach, round {number + 1}")
            reach_round(self.server, self.results)

    def grant(self, first: int) -> None:
        for number in range(self.size.rounds):
            numbers = range(first, first + self.size.granted)
            numbers = range(numbers.start, min(numbers.stop, self.size.passes))
            self.say(f"granting {len(numbers):,} passes, round {number + 1}")
            granted, copied = granted_against_copied(self.server, numbers)
            self.results.gate("grant", copied / granted)
            self.results.figure("passes granted (two budgets each)/s", granted)
            self.results.figure("the same rows by COPY, passes/s", copied)
            first = numbers.stop
        rest = range(first, self.size.passes)
        add_residents(self.server, rest)
        grant_passes(self.server, rest)

    def contest(self, ours: Crew, crowd: Crowd) -> None:
        self.say("bare tables with the same rows, and pgbench's own")
        fill_rivals(self.server)
        make_tpc_b(self.server, self.size.scale)
        server, seconds = self.server, self.size.seconds
        rival, lock = tpc_b(server), lock_per_request(server, hot_account())
        bare = Crew(server, "superuser")
        contest = Contest(
            server,
            self.results,
            ours,
            bare,
            crowd,
            *(seconds, rival, rival.best_clients(seconds), lock, lock.best_clients(seconds)),
        )
        for number in range(self.size.rounds):
            self.say(f"at SQL level, round {number + 1}")
            contest.round(self.say)
        bare.end()

    def wait(self, crowd: Crowd, worker: ProcessPoolExecutor) -> None:
        address, seconds = self.server.access.address, self.size.seconds
        self.say("the best number of connections for one call per request")
        best = best_connections(address, crowd, worker=worker, seconds=seconds)
        for number in range(self.size.rounds):
            self.say(f"latency, round {number + 1}")
            Waiting(address, crowd, self.results, seconds, worker, best).round()

    def serve(self, crowd: Crowd) -> None:
        self.say("starting three servers")
        with street(
            self.server, crowd, results=self.results, seconds=self.size.seconds
        ) as measured:
            for number in range(self.size.rounds):
                self.say(f"over HTTP, round {number + 1}")
                measured.round()

    def crash(self, ours: Crew, crowd: Crowd) -> None:
        for number in range(min(FEW_ROUNDS, self.size.rounds)):
            self.say(f"kill -9, round {number + 1}")
            seconds = seconds_to_recover(
                self.server, ours, crowd=crowd, load_seconds=CRASH_LOAD_SECONDS
            )
            self.results.gate("recovery", seconds)

    def close_the_books(self) -> None:
        """Prove that what was measured were bookings: to the cent, over all of them."""
        self.say("proving the books")
        began = time.perf_counter()
        proof = self.server.run(prove_books(self.server.superuser, datetime.now(UTC)))
        assert proof.closes, [*proof.findings[:3], *proof.missing_walls]
        count = self.server.run(self.server.superuser.fetchval("SELECT count(*) FROM entry"))
        self.results.lines.append(
            f"Afterwards `prove` closed over {count:,} entries, to the cent, "
            f"in {time.perf_counter() - began:.0f} s."
        )


@contextmanager
def crew(server: Server) -> Generator[Crew]:
    made = Crew(server, "app")
    try:
        yield made
    finally:
        made.end()


def main() -> None:
    options = arguments()
    size = QUICK if options.quick else FULL if options.full else STANDARD
    version: Version = options.pg
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {what}", file=sys.stderr, flush=True)

    results = Results()
    say(f"{size.title}; starting PostgreSQL {version}")
    with started(version, options.folder) as server:
        machine = server.run(describe(server.superuser, server.place.path))
        bench = Bench(server, size, results, say)
        bench.run_reports() if options.reports else bench.run()
    if not options.reports:
        # On a server of its own: sealing all of the above would take longer than measuring it.
        with started(version, options.folder) as server:
            rounds = min(FEW_ROUNDS, size.rounds)
            measure_seals(server, results, rounds=rounds, seconds=size.seconds * 2, say=say)
    print(f"# {size.title[0].upper()}{size.title[1:]}, {datetime.now(UTC):%d-%m-%Y}\n")
    print("\n".join(["| | |", "|---|---|", *(f"| {what} | {value} |" for what, value in machine)]))
    print("\n" + "\n".join(gates_table(results)))
    print("\n" + "\n".join([*results.lines, "", *figures_table(results)]))
    print(f"\nTook {time.monotonic() - began:.0f} s.")
    for what in results.missed():
        print(f'MISSED: {what}: see load_tests/README.md, "What was missed".')


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute, to try the program")
    parser.add_argument("--full", action="store_true", help="ten million redemptions")
    parser.add_argument("--reports", action="store_true", help="only settling and reach")
    parser.add_argument("--pg", choices=["18", "16"], default="18", help="PostgreSQL to measure")
    parser.add_argument("--folder", type=Path, help="where the data goes; the disk matters")
    return parser.parse_args()


if __name__ == "__main__":
    main()
