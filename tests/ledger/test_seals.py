"""Sealing: whatever was booked or changed gets its place, once, and is found back under the signed root."""

import asyncio

import asyncpg
import pytest

from booking import Connect, an_item, book
from given.city import Budget, Till
from given.days import NOW
from mutate import by_hand
from pas.auth.actor import SYSTEM
from pas.auth.events import record_event
from pas.auth.key_files import make_keys, rotate_key
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.seals.leaves import Kind
from pas.seals.notes import signers, verifier_of
from pas.seals.seal import READ_WAITS, SealBroken, note_keys, seal_next
from pas.seals.tiles import read_tiles
from pas.seals.tree import inclusion, is_included, leaf_hash, path
from sealing import a_sale, last, seal_all, settled

VELSEN = MunicipalityName("velsen")


async def is_sealed(connection: Connection, key: bytes, kind: Kind) -> bool:
    """Whether this row is proved to be under the root of the last checkpoint."""
    row = await connection.fetchrow(
        "SELECT number, hash FROM seal_leaf WHERE key = $1 AND kind = $2", key, kind
    )
    if row is None:
        return False
    (number, hashed), (checkpoint, _) = tuple(row), await last(connection)
    size = checkpoint.size
    tiles = await read_tiles(connection, [*path(number, size), *path(size - 1, size)])
    proof = inclusion(tiles, number, size)
    assert is_included(hashed, proof, index=number, size=size, top=checkpoint.root)
    return True


async def test_what_was_booked_opened_and_changed_is_under_the_signed_root(
    connection: Connection, owner: Connection, ring: KeyRing, till: Till, budget: Budget
) -> None:
    yes, no = an_item("redeem", a_sale(till, budget)), an_item("redeem", refusal="too-late")
    assert await book(owner, yes, no) == ["booked", "declined"]
    await connection.execute("SELECT set_budget_usable($1, now(), now())", budget.account)
    happened = uuid7()
    await record_event(
        connection, kind="key.made", subject_kind="key", subject_id=happened, actor=SYSTEM
    )
    await note_keys(connection, ring)
    await seal_all(connection, ring)

    checkpoint, note = await last(connection)
    assert signers(note, [verifier_of(checkpoint.origin, ring.current(Purpose.SEAL).secret)])
    event = await connection.fetchval("SELECT id FROM event WHERE subject_id = $1", happened)
    account = int(budget.account).to_bytes(8, "big")
    assert await is_sealed(connection, yes.id.bytes, Kind.ENTRY)
    assert await is_sealed(connection, no.id.bytes, Kind.ENTRY)
    assert await is_sealed(connection, account, Kind.ACCOUNT)
    assert await is_sealed(connection, account + bytes([0, 0, 0, 1]), Kind.USABLE)
    assert await is_sealed(connection, bytes([0, 0, 0, 1]), Kind.EPOCH)
    assert await is_sealed(connection, event.bytes, Kind.EVENT)
    for purpose in (Purpose.SEAL, Purpose.RECEIPT):
        key = ring.current(purpose).key_id.encode()
        assert await is_sealed(connection, key, Kind.SEAL_KEY)


async def test_everything_has_one_place_and_a_second_look_adds_nothing(
    connection: Connection, owner: Connection, ring: KeyRing, till: Till, budget: Budget
) -> None:
    await seal_all(connection, ring)
    items = [an_item("redeem", a_sale(till, budget)) for _ in range(5)]
    await book(owner, *items)
    (sealed,) = await seal_all(connection, ring)
    assert sealed.leaves == len(items)
    assert await seal_all(connection, ring) == []
    rows = await connection.fetchval(
        """
        SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM account) + (SELECT count(*) FROM epoch)
            + (SELECT count(*) FROM event) + (SELECT count(*) FROM usable_change)
        """
    )
    assert (
        rows
        == sealed.checkpoint.size
        == await connection.fetchval("SELECT count(*) FROM seal_leaf")
    )


async def test_where_nothing_happens_a_look_is_one_statement(
    connection: Connection, ring: KeyRing, budget: Budget
) -> None:
    assert budget
    await seal_all(connection, ring)
    await settled(connection)
    asked = list[str]()
    with connection.query_logger(lambda one: asked.append(one.query)):
        assert await seal_next(connection, ring) is None
        await asyncio.sleep(0)
    assert asked == [READ_WAITS.sql]


ALONE = {
    "an account": """SELECT open_accounts('{{77}}', '{{held}}', '{{cents}}', ARRAY['{scheme}'::uuid], '{{2026}}', '{{NULL}}',
        '{{t}}', '{{now}}', '{{now}}')""",
    "a change": "SELECT set_usable({account}, now(), now())",
    "a key": "SELECT note_seal_key('another', 'seal', sha256('x'), now())",
}


@pytest.mark.parametrize("what", list(ALONE))
async def test_each_kind_of_row_alone_is_seen_to_wait(
    connection: Connection, migrator: Connection, ring: KeyRing, budget: Budget, what: str
) -> None:
    await seal_all(connection, ring)
    await migrator.execute("SET ROLE ledger_velsen; SET search_path = velsen, pg_temp")
    await migrator.execute(ALONE[what].format(scheme=budget.scheme.id, account=budget.account))
    (sealed,) = await seal_all(connection, ring)
    assert sealed.leaves == 1


async def test_an_event_alone_is_seen_to_wait(connection: Connection, ring: KeyRing) -> None:
    await seal_all(connection, ring)
    await record_event(
        connection, kind="key.made", subject_kind="key", subject_id=uuid7(), actor=SYSTEM
    )
    (sealed,) = await seal_all(connection, ring)
    assert sealed.leaves == 1


async def test_what_commits_late_is_waited_for_and_not_left_out(
    connection: Connection,
    owner: Connection,
    migrator: Connection,
    connect: Connect,
    ring: KeyRing,
    till: Till,
    budget: Budget,
) -> None:
    await seal_all(connection, ring)
    await migrator.execute("SET ROLE owner_velsen; SET search_path = velsen, pg_temp")
    slow = migrator.transaction()
    await slow.start()
    late = an_item("redeem", a_sale(till, budget))
    await book(migrator, late)
    after = an_item("redeem", refusal="card-unknown")
    await book(owner, after)
    assert await seal_all(connection, ring, wait=False) == []

    await slow.commit()
    (sealed,) = await seal_all(await connect(), ring)
    assert sealed.leaves == 2
    assert await is_sealed(connection, late.id.bytes, Kind.ENTRY)
    assert await is_sealed(connection, after.id.bytes, Kind.ENTRY)


async def test_two_sealers_at_once_seal_everything_once(
    connection: Connection,
    owner: Connection,
    connect: Connect,
    ring: KeyRing,
    till: Till,
    budget: Budget,
) -> None:
    sealers = [await connect() for _ in range(4)]
    for _ in range(5):
        await book(owner, an_item("redeem", a_sale(till, budget)))
        await asyncio.gather(*(seal_all(one, ring) for one in sealers))
    leaves, distinct, size = tuple(
        await connection.fetchrow(
            "SELECT count(*), count(DISTINCT (kind, key)), max(number) + 1 FROM seal_leaf"
        )
        or ()
    )
    assert leaves == distinct == size == (await last(connection))[0].size


async def test_a_new_key_is_vouched_for_by_the_one_before_it(
    connection: Connection, owner: Connection, store: KeyStore, till: Till, budget: Budget
) -> None:
    first = make_keys(store, VELSEN, demo=False, now=NOW)
    await note_keys(connection, first)
    await seal_all(connection, first)
    rotate_key(store, VELSEN, purpose=Purpose.SEAL, now=NOW)
    store.forget(VELSEN)
    second = store.ring(VELSEN)
    origin = (await last(connection))[0].origin
    before, after = (
        verifier_of(origin, ring.current(Purpose.SEAL).secret) for ring in (first, second)
    )
    await note_keys(connection, second)
    await seal_all(connection, second)
    _, note = await last(connection)
    assert signers(note, [before, after]) == [before, after]
    assert await is_sealed(connection, second.current(Purpose.SEAL).key_id.encode(), Kind.SEAL_KEY)

    await book(owner, an_item("redeem", a_sale(till, budget)))
    await seal_all(connection, second)
    _, note = await last(connection)
    assert signers(note, [before, after]) == [after]


async def test_after_the_epoch_was_raised_the_tree_goes_on(
    connection: Connection,
    owner: Connection,
    migrator: Connection,
    ring: KeyRing,
    till: Till,
    budget: Budget,
) -> None:
    await seal_all(connection, ring)
    await book(owner, an_item("redeem", a_sale(till, budget)))
    await migrator.execute("SET ROLE ledger_velsen; SET search_path = velsen, pg_temp")
    await migrator.execute("SELECT raise_epoch('restored')")
    after = an_item("redeem", a_sale(till, budget))
    await book(owner, after)
    old, new = await seal_all(connection, ring)
    assert (old.position.epoch, old.leaves) == (1, 1)
    assert (new.position.epoch, new.leaves) == (2, 3)
    assert await is_sealed(connection, after.id.bytes, Kind.ENTRY)
    assert old.checkpoint.origin == new.checkpoint.origin


async def test_a_long_tree_is_sealed_in_steps(
    connection: Connection,
    owner: Connection,
    ring: KeyRing,
    till: Till,
    budget: Budget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.seals.seal.MOST_ENTRIES", 100)
    for _ in range(6):
        await book(owner, *(an_item("redeem", refusal="too-late") for _ in range(100)))
    last_one = an_item("redeem", a_sale(till, budget))
    await book(owner, last_one)
    assert len(await seal_all(connection, ring)) > 6
    assert await connection.fetchval("SELECT count(*) FROM seal_node WHERE level = 1") == 2
    assert await is_sealed(connection, last_one.id.bytes, Kind.ENTRY)


WRONG = {
    "a gap": {"first": 1},
    "what may still be added to": {"to_xid": 2**62},
    "the same again": {"from_xid": 0},
    "another hash": {"hashes": [bytes(32)]},
    "one leaf less": {"kinds": [], "keys": [], "hashes": []},
    "another epoch": {"epoch": 2},
}


@pytest.mark.parametrize("wrong", list(WRONG))
async def test_the_database_takes_no_seal_but_of_what_stands_there(
    connection: Connection, owner: Connection, ring: KeyRing, wrong: str, till: Till, budget: Budget
) -> None:
    await seal_all(connection, ring)
    checkpoint, _ = await last(connection)
    position = await connection.fetchval("SELECT max(xid) FROM seal_checkpoint")
    item = an_item("redeem", a_sale(till, budget))
    await book(owner, item)
    await settled(connection)
    horizon = await connection.fetchval(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    )
    data = await connection.fetchval(
        "SELECT data FROM seal_rows(1, $1, $2) LIMIT 1", position, horizon
    )
    given = {
        "epoch": 1,
        "from_xid": position,
        "to_xid": horizon,
        "first": checkpoint.size,
        "kinds": [Kind.ENTRY],
        "keys": [item.id.bytes],
        "hashes": [leaf_hash(data)],
    }
    call = "SELECT seal($1, $2, $3, $4, $5, $6, $7, '{}', '{}', '{}', $8, 'note')"
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(call, *(given | WRONG[wrong]).values(), bytes(32))
    assert refused.value.sqlstate in {"PA300", "PA301"}
    await connection.execute(call, *given.values(), bytes(32))


async def test_a_seal_is_not_made_on_leaves_that_were_changed(
    connection: Connection,
    owner: Connection,
    superuser: Connection,
    ring: KeyRing,
    till: Till,
    budget: Budget,
) -> None:
    await seal_all(connection, ring)
    await by_hand(
        superuser, "seal_leaf", "UPDATE seal_leaf SET hash = sha256('x') WHERE number = 0"
    )
    await book(owner, an_item("redeem", a_sale(till, budget)))
    await settled(connection)
    with pytest.raises(SealBroken):
        await seal_next(connection, ring)


async def test_under_the_name_of_a_key_stands_one_key(
    connection: Connection, ring: KeyRing
) -> None:
    await note_keys(connection, ring)
    await note_keys(connection, ring)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "SELECT note_seal_key($1, 'seal', $2, now())",
            ring.current(Purpose.SEAL).key_id,
            bytes(32),
        )
    assert refused.value.sqlstate == "PA302"
