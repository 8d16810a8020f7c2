"""A scan touches a handful of rows, however many there are: it fails when an index is not used."""

import json
from collections.abc import Sequence
from uuid import uuid4

import asyncpg
import pytest

from given.city import Budget, Till, a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.sales import a_sale_item, an_undo, desk_of
from pas.db import Connection
from pas.redemptions.read import READ_FACTS
from pas.redemptions.redeem import redeem
from pas.redemptions.till_list import till_sales
from pas.redemptions.undo import undo

GROWING = (
    "entry",
    "transfer",
    "redemption",
    "redemption_reversal",
    "processing_log",
    "unknown_scan",
    "account",
    "balance",
    "budget",
    "pass",
    "card",
    "resident_version",
    "managing_adult",
    "till",
    "agreement",
)
"""Tables that grow with the city; the others have a few rows and may well be read whole."""

ROWS = 4_000
MOST_ROWS_READ = 60
"""Per table and sale, however large it is; a whole table or index is thousands."""
PLANNED_FIRST = 5
"""So often PostgreSQL plans a statement anew before it may keep a plan."""

AS_LEDGER = """
    INSERT INTO account (id, kind, unit, scheme_id, budget_year, guarded, epoch)
        SELECT 10000000 + n, 'budget', 'cents', gen_random_uuid(), 2026, true, 1 FROM generate_series(1, {rows}) n;
    INSERT INTO balance (account_id, amount, movements, debits)
        SELECT 10000000 + n, 100, 2, 1 FROM generate_series(1, {rows}) n;
    INSERT INTO entry (id, kind, fingerprint, total, occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid)
        SELECT gen_random_uuid(), 'redeem', sha256('x'), 5, '2026-05-01', '2026-05-01', '2026-05-01', 'till', '{till}', 1, 1
        FROM generate_series(1, {rows}) n;
    INSERT INTO transfer (entry_id, line, debit, credit, amount, debit_turn, debit_number, epoch, xid)
        SELECT id, 1, 10000000 + row_number() OVER (), 99, 5, 1, 2, 1, 1 FROM entry WHERE kind = 'redeem';
    INSERT INTO redemption (entry_id, till_id, price_cents, taken_cents, recorded_at)
        SELECT id, gen_random_uuid(), 5, 5, '2026-05-01' FROM entry WHERE kind = 'redeem';
    INSERT INTO redemption_reversal (entry_id, original_id, kind, amount_cents, reason, recorded_at)
        SELECT gen_random_uuid(), entry_id, 'refund', 1, 'x', '2026-05-01' FROM redemption;
"""
AS_OWNER = """
    INSERT INTO resident (id, person_number) SELECT gen_random_uuid(), 'p' || n FROM generate_series(1, {rows}) n;
    INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date, household_number,
            household_type, recorded_by)
        SELECT id, '2026-01-01', 'A', 'B', '1990-01-01', person_number, 'alone', id FROM resident WHERE person_number LIKE 'p%';
    INSERT INTO pass (id, resident_id, year, starts_on, ends_on)
        SELECT gen_random_uuid(), id, 2026, '2026-01-01', '2027-01-01' FROM resident WHERE person_number LIKE 'p%';
    INSERT INTO card (id, resident_id, form, token_hash, number_hash, key_id, state, state_since)
        SELECT gen_random_uuid(), id, 'paper', sha256(('t' || person_number)::bytea), sha256(('n' || person_number)::bytea),
            'test', 'active', '2026-01-01'
        FROM resident WHERE person_number LIKE 'p%';
    INSERT INTO managing_adult (child_id, adult_id, kind, valid_from)
        SELECT a.id, b.id, 'parent', '2026-01-01' FROM resident a JOIN resident b
            ON b.person_number = 'p' || (substr(a.person_number, 2)::int + 1)
        WHERE a.person_number ~ '^p[0-9]+$' AND b.person_number LIKE 'p%';
    INSERT INTO budget (account_id, pass_id, scheme_id, scheme_version_id, budget_year, granted_at, lapses_on)
        SELECT 10000000 + row_number() OVER (), p.id, '{scheme}', '{version}', 2026, '2026-01-01', '2027-02-01'
        FROM pass p JOIN resident r ON r.id = p.resident_id WHERE r.person_number LIKE 'p%' LIMIT {rows};
    INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, entry_id, card_id, trace_id, recorded_at)
        SELECT gen_random_uuid(), 'redemption', 'till', '{till}', entry_id, gen_random_uuid(), '',
            timestamptz '{now}' - interval '1 hour' FROM redemption;
    INSERT INTO unknown_scan (till_id, tried_at)
        SELECT gen_random_uuid(), timestamptz '{now}' - interval '1 minute' FROM generate_series(1, {rows}) n;
    INSERT INTO till (id, kind, merchant_id, location_id, name, algorithm, public_key, state, state_since, paired_at, created_by)
        SELECT gen_random_uuid(), kind, merchant_id, location_id, name, algorithm, sha256(n::text::bytea),
            state, state_since, paired_at, created_by
        FROM till, generate_series(1, {rows}) n WHERE id = '{till}';
    INSERT INTO merchant (id, name, state) SELECT gen_random_uuid(), 'm' || n, 'requested' FROM generate_series(1, {rows}) n;
    INSERT INTO agreement (id, merchant_id, category, valid_from, recorded_by)
        SELECT gen_random_uuid(), id, 'sport', '2026-01-01', id FROM merchant WHERE name LIKE 'm%';
    ANALYZE;
"""
READS = """
    SELECT relname, seq_scan, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint AS rows_read
    FROM pg_stat_xact_user_tables WHERE schemaname = 'velsen'
"""


@pytest.fixture
async def budget(connection: Connection) -> Budget:
    scheme, parent = await a_scheme(connection), await a_holder(connection)
    await a_child_of(connection, parent)
    return await a_budget(connection, scheme, parent)


@pytest.fixture
async def till(connection: Connection, superuser: asyncpg.Connection, budget: Budget) -> Till:
    """A till in a city of some size, of which the planner knows."""
    till = await a_till(connection, await a_merchant(connection))
    values = {
        "rows": ROWS,
        "till": till.id,
        "now": NOON.isoformat(),
        "scheme": budget.scheme.id,
        "version": budget.scheme.version,
    }
    await superuser.execute("SET ROLE ledger_velsen;" + AS_LEDGER.format(**values) + "RESET ROLE")
    await superuser.execute(AS_OWNER.format(**values))
    return till


async def reads(connection: Connection) -> dict[str, tuple[int, int]]:
    """How often each table was read whole in this transaction, and how many rows were read."""
    rows = await connection.fetch(READS)
    return {row["relname"]: (row["seq_scan"], row["rows_read"]) for row in rows}


async def sell_and_take_back(connection: Connection, till: Till, budget: Budget) -> None:
    """All statements of a till: quote, sale, the same again, list, void."""
    desk, holder = desk_of(connection), budget.holder
    [quote] = await redeem(desk, [a_sale_item(till, holder, price=100)])
    sale = a_sale_item(till, holder, price=100, take=100)
    [sold] = await redeem(desk, [sale])
    [again] = await redeem(desk, [sale])
    await redeem(desk, [a_sale_item(till, holder, price=100, child=1)])
    assert (quote.outcome, sold.outcome, again.outcome) == ("quoted", "booked", "booked")
    assert len(await till_sales(connection, till.id)) == 1
    await undo(connection, an_undo("void", till, sale.id), desk.moment)


async def read_too_much(connection: Connection, till: Till, budget: Budget) -> list[str]:
    """The tables of which a till's day reads more than it needs."""
    async with connection.transaction():
        before = await reads(connection)
        await sell_and_take_back(connection, till, budget)
        after = await reads(connection)
    return [
        f"{table}: {after[table][0] - before[table][0]} whole, {read} rows"
        for table in GROWING
        if (read := after[table][1] - before[table][1]) > MOST_ROWS_READ
        or after[table][0] > before[table][0]
    ]


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
async def test_no_statement_of_a_till_reads_more_than_its_own_rows(
    connection: Connection, till: Till, budget: Budget, plan: str
) -> None:
    await connection.execute(f"SET plan_cache_mode = {plan}")
    assert await read_too_much(connection, till, budget) == []


@pytest.mark.parametrize(
    ("wall", "table"),
    [
        ("DROP INDEX processing_log_subject", "processing_log"),
        ("DROP INDEX unknown_scan_till", "unknown_scan"),
        ("DROP INDEX budget_pass", "budget"),
        ("DROP INDEX agreement_merchant", "agreement"),
        ("DROP INDEX redemption_till", "redemption"),
        ("ALTER TABLE card DROP CONSTRAINT card_token_hash_key", "card"),
        ("ALTER TABLE pass DROP CONSTRAINT pass_resident_id_year_key", "pass"),
        ("ALTER TABLE entry DROP CONSTRAINT entry_pkey", "entry"),
        ("ALTER TABLE transfer DROP CONSTRAINT transfer_pkey", "transfer"),
    ],
)
async def test_an_index_that_is_missing_is_noticed(
    connection: Connection,
    owner: asyncpg.Connection,
    till: Till,
    budget: Budget,
    *,
    wall: str,
    table: str,
) -> None:
    await owner.execute(f"SET pas.migrating = on; {wall}")
    try:
        found = " ".join(await read_too_much(connection, till, budget))
    except asyncpg.PostgresError:
        return  # The function refuses to work at all without it.
    assert f"{table}: " in found


async def test_a_scan_is_not_planned_anew_each_time(
    connection: Connection, till: Till, budget: Budget
) -> None:
    for _ in range(8):
        await redeem(desk_of(connection), [a_sale_item(till, budget.holder, price=100)])
    planned = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement = $1"
    row = await connection.fetchrow(planned, READ_FACTS.sql)
    assert row is not None
    assert tuple(row) == (PLANNED_FIRST, 8 - PLANNED_FIRST)


@pytest.mark.parametrize("plan", ["force_custom_plan", "force_generic_plan"])
async def test_the_facts_are_read_by_indexes_alone(
    connection: Connection, till: Till, budget: Budget, plan: str
) -> None:
    await connection.execute(f"SET plan_cache_mode = {plan}")
    await connection.execute(f"PREPARE facts AS {READ_FACTS.sql}")
    token = budget.holder.token.sha256().hex()
    explained = await connection.fetchval(
        f"EXPLAIN (FORMAT JSON) EXECUTE facts(ARRAY['{uuid4()}']::uuid[], ARRAY['{till.id}']::uuid[], "
        f"ARRAY['\\x{token}']::bytea[], ARRAY[NULL]::bytea[], ARRAY[1], ARRAY[NULL]::uuid[], "
        f"'{NOON.isoformat()}', '{NOON.date()}', ARRAY[NULL]::text[], ARRAY[true], 600, "
        "ARRAY[NULL]::uuid[], ARRAY[NULL]::bytea[], ARRAY[NULL]::uuid[])"
    )
    assert whole_tables(json.loads(explained)) & set(GROWING) == set()


def whole_tables(plan: object) -> set[str]:
    """The tables that a plan reads from beginning to end."""
    if isinstance(plan, Sequence) and not isinstance(plan, str):
        return set[str]().union(*map(whole_tables, plan))
    if not isinstance(plan, dict):
        return set()
    found = set[str]().union(*map(whole_tables, plan.values()))
    return found | ({str(plan["Relation Name"])} if plan.get("Node Type") == "Seq Scan" else set())
