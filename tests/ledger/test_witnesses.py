"""Witnesses: they sign what goes on from what they saw, refuse a fork, and their lines are kept and published."""

import asyncio
import fcntl
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from booking import an_item, book
from given.city import Budget, Till
from mutate import by_hand
from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection
from pas.errors import Refusal
from pas.seals.checkpoints import Checkpoint
from pas.seals.cosign import (
    READ_NEWEST,
    CosignatureWrong,
    NotAWitnessKey,
    SealNotFound,
    WitnessUnknown,
    add_witness,
    keep_cosignature,
)
from pas.seals.export import export_books
from pas.seals.notes import Note, Signature, Verifier, cosign, is_signed_by, read_note, verifier_of
from pas.seals.tiles import address_of, read_tile
from pas.seals.tree import TileId, path
from pas.seals.witness import (
    BooksForked,
    SealByStranger,
    TileWrong,
    Witness,
    cosign_newest,
    witness_of,
)
from sealing import a_sale, last, seal_all
from verifying import verified

NAME = "witness.almere.nl"
Sees: TypeAlias = Callable[[], Awaitable[tuple[Checkpoint, Signature]]]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return witness_of(tmp_path / "almere", NAME)


@pytest.fixture
async def sees(
    connection: Connection,
    owner: Connection,
    ring: KeyRing,
    till: Till,
    budget: Budget,
    witness: Witness,
    tmp_path: Path,
) -> Sees:
    """Sell something, seal it, and let the witness look."""

    async def look() -> tuple[Checkpoint, Signature]:
        await book(owner, an_item("redeem", a_sale(till, budget)))
        await seal_all(connection, ring)
        await publish(connection, tmp_path / "velsen")
        return seen(tmp_path, witness, key_of((await last(connection))[0], ring))

    return look


def key_of(checkpoint: Checkpoint, ring: KeyRing) -> Verifier:
    return verifier_of(checkpoint.origin, ring.current(Purpose.SEAL).secret)


def seen(folder: Path, witness: Witness, *keys: Verifier) -> tuple[Checkpoint, Signature]:
    return cosign_newest(
        lambda place: (folder / "velsen" / place).read_bytes(),
        folder / "almere",
        witness=witness,
        trusted=keys,
        now=datetime.now(UTC),
    )


async def publish(connection: Connection, folder: Path) -> None:
    """Lay the seals out as files, as anybody may read them."""
    checkpoint, note = await last(connection)
    places = {"checkpoint": str(note).encode()}
    for one in all_tiles(checkpoint.size):
        places[f"tile/{address_of(one)}"] = await read_tile(connection, one)
    for place, content in places.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(content)


def all_tiles(size: int) -> set[TileId]:
    return {tile for index in range(0, size, 256) for tile in path(index, size)} | {
        *path(size - 1, size)
    }


async def test_a_witness_signs_what_goes_on_from_what_it_saw(sees: Sees, witness: Witness) -> None:
    for _ in range(3):
        checkpoint, signature = await sees()
        assert is_signed_by(Note(checkpoint.text, (signature,)), witness.verifier)


@pytest.mark.tampered
@pytest.mark.parametrize("fork", ["another past", "a shorter one", "as long"])
async def test_a_witness_refuses_a_fork_and_keeps_both(
    connection: Connection,
    owner: Connection,
    superuser: Connection,
    ring: KeyRing,
    sees: Sees,
    witness: Witness,
    tmp_path: Path,
    fork: str,
) -> None:
    await sees()
    checkpoint, _ = await sees()
    # Whoever has the key and every right makes another past, and signs it.
    await by_hand(superuser, "entry", "UPDATE entry SET actor_id = gen_random_uuid()")
    if fork == "a shorter one":
        await by_hand(superuser, "entry", "DELETE FROM entry WHERE kind = 'redeem'")
    for table in ("seal_leaf", "seal_node", "seal_checkpoint"):
        await by_hand(superuser, table, f"DELETE FROM {table}")
    if fork == "another past":
        await book(owner, an_item("redeem", refusal="too-late"))
    await seal_all(connection, ring)
    await publish(connection, tmp_path / "velsen")
    with pytest.raises(BooksForked):
        seen(tmp_path, witness, key_of(checkpoint, ring))
    (kept,) = (tmp_path / "almere").glob("*.checkpoint")
    (forked,) = (tmp_path / "almere").glob("*.forked")
    assert read_note(kept.read_text()).text == checkpoint.text != read_note(forked.read_text()).text


async def test_a_witness_signs_no_seal_of_a_stranger(
    sees: Sees, witness: Witness, tmp_path: Path
) -> None:
    checkpoint, _ = await sees()
    other = verifier_of(checkpoint.origin, bytes(32))
    with pytest.raises(SealByStranger):
        seen(tmp_path, witness, other)


@pytest.mark.parametrize("wrong", ["cut off", "another hash"])
async def test_a_witness_signs_nothing_on_a_tile_that_is_not_whole(
    sees: Sees, ring: KeyRing, witness: Witness, tmp_path: Path, wrong: str
) -> None:
    checkpoint, _ = await sees()
    before = {file: file.read_bytes() for file in (tmp_path / "almere").iterdir()}
    (tmp_path / "velsen").rename(tmp_path / "older")
    await sees()
    for file, content in before.items():
        file.write_bytes(content)
    (tile,) = (tmp_path / "velsen" / "tile" / "0" / "000.p").iterdir()
    content = tile.read_bytes()
    tile.write_bytes(content[:-1] if wrong == "cut off" else bytes(32) + content[32:])
    with pytest.raises(TileWrong if wrong == "cut off" else BooksForked):
        seen(tmp_path, witness, key_of(checkpoint, ring))


async def test_one_process_at_a_time_compares_and_remembers(
    sees: Sees, ring: KeyRing, witness: Witness, tmp_path: Path
) -> None:
    checkpoint, _ = await sees()
    held = os.open(tmp_path / "almere", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    other = asyncio.create_task(
        asyncio.to_thread(seen, tmp_path, witness, key_of(checkpoint, ring))
    )
    done, _ = await asyncio.wait([other], timeout=0.3)
    os.close(held)
    assert not done
    assert (await other)[0] == checkpoint


async def test_a_key_is_made_once_and_is_nobody_else_s_to_read(tmp_path: Path) -> None:
    first = witness_of(tmp_path / "one", NAME)
    assert witness_of(tmp_path / "one", None) == first
    assert (tmp_path / "one" / "witness.json").stat().st_mode & 0o077 == 0
    assert "secret" not in repr(first)


async def test_what_a_witness_signed_is_published_and_exported_with_its_seal(
    connection: Connection, ring: KeyRing, sees: Sees, witness: Witness, tmp_path: Path
) -> None:
    checkpoint, signature = await sees()
    await add_witness(connection, witness.verifier, actor=SYSTEM)
    for _ in range(2):
        size, now = checkpoint.size, datetime.now(UTC)
        assert await keep_cosignature(connection, signature.line, size=size, now=now) == NAME
    await sees()
    published = await READ_NEWEST.one(connection)
    note = read_note(published.note)
    assert is_signed_by(note, witness.verifier)
    assert is_signed_by(note, key_of(checkpoint, ring))
    (tmp_path / "books").mkdir()
    await export_books(connection, tmp_path / "books")
    (tmp_path / "copy").write_text(published.note)
    key = key_of(checkpoint, ring).text
    found = verified(tmp_path / "books", key, "--copy", tmp_path / "copy")
    assert found.code == 0, found.said


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ("of a stranger", WitnessUnknown),
        ("of another seal", CosignatureWrong),
        ("of tomorrow", CosignatureWrong),
        ("below no seal", SealNotFound),
    ],
)
async def test_a_line_that_no_witness_signed_so_is_refused(
    connection: Connection,
    sees: Sees,
    witness: Witness,
    wrong: str,
    refusal: type[Refusal],
) -> None:
    checkpoint, signature = await sees()
    await add_witness(connection, witness.verifier, actor=SYSTEM)
    size, now = checkpoint.size, datetime.now(UTC)
    match wrong:
        case "of a stranger":
            signature = cosign(checkpoint.text, NAME, bytes(32), seconds=int(now.timestamp()))
        case "of another seal":
            checkpoint, _ = await sees()
            size = checkpoint.size
        case "of tomorrow":
            at = int((now + timedelta(days=1)).timestamp())
            signature = cosign(checkpoint.text, NAME, witness.secret, seconds=at)
        case _:
            size += 1
    with pytest.raises(refusal):
        await keep_cosignature(connection, signature.line, size=size, now=now)
    assert await READ_NEWEST.first(connection) is None


async def test_a_witness_keeps_its_key(connection: Connection, witness: Witness) -> None:
    for _ in range(2):
        await add_witness(connection, witness.verifier, actor=SYSTEM)
    events = "SELECT count(*) FROM event WHERE kind = 'witness.added'"
    assert await connection.fetchval(events) == 1
    with pytest.raises(NotAWitnessKey):
        await add_witness(connection, Verifier(NAME, bytes(32)), actor=SYSTEM)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute("SELECT add_witness($1, $2)", NAME, bytes(32))
    assert refused.value.sqlstate == "PA306"


@pytest.mark.parametrize(
    ("size", "name", "at"),
    [("0", NAME, "now()"), ("{size}", "another", "now()"), ("{size}", NAME, "now() + '1 day'")],
)
async def test_the_database_keeps_no_line_of_nobody_below_nothing_or_of_tomorrow(
    connection: Connection, sees: Sees, witness: Witness, size: str, name: str, at: str
) -> None:
    checkpoint, _ = await sees()
    await add_witness(connection, witness.verifier, actor=SYSTEM)
    at_size = size.format(size=checkpoint.size)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(f"SELECT keep_cosignature({at_size}, '{name}', {at}, 'line')")
    assert refused.value.sqlstate == "PA307"
