"""``pas demo`` as a process: its data outlive it, its books close, and one cent too many is named."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from given.city import a_merchant, a_scheme, a_till
from mutate import by_hand
from pas.db import Connection
from pas.embedded import Supervisor
from pas.installation.access import embedded_access
from serving import Served, run_pas, serving
from stalls import YEAR, a_purse
from town import make_town

COUNT = """
    SELECT (SELECT count(*) FROM resident) AS residents, (SELECT count(*) FROM card) AS cards,
        count(*) AS transfers, sum(amount) AS moved, max(entry_id::text) AS last
    FROM transfer
    """
ONE_REDEMPTION = """
    SELECT t.entry_id FROM transfer t JOIN entry e ON e.id = t.entry_id
    WHERE e.kind = 'redeem' AND t.line = 1 ORDER BY t.entry_id OFFSET 7 LIMIT 1
    """


@pytest.mark.slow
def test_the_demonstration_keeps_its_data_and_names_a_cent_too_many(short_path: Path) -> None:
    """In a small town, so that it is made in a moment."""
    data = short_path / "data"
    make_town(data)
    with Supervisor(data):
        asyncio.run(some_passes(data))
    keeps_its_data_and_names_a_cent_too_many(short_path, count=100)


@pytest.mark.faults
def test_the_whole_city_does_after_ten_thousand_sales(short_path: Path) -> None:
    keeps_its_data_and_names_a_cent_too_many(short_path, count=10_000)


def keeps_its_data_and_names_a_cent_too_many(folder: Path, *, count: int) -> None:
    data = folder / "data"
    with serving(folder, "demo", workers="1"):
        spent = run_pas("demo", "spend", "--count", str(count), data_dir=str(data))
        made = counted(data)
    assert spent.returncode == 0, spent.stderr
    booked = re.search(r"(\d+) booked", spent.stderr)
    assert booked
    assert int(booked[1]) > count / 2

    with serving(folder, "demo", workers="1") as again:
        assert counted(data) == made
        assert_opens(again)
        closed = run_pas("ledger", "prove", "velsen", data_dir=str(data))
        assert closed.returncode == 0, closed.stderr
        entry = asyncio.run(one_cent_more(data))
        broken = run_pas("ledger", "prove", "velsen", data_dir=str(data))
    assert broken.returncode == 1
    assert entry in broken.stderr


def assert_opens(served: Served) -> None:
    assert "Velsen" in httpx.get(f"{served.url}/velsen").text


def counted(data: Path) -> tuple[object, ...]:
    """What is there, for as long as another process has it running."""

    async def count() -> tuple[object, ...]:
        connection = await superuser_of(data)
        try:
            return tuple(await connection.fetchrow(COUNT) or ())
        finally:
            await connection.close()

    return asyncio.run(count())


async def one_cent_more(data: Path) -> str:
    connection = await superuser_of(data)
    try:
        entry = await connection.fetchval(ONE_REDEMPTION)
        change = f"UPDATE transfer SET amount = amount + 1 WHERE entry_id = '{entry}' AND line = 1"
        await by_hand(connection, "transfer", change)
    finally:
        await connection.close()
    return str(entry)


async def some_passes(data: Path) -> None:
    """With money on them, and a till that takes them."""
    connection = await superuser_of(data)
    try:
        scheme = await a_scheme(connection, year=YEAR)
        await a_till(connection, await a_merchant(connection))
        for _ in range(20):
            await a_purse(connection, scheme, 20_000)
    finally:
        await connection.close()


async def superuser_of(data: Path) -> Connection:
    superuser = embedded_access(Supervisor(data).place).superuser
    assert superuser is not None
    connection = await superuser.connect()
    await connection.execute("SET search_path = velsen, pg_temp")
    return connection
