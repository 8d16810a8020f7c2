"""A sample is drawn again from the export by the code in the document, in another language, and is the same."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from given.days import NOW
from given.years import LAST, OldYear, a_closed_year, refunded, sold
from node_tools import run_node
from pas.auth.keys import KeyRing
from pas.db import Connection, Database
from pas.seals.export import LOG, export_books
from pas.years.sample import Ask, SampleWrong, draw
from sealing import seal_all

DOCUMENT = Path(__file__).parents[2] / "docs" / "audit-sample.md"


def population(folder: Path, year: int, *, below: int) -> list[tuple[int, str, int]]:
    """The entries of a year as the document says, with nothing of the program."""
    with gzip.open(folder / LOG, "rt") as log:
        lines = [json.loads(line) for line in log]
    in_cents = {
        line["row"]["id"]
        for line in lines
        if line["kind"] == "account" and line["row"]["unit"] == "cents"
    }
    return list(_entries(lines, in_cents, year, below))


def _entries(
    lines: list[dict[str, Any]], in_cents: set[int], year: int, below: int
) -> Iterator[tuple[int, str, int]]:
    for line in lines:
        if line["kind"] != "entry" or line["n"] is None or line["n"] >= below:
            continue
        if not line["row"]["period"].startswith(f"{year}-"):
            continue
        cents = sum(part[3] for part in line["lines"] if part[1] in in_cents)
        if cents:
            yield line["n"], line["row"]["id"], cents


def drawn_by_the_document(
    entries: list[tuple[int, str, int]], seed: str, size: int
) -> tuple[list[str], list[str]]:
    """Run the code that stands in the document."""
    found = re.search(r"```js\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    given = f"const crypto = require('crypto'), entries = {json.dumps(entries)}, seed = {json.dumps(seed)}, size = {size};"
    said = (
        "console.log(JSON.stringify([random.map((one) => one[1]), byAmount.map((one) => one[1])]));"
    )
    done = run_node("-e", f"{given}\n{found[1]}\n{said}")
    assert done.returncode == 0, done.stderr
    at_random, by_amount = json.loads(done.stdout)
    return at_random, by_amount


async def test_the_document_draws_the_same_from_the_export(
    connection: Connection, old: OldYear, ring: KeyRing, tmp_path: Path
) -> None:
    for cents in (*range(1, 25), 9_000):
        await sold(connection, old.shop, cents=cents)
    year = NOW.year
    await seal_all(connection, ring)
    folder = tmp_path / "export"
    folder.mkdir()
    await export_books(connection, folder)
    seal = (await draw(connection, year, Ask("x", 1))).seal_size
    entries = population(folder, year, below=seal)
    for seed, size in (("2027-01-15", 7), ("a", 1), ("é", 20), ("z", 2_000)):
        ours = await draw(connection, year, Ask(seed, size))
        by_amount = await draw(connection, year, Ask(seed, size, "amount"))
        theirs, of_amount = drawn_by_the_document(entries, seed, size)
        assert [str(one.entry_id) for one in ours.entries] == theirs
        assert [str(one.entry_id) for one in by_amount.entries] == of_amount
        assert sum(one.hits for one in by_amount.entries) == min(
            size, by_amount.population.amount_cents
        )
    assert ours.population.entries == len(entries) == len(ours.entries)


async def test_what_is_larger_than_the_interval_is_always_in(
    connection: Connection, old: OldYear, ring: KeyRing
) -> None:
    large = await sold(connection, old.shop, cents=9_000)
    await sold(connection, old.shop, cents=1)
    await seal_all(connection, ring)
    for seed in ("a", "b", "c", "d"):
        sample = await draw(connection, NOW.year, Ask(seed, 3, "amount", "redeem"))
        assert large in {one.entry_id for one in sample.entries}
        assert {one.kind for one in sample.entries} == {"redeem"}


async def test_under_its_seal_it_is_the_same_whatever_comes_later(
    connection: Connection, database: Database, old: OldYear, ring: KeyRing
) -> None:
    await a_closed_year(connection, database, ring)
    before = await draw(connection, LAST, Ask("s", 5))
    await refunded(connection, old.shop, old.sale, 100, when=NOW)
    await seal_all(connection, ring)
    assert await draw(connection, LAST, Ask("s", 5)) == before
    assert await draw(connection, LAST, Ask("s", 5, seal_size=before.seal_size)) == before
    proved = "SELECT count(*) FROM seal_leaf WHERE number = $1 AND key = uuid_send($2::uuid)"
    for one in before.entries:
        assert await connection.fetchval(proved, one.position, one.entry_id) == 1


@pytest.mark.parametrize(
    "ask", [Ask("", 5), Ask("s", 0), Ask("s", 2_001), Ask("s", 5, seal_size=1)]
)
async def test_what_cannot_be_drawn_is_refused(
    connection: Connection, old: OldYear, ring: KeyRing, ask: Ask
) -> None:
    assert old
    await seal_all(connection, ring)
    with pytest.raises(SampleWrong):
        await draw(connection, LAST, ask)
