"""A backup that is put back: what came after it is gone, and a till that sends it again books it once."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from given.city import a_merchant, a_scheme
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.db import role_name
from pas.embedded import DataDir, Supervisor
from pas.embedded.binaries import binary
from pas.embedded.cluster import SUPERUSER
from pas.installation import Access
from pas.installation.access import embedded_access
from servers import make_template
from serving import free_port, run_pas, serving
from stalls import VELSEN, YEAR, a_device, a_purse, a_take, sale
from tellers import Basket, send

pytestmark = pytest.mark.faults


class City(msgspec.Struct, frozen=True):
    """An installation in a folder, with two sales: one before the backup and one after it."""

    folder: Path
    before: Basket
    after: Basket

    @property
    def data(self) -> Path:
        return self.folder / "data"

    async def sells(self, *baskets: Basket) -> list[str]:
        """When each was booked: a replay tells the time of the first."""
        with serving(self.folder, workers="1") as served:
            async with httpx.AsyncClient(base_url=served.url) as client:
                answers = [await send(client, basket) for basket in baskets]
        items = [answer.json()["items"][0] for answer in answers]
        assert [item["outcome"] for item in items] == ["booked"] * len(baskets)
        return [item["recordedAt"] for item in items]

    def pas(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run_pas(*arguments, data_dir=str(self.data))

    async def epochs(self) -> list[int]:
        """In which epoch each of the two was booked."""
        with Supervisor(self.data) as server:
            access = embedded_access(server.place)
            connection = await access.address.login(role_name("auditor", VELSEN)).connect()
            ids = [self.before.takes[0].id, self.after.takes[0].id]
            rows = await connection.fetch(
                "SELECT epoch FROM entry WHERE id = ANY ($1) ORDER BY array_position($1, id)", ids
            )
            await connection.close()
        return [row["epoch"] for row in rows]


@pytest.fixture
async def city(short_path: Path) -> City:
    with Supervisor(short_path / "data") as server:
        access = embedded_access(server.place)
        await make_template(access)
        connection = await access.address.login(role_name("app", VELSEN)).connect()
        device = await a_device(connection, await a_merchant(connection))
        purse = await a_purse(connection, await a_scheme(connection, year=YEAR), 20_000)
        await connection.close()
    keys = KeyStore(short_path / "data" / "keys")
    make_keys(keys, VELSEN, demo=False, now=datetime.now(UTC))
    first, second = (sale(device, a_take(purse, cents=cents)) for cents in (100, 250))
    return City(short_path, first, second)


async def goes_on(city: City, kept: str, lost: str) -> None:
    """From a new epoch on: what the backup holds is a replay, what it lacks is booked."""
    raised = city.pas("ledger", "raise-epoch", "velsen", "--reason", "the backup of yesterday")
    assert raised.returncode == 0, raised.stderr
    first, again, once_more = await city.sells(city.before, city.after, city.after)
    assert first == kept < lost < again == once_more
    assert await city.epochs() == [1, 2]
    proved = city.pas("ledger", "prove", "velsen")
    assert proved.returncode == 0, proved.stdout


async def test_a_copy_of_the_whole_folder_is_put_back(city: City) -> None:
    (kept,) = await city.sells(city.before)
    backup = city.folder / "backup"
    copy(city.data, backup)
    (lost,) = await city.sells(city.after)
    shutil.rmtree(city.data)
    backup.rename(city.data)

    await goes_on(city, kept, lost)


async def test_a_dump_is_read_into_another_server_that_refuses_until_it_is_told(
    city: City,
) -> None:
    """The other server counts its transactions from the beginning, so its positions lie behind."""
    with Supervisor(city.data) as server:
        await let_a_year_pass(embedded_access(server.place))
    (kept,) = await city.sells(city.before)
    dump = city.folder / "dump.sql"
    with Supervisor(city.data) as server:
        tool(server.place, "pg_dumpall", "--file", str(dump))
    (lost,) = await city.sells(city.after)
    was = city.folder / "was"
    city.data.rename(was)
    city.data.mkdir(mode=0o700)
    for secret in ("keys", "secrets.json"):
        copy(was / secret, city.data / secret)
    with Supervisor(city.data) as server:
        tool(server.place, "psql", "--quiet", "--file", str(dump), "postgres")

    refused = run_pas("serve", data_dir=str(city.data), port=str(free_port()))
    assert refused.returncode == 3
    assert "pas ledger raise-epoch velsen" in refused.stderr
    await goes_on(city, kept, lost)


async def let_a_year_pass(access: Access) -> None:
    """Count many transactions, more than a dump takes to be read."""
    assert access.superuser
    connection = await access.superuser.connect()
    await connection.execute("SET synchronous_commit = off")
    await connection.execute(
        "DO $$ BEGIN FOR n IN 1..100000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
    )
    await connection.close()


def copy(source: Path, target: Path) -> None:
    """With owners and modes, which ``copytree`` leaves out."""
    command = ["cp", "--archive", source, target]
    subprocess.run(command, check=True)


def tool(place: DataDir, name: str, *arguments: str) -> None:
    secrets, folder = place.secrets(), place.socket_dir()
    assert secrets
    assert folder
    command = [binary(name, place.version), "-h", folder, "-U", SUPERUSER, *arguments]
    environment = {**os.environ, "PGPASSWORD": secrets.superuser_password}
    subprocess.run(command, env=environment, check=True)
