"""What somebody with every right changed by hand is found and named by the seals."""

from collections.abc import Sequence

import pytest

from booking import an_item, book
from given.city import Budget, Till
from mutate import by_hand
from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection
from pas.ledger.book import Item
from pas.seals.notes import Note, sign
from pas.seals.verify import Fault, verify
from sealing import a_sale, last, public_key, seal_all


@pytest.fixture
def trusted(ring: KeyRing) -> list[bytes]:
    return [public_key(ring)]


@pytest.fixture
async def booked(
    connection: Connection, owner: Connection, ring: KeyRing, till: Till, budget: Budget
) -> list[Item]:
    """Three sales, each sealed by itself."""
    items = [an_item("redeem", a_sale(till, budget, cents=100 + n)) for n in range(3)]
    for one in items:
        await seal_all(connection, ring)
        await book(owner, one)
    await seal_all(connection, ring)
    return items


async def test_books_that_nobody_touched_hold(
    connection: Connection, booked: Sequence[Item], trusted: list[bytes]
) -> None:
    found = await verify(connection, trusted=trusted)
    assert found.holds
    assert (found.size, found.checkpoints) == ((await last(connection))[0].size, len(booked) + 1)


async def test_it_is_done_in_stretches_and_whoever_waits_hears_how_far_it_is(
    connection: Connection,
    booked: Sequence[Item],
    trusted: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.seals.verify.AT_ONCE", 1)
    heard = list[tuple[int, int]]()
    found = await verify(
        connection, trusted=trusted, told=lambda done, total: heard.append((done, total))
    )
    sizes = await connection.fetch("SELECT size FROM seal_checkpoint ORDER BY size")
    assert len(sizes) == len(booked) + 1
    assert heard == [(size, found.size) for (size,) in sizes]


async def test_what_is_not_sealed_yet_is_no_fault(
    connection: Connection, owner: Connection, booked: Sequence[Item], trusted: list[bytes]
) -> None:
    await book(owner, an_item("redeem", refusal="too-late"))
    assert (await verify(connection, trusted=trusted)).holds


TAMPERED = {
    "an amount": (
        "transfer",
        "UPDATE transfer SET amount = amount + 1 WHERE entry_id = '{id}'",
        "changed",
    ),
    "to whom": (
        "transfer",
        "UPDATE transfer SET credit = credit + 1 WHERE entry_id = '{id}'",
        "changed",
    ),
    "its lines": ("transfer", "DELETE FROM transfer WHERE entry_id = '{id}'", "changed"),
    "when": (
        "entry",
        "UPDATE entry SET occurred_at = occurred_at - interval '1 year' WHERE id = '{id}'",
        "changed",
    ),
    "by whom": (
        "entry",
        "UPDATE entry SET actor_id = gen_random_uuid() WHERE id = '{id}'",
        "changed",
    ),
    "which month": ("entry", "UPDATE entry SET period = '2020-01-01' WHERE id = '{id}'", "changed"),
    "the entry": ("entry", "DELETE FROM entry WHERE id = '{id}'", "removed"),
    "one more": (
        "entry",
        """INSERT INTO entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*
           FROM entry e WHERE e.id = '{id}'""",
        "inserted",
    ),
}


@pytest.mark.tampered
@pytest.mark.parametrize("what", list(TAMPERED))
async def test_a_change_past_the_functions_is_named(
    connection: Connection,
    superuser: Connection,
    booked: Sequence[Item],
    trusted: list[bytes],
    what: str,
) -> None:
    table, change, called = TAMPERED[what]
    await by_hand(superuser, table, change.format(id=booked[1].id))
    found = await verify(connection, trusted=trusted)
    number = await connection.fetchval(
        "SELECT number FROM seal_leaf WHERE key = $1", booked[1].id.bytes
    )
    (fault,) = found.faults
    assert (fault.what, fault.kind) == (called, "entry")
    if called != "inserted":
        assert (fault.number, fault.key) == (number, booked[1].id.bytes.hex())


@pytest.mark.tampered
async def test_two_sales_that_changed_places_are_named(
    connection: Connection, superuser: Connection, booked: Sequence[Item], trusted: list[bytes]
) -> None:
    one, other = booked[0].id, booked[2].id
    swap = f"""UPDATE transfer SET amount = (SELECT sum(o.amount) FROM transfer o WHERE o.entry_id IN ('{one}', '{other}')) - amount
        WHERE entry_id IN ('{one}', '{other}')"""
    await by_hand(superuser, "transfer", swap)
    found = await verify(connection, trusted=trusted)
    assert [(fault.what, fault.key) for fault in found.faults] == [
        ("changed", one.bytes.hex()),
        ("changed", other.bytes.hex()),
    ]


@pytest.mark.tampered
async def test_a_leaf_made_to_fit_breaks_the_root_that_was_signed(
    connection: Connection, superuser: Connection, booked: Sequence[Item], trusted: list[bytes]
) -> None:
    change = f"UPDATE transfer SET amount = amount + 1 WHERE entry_id = '{booked[1].id}'"
    await by_hand(superuser, "transfer", change)
    sealed = await connection.fetch("SELECT size FROM seal_checkpoint ORDER BY size")
    leaf = """UPDATE seal_leaf l SET hash = sha256('\\x00'::bytea || r.data)
        FROM seal_rows(1, 0, 9223372036854775807) r WHERE r.key = l.key AND r.kind = l.kind"""
    await by_hand(superuser, "seal_leaf", leaf)
    found = await verify(connection, trusted=trusted)
    assert [(fault.what, fault.number) for fault in found.faults] == [
        ("root", size) for (size,) in sealed[2:]
    ]


@pytest.mark.tampered
@pytest.mark.parametrize("by", ["nobody", "another key"])
async def test_a_seal_that_another_signed_is_named(
    connection: Connection,
    superuser: Connection,
    booked: Sequence[Item],
    ring: KeyRing,
    trusted: list[bytes],
    by: str,
) -> None:
    assert booked
    checkpoint, note = await last(connection)
    secret = bytes(32) if by == "another key" else ring.current(Purpose.TILL_TICKET).secret
    other = Note(note.text, (sign(note.text, checkpoint.origin, secret),))
    await by_hand(
        superuser,
        "seal_checkpoint",
        f"UPDATE seal_checkpoint SET note = '{other}' WHERE size = {checkpoint.size}",
    )
    found = await verify(connection, trusted=trusted)
    assert found.faults == [Fault("signature", checkpoint.size)]


@pytest.mark.tampered
async def test_a_copy_from_elsewhere_pins_the_past(
    connection: Connection,
    owner: Connection,
    superuser: Connection,
    booked: Sequence[Item],
    ring: KeyRing,
    trusted: list[bytes],
) -> None:
    copy, _ = await last(connection)
    assert (await verify(connection, trusted=trusted, copies=[copy])).holds
    # Whoever has the key and every right makes the whole tree anew, over another past.
    await by_hand(
        superuser,
        "transfer",
        f"UPDATE transfer SET amount = amount + 1 WHERE entry_id = '{booked[1].id}'",
    )
    for table in ("seal_leaf", "seal_node", "seal_checkpoint"):
        await by_hand(superuser, table, f"DELETE FROM {table}")
    await seal_all(connection, ring)
    assert (await verify(connection, trusted=trusted)).holds
    found = await verify(connection, trusted=trusted, copies=[copy])
    assert found.faults == [Fault("copy", copy.size)]


@pytest.mark.tampered
async def test_a_tail_that_was_cut_off_misses_the_copy(
    connection: Connection, superuser: Connection, booked: Sequence[Item], trusted: list[bytes]
) -> None:
    copy, _ = await last(connection)
    await by_hand(
        superuser, "seal_checkpoint", f"DELETE FROM seal_checkpoint WHERE size = {copy.size}"
    )
    found = await verify(connection, trusted=trusted, copies=[copy])
    assert {fault.what for fault in found.faults} == {"position", "copy"}
