"""Verifies a tenth of many leaves and then all of them, by both verifiers, and watches their memory meanwhile."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec

import city
from gates import Results
from machine import resident_megabytes
from pas.db import Address, Database
from pas.seals.take_balances import take_balances
from server import Server

PAS: Final = Path(sys.executable).with_name("pas")
VERIFIER: Final = Path(__file__).parents[1] / "verifier" / "pas_verify.py"
LOOK_SECONDS: Final = 0.1
PER_SEAL: Final = 1_000
SIZES: Final = {
    "a leaf in the database, with its indexes: bytes": """
        SELECT pg_total_relation_size('seal_leaf')::float8 / count(*) FROM seal_leaf""",
    "256 accounts in a tree of balances, with their indexes: kB": """
        SELECT pg_total_relation_size('balance_tile')::float8 / 1000 / count(*) FROM balance_tile WHERE level = 0""",
}


class Books(Protocol):
    """A city in which can be booked and sealed."""

    @property
    def server(self) -> Server: ...
    @property
    def results(self) -> Results: ...
    @property
    def folder(self) -> Path: ...
    def book(self, entries: int) -> None: ...
    def catch_up(self) -> object: ...
    def size(self) -> int: ...


class Ran(msgspec.Struct, frozen=True):
    """A command that ended well, by itself."""

    said: str
    seconds: float
    peak_megabytes: float


def verify_many(books: Books, leaves: int, say: Callable[[str], None]) -> None:
    """Book and seal up to so many, and verify twice: memory that grows with the leaves shows.

    A seal stands over a thousand entries, as it does where a thousand a second are booked.
    """
    for part in (leaves // 10, leaves):
        say(f"up to {part:,} leaves")
        while (size := books.size()) < part:
            books.book(min(PER_SEAL, part - size))
            books.catch_up()
        _verify(books, size, say)
    books.server.run(_take_balances(books.server.access.address))
    for what, query in SIZES.items():
        found = books.server.run(books.server.superuser.fetchval(query))
        books.results.figure(what, float(found))


async def _take_balances(address: Address) -> None:
    database = Database(address)
    try:
        async with database.connection(city.MUNICIPALITY) as connection:
            assert await take_balances(connection, now=datetime.now(UTC)), "there are accounts"
    finally:
        await database.close()


def _verify(books: Books, leaves: int, say: Callable[[str], None]) -> None:
    out = books.folder / f"export-{leaves}"
    pas = [str(PAS), "ledger"]
    keys = watched(books, [*pas, "seal-keys", city.MUNICIPALITY]).said
    alone = [sys.executable, "-S", str(VERIFIER), str(out), "--key", keys.split()[0]]
    for what, command, holds in (
        ("pas ledger verify", [*pas, "verify", city.MUNICIPALITY], " hold."),
        ("pas ledger export", [*pas, "export", city.MUNICIPALITY, str(out)], "sealed rows"),
        ("pas_verify.py", alone, "All of it holds."),
    ):
        ran = watched(books, command)
        assert holds in ran.said, ran.said
        of = f"{what}, {leaves:,} leaves"
        books.results.figure(f"{of}: seconds", ran.seconds)
        books.results.figure(f"{of}: leaves/s", leaves / ran.seconds)
        books.results.figure(f"{of}: MB at its peak", ran.peak_megabytes)
        say(f"{of}: {ran.seconds:.0f} s, {ran.peak_megabytes:.0f} MB")


def watched(books: Books, command: list[str]) -> Ran:
    """Run a command to its end, and look at its memory ten times a second."""
    environment = books.server.program_environment(books.folder)
    began, peak = time.perf_counter(), 0.0
    with (books.folder / "said").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            command, env=environment, stdout=said, stderr=subprocess.STDOUT, text=True
        )
        while process.poll() is None:
            peak = max(peak, _megabytes(process.pid))
            time.sleep(LOOK_SECONDS)
        said.seek(0)
        written = said.read()
    assert process.returncode == 0, written
    return Ran(written, time.perf_counter() - began, peak)


def _megabytes(process: int) -> float:
    try:
        return resident_megabytes(process)[1]
    except KeyError:  # it has just ended, and has no memory any more
        return 0.0
