"""The verifier of an export: what was changed, in the database or in the export, is named."""

import base64
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from booking import an_item, book
from given.city import Budget, Till
from given.days import NOW
from mutate import by_hand
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.ledger.book import Item
from pas.seals.export import CHECKPOINTS, LOG, export_books
from pas.seals.notes import Note, read_note, sign, verifier_of
from pas.seals.seal import note_keys
from sealing import a_sale, last, seal_all
from verifying import verified


@pytest.fixture
async def key(connection: Connection, ring: KeyRing) -> str:
    await note_keys(connection, ring)
    await seal_all(connection, ring)
    origin = (await last(connection))[0].origin
    return verifier_of(origin, ring.current(Purpose.SEAL).secret).text


@pytest.fixture
async def booked(
    connection: Connection, owner: Connection, ring: KeyRing, till: Till, budget: Budget, key: str
) -> list[Item]:
    items = [an_item("redeem", a_sale(till, budget, cents=100 + n)) for n in range(3)]
    items.append(an_item("redeem", refusal="too-late"))
    for one in items:
        await book(owner, one)
        await seal_all(connection, ring)
    return items


async def test_an_export_that_nobody_touched_holds(
    connection: Connection, owner: Connection, booked: Sequence[Item], key: str, tmp_path: Path
) -> None:
    await book(owner, an_item("redeem", refusal="too-late"))
    await export_books(connection, tmp_path)
    found = verified(tmp_path, key)
    assert found.code == 0, found.said
    assert "All of it holds." in found.said
    assert "rows not sealed yet: 1" in found.said


async def test_each_scheme_adds_up_as_the_proof_says(
    connection: Connection, booked: Sequence[Item], key: str, budget: Budget, tmp_path: Path
) -> None:
    await export_books(connection, tmp_path)
    spent = sum(line.amount for item in booked for line in item.lines)
    said = next(
        line for line in verified(tmp_path, key).said.splitlines() if str(budget.scheme.id) in line
    )
    assert f"'budget': {20000 - spent}" in said
    assert "'appropriation': -20000" in said


TAMPERED = {
    "changed": "UPDATE transfer SET amount = amount + 1 WHERE entry_id = '{id}'",
    "removed": "DELETE FROM entry WHERE id = '{id}'",
    "inserted": """INSERT INTO entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*
        FROM entry e WHERE e.id = '{id}'""",
}


@pytest.mark.tampered
@pytest.mark.parametrize("what", list(TAMPERED))
async def test_what_was_changed_in_the_database_is_named(
    connection: Connection,
    superuser: Connection,
    booked: Sequence[Item],
    key: str,
    what: str,
    tmp_path: Path,
) -> None:
    table = "transfer" if what == "changed" else "entry"
    await by_hand(superuser, table, TAMPERED[what].format(id=booked[1].id))
    await export_books(connection, tmp_path)
    found = verified(tmp_path, key)
    number = await connection.fetchval(
        "SELECT number FROM seal_leaf WHERE key = $1", booked[1].id.bytes
    )
    assert found.code == 1
    where = f"before {number + 1}" if what == "inserted" else f"at {number}"
    assert f"{what:<10} {where} entry" in found.said, found.said


Lines = list[dict[str, Any]]


def rewritten(path: Path, change: Callable[[Lines], None]) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    change(lines)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def swap(lines: Lines) -> None:
    lines[-1], lines[-2] = lines[-2], lines[-1]


def swap_places(lines: Lines) -> None:
    one, other = lines[-1], lines[-2]
    one["n"], other["n"] = other["n"], one["n"]
    swap(lines)


def cut(lines: Lines) -> None:
    del lines[-1]


def flip(lines: Lines) -> None:
    hashed = bytearray(base64.b64decode(lines[0]["hash"]))
    hashed[0] ^= 1
    lines[0]["hash"] = base64.b64encode(hashed).decode()


def pay_more(lines: Lines) -> None:
    next(line for line in lines if line["lines"])["lines"][0][3] += 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (swap, "moved"),
        (swap_places, "root"),
        (cut, "root"),
        (flip, "changed    at 0"),
        (pay_more, "changed"),
    ],
)
async def test_what_was_changed_in_the_export_is_named(
    connection: Connection,
    booked: Sequence[Item],
    key: str,
    change: Callable[[Lines], None],
    named: str,
    tmp_path: Path,
) -> None:
    assert booked
    await export_books(connection, tmp_path)
    rewritten(tmp_path / LOG, change)
    found = verified(tmp_path, key)
    assert found.code == 1
    assert named in found.said, found.said


async def test_a_seal_by_another_key_and_a_lost_tail_are_named(
    connection: Connection, booked: Sequence[Item], key: str, tmp_path: Path
) -> None:
    assert booked
    await export_books(connection, tmp_path)
    checkpoint, note = await last(connection)
    copy = tmp_path / "checkpoint"
    copy.write_text(str(note))

    def sign_anew(lines: Lines) -> None:
        text = read_note(lines[-1]["note"]).text
        lines[-1]["note"] = str(Note(text, (sign(text, checkpoint.origin, bytes(32)),)))

    rewritten(tmp_path / CHECKPOINTS, sign_anew)
    found = verified(tmp_path, key, "--copy", copy)
    assert f"signature  at {checkpoint.size}" in found.said
    rewritten(tmp_path / CHECKPOINTS, cut)
    found = verified(tmp_path, key, "--copy", copy)
    assert f"copy       at {checkpoint.size}" in found.said
    assert found.code == 1


async def test_another_past_under_a_right_key_is_told_by_a_copy(
    connection: Connection,
    superuser: Connection,
    booked: Sequence[Item],
    ring: KeyRing,
    key: str,
    tmp_path: Path,
) -> None:
    _, note = await last(connection)
    copy = tmp_path / "checkpoint"
    copy.write_text(str(note))
    name = f"UPDATE entry SET actor_id = gen_random_uuid() WHERE id = '{booked[1].id}'"
    await by_hand(superuser, "entry", name)
    for table in ("seal_leaf", "seal_node", "seal_checkpoint"):
        await by_hand(superuser, table, f"DELETE FROM {table}")
    await seal_all(connection, ring)
    await export_books(connection, tmp_path)
    assert verified(tmp_path, key).code == 0
    assert "copy       at" in verified(tmp_path, key, "--copy", copy).said


async def test_a_new_key_needs_no_new_word_from_outside(
    connection: Connection,
    owner: Connection,
    store: KeyStore,
    booked: Sequence[Item],
    key: str,
    tmp_path: Path,
) -> None:
    assert booked
    rotate_key(store, MunicipalityName("velsen"), purpose=Purpose.SEAL, now=NOW)
    store.forget(MunicipalityName("velsen"))
    ring = store.ring(MunicipalityName("velsen"))
    await note_keys(connection, ring)
    await seal_all(connection, ring)
    await book(owner, an_item("redeem", refusal="too-late"))
    await seal_all(connection, ring)
    await export_books(connection, tmp_path)
    found = verified(tmp_path, key)
    assert found.code == 0, found.said


@pytest.mark.parametrize("key", ["x", "a+00000000+AQID"])
def test_a_key_that_is_none_is_told(tmp_path: Path, key: str) -> None:
    found = verified(tmp_path, key)
    assert found.code == 2
    assert "cannot be read" in found.said
