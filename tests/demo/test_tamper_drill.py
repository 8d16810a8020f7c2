"""The tamper drill as load_tests/README.md has it: in a small town, each change named by both verifiers."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from booking import a_sale, redeem
from given.city import a_merchant, a_scheme, a_till
from pas.embedded import Supervisor
from pas.installation.access import embedded_access
from serving import environment, run_pas
from stalls import YEAR, a_purse
from town import make_town

DRILL = Path(__file__).parents[2] / "load_tests" / "tamper_drill.py"
CHANGES = (
    "a transfer is changed",
    "one is deleted",
    "one is inserted",
    "two change places",
    "the last seal is replaced",
)


async def two_sales(data: Path) -> None:
    superuser = embedded_access(Supervisor(data).place).superuser
    assert superuser is not None
    connection = await superuser.connect()
    try:
        await connection.execute("SET search_path = velsen, pg_temp")
        till = await a_till(connection, await a_merchant(connection))
        purse = await a_purse(connection, await a_scheme(connection, year=YEAR), 20_000)
        sales = [a_sale(till, purse, cents) for cents in (450, 1_250)]
        assert await redeem(connection, *sales) == ["booked", "booked"]
    finally:
        await connection.close()


@pytest.mark.slow
def test_each_change_of_the_past_is_named_by_both_verifiers(short_path: Path) -> None:
    data = short_path / "data"
    make_town(data)
    with Supervisor(data):
        asyncio.run(two_sales(data))
        assert run_pas("ledger", "seal", "velsen", data_dir=str(data)).returncode == 0
        drill = subprocess.run(
            [sys.executable, DRILL, "velsen"],
            env=environment({"data_dir": str(data)}),
            capture_output=True,
            text=True,
            check=False,
        )
    said = drill.stdout.splitlines()
    assert drill.returncode == 0, drill.stdout + drill.stderr
    assert [line[:28].rstrip() for line in said] == [*CHANGES, "put back, and all of it hold"]
    assert all("ours: True   alone: True" in line for line in said[:-1])
