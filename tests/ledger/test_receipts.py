"""Receipts: whoever holds one proves with it that a sale was left out or changed; both verifiers say so."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from booking import an_item, book
from given.city import Budget, Till
from given.days import NOW
from mutate import by_hand
from pas.auth.key_files import make_keys, rotate_key
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.ledger.book import Item
from pas.seals.check_receipts import check_receipts
from pas.seals.export import export_books
from pas.seals.notes import Note, sign, verifier_of
from pas.seals.receipts import SIGNER, make_receipt, read_receipt
from pas.seals.seal import note_keys
from sealing import a_sale, last, seal_all
from verifying import verified

VELSEN = MunicipalityName("velsen")
LATE = timedelta(days=2)
Checks: TypeAlias = Callable[[str], Awaitable[tuple[str, str]]]
"""What the program says of a receipt, and what its verifier says that stands alone."""


@pytest.fixture
async def sale(
    connection: Connection, owner: Connection, ring: KeyRing, till: Till, budget: Budget
) -> Item:
    """€ 12,40, not sealed yet; the key of receipts is."""
    await note_keys(connection, ring)
    await seal_all(connection, ring)
    item = an_item("redeem", a_sale(till, budget, cents=1240))
    await book(owner, item)
    return item


@pytest.fixture
def checks(connection: Connection, ring: KeyRing, tmp_path: Path) -> Checks:
    async def check(receipt: str) -> tuple[str, str]:
        held = read_receipt(receipt)
        (ours,) = await check_receipts(connection, [held], now=datetime.now(UTC))
        folder, file = tmp_path / "export", tmp_path / "receipt"
        folder.mkdir(exist_ok=True)
        await export_books(connection, folder)
        file.write_text(receipt)
        key = verifier_of((await last(connection))[0].origin, ring.of(Purpose.SEAL)[-1].secret)
        found = verified(folder, key.text, "--receipt", file)
        alone = [line for line in found.said.splitlines() if str(held[0].entry_id) in line]
        assert found.code == (0 if ours.holds else 1), found.said
        return ours.verdict, alone[-1].split()[0]

    return check


def promise(ring: KeyRing, item: Item, *, cents: int = 1240, ago: timedelta = LATE) -> str:
    at = datetime.now(UTC) - ago
    made = make_receipt(ring, item.id, cents=cents, is_booked=item.refusal is None, recorded_at=at)
    assert made is not None
    return made


async def test_what_was_promised_stands_under_a_seal(
    connection: Connection, sale: Item, ring: KeyRing, checks: Checks
) -> None:
    await seal_all(connection, ring)
    assert await checks(promise(ring, sale)) == ("kept", "kept")


async def test_a_no_is_promised_too(
    connection: Connection, owner: Connection, sale: Item, ring: KeyRing, checks: Checks
) -> None:
    assert sale
    declined = an_item("redeem", refusal="too-late")
    await book(owner, declined)
    await seal_all(connection, ring)
    assert await checks(promise(ring, declined)) == ("kept", "kept")


async def test_before_its_moment_nothing_is_broken(
    sale: Item, ring: KeyRing, checks: Checks
) -> None:
    assert await checks(promise(ring, sale, ago=timedelta())) == ("not-due", "not-due")


async def test_an_export_from_before_its_moment_says_nothing(
    connection: Connection, sale: Item, ring: KeyRing, tmp_path: Path
) -> None:
    await export_books(connection, tmp_path)
    key = verifier_of((await last(connection))[0].origin, ring.current(Purpose.SEAL).secret)
    file = tmp_path / "receipt"
    # Due a moment ago, when these books had ended.
    file.write_text(promise(ring, sale, ago=timedelta(hours=24)))
    found = verified(tmp_path, key.text, "--receipt", file)
    assert "early " in found.said
    assert found.code == 1


@pytest.mark.tampered
async def test_a_sale_that_was_left_out_is_proved_by_its_receipt(
    connection: Connection,
    superuser: Connection,
    sale: Item,
    ring: KeyRing,
    checks: Checks,
) -> None:
    await seal_all(connection, ring)
    # Whoever has the key and every right makes the whole tree anew, without it.
    for table, column in (("transfer", "entry_id"), ("entry", "id")):
        await by_hand(superuser, table, f"DELETE FROM {table} WHERE {column} = '{sale.id}'")
    for table in ("seal_leaf", "seal_node", "seal_checkpoint"):
        await by_hand(superuser, table, f"DELETE FROM {table}")
    await seal_all(connection, ring)
    assert await checks(promise(ring, sale)) == ("omitted", "omitted")


@pytest.mark.parametrize("wrong", ["amount", "outcome"])
async def test_another_sale_under_its_number_is_proved_by_the_receipt(
    connection: Connection, sale: Item, ring: KeyRing, checks: Checks, wrong: str
) -> None:
    await seal_all(connection, ring)
    other = msgspec.structs.replace(sale, refusal="too-late" if wrong == "outcome" else None)
    assert await checks(promise(ring, other, cents=1239)) == ("promise", "promise")


async def test_a_yes_of_nothing_is_another_promise_than_a_no(
    connection: Connection, owner: Connection, sale: Item, ring: KeyRing, checks: Checks
) -> None:
    assert sale
    declined = an_item("redeem", refusal="too-late")
    await book(owner, declined)
    await seal_all(connection, ring)
    yes = msgspec.structs.replace(declined, refusal=None)
    assert await checks(promise(ring, yes, cents=0)) == ("promise", "promise")


@pytest.mark.parametrize("by", ["another key", "another municipality", "the key of seals", "hand"])
async def test_a_receipt_that_the_books_did_not_sign_proves_nothing(
    sale: Item, ring: KeyRing, checks: Checks, by: str, tmp_path: Path
) -> None:
    other = KeyStore(tmp_path / "other")
    match by:
        case "another key":
            forged = promise(make_keys(other, VELSEN, demo=False, now=NOW), sale)
        case "another municipality":
            almere = MunicipalityName("almere")
            forged = promise(make_keys(other, almere, demo=False, now=NOW), sale)
        case "the key of seals":
            text = read_receipt(promise(ring, sale))[1].text
            secret = ring.current(Purpose.SEAL).secret
            forged = str(Note(text, (sign(text, f"{SIGNER}velsen", secret),)))
        case _:
            forged = promise(ring, sale).replace("1240", "9240")
    assert await checks(forged) == ("receipt", "receipt")


async def test_a_receipt_outlives_its_key(
    connection: Connection, store: KeyStore, sale: Item, ring: KeyRing, checks: Checks
) -> None:
    older = promise(ring, sale)
    rotate_key(store, VELSEN, purpose=Purpose.RECEIPT, now=NOW)
    store.forget(VELSEN)
    newer_ring = store.ring(VELSEN)
    await note_keys(connection, newer_ring)
    await seal_all(connection, newer_ring)
    newer = promise(newer_ring, sale)
    assert older.splitlines()[-1] != newer.splitlines()[-1]
    assert await checks(older) == await checks(newer) == ("kept", "kept")
