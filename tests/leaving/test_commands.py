"""Leaving and arriving by commands, as an operator does it."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from given.city import a_merchant, a_scheme
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import role_name
from pas.embedded import Supervisor
from pas.installation.access import embedded_access
from pas.passes.codes import HashKey, hash_card_number
from servers import make_template
from serving import run_pas, serving
from stalls import VELSEN, YEAR, a_device, a_purse, a_take, sale
from tellers import Basket, send

PASSPHRASE = "four words drawn by chance"


class City(msgspec.Struct, frozen=True):
    folder: Path
    before: Basket
    after: Basket

    def pas(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return run_pas(*words, data_dir=str(self.folder / "data"))

    async def sells(self, *baskets: Basket) -> list[tuple[str, str]]:
        with serving(self.folder, workers="1") as served:
            async with httpx.AsyncClient(base_url=served.url) as client:
                items = [(await send(client, one)).json()["items"][0] for one in baskets]
        return [(item["outcome"], item["recordedAt"]) for item in items]


@pytest.fixture
async def city(short_path: Path) -> City:
    """Velsen with a till, and a card whose number was hashed with a key of velsen."""
    keys = KeyStore(short_path / "data" / "keys")
    with Supervisor(short_path / "data") as server:
        access = embedded_access(server.place)
        await make_template(access)
        ring = make_keys(keys, VELSEN, demo=False, now=datetime.now(UTC))
        connection = await access.address.login(role_name("app", VELSEN)).connect()
        device = await a_device(connection, await a_merchant(connection))
        purse = await a_purse(connection, await a_scheme(connection, year=YEAR), 20_000)
        await connection.close()
        assert access.superuser is not None
        superuser = await access.superuser.connect()
        hashed = hash_card_number(purse.holder.number, number_key(ring))
        await superuser.execute(
            "UPDATE velsen.card SET number_hash = $1, key_id = $2", hashed.digest, hashed.key_id
        )
        await superuser.close()
    first, second = (a_take(purse, cents=cents) for cents in (100, 250))
    typed = msgspec.structs.replace(second, scanned=purse.holder.number)
    return City(short_path, sale(device, first), sale(device, typed))


def number_key(ring: KeyRing) -> HashKey:
    key = ring.current(Purpose.CARD_NUMBER_HASH)
    return HashKey(key.key_id, key.secret)


def ok(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
async def test_a_city_is_exported_dropped_and_imported_and_its_cards_pay(city: City) -> None:
    out, keys, words = (city.folder / name for name in ("out", "velsen.keys", "words"))
    words.write_text(PASSPHRASE)
    [before] = await city.sells(city.before)
    carried = ("--passphrase-file", str(words))
    ok(city.pas("keys", "export", "velsen", str(keys), *carried))
    ok(city.pas("export", "velsen", str(out)))
    drop = ("municipality", "drop", "velsen", "--export", str(out))
    assert "--again velsen" in city.pas(*drop).stderr
    ok(city.pas(*drop, "--again", "velsen"))
    assert "velsen" not in ok(city.pas("municipality", "list"))

    shutil.rmtree(city.folder / "data")
    without = city.pas("import", str(out))
    assert (without.returncode, "pas keys import" in without.stderr) == (1, True)
    ok(city.pas("keys", "import", str(keys), *carried))
    said = ok(city.pas("import", str(out)))
    assert "velsen is here, in epoch 2" in said
    proved = ok(city.pas("ledger", "prove", "velsen"))
    assert "The books of velsen close." in proved
    assert "hold." in ok(city.pas("ledger", "verify", "velsen"))
    again, after = await city.sells(city.before, city.after)
    assert again == before
    assert after[0] == "booked"
    twice = city.pas("import", str(out))
    assert (twice.returncode, "is er al" in twice.stderr) == (1, True)


def test_keys_go_with_a_passphrase_and_never_over_others(short_path: Path) -> None:
    words, other, short = (short_path / name for name in ("words", "other", "short"))
    words.write_text(PASSPHRASE)
    other.write_text(PASSPHRASE[::-1])
    short.write_text("short")
    ok(
        run_pas(
            "municipality", "add", "velsen", "--title", "Velsen", data_dir=str(short_path / "a")
        )
    )

    def keys(
        home: str, what: str, *rest: str, by: Path = words
    ) -> "subprocess.CompletedProcess[str]":
        return run_pas(
            *("keys", what, *rest, "--passphrase-file", str(by)), data_dir=str(short_path / home)
        )

    file = str(short_path / "velsen.keys")
    assert keys("a", "export", "velsen", file, by=short).returncode == 1
    ok(keys("a", "export", "velsen", file))
    assert Path(file).stat().st_mode & 0o077 == 0
    assert keys("b", "import", file, by=other).returncode == 1
    ok(keys("b", "import", file))
    ok(keys("b", "import", file))
    kept = [(short_path / home / "keys/velsen/keys.json").read_bytes() for home in "ab"]
    assert kept[0] == kept[1]
    ok(run_pas("keys", "rotate", "velsen", "--purpose", "seal", data_dir=str(short_path / "a")))
    over = keys("a", "import", file)
    assert (over.returncode, "other keys" in over.stderr) == (1, True)
