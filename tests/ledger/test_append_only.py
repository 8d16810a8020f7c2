"""Nobody changes what the ledger holds: not the app, not the owner, not a superuser by mistake."""

import itertools

import asyncpg
import pytest

from booking import a_reversal, a_sale, redeem, reverse
from given.city import FIRST_DAY, Budget, Till
from given.logins import NOON
from pas.db import Connection

TABLES = (
    "account",
    "balance",
    "entry",
    "transfer",
    "reversal",
    "epoch",
    "posting",
    "usable_change",
    "redemption",
    "redemption_reversal",
    *("seal_key", "seal_leaf", "seal_node", "seal_checkpoint"),
    *("balance_tree", "balance_tile", "seal_witness", "seal_cosignature"),
)
WRITES = {
    "update": "UPDATE {t} SET {c} = {c}",
    "update of no row": "UPDATE {t} SET {c} = {c} WHERE false",
    "delete": "DELETE FROM {t}",
    "truncate": "TRUNCATE {t} CASCADE",
    "insert": "INSERT INTO {t} SELECT * FROM {t}",
    "upsert": "INSERT INTO {t} SELECT * FROM {t} ON CONFLICT DO NOTHING",
    "merge update": "MERGE INTO {t} USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET {c} = {c}",
    "merge delete": "MERGE INTO {t} USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "merge insert": (
        "MERGE INTO {t} USING (SELECT 1) s ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES"
    ),
    "with delete": "WITH gone AS (DELETE FROM {t} RETURNING 1) SELECT count(*) FROM gone",
}
CHANGED_BY_THE_FUNCTIONS = {"balance", "reversal"}
FORGOTTEN_BY_THE_FUNCTIONS = {"balance_tile"}
"""The tiles of trees of balances before the last two."""
REFUSED = {"PA100", "PA101", "42501", "25006"}
"""Append-only, only by the functions, no right to, read-only session."""


DDL = (
    "ALTER TABLE entry DISABLE TRIGGER append_only",
    "ALTER TABLE entry ENABLE TRIGGER append_only",
    "ALTER TABLE balance DROP CONSTRAINT balance_never_below_zero",
    "ALTER TABLE entry OWNER TO CURRENT_USER",
    "ALTER TABLE entry ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE entry SET UNLOGGED",
    "ALTER TABLE entry ADD COLUMN x int",
    "ALTER TABLE entry RENAME TO x",
    "ALTER TABLE entry SET SCHEMA public",
    "ALTER INDEX transfer_debit RENAME TO x",
    "ALTER TRIGGER append_only ON entry RENAME TO x",
    "ALTER FUNCTION refuse_write() RENAME TO x",
    "ALTER FUNCTION refuse_write() SET search_path = public",
    "ALTER SCHEMA velsen RENAME TO x",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA velsen GRANT INSERT ON TABLES TO app_velsen",
    "CREATE OR REPLACE FUNCTION refuse_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE TRIGGER x BEFORE INSERT ON entry EXECUTE FUNCTION refuse_write()",
    "CREATE RULE x AS ON INSERT TO entry DO INSTEAD NOTHING",
    "CREATE POLICY x ON entry USING (true)",
    "CREATE TABLE velsen.x (a int)",
    "CREATE TABLE x () INHERITS (entry)",
    "CREATE INDEX x ON entry (kind)",
    "CREATE STATISTICS x ON id, kind FROM entry",
    "SELECT 1 AS a INTO velsen.x",
    "COMMENT ON TABLE entry IS 'x'",
    "GRANT INSERT ON entry TO app_velsen",
    "REVOKE SELECT ON entry FROM app_velsen",
    "GRANT EXECUTE ON FUNCTION raise_epoch TO app_velsen",
    "DROP TRIGGER append_only ON entry",
    "DROP INDEX transfer_debit",
    "DROP FUNCTION set_budget_usable",
    "DROP TABLE posting",
    "DROP SCHEMA velsen CASCADE",
)


async def contents(connection: Connection) -> list[object]:
    return [
        await connection.fetchval(
            f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {t} t"
        )
        for t in TABLES
    ]


async def some_books(connection: Connection, till: Till, budget: Budget) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    await reverse(connection, a_reversal("refund", sale, 400))
    await connection.execute(
        "SELECT set_budget_usable($1, $2, $3)", budget.account, FIRST_DAY, NOON
    )


async def test_no_role_changes_a_table_of_the_ledger(
    connection: Connection,
    auditor: Connection,
    owner: Connection,
    superuser: Connection,
    till: Till,
    budget: Budget,
) -> None:
    await some_books(connection, till, budget)
    before = await contents(superuser)
    for role in (connection, auditor, owner, superuser):
        await refuse_everything(role)
    await superuser.execute("SET session_replication_role = replica")
    await refuse_everything(superuser)
    assert await contents(superuser) == before


async def first_column(connection: Connection, table: str) -> str:
    return await connection.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum = 1", table
    )


async def refuse_everything(connection: Connection) -> None:
    for table, (what, write) in itertools.product(TABLES, WRITES.items()):
        column = await first_column(connection, table)
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute(write.format(t=table, c=column))
        assert refused.value.sqlstate in REFUSED, (what, table, refused.value)


async def test_copy_into_the_ledger_is_refused(
    connection: Connection, owner: Connection, superuser: Connection
) -> None:
    for role in (connection, owner, superuser):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await role.copy_records_to_table(
                "transfer", records=[], columns=["entry_id", "line"], schema_name="velsen"
            )
        assert refused.value.sqlstate in REFUSED


async def test_even_the_role_of_the_functions_changes_nothing_that_is_written(
    migrator: Connection, connection: Connection, till: Till, budget: Budget
) -> None:
    await some_books(connection, till, budget)
    await migrator.execute("SET ROLE ledger_velsen; SET search_path = velsen, pg_temp")
    for table in TABLES:
        column = await first_column(migrator, table)
        for write in ("update", "delete", "truncate", "merge delete"):
            if table in CHANGED_BY_THE_FUNCTIONS and write == "update":
                continue
            if table in FORGOTTEN_BY_THE_FUNCTIONS and "delete" in write:
                continue
            with pytest.raises(asyncpg.PostgresError) as refused:
                await migrator.execute(WRITES[write].format(t=table, c=column))
            assert refused.value.sqlstate in REFUSED


async def test_nobody_who_logs_in_may_call_what_books(
    connection: Connection, auditor: Connection
) -> None:
    may = (
        "SELECT proname FROM pg_proc WHERE pronamespace = 'velsen'::regnamespace"
        " AND has_function_privilege(oid, 'EXECUTE') ORDER BY 1"
    )
    of_the_app = {row[0] for row in await connection.fetch(may)}
    assert not of_the_app & {"book", "open_accounts", "set_usable", "set_all_usable", "raise_epoch"}
    may_write = may.replace(" ORDER BY", " AND provolatile = 'v' ORDER BY")
    assert {row[0] for row in await auditor.fetch(may_write)} == set()


async def test_the_schema_changes_by_migration_only(
    superuser: Connection, owner: Connection
) -> None:
    for ddl in DDL:
        for role in (owner, superuser):
            with pytest.raises(asyncpg.PostgresError) as refused:
                await role.execute(ddl)
            is_refused = refused.value.sqlstate == "PA102"
            assert is_refused or (role is owner and refused.value.sqlstate == "42501"), ddl


async def test_upkeep_is_no_change_of_the_schema(superuser: Connection, owner: Connection) -> None:
    for upkeep in ("VACUUM entry", "ANALYZE entry", "REINDEX TABLE entry"):
        await superuser.execute(upkeep)
        await owner.execute(upkeep)
