"""The proof names every wall that was taken down."""

import pytest

from given.logins import NOON
from mutate import with_ddl_guard, without_ddl_guard
from pas.db import Connection
from pas.ledger.prove import prove

WALLS = {
    "ALTER TABLE entry DISABLE TRIGGER append_only": "trigger append_only on entry",
    "ALTER TABLE entry ENABLE TRIGGER append_only": "trigger append_only on entry",
    "DROP TRIGGER only_by_ledger ON transfer": "trigger only_by_ledger on transfer",
    "ALTER TABLE balance DROP CONSTRAINT balance_never_below_zero": (
        "constraint balance_never_below_zero on balance"
    ),
    "ALTER TABLE entry DROP CONSTRAINT entry_pkey": "constraint entry_pkey on entry",
    "DROP INDEX transfer_debit": "index transfer_debit",
    "DROP INDEX transfer_debit; CREATE INDEX transfer_debit ON transfer (debit, debit_turn)": (
        "index transfer_debit"
    ),
    "ALTER TABLE redemption DISABLE TRIGGER append_only": "trigger append_only on redemption",
    "ALTER TABLE redemption DISABLE TRIGGER only_by_ledger": "trigger only_by_ledger on redemption",
    "ALTER TABLE incompatible_role ENABLE TRIGGER append_only": (
        "trigger append_only on incompatible_role"
    ),
    "DROP TRIGGER append_only ON setting": "trigger append_only on setting",
    "DROP TRIGGER append_only ON event_content": "trigger append_only on event_content",
    "DROP TRIGGER append_only ON payout_account": "trigger append_only on payout_account",
    "DROP TRIGGER append_only ON deviation": "trigger append_only on deviation",
    "GRANT INSERT ON entry TO app_velsen": "rights of app_velsen",
    "GRANT DELETE ON balance TO auditor_velsen": "rights of auditor_velsen",
    "GRANT UPDATE (amount) ON balance TO app_velsen": "rights of app_velsen",
    "GRANT TRUNCATE ON transfer TO PUBLIC": "rights of app_velsen",
    "GRANT INSERT ON entry TO registry": "rights of registry",
    "ALTER FUNCTION book OWNER TO postgres": "owner of book",
    "ALTER FUNCTION redeem_batch OWNER TO postgres": "owner of redeem_batch",
    "GRANT INSERT ON redemption_reversal TO app_velsen": "rights of app_velsen",
    "GRANT EXECUTE ON FUNCTION book TO app_velsen": "rights of app_velsen",
}


SEALS = (
    *("seal_key", "seal_leaf", "seal_node", "seal_checkpoint", "balance_tree", "balance_tile"),
    *("seal_witness", "seal_cosignature"),
)
PERIODS = ("period_closing", "period_line", "year_closing")
OF_NOTES = ("debit_note", "debit_note_receipt", "debit_note_bank_item")
OF_THE_BANK = ("bank_file", "bank_statement", "bank_booking", "bank_item", "bank_decision")


@pytest.mark.tampered
async def test_the_proof_names_every_wall_that_was_taken_down(superuser: Connection) -> None:
    await without_ddl_guard(superuser)
    for ddl, wall in WALLS.items():
        transaction = superuser.transaction(isolation="repeatable_read")
        await transaction.start()
        await superuser.execute(ddl)
        proof = await prove(superuser, NOON)
        await transaction.rollback()
        assert not proof.closes, ddl
        assert wall in {missing.wall for missing in proof.missing_walls}, ddl


async def test_a_missing_ddl_guard_is_a_warning(
    connection: Connection, superuser: Connection
) -> None:
    """A hosted server may not allow event triggers."""
    await without_ddl_guard(superuser)
    proof = await prove(connection, NOON)
    assert proof.closes
    assert [warning.wall for warning in proof.warnings] == [
        "DDL guard absent: pas_refuse_ddl",
        "DDL guard absent: pas_refuse_drop",
    ]
    await with_ddl_guard(superuser)
    assert not (await prove(connection, NOON)).warnings


@pytest.mark.tampered
async def test_the_proof_knows_every_wall_of_the_schema(superuser: Connection) -> None:
    """Take down all that the catalogue says is there: each is missed."""
    await without_ddl_guard(superuser)
    tables = "'{account,balance,entry,transfer,reversal,epoch,posting,usable_change}'::regclass[]"
    names = ("redemption", "redemption_reversal", *SEALS, *PERIODS, *OF_NOTES, *OF_THE_BANK)
    beside = f"'{{{','.join(names)}}}'::regclass[]"
    constraints = await superuser.fetch(
        f"SELECT conrelid::regclass::text, conname FROM pg_constraint"
        f" WHERE conrelid = ANY ({tables}) AND contype IN ('c', 'p', 'u', 'f', 'x')"
    )
    indexes = await superuser.fetch(
        f"SELECT indexrelid::regclass::text FROM pg_index"
        f" WHERE indrelid = ANY ({tables}) AND indisunique AND NOT indisprimary"
    )
    triggers = await superuser.fetch(
        f"SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
        f" WHERE tgrelid = ANY ({tables} || {beside}) AND NOT tgisinternal"
    )
    expected = {f"constraint {name} on {table}" for table, name in constraints}
    expected |= {f"index {name}" for (name,) in indexes}
    expected |= {f"trigger {name} on {table}" for table, name in triggers}
    for table, name in constraints:
        await superuser.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for (name,) in indexes:
        await superuser.execute(f"DROP INDEX {name}")
    for table, name in triggers:
        await superuser.execute(f"DROP TRIGGER {name} ON {table}")
    assert expected <= {missing.wall for missing in (await prove(superuser, NOON)).missing_walls}
