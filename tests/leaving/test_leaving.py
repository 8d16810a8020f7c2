"""A municipality goes and comes: what arrives is what left, its books go on, and its cards still pay."""

from pathlib import Path

from given.bank_world import World
from given.settlements import sell
from leaving_town import VELSEN, exported, imported
from pas.auth.keys import KeyRing, Purpose
from pas.db import role_name
from pas.installation import Access
from pas.leaving.arrive import Arrived
from pas.leaving.files import FOLDER_OF_TABLES
from pas.seals.notes import verifier_of
from pas.seals.verify import verify
from sealing import last, public_key, seal_all
from verifying import verified

GOES_ON = {"epoch", "event", "event_content", "seal_checkpoint", "seal_leaf", "seal_node"}
"""That it came, and that it leaves again, is written down and sealed."""


async def test_what_arrives_is_what_left(
    access: Access, elsewhere: Access, world: World, ring: KeyRing, tmp_path: Path
) -> None:
    there = await exported(access, tmp_path / "there", ring)
    arrived = await imported(elsewhere, tmp_path / "there", ring)
    again = await exported(elsewhere, tmp_path / "again", ring)

    left = {one.table: one.content_sha256 for one in there.manifest.tables}
    came = {one.table: one.content_sha256 for one in again.manifest.tables}
    changed = {name for name in left if left[name] != came[name]}
    assert {"epoch", "event"} <= changed <= GOES_ON
    assert arrived.totals == there.manifest.totals
    assert arrived.totals.closes
    assert arrived.seals.holds
    assert sum(1 for one in there.manifest.tables if one.rows) > 30


async def test_its_cards_pay_and_its_seals_go_on_in_a_new_epoch(
    access: Access, elsewhere: Access, world: World, ring: KeyRing, tmp_path: Path
) -> None:
    await exported(access, tmp_path / "out", ring)
    arrived = await imported(elsewhere, tmp_path / "out", ring)
    connection = await elsewhere.address.login(role_name("app", VELSEN)).connect()
    try:
        sale = await sell(connection, world.shops[0], 300)
        epoch = await connection.fetchval("SELECT epoch FROM entry WHERE id = $1", sale)
        await seal_all(connection, ring)
        sealed = await connection.fetchval(
            "SELECT count(*) FROM seal_leaf WHERE key = $1", sale.bytes
        )
        found = await verify(connection, trusted=[public_key(ring)])
    finally:
        await connection.close()
    assert (epoch, arrived.epoch, sealed) == (2, 2, 1)
    assert found.holds


async def test_it_goes_to_another_major_version_of_postgresql(
    access: Access, another_major: Access, world: World, ring: KeyRing, tmp_path: Path
) -> None:
    there = await exported(access, tmp_path / "out", ring)
    arrived = await imported(another_major, tmp_path / "out", ring)
    assert arrived.totals == there.manifest.totals
    assert arrived.seals.holds


async def test_the_same_folder_is_verified_without_the_program(
    access: Access, world: World, ring: KeyRing, tmp_path: Path
) -> None:
    await exported(access, tmp_path / "out", ring)
    origin = (await last(world.connection))[0].origin
    key = verifier_of(origin, ring.current(Purpose.SEAL).secret).text
    found = verified(tmp_path / "out", key)
    assert found.code == 0, found.said


async def test_the_folder_says_what_each_file_is_and_opens_for_nobody_else(
    access: Access, world: World, ring: KeyRing, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    manifest = (await exported(access, folder, ring)).manifest
    page = (folder / "README.md").read_text()
    assert all(f"| {one.table} | {one.rows} |" in page for one in manifest.tables)
    assert all(f"| {one.table} | {one.reason} |" in page for one in manifest.left_behind)
    assert folder.stat().st_mode & 0o077 == 0
    secrets = [one.secret for one in ring.keys]
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not any(secret in content for secret in secrets for content in files)
    assert len(list((folder / FOLDER_OF_TABLES).iterdir())) == len(manifest.tables)


async def test_a_municipality_without_anything_leaves_and_arrives(
    access: Access, elsewhere: Access, ring: KeyRing, tmp_path: Path
) -> None:
    await exported(access, tmp_path / "out", ring)
    arrived: Arrived = await imported(elsewhere, tmp_path / "out", ring)
    assert arrived.totals.schemes == []
