"""Each constraint refuses a row that breaks it, whoever writes it and whatever functions forget."""

import asyncpg
import pytest

from given.city import Budget, Till
from mutate import by_hand
from pas.db import Connection

ACCOUNT = "INSERT INTO account (id, kind, unit, scheme_id, budget_year, subject_id, guarded, epoch) VALUES "
BALANCE = (
    "INSERT INTO balance (account_id, amount, movements, debits, usable_from, usable_until) VALUES "
)
ENTRY = (
    "INSERT INTO entry (id, kind, refusal, fingerprint, total, reverses, reversal_number, replaces,"
    " occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid) VALUES "
)
TRANSFER = (
    "INSERT INTO transfer (entry_id, line, debit, credit, amount, debit_turn, debit_number,"
    " credit_number, epoch, xid) VALUES "
)
REVERSAL = "INSERT INTO reversal (entry_id, line, original, reversed, times) VALUES "
USABLE = (
    "INSERT INTO usable_change (account_id, number, usable_from, usable_until, recorded_at, epoch, xid)"
    " VALUES "
)
ID = "'00000000-0000-0000-0000-000000000009'"
TWO = "decode(repeat('00', 32), 'hex')"


def an_entry(
    refusal: str = "NULL",
    total: int = 5,
    print_: str = TWO,
    reverses: str = "NULL",
    number: str = "NULL",
    period: str = "2026-06-01",
    actor: str = "till",
    replaces: str = "NULL",
) -> str:
    return (
        f"{ENTRY}({ID}, 'redeem', {refusal}, {print_}, {total}, {reverses}, {number}, {replaces},"
        f" now(), now(), '{period}', '{actor}', {ID}, 1, 1)"
    )


def twice(insert: str, first: str, second: str) -> str:
    return f"{insert}{first}, {second}"


BROKEN: dict[str, list[str]] = {
    "account_id_check": [ACCOUNT + "(0, 'bank', 'cents', NULL, NULL, NULL, false, 1)"],
    "account_kind_check": [ACCOUNT + "(5, 'purse', 'cents', NULL, NULL, NULL, false, 1)"],
    "account_unit_check": [ACCOUNT + "(5, 'bank', 'euros', NULL, NULL, NULL, false, 1)"],
    "account_budget_year_check": [
        ACCOUNT + f"(5, 'budget', 'cents', {ID}, 1999, NULL, true, 1)",
        ACCOUNT + f"(5, 'budget', 'cents', {ID}, 2200, NULL, true, 1)",
    ],
    "account_check": [
        ACCOUNT + f"(5, 'budget', 'cents', {ID}, 2026, NULL, false, 1)",
        ACCOUNT + f"(5, 'held', 'cents', {ID}, 2026, NULL, false, 1)",
    ],
    "account_check1": [
        ACCOUNT + f"(5, 'used', 'visits', {ID}, NULL, NULL, false, 1)",
        ACCOUNT + "(5, 'appropriation', 'cents', NULL, 2026, NULL, false, 1)",
    ],
    "account_check2": [ACCOUNT + "(5, 'merchant', 'cents', NULL, NULL, NULL, false, 1)"],
    "account_pkey": [
        twice(
            ACCOUNT,
            f"(5, 'bank', 'cents', NULL, NULL, {ID}, false, 1)",
            f"(5, 'run', 'cents', NULL, NULL, {ID}, false, 1)",
        )
    ],
    "account_only_one": [
        twice(
            ACCOUNT,
            "(5, 'bank', 'cents', NULL, NULL, NULL, false, 1)",
            "(6, 'bank', 'cents', NULL, NULL, NULL, false, 1)",
        )
    ],
    "balance_never_below_zero": [
        BALANCE + "(5, -1, 0, 0, '-infinity', 'infinity')",
        "UPDATE balance SET amount = -1",
    ],
    "balance_check": [
        BALANCE + "(5, 0, 1, -1, '-infinity', 'infinity')",
        BALANCE + "(5, 0, 1, 2, '-infinity', 'infinity')",
    ],
    "balance_check1": [BALANCE + "(5, 0, 0, 0, '2026-01-02', '2026-01-01')"],
    "balance_pkey": [twice(BALANCE, *["(5, 0, 0, 0, '-infinity', 'infinity')"] * 2)],
    "entry_refusal_check": [an_entry("'No!'", 0), an_entry("'x'", 0), an_entry("'1no'", 0)],
    "entry_fingerprint_check": [an_entry(print_="'\\x00'"), an_entry(print_=f"{TWO} || '\\x00'")],
    "entry_total_check": [an_entry("'card-blocked'", -1)],
    "entry_check1": [an_entry(total=0), an_entry("'card-blocked'", 5)],
    "entry_check": [an_entry(reverses=ID), an_entry(number="1")],
    "entry_reversal_number_check": [an_entry(reverses=ID, number="0")],
    "entry_period_check": [an_entry(period="2026-06-02")],
    "entry_actor_kind_check": [an_entry(actor="robot")],
    "entry_pkey": [f"{an_entry()}; {an_entry()}"],
    "entry_reversal": [
        an_entry(reverses=ID, number="1").replace(f"({ID}", "(gen_random_uuid()")
        + "; "
        + an_entry(reverses=ID, number="1")
    ],
    "entry_replaces": [
        an_entry(replaces=ID).replace(f"({ID}", "(gen_random_uuid()") + "; " + an_entry(replaces=ID)
    ],
    "transfer_line_check": [TRANSFER + f"({ID}, 0, 1, 2, 5, NULL, NULL, NULL, 1, 1)"],
    "transfer_amount_check": [
        TRANSFER + f"({ID}, 1, 1, 2, 0, NULL, NULL, NULL, 1, 1)",
        TRANSFER + f"({ID}, 1, 1, 2, 100000000000001, NULL, NULL, NULL, 1, 1)",
    ],
    "transfer_between_two": [TRANSFER + f"({ID}, 1, 2, 2, 5, NULL, NULL, NULL, 1, 1)"],
    "transfer_check": [
        TRANSFER + f"({ID}, 1, 1, 2, 5, 1, NULL, NULL, 1, 1)",
        TRANSFER + f"({ID}, 1, 1, 2, 5, NULL, 1, NULL, 1, 1)",
        TRANSFER + f"({ID}, 1, 1, 2, 5, 0, 1, NULL, 1, 1)",
        TRANSFER + f"({ID}, 1, 1, 2, 5, 3, 2, NULL, 1, 1)",
    ],
    "transfer_credit_number_check": [TRANSFER + f"({ID}, 1, 1, 2, 5, NULL, NULL, 0, 1, 1)"],
    "transfer_pkey": [
        twice(TRANSFER, *[f"({ID}, 1, 1, 2, 5, NULL, NULL, NULL, 1, 1)"] * 2),
    ],
    "transfer_debit": [
        twice(
            TRANSFER,
            f"({ID}, 1, 1, 2, 5, 1, 1, NULL, 1, 1)",
            f"({ID}, 2, 1, 2, 5, 1, 2, NULL, 1, 1)",
        )
    ],
    "transfer_credit": [
        twice(
            TRANSFER,
            f"({ID}, 1, 1, 2, 5, NULL, NULL, 1, 1, 1)",
            f"({ID}, 2, 3, 2, 5, NULL, NULL, 1, 1, 1)",
        )
    ],
    "reversal_never_above_original": [
        REVERSAL + f"({ID}, 1, 5, 6, 1)",
        REVERSAL + f"({ID}, 1, 5, 0, 1)",
    ],
    "reversal_times_check": [REVERSAL + f"({ID}, 1, 5, 5, 0)"],
    "reversal_pkey": [twice(REVERSAL, *[f"({ID}, 1, 5, 5, 1)"] * 2)],
    "epoch_number_check": ["INSERT INTO epoch (number, reason) VALUES (0, 'x')"],
    "usable_change_number_check": [USABLE + "(5, 0, now(), now(), now(), 1, 1)"],
    "usable_change_pkey": [twice(USABLE, *["(5, 1, now(), now(), now(), 1, 1)"] * 2)],
    "epoch_pkey": ["INSERT INTO epoch (number, reason) VALUES (1, 'x')"],
}


async def test_every_constraint_of_the_ledger_refuses_what_breaks_it(
    migrator: Connection, till: Till, budget: Budget
) -> None:
    """Even for the role of the functions themselves."""
    await migrator.execute("SET ROLE ledger_velsen; SET search_path = velsen, pg_temp")
    for name, statements in BROKEN.items():
        for statement in statements:
            await refused_by(migrator, name, statement)


async def refused_by(connection: Connection, name: str, statement: str) -> None:
    transaction = connection.transaction()
    await transaction.start()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await connection.execute(statement)
    await transaction.rollback()
    assert refused.value.constraint_name == name, statement


async def test_a_posting_is_listed_once(superuser: Connection) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await by_hand(superuser, "posting", "INSERT INTO posting SELECT * FROM posting LIMIT 1")


async def test_every_constraint_of_the_ledger_has_been_tried(connection: Connection) -> None:
    tables = "'{account,balance,entry,transfer,reversal,epoch,usable_change}'::regclass[]"
    there = await connection.fetch(
        f"SELECT conname FROM pg_constraint WHERE conrelid = ANY ({tables}) AND contype <> 'n'"
        f" UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = ANY ({tables}) AND indisunique"
    )
    assert {name for (name,) in there} == BROKEN.keys()
