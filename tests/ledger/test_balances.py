"""Trees of balances: a holder proves what stood on an account, and nobody seals other balances than there were."""

from pathlib import Path

import asyncpg
import msgspec
import pytest

from booking import an_item, book
from given.city import Budget, Scheme, Till
from given.days import NOW
from mutate import by_hand
from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection
from pas.ids import AccountId
from pas.ledger.accounts import new_account_id
from pas.seals.checkpoints import read_checkpoint
from pas.seals.export import export_books
from pas.seals.leaves import balance_data
from pas.seals.notes import verifier_of
from pas.seals.prove_balances import BalanceProof, prove_balances
from pas.seals.take_balances import (
    KEEP_TILES,
    NOTE,
    READ_ROWS,
    Taken,
    take_balances,
    tiles_of,
)
from pas.seals.tree import is_included, leaf_hash
from pas.seals.verify import Fault, verify
from sealing import a_sale, last, public_key, seal_all
from verifying import Verified, verified


async def taken(connection: Connection, ring: KeyRing) -> Taken:
    """Seal everything, take the balances, and seal those."""
    await seal_all(connection, ring)
    found = await take_balances(connection, now=NOW)
    assert found is not None
    await seal_all(connection, ring)
    return found


async def proof_of(connection: Connection, budget: Budget) -> BalanceProof:
    (proof,) = await prove_balances(connection, [budget.account])
    return proof


def holds(proof: BalanceProof) -> bool:
    """Follow it up to the root in the sealed leaf, and that leaf up to the signed root."""
    leaf = leaf_hash(balance_data(int(proof.account), proof.unit, proof.amount))
    sealed, checkpoint = proof.sealed, read_checkpoint(proof.sealed.checkpoint)[0]
    return is_included(
        leaf, proof.proof, index=proof.number, size=proof.accounts, top=sealed.data[-48:-16]
    ) and is_included(
        leaf_hash(sealed.data),
        sealed.proof,
        index=sealed.number,
        size=checkpoint.size,
        top=checkpoint.root,
    )


async def test_what_stood_on_an_account_is_proved(
    connection: Connection, owner: Connection, ring: KeyRing, till: Till, budget: Budget
) -> None:
    await book(owner, an_item("redeem", a_sale(till, budget, cents=1240)))
    await taken(connection, ring)
    await book(owner, an_item("redeem", a_sale(till, budget, cents=500)))
    proof = await proof_of(connection, budget)
    assert (proof.amount, proof.unit) == (20000 - 1240, "cents")
    assert holds(proof)
    assert not holds(msgspec.structs.replace(proof, amount=20000))


async def test_balances_are_those_of_the_seal_and_not_of_what_came_later(
    connection: Connection, owner: Connection, ring: KeyRing, till: Till, budget: Budget
) -> None:
    await seal_all(connection, ring)
    await book(owner, an_item("redeem", a_sale(till, budget, cents=1240)))
    assert await take_balances(connection, now=NOW) is not None
    await seal_all(connection, ring)
    assert (await proof_of(connection, budget)).amount == 20000
    assert (await verify(connection, trusted=[public_key(ring)])).holds


async def test_after_the_epoch_was_raised_balances_are_still_those_of_the_seal(
    connection: Connection,
    owner: Connection,
    migrator: Connection,
    ring: KeyRing,
    till: Till,
    budget: Budget,
) -> None:
    await seal_all(connection, ring)
    await migrator.execute("SET ROLE ledger_velsen; SET search_path = velsen, pg_temp")
    await migrator.execute("SELECT raise_epoch('restored')")
    await book(owner, an_item("redeem", a_sale(till, budget, cents=1240)))
    assert await take_balances(connection, now=NOW) is not None
    await seal_all(connection, ring)
    assert (await proof_of(connection, budget)).amount == 20000


async def many_accounts(owner: Connection, scheme: Scheme, number: int) -> list[AccountId]:
    ids = [new_account_id() for _ in range(number)]
    return await owner.fetchval(
        """
        SELECT open_accounts($1, array_fill('held'::text, ARRAY[$2::int]), array_fill('visits'::text, ARRAY[$2::int]),
            array_fill($3::uuid, ARRAY[$2::int]), array_fill($4::smallint, ARRAY[$2::int]), array_fill(NULL::uuid, ARRAY[$2::int]),
            array_fill(true, ARRAY[$2::int]), array_fill(now(), ARRAY[$2::int]), array_fill(now(), ARRAY[$2::int]))
        """,
        *(ids, number, scheme.id, scheme.year),
    )


async def test_many_accounts_are_taken_in_pages_and_each_is_proved(
    connection: Connection,
    owner: Connection,
    ring: KeyRing,
    scheme: Scheme,
    budget: Budget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.seals.take_balances.TILES_AT_ONCE", 1)
    opened = await many_accounts(owner, scheme, 600)
    found = await taken(connection, ring)
    proofs = await prove_balances(connection, [budget.account, *opened])
    assert [holds(proof) for proof in proofs] == [True] * 601
    assert found.accounts == await connection.fetchval("SELECT count(*) FROM balance")
    assert (await verify(connection, trusted=[public_key(ring)])).holds


async def test_without_a_new_seal_nothing_is_taken_and_of_older_trees_one_is_kept(
    connection: Connection, ring: KeyRing, budget: Budget
) -> None:
    assert await take_balances(connection, now=NOW) is None
    sizes = [(await taken(connection, ring)).size for _ in range(3)]
    await seal_all(connection, ring)
    size = (await proof_of(connection, budget)).size
    kept = await connection.fetch("SELECT DISTINCT size FROM balance_tile ORDER BY size")
    assert (size, [one for (one,) in kept]) == (sizes[-1], sizes[-2:])
    trees = await connection.fetch("SELECT size FROM balance_tree ORDER BY size")
    assert [one for (one,) in trees] == sizes


async def test_an_account_that_was_opened_later_has_no_proof_yet(
    connection: Connection, owner: Connection, ring: KeyRing, scheme: Scheme, budget: Budget
) -> None:
    assert await prove_balances(connection, [budget.account]) == []
    await taken(connection, ring)
    later = await many_accounts(owner, scheme, 1)
    assert await prove_balances(connection, later) == []


async def test_an_account_that_was_opened_after_the_seal_is_not_in_its_tree(
    connection: Connection, owner: Connection, ring: KeyRing, scheme: Scheme, budget: Budget
) -> None:
    await seal_all(connection, ring)
    before = await connection.fetchval("SELECT count(*) FROM balance")
    (later,) = await many_accounts(owner, scheme, 1)
    found = await take_balances(connection, now=NOW)
    await seal_all(connection, ring)
    assert found is not None
    assert found.accounts == before
    assert len(await prove_balances(connection, [budget.account, later])) == 1


async def test_a_tree_that_leaves_accounts_out_is_not_sealed(
    connection: Connection, owner: Connection, ring: KeyRing, scheme: Scheme, budget: Budget
) -> None:
    assert budget
    await many_accounts(owner, scheme, 300)
    await seal_all(connection, ring)
    size = (await last(connection))[0].size
    rows = await READ_ROWS.all(connection, size, 0, 256)
    await KEEP_TILES.run(connection, size, 0, 0, tiles_of([row.hash for row in rows]))
    with pytest.raises(asyncpg.PostgresError) as refused:
        await NOTE.run(connection, size, bytes(32), NOW, [], [], [])
    assert refused.value.sqlstate == "PA305"


WRONG = {
    "a seal that is not there": ("keep_balance_tiles(999999, 0, 0, ARRAY[sha256('x')])", "PA303"),
    "another amount": ("keep_balance_tiles({size}, 0, 0, ARRAY[sha256('x')])", "PA304"),
    "an account less": ("keep_balance_tiles({size}, {first}, 0, ARRAY[sha256('x')])", "PA304"),
    "none of them": ("note_balances({size}, sha256('x'), now(), '{{}}', '{{}}', '{{}}')", "PA305"),
}


@pytest.mark.parametrize("wrong", list(WRONG))
async def test_the_database_keeps_no_balances_but_of_what_stands_there(
    connection: Connection, ring: KeyRing, budget: Budget, wrong: str
) -> None:
    await seal_all(connection, ring)
    call, state = WRONG[wrong]
    filled = call.format(size=(await last(connection))[0].size, first=budget.account)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(f"SELECT {filled}")
    assert refused.value.sqlstate == state
    assert await connection.fetchval("SELECT count(*) FROM balance_tile") == 0


@pytest.fixture
async def key(connection: Connection, ring: KeyRing) -> str:
    await seal_all(connection, ring)
    origin = (await last(connection))[0].origin
    return verifier_of(origin, ring.current(Purpose.SEAL).secret).text


def written(folder: Path, proof: BalanceProof) -> Path:
    path = folder / "balance.json"
    path.write_bytes(msgspec.json.encode({"items": [proof]}))
    return path


async def checked(
    connection: Connection, key: str, proof: BalanceProof, folder: Path
) -> tuple[Verified, Verified]:
    """What the verifier says that stands alone, with the books and without."""
    (folder / "books").mkdir()
    await export_books(connection, folder / "books")
    path = written(folder, proof)
    return verified(folder / "books", key, "--balance", path), verified(
        None, key, "--balance", path
    )


async def test_a_holder_checks_a_balance_with_the_key_alone_and_an_auditor_with_the_books(
    connection: Connection, key: str, ring: KeyRing, budget: Budget, tmp_path: Path
) -> None:
    await taken(connection, ring)
    for found in await checked(connection, key, await proof_of(connection, budget), tmp_path):
        assert found.code == 0, found.said
        assert f"stood      20000 cents on {budget.account}" in found.said


FORGED = {
    "another amount": {"amount": 30000},
    "another account": {"account": "77"},
    "another place": {"number": 1},
    "another seal": {"size": 1},
}


@pytest.mark.parametrize("forged", list(FORGED))
async def test_a_balance_that_did_not_stand_there_is_told(
    connection: Connection, key: str, ring: KeyRing, budget: Budget, tmp_path: Path, forged: str
) -> None:
    await taken(connection, ring)
    proof = await proof_of(connection, budget)
    wrong = msgspec.structs.replace(proof, **FORGED[forged])
    for found in await checked(connection, key, wrong, tmp_path):
        assert found.code == 1, found.said
        assert "balance    " in found.said


@pytest.mark.tampered
async def test_sealed_balances_that_the_movements_do_not_make_are_named(
    connection: Connection,
    superuser: Connection,
    key: str,
    ring: KeyRing,
    budget: Budget,
    tmp_path: Path,
) -> None:
    # Whoever has every right first writes another balance, takes the tree, and puts it back.
    wrong = "UPDATE balance SET amount = amount {sign} 100 WHERE account_id = {account}"
    account = budget.account
    await by_hand(superuser, "balance", wrong.format(sign="+", account=account))
    found = await taken(connection, ring)
    proof = await proof_of(connection, budget)
    await by_hand(superuser, "balance", wrong.format(sign="-", account=account))
    number = await connection.fetchval("SELECT number FROM seal_leaf WHERE kind = 7")
    named = await verify(connection, trusted=[public_key(ring)])
    leaf = found.size.to_bytes(8, "big").hex()
    assert named.faults == [Fault("balances", number, "balances", leaf)]
    with_books, alone = await checked(connection, key, proof, tmp_path)
    assert f"balances   at {found.size}" in with_books.said
    assert "the books have 20000" in with_books.said
    assert (with_books.code, alone.code) == (1, 0)


def test_what_is_no_proof_is_told(tmp_path: Path) -> None:
    path = tmp_path / "balance.json"
    path.write_text('{"items": [{"account": "1"}]}')
    key = verifier_of("pas/velsen/x", bytes(32)).text
    found = verified(None, key, "--balance", path)
    assert (found.code, "cannot be read" in found.said) == (2, True)
