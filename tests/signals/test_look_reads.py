"""A look reads what is new and the weeks it falls in, however many years of sales there are."""

import asyncpg
import pytest

from given.signals import MONDAY, Town, looked
from pas.db import Connection, Database
from pas.ledger.position import READ_HORIZON
from pas.signals.read_sales import changed_weeks, sales_of_week

ROWS = 40_000
OLD = """
    SET ROLE ledger_velsen;
    INSERT INTO entry (id, kind, fingerprint, total, occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid)
        SELECT gen_random_uuid(), 'redeem', sha256('x'), 5, '2025-05-01', '2025-05-01', '2025-05-01', 'till', '{till}', 1, 1
        FROM generate_series(1, {rows}) n;
    INSERT INTO transfer (entry_id, line, debit, credit, amount, debit_turn, debit_number, epoch, xid)
        SELECT id, 1, 10000000 + row_number() OVER (), 99, 5, 1, 2, 1, 1 FROM entry WHERE kind = 'redeem';
    INSERT INTO redemption (entry_id, till_id, merchant_id, price_cents, taken_cents, recorded_at)
        SELECT id, '{till}', '{merchant}', 5, 5, '2025-05-01' FROM entry WHERE kind = 'redeem';
    RESET ROLE;
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, trace_id, recorded_at)
        SELECT gen_random_uuid(), 'redemption', 'till', '{till}', entry_id, gen_random_uuid(), '', recorded_at FROM redemption;
"""
TABLES = ("entry", "transfer", "redemption", "processing_log", "account", "redemption_reversal")
GROWING = ("entry", "transfer", "redemption", "processing_log")
READS = """
    SELECT relname, seq_scan, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint AS rows_read
    FROM pg_stat_xact_user_tables WHERE schemaname = 'velsen' AND relname = ANY ($1)
"""
MOST_ROWS_READ = 10_000
"""Ranges of pages that an index by time cannot tell apart; the whole is four times that."""


@pytest.fixture
async def years(town: Town, superuser: asyncpg.Connection, database: Database) -> Town:
    """Years of sales that were looked at, and a day of new ones."""
    shop = town.tills["shop"]
    await superuser.execute(OLD.format(till=shop.id, merchant=shop.merchant.id, rows=ROWS))
    for table in TABLES:
        await superuser.execute(f"VACUUM ANALYZE {table}")
    await looked(database)
    await town.round_week()
    return town


async def read_by_a_look(connection: Connection) -> dict[str, tuple[int, int]]:
    async with connection.transaction():
        cutoff = await READ_HORIZON.one(connection)
        for monday in await changed_weeks(connection, cutoff, since=MONDAY):
            assert len(await sales_of_week(connection, monday)) == 10
        rows = await connection.fetch(READS, list(TABLES))
    return {row["relname"]: (row["seq_scan"], row["rows_read"]) for row in rows}


async def too_much(connection: Connection) -> list[str]:
    found = await read_by_a_look(connection)
    return [
        f"{table}: {whole} whole, {read} rows"
        for table, (whole, read) in found.items()
        if read > MOST_ROWS_READ or (whole and table in GROWING)
    ]


async def test_a_look_reads_no_table_whole(connection: Connection, years: Town) -> None:
    assert await too_much(connection) == []


@pytest.mark.parametrize(
    "indexes",
    [
        "redemption_merchant, redemption_till",
        "processing_log_recorded, processing_log_subject",
        "entry_position",
    ],
)
async def test_an_index_that_is_missing_is_noticed(
    connection: Connection, owner: asyncpg.Connection, years: Town, indexes: str
) -> None:
    """Either of two will do where two have the time in them."""
    await owner.execute(f"SET pas.migrating = on; DROP INDEX {indexes}")
    assert await too_much(connection) != []
