"""An export that is not whole, not true, not ours or of another program never becomes a municipality."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from given.bank_world import World
from given.days import NOW
from leaving_town import exported, imported, rewritten, signed_anew
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import Connection
from pas.db.pools import READ_MUNICIPALITIES
from pas.errors import Refusal
from pas.installation import Access, MunicipalityExists
from pas.installation.prepare import migrator
from pas.leaving.arrive import (
    KeysLeftBehind,
    OtherSchemaVersion,
    SealsDoNotHold,
    TotalsDiffer,
    keys_of_export,
)
from pas.leaving.files import ExportDamaged
from pas.leaving.load import BooksAlreadyThere, RowsDoNotFit
from pas.leaving.manifest import (
    ExportNotSigned,
    NoExport,
    read_manifest,
    write_manifest,
)

Damage = Callable[[Path], object]


@pytest.fixture
async def folder(access: Access, world: World, ring: KeyRing, tmp_path: Path) -> Path:
    await exported(access, tmp_path / "out", ring)
    return tmp_path / "out"


async def refused(elsewhere: Access, folder: Path, ring: KeyRing, why: type[Refusal]) -> Refusal:
    """It is refused, and nobody there sees a municipality."""
    with pytest.raises(why) as found:
        await imported(elsewhere, folder, ring)
    async with migrator(elsewhere) as connection:
        assert await READ_MUNICIPALITIES.all(connection) == []
    return found.value


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def one_more(path: Path) -> None:
    path.with_name("card2.csv.gz").write_bytes(path.read_bytes())


def without_a_row(folder: Path, table: str) -> None:
    rewritten(folder, table, list.pop)


DAMAGE: dict[str, tuple[Damage, type[Refusal]]] = {
    "a table is missing": (lambda out: (out / "tables/card.csv.gz").unlink(), ExportDamaged),
    "a table is cut": (lambda out: cut(out / "tables/card.csv.gz"), ExportDamaged),
    "a bit of a table": (lambda out: one_bit(out / "tables/transfer.csv.gz"), ExportDamaged),
    "a bit of the log": (lambda out: one_bit(out / "log.jsonl.gz"), ExportDamaged),
    "the log is missing": (lambda out: (out / "log.jsonl.gz").unlink(), ExportDamaged),
    "a table too many": (lambda out: one_more(out / "tables/card.csv.gz"), ExportDamaged),
    "a row is gone": (lambda out: without_a_row(out, "resident_version"), ExportDamaged),
    "a bit of the manifest": (lambda out: one_bit(out / "manifest.json"), Refusal),
    "no manifest": (lambda out: (out / "manifest.json").unlink(), NoExport),
    "no signature": (lambda out: (out / "manifest.note").unlink(), ExportNotSigned),
    "half a signature": (lambda out: cut(out / "manifest.note"), ExportNotSigned),
}


@pytest.mark.parametrize("what", list(DAMAGE))
async def test_an_export_that_is_not_whole_is_refused(
    elsewhere: Access, folder: Path, ring: KeyRing, what: str
) -> None:
    damage, why = DAMAGE[what]
    damage(folder)
    await refused(elsewhere, folder, ring, why)


async def test_a_manifest_made_true_again_is_not_signed_by_the_municipality(
    elsewhere: Access, folder: Path, ring: KeyRing, tmp_path: Path
) -> None:
    others = make_keys(KeyStore(tmp_path / "others"), ring.municipality, demo=False, now=NOW)
    without_a_row(folder, "resident_version")
    signed_anew(folder, others, "resident_version", rows=-1)
    await refused(elsewhere, folder, ring, ExportNotSigned)


@pytest.mark.parametrize(("table", "what"), [("entry", "removed"), ("transfer", "changed")])
async def test_a_row_that_is_gone_is_found_by_the_seals_though_all_else_was_made_true(
    elsewhere: Access, folder: Path, ring: KeyRing, table: str, what: str
) -> None:
    without_a_row(folder, table)
    signed_anew(folder, ring, table, rows=-1)
    refusal = await refused(elsewhere, folder, ring, SealsDoNotHold)
    assert what in refusal.detail


async def test_a_row_to_which_others_refer_can_not_be_gone(
    elsewhere: Access, folder: Path, ring: KeyRing
) -> None:
    without_a_row(folder, "merchant")
    signed_anew(folder, ring, "merchant", rows=-1)
    refusal = await refused(elsewhere, folder, ring, RowsDoNotFit)
    assert "23503" in refusal.detail


async def test_a_number_of_rows_that_is_not_true_is_refused(
    elsewhere: Access, folder: Path, ring: KeyRing
) -> None:
    signed_anew(folder, ring, "card", rows=1)
    await refused(elsewhere, folder, ring, ExportDamaged)


async def test_other_totals_than_there_are_refused(
    elsewhere: Access, folder: Path, ring: KeyRing
) -> None:
    manifest = read_manifest(folder)
    owed = [msgspec.structs.replace(one, owed=one.owed + 1) for one in manifest.totals.merchants]
    totals = msgspec.structs.replace(manifest.totals, merchants=owed)
    write_manifest(folder, msgspec.structs.replace(manifest, totals=totals), ring)
    await refused(elsewhere, folder, ring, TotalsDiffer)


@pytest.mark.parametrize(
    ("migrations", "says"), [(-1, "pas migrate"), (1, "Installeer die versie")]
)
async def test_tables_of_another_version_are_refused_with_what_to_do(
    elsewhere: Access, folder: Path, ring: KeyRing, migrations: int, says: str
) -> None:
    manifest = read_manifest(folder)
    there = manifest.migrations
    other = there[:-1] if migrations < 0 else [*there, there[-1]]
    write_manifest(folder, msgspec.structs.replace(manifest, migrations=other), ring)
    refusal = await refused(elsewhere, folder, ring, OtherSchemaVersion)
    assert says in refusal.detail


async def test_without_the_key_of_its_cards_nothing_is_brought_in(
    elsewhere: Access, folder: Path, ring: KeyRing, tmp_path: Path
) -> None:
    kept = tuple(one for one in ring.keys if one.purpose != Purpose.CARD_NUMBER_HASH)
    lacking = msgspec.structs.replace(ring, keys=kept)
    refusal = await refused(elsewhere, folder, lacking, KeysLeftBehind)
    assert "card_number_hash" in refusal.detail
    with pytest.raises(KeysLeftBehind):
        keys_of_export(KeyStore(tmp_path / "nowhere"), folder)


async def test_what_came_comes_once(elsewhere: Access, folder: Path, ring: KeyRing) -> None:
    await imported(elsewhere, folder, ring)
    with pytest.raises(MunicipalityExists):
        await imported(elsewhere, folder, ring)


async def test_books_that_nobody_registered_are_never_overwritten(
    elsewhere: Access, folder: Path, ring: KeyRing
) -> None:
    await imported(elsewhere, folder, ring)
    async with migrator(elsewhere) as connection:
        await connection.execute("DELETE FROM pas.municipality")
        entries = await entry_count(connection)
    await refused(elsewhere, folder, ring, BooksAlreadyThere)
    async with migrator(elsewhere) as connection:
        assert await entry_count(connection) == entries > 0


async def entry_count(connection: Connection) -> int:
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE owner_velsen")
        return await connection.fetchval("SELECT count(*) FROM velsen.entry")


async def test_a_file_outside_the_folder_is_not_read(
    elsewhere: Access, folder: Path, ring: KeyRing, tmp_path: Path
) -> None:
    manifest = read_manifest(folder)
    outside = tmp_path / "card.csv.gz"
    outside.write_bytes((folder / "tables/card.csv.gz").read_bytes())
    tables = [
        msgspec.structs.replace(one, file="../card.csv.gz") if one.table == "card" else one
        for one in manifest.tables
    ]
    write_manifest(folder, msgspec.structs.replace(manifest, tables=tables), ring)
    await refused(elsewhere, folder, ring, ExportDamaged)
