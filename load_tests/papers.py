"""What the papers of one payment take, from a few lines to the most that a file holds: ``python load_tests/papers.py``.

Of each size: a CSV and a spreadsheet of all lines, and one PDF of as many as go in one. The lines are made
in memory; reading them from the database, a few hundred at a time, is not in it.
"""

import asyncio
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from clients import in_a_worker
from machine import resident_megabytes
from pas.ids import AccountId, EntryId, MunicipalityName
from pas.money import Cents
from pas.press.document import House, set_document
from pas.press.press import a_press
from pas.settlements.specification import Part, Payment, Specification, Sum, place_of
from pas.settlements.specification_files import (
    COLUMNS,
    MOST_IN_A_FILE,
    MOST_ON_PAPER,
    cells,
    document_of,
)
from pas.spreadsheet import write_spreadsheet
from pas.tables import Table, csv_text

SIZES: Final = (100, MOST_ON_PAPER, 20_000, MOST_IN_A_FILE)
NOON: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUSE: Final = House("Velsen", "Stadspas", "14 0255")
VELSEN: Final = MunicipalityName("velsen")


def made(size: int, *, kept: int) -> Specification:
    """A merchant with five locations, two tills each, and three things that are sold."""
    total, sums, parts = Sum(), dict[tuple[str, str], Sum](), list[Part]()
    for number in range(size):
        part = Part(
            entry_id=EntryId(UUID(int=number + 1)),
            kind="redeem",
            occurred_at=NOON + timedelta(seconds=number),
            location=f"Zwembad De Heerenduinen, vestiging {number % 5}",
            till=f"kassa {number % 2}",
            invoice=None,
            category=("Sport", "Zwemles", "Cultuur")[number % 3],
            price_cents=Cents(1_240),
            credited_cents=Cents(1_240),
            debited_cents=Cents(0),
        )
        total.add(part)
        sums.setdefault(place_of(part), Sum()).add(part)
        if number < kept:
            parts.append(part)
    payment = Payment(
        run_number=1,
        number=1,
        merchant="Zwembad De Heerenduinen",
        holder="Stichting Zwemmen",
        iban="NL91ABNA0417164300",
        pays_on=NOON.date(),
        proposed_at=NOON,
        account_id=AccountId(1),
        from_epoch=0,
        from_xid=0,
        to_epoch=1,
        to_xid=1,
        amount_cents=total.amount_cents,
    )
    return Specification([payment], total, sums, (NOON, parts[-1].occurred_at), parts)


def text(size: int) -> tuple[int, float]:
    found = made(size, kept=size)
    return len(csv_text(Table("uitbetaling", COLUMNS, map(cells, found.parts))).encode()), 0.0


def sheet(size: int) -> tuple[int, float]:
    found = made(size, kept=size)
    return len(write_spreadsheet("uitbetaling", COLUMNS, map(cells, found.parts))), 0.0


def paper(size: int) -> tuple[int, float]:
    return asyncio.run(_paper(size))


async def _paper(size: int) -> tuple[int, float]:
    """Give the bytes, and what the process that sets type took at its peak."""
    document = document_of(
        made(size, kept=min(size, MOST_ON_PAPER)), municipality=VELSEN, part=1, house=HOUSE
    )
    async with a_press() as press:
        content = await set_document(press, document, made_at=NOON)
        return len(content), resident_megabytes(press.process_id)[1]


def timed(make: Callable[[int], tuple[int, float]], size: int) -> tuple[int, float, float, float]:
    began = time.perf_counter()
    made_bytes, typst = make(size)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return made_bytes, took, peak, typst


def main() -> None:
    print("| lines | what | seconds | kB | our MB | typst MB |\n|---|---|---|---|---|---|")
    for size in SIZES:
        for name, make in (("CSV", text), ("spreadsheet", sheet), ("PDF", paper)):
            with in_a_worker() as worker:
                size_bytes, took, ours, typst = worker.submit(timed, make, size).result()
            print(
                f"| {size} | {name} | {took:.1f} | {size_bytes // 1000} | {ours:.0f} | {typst:.0f} |"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    os.nice(5)
    main()
