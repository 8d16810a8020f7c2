"""Exports and imports a city with sales, and prints how fast: ``python load_tests/leaving.py --sales 20000``.

Each is done by a process of its own, as a command would do it, so that its memory is that of it alone. The
import goes into another database of the same server, and proves the books and verifies the seals as always.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

import city
from build import add_residents, build_city
from clients import in_a_worker
from machine import resident_megabytes
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.db import Database
from pas.embedded import DataDir
from pas.installation import prepare
from pas.installation.access import embedded_access
from pas.leaving.arrive import import_municipality
from pas.leaving.export import export_municipality
from sales import REDEEM_BATCH, Crowd, redeem_arguments
from server import Server, started

BATCH: Final = 500
ELSEWHERE: Final = "elsewhere"


class Order(msgspec.Struct, frozen=True):
    """Where the server and the keys are, and where the export goes."""

    data: Path
    folder: Path


class Took(msgspec.Struct, frozen=True):
    rows: int
    seconds: float
    peak_megabytes: float


def export(order: Order) -> Took:
    return took(_export(order))


def arrive(order: Order) -> Took:
    return took(_arrive(order))


def took(work: Coroutine[object, object, int]) -> Took:
    began = time.perf_counter()
    rows = asyncio.run(work)
    return Took(rows, time.perf_counter() - began, resident_megabytes(os.getpid())[1])


async def _export(order: Order) -> int:
    access = embedded_access(DataDir(order.data))
    database = Database(access.address)
    registered = await database.municipality(city.MUNICIPALITY)
    await database.close()
    ring = KeyStore(order.folder / "keys").ring(city.MUNICIPALITY)
    made = await export_municipality(access, registered, order.folder / "out", ring=ring)
    return made.manifest.rows


async def _arrive(order: Order) -> int:
    access = embedded_access(DataDir(order.data), ELSEWHERE)
    ring = KeyStore(order.folder / "keys").ring(city.MUNICIPALITY)
    arrived = await import_municipality(access, order.folder / "out", ring=ring)
    return arrived.manifest.rows


def sell(server: Server, holders: int, count: int) -> None:
    crowd = Crowd(0, holders)
    for _ in range(0, count, BATCH):
        arguments = redeem_arguments(crowd.sales(BATCH), counts_cards=False)
        server.run(server.superuser.fetchval(REDEEM_BATCH, *arguments))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sales", type=int, default=20_000)
    parser.add_argument("--passes", type=int, default=5_000)
    asked = parser.parse_args()
    with started("18") as server, tempfile.TemporaryDirectory() as place, in_a_worker() as first:
        folder = Path(place)
        order = Order(server.place.path, folder)
        make_keys(KeyStore(folder / "keys"), city.MUNICIPALITY, demo=False, now=datetime.now(UTC))
        build_city(server)
        add_residents(server, range(asked.passes))
        sell(server, asked.passes, asked.sales)
        server.run(prepare(server.access.of_database(ELSEWHERE)))
        print("| what | rows | seconds | rows/s | MB at its peak |\n|---|---|---|---|---|")
        show("export", first.submit(export, order).result())
        with in_a_worker() as second:
            show("import", second.submit(arrive, order).result())
        size = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())
        print(f"{size / 1e6:.1f} MB as exported", file=sys.stderr)


def show(what: str, one: Took) -> None:
    figures = f"{one.rows} | {one.seconds:.1f} | {one.rows / one.seconds:.0f}"
    print(f"| {what} | {figures} | {one.peak_megabytes:.0f} |")


if __name__ == "__main__":
    main()
