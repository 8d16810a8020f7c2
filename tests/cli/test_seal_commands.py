"""Witnesses and receipts by commands: against a city that is served, with a sale that a till has the receipt of."""

import asyncio
import json
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from given.city import a_merchant, a_scheme
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.db import role_name
from pas.embedded import Supervisor
from pas.installation.access import embedded_access
from pas.seals.notes import is_signed_by, read_note, read_verifier, verifier_of
from servers import make_template
from serving import run_pas, serving
from stalls import VELSEN, YEAR, a_device, a_purse, a_take, sale
from tellers import Basket, send

NAME = "witness.almere.nl"

pytestmark = pytest.mark.slow


class City(msgspec.Struct, frozen=True):
    """Velsen as it is served, and two sales that its till wants to make."""

    folder: Path
    seals: str
    baskets: tuple[Basket, Basket]

    def pas(self, *words: str | Path) -> "subprocess.CompletedProcess[str]":
        return run_pas(*map(str, words), data_dir=str(self.folder / "data"))

    def receipt(self, basket: Basket) -> Path:
        """Sell; what came with the answer, in a file."""

        async def sold() -> str:
            async with httpx.AsyncClient(base_url=self.seals.split("/velsen")[0]) as client:
                return (await send(client, basket)).json()["items"][0]["receipt"]

        file = self.folder / f"{basket.takes[0].id}.txt"
        file.write_text(asyncio.run(sold()), encoding="utf-8")
        return file

    @property
    def key(self) -> str:
        assert self.pas("ledger", "seal", "velsen").returncode == 0
        return self.pas("ledger", "seal-keys", "velsen").stdout.split()[0]


@pytest.fixture(scope="module")
def city() -> Generator[City]:
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="pas-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        baskets = asyncio.run(made(folder / "data"))
        served = stack.enter_context(serving(folder, workers="1"))
        yield City(folder, f"{served.url}/velsen/seals", baskets)


async def made(data: Path) -> tuple[Basket, Basket]:
    with Supervisor(data) as server:
        access = embedded_access(server.place)
        await make_template(access)
        make_keys(KeyStore(data / "keys"), VELSEN, demo=False, now=datetime.now(UTC))
        connection = await access.address.login(role_name("app", VELSEN)).connect()
        device = await a_device(connection, await a_merchant(connection))
        purse = await a_purse(connection, await a_scheme(connection, year=YEAR), 20_000)
        await connection.close()
    one, other = (sale(device, a_take(purse, cents=cents)) for cents in (1240, 250))
    return one, other


def test_another_municipality_witnesses_the_seals(city: City, short_path: Path) -> None:
    key, almere, line = city.key, short_path / "almere", short_path / "line.txt"
    asked = ("ledger", "witness", almere, city.seals, "--key", key)
    nameless = city.pas(*asked)
    assert (nameless.returncode, "--name" in nameless.stderr) == (1, True)
    signed = city.pas(*asked, "--name", NAME)
    assert signed.returncode == 0, signed.stderr
    line.write_text(signed.stdout, encoding="utf-8")
    unknown = city.pas("ledger", "cosign", "velsen", line)
    assert (unknown.returncode, "kennen wij niet" in unknown.stderr) == (1, True)

    (witness,) = [word for word in signed.stderr.split() if word.startswith(f"{NAME}+")]
    for _ in range(2):
        assert city.pas("ledger", "add-witness", "velsen", witness).returncode == 0
    taken = city.pas("ledger", "cosign", "velsen", line)
    assert (taken.returncode, f"{NAME} signed" in taken.stderr) == (0, True), taken.stderr
    published = httpx.get(f"{city.seals}/witnessed").text
    assert is_signed_by(read_note(published), read_verifier(witness))

    city.receipt(city.baskets[0])
    assert city.key == key
    posted = city.pas(*asked, "--post")
    assert posted.returncode == 0, posted.stderr
    newer = read_note(httpx.get(f"{city.seals}/witnessed").text)
    assert newer.text != read_note(published).text
    assert is_signed_by(newer, read_verifier(witness))
    assert NAME in httpx.get(city.seals).text


def test_what_is_no_line_of_a_witness_is_told(city: City, short_path: Path) -> None:
    line = short_path / "line.txt"
    line.write_text("something else\n", encoding="utf-8")
    refused = city.pas("ledger", "cosign", "velsen", line)
    assert (refused.returncode, "is not what pas ledger witness prints" in refused.stderr) == (
        1,
        True,
    )


def test_a_witness_signs_no_fork_no_stranger_and_nothing_that_is_away(
    city: City, short_path: Path
) -> None:
    key, almere = city.key, short_path / "almere"

    def witness(address: str | Path, by: str = key) -> "subprocess.CompletedProcess[str]":
        return city.pas("ledger", "witness", almere, address, "--key", by, "--name", NAME)

    assert witness(city.seals).returncode == 0
    (seen,) = almere.glob("*.checkpoint")
    origin, size, _, *rest = seen.read_text(encoding="utf-8").split("\n")
    seen.write_text("\n".join((origin, size, "A" * 43 + "=", *rest)), encoding="utf-8")
    forked = witness(city.seals)
    assert (forked.returncode, forked.stdout) == (1, "")
    assert "ander verleden" in forked.stderr
    assert list(almere.glob("*.forked"))

    stranger = witness(city.seals, verifier_of(origin, bytes(32)).text)
    assert (stranger.returncode, "niet gezet met de sleutel" in stranger.stderr) == (1, True)
    away = witness(short_path / "nowhere")
    assert (away.returncode, "nowhere/checkpoint" in away.stderr) == (3, True)
    assert "Traceback" not in forked.stderr + away.stderr


def test_a_receipt_of_a_till_is_checked_with_the_books(city: City) -> None:
    receipt = city.receipt(city.baskets[1])
    early = city.pas("ledger", "verify", "velsen", "--receipt", receipt)
    assert city.key
    kept = city.pas("ledger", "verify", "velsen", "--receipt", receipt)
    assert (early.returncode, kept.returncode) == (0, 0), early.stderr + kept.stderr
    assert f"Receipt of {city.baskets[1].takes[0].id}: kept, at" in " ".join(kept.stderr.split())
    told = json.loads(city.pas("ledger", "verify", "velsen", "--receipt", receipt, "--json").stdout)
    assert [one["verdict"] for one in told["receipts"]] == ["kept"]

    forged = receipt.with_suffix(".forged")
    forged.write_text(receipt.read_text().replace("\n250\n", "\n950\n"), encoding="utf-8")
    wrong = city.pas("ledger", "verify", "velsen", "--receipt", forged)
    assert (wrong.returncode, "not signed by a key of these books" in wrong.stderr) == (1, True)
    forged.write_text("not a receipt", encoding="utf-8")
    unreadable = city.pas("ledger", "verify", "velsen", "--receipt", forged)
    assert (unreadable.returncode, "Traceback" in unreadable.stderr) == (1, False)
