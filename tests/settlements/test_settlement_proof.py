"""The proof names what is not right between runs and books."""

import pytest

from given.days import NOW, TODAY
from given.settlements import (
    FINANCE,
    SECOND,
    a_payer,
    a_proposal,
    a_shop,
    an_approved_run,
    an_exported_run,
    sell,
)
from mutate import without_ddl_guard
from pas.app.proving import prove_books
from pas.db import Connection
from pas.settlements.approve import approve_settlement
from pas.settlements.payments import mark_paid
from pas.settlements.stored import read_lines

pytestmark = pytest.mark.tampered

TAMPERED = {
    "UPDATE settlement_line SET amount_cents = 700, redeemed_cents = 700": {
        "settlement sum",
        "settlement entry",
    },
    "UPDATE settlement_line SET state = 'approved', pay_entry_id = NULL, paid_on = NULL": {
        "settlement entry",
        "settlement run",
    },
    "UPDATE settlement_line SET settle_entry_id = gen_random_uuid()": {"settlement entry"},
    "UPDATE settlement_line SET from_xid = 5": {"settlement chain"},
    "UPDATE settlement_line SET to_xid = from_xid + 1": {"settlement sum"},
    "DELETE FROM settlement_line": {"settlement entry"},
    "UPDATE settlement_run SET account_id = 1": {"settlement entry"},
}


@pytest.mark.parametrize("change", TAMPERED)
async def test_a_run_that_was_tampered_with_is_found(
    connection: Connection, superuser: Connection, change: str
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    await mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)
    assert (await prove_books(connection, NOW)).closes
    await without_ddl_guard(superuser)
    await superuser.execute(
        "ALTER TABLE settlement_line DISABLE TRIGGER USER; ALTER TABLE settlement_run DISABLE TRIGGER USER"
    )
    await superuser.execute(change)
    proof = await prove_books(connection, NOW)
    assert {one.check for one in proof.findings} >= TAMPERED[change]


async def test_a_redemption_that_comes_in_below_a_cut_off_is_found(
    connection: Connection, superuser: Connection
) -> None:
    """It cannot: but where a backup was put back and its epoch not raised, it could."""
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await an_approved_run(connection)
    await sell(connection, shop, 250)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE transfer DISABLE TRIGGER append_only")
    await superuser.execute("UPDATE transfer SET xid = 1 WHERE amount = 250")
    proof = await prove_books(connection, NOW)
    assert "settlement sum" in {one.check for one in proof.findings}


async def test_in_a_new_epoch_positions_begin_anew_and_nothing_is_paid_twice_or_lost(
    connection: Connection, superuser: Connection
) -> None:
    """As after a restore on another server: transaction ids start lower than they were."""
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await an_approved_run(connection)
    await sell(connection, shop, 250)
    await superuser.execute("SELECT raise_epoch('restored')")
    await sell(connection, shop, 125)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE transfer DISABLE TRIGGER append_only")
    await superuser.execute("UPDATE transfer SET xid = 10 WHERE epoch = 2")
    await a_payer(connection)
    second = await a_proposal(connection)
    assert [one.amount_cents for one in await read_lines(connection, second)] == [375]
    await approve_settlement(connection, second, actor=SECOND, now=NOW)
    await sell(connection, shop, 1_000)
    third = await a_proposal(connection)
    assert [one.amount_cents for one in await read_lines(connection, third)] == [1_000]
    await superuser.execute("ALTER TABLE transfer ENABLE ALWAYS TRIGGER append_only")
    assert not [
        one for one in (await prove_books(connection, NOW)).findings if "settlement" in one.check
    ]
