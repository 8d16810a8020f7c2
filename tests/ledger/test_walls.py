"""Each wall against overspending and over-reversal holds alone, with the others taken down.

A session with a gate reads the balance and then waits at it, while others pass, book and commit:
the worst moment there is. Without any wall that overspends, which shows that the test can see it.
"""

import asyncio
from collections.abc import Coroutine

import asyncpg
import pytest

from booking import Connect, a_reversal, a_sale, redeem, reverse
from given.city import Budget, Till
from mutate import rewrite, without_ddl_guard
from pas.db import Connection

GATE = 42
PASS_THE_GATE = """
    PERFORM pg_advisory_xact_lock_shared(nullif(current_setting('test.gate', true), '')::bigint);
"""
LOCK_OF_BALANCES = ("ORDER BY account_id\n        FOR NO KEY UPDATE", "ORDER BY account_id")
LOCK_OF_ORIGINALS = ("ORDER BY e.id FOR NO KEY UPDATE;", "ORDER BY e.id;")
AFTER_BALANCES = ("    place := 1;\n", PASS_THE_GATE + "    place := 1;\n")
AFTER_NUMBERS = (
    "        -- What is left of each line reversed",
    PASS_THE_GATE + "        -- What is left of each line reversed",
)
AFTER_AMOUNTS = (
    "    -- Seen after the locks",
    PASS_THE_GATE + "    -- Seen after the locks",
)
NOT_UNIQUE = {
    "transfer_debit": "transfer (debit, debit_turn)",
    "entry_reversal": "entry (reverses, reversal_number)",
}


@pytest.fixture
async def gated(connect: Connect) -> Connection:
    """A connection that waits at the gate."""
    connection = await connect()
    await connection.execute(f"SET test.gate = {GATE}")
    return connection


@pytest.fixture
async def gatekeeper(superuser: Connection) -> Connection:
    """Keeps the gate closed, and may take down walls."""
    await without_ddl_guard(superuser)
    await superuser.execute("SELECT pg_advisory_lock($1)", GATE)
    return superuser


async def take_down(superuser: Connection, *, constraint: str, index: str, standing: str) -> None:
    """Leave one of check and index standing, or none; locks are taken down in the function."""
    table = constraint.partition("_")[0]
    if standing != "check":
        await superuser.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    if standing != "index":
        await superuser.execute(f"DROP INDEX {index}")
        await superuser.execute(f"CREATE INDEX {index} ON {NOT_UNIQUE[index]}")


async def race(
    gatekeeper: Connection,
    gated: Coroutine[object, object, list[str]],
    *others: Coroutine[object, object, list[str]],
) -> list[str]:
    """Let one wait at the gate while the others pass one by one, or wait for it; then open."""
    tasks = [asyncio.create_task(gated)]
    await done_or_waiting(gatekeeper, tasks)
    for other in others:
        tasks.append(asyncio.create_task(other))
        await done_or_waiting(gatekeeper, tasks)
    await gatekeeper.execute("SELECT pg_advisory_unlock($1)", GATE)
    return [outcome_of(answer) for answer in await asyncio.gather(*tasks, return_exceptions=True)]


def outcome_of(answer: list[str] | BaseException) -> str:
    if isinstance(answer, asyncpg.CheckViolationError | asyncpg.UniqueViolationError):
        return "refused by the database"
    assert isinstance(answer, list), answer
    return answer[0]


async def done_or_waiting(watcher: Connection, tasks: list[asyncio.Task[list[str]]]) -> None:
    """Return when every task is done or waits for a lock."""
    for _ in range(1000):
        await asyncio.sleep(0.005)
        if await waiting(watcher) == sum(not task.done() for task in tasks):
            return
    pytest.fail("a call neither ends nor waits")


async def waiting(watcher: Connection) -> int:
    return await watcher.fetchval(
        "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
        " AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
    )


async def truth(connection: Connection, budget: Budget) -> int:
    """The balance as the movements make it."""
    return await connection.fetchval(
        "SELECT sum(CASE WHEN credit = $1 THEN amount ELSE -amount END)::bigint"
        " FROM transfer WHERE $1 IN (debit, credit)",
        budget.account,
    )


@pytest.mark.tampered
@pytest.mark.parametrize("standing", ["lock", "check", "index", "nothing"])
async def test_one_wall_is_enough_against_overspending(
    connection: Connection,
    gated: Connection,
    gatekeeper: Connection,
    till: Till,
    budget: Budget,
    standing: str,
) -> None:
    locks = () if standing == "lock" else (LOCK_OF_BALANCES,)
    await rewrite(gatekeeper, "book", AFTER_BALANCES, *locks)
    await take_down(
        gatekeeper, constraint="balance_never_below_zero", index="transfer_debit", standing=standing
    )
    outcomes = await race(
        gatekeeper,
        redeem(gated, a_sale(till, budget, 20000)),
        redeem(connection, a_sale(till, budget, 20000)),
    )
    is_overspent = await truth(connection, budget) < 0
    assert is_overspent == (standing == "nothing"), outcomes
    assert outcomes.count("booked") == (2 if is_overspent else 1)


@pytest.mark.tampered
@pytest.mark.parametrize("standing", ["lock", "check", "index", "place", "nothing"])
async def test_one_wall_is_enough_with_a_credit_in_between(
    connection: Connection,
    gated: Connection,
    gatekeeper: Connection,
    connect: Connect,
    till: Till,
    budget: Budget,
    standing: str,
) -> None:
    """A credit gives the next debit another place in the account: an index on that is no wall."""
    sale = a_sale(till, budget, 5000)
    assert await redeem(connection, sale) == ["booked"]
    locks = () if standing == "lock" else (LOCK_OF_BALANCES,)
    await rewrite(gatekeeper, "book", AFTER_BALANCES, *locks)
    await take_down(
        gatekeeper, constraint="balance_never_below_zero", index="transfer_debit", standing=standing
    )
    if standing == "place":
        await gatekeeper.execute("CREATE UNIQUE INDEX place ON transfer (debit, debit_number)")
    outcomes = await race(
        gatekeeper,
        redeem(gated, a_sale(till, budget, 15000)),
        reverse(connection, a_reversal("void", sale)),
        redeem(await connect(), a_sale(till, budget, 20000)),
    )
    is_overspent = await truth(connection, budget) < 0
    assert is_overspent == (standing in {"place", "nothing"}), outcomes


@pytest.mark.tampered
@pytest.mark.parametrize("moment", ["after the numbers", "after the amounts"])
@pytest.mark.parametrize("standing", ["lock", "check", "index", "nothing"])
async def test_one_wall_is_enough_against_taking_back_more_than_was_paid(
    connection: Connection,
    gated: Connection,
    gatekeeper: Connection,
    till: Till,
    budget: Budget,
    standing: str,
    moment: str,
) -> None:
    sale = a_sale(till, budget, 1000)
    assert await redeem(connection, sale) == ["booked"]
    locks = () if standing == "lock" else (LOCK_OF_ORIGINALS,)
    gate = AFTER_NUMBERS if moment == "after the numbers" else AFTER_AMOUNTS
    await rewrite(gatekeeper, "book", gate, LOCK_OF_BALANCES, *locks)
    await take_down(
        gatekeeper,
        constraint="reversal_never_above_original",
        index="entry_reversal",
        standing=standing,
    )
    await gatekeeper.execute("DROP INDEX transfer_credit")  # it would refuse the same race
    outcomes = await race(
        gatekeeper,
        reverse(gated, a_reversal("refund", sale, 700)),
        reverse(connection, a_reversal("refund", sale, 700)),
    )
    taken_back = await connection.fetchval(
        "SELECT sum(total) FROM entry WHERE reverses = $1", sale.item.id
    )
    # With nothing standing, the amounts read after the gate are right by chance.
    is_overdone = standing == "nothing" and moment == "after the amounts"
    assert (taken_back > 1000) == is_overdone, outcomes
