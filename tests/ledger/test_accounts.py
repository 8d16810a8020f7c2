"""Accounts: opened once, found again, guarded where something can run out, closed pots."""

import asyncio

import asyncpg
import pytest

from booking import Connect, a_sale, an_item, balance, book, redeem, until_waiting
from given.city import (
    FIRST_DAY,
    LAST_DAY,
    Budget,
    Holder,
    Till,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
)
from given.logins import NOON
from mutate import by_hand
from pas.db import Connection
from pas.ids import AccountId, uuid7
from pas.ledger.accounts import new_account_id
from pas.ledger.book import Line

OPEN = (
    "SELECT open_accounts($1, $2, $3, $4, $5, $6, $7,"
    " array_fill('-infinity'::timestamptz, ARRAY[cardinality($1::bigint[])]),"
    " array_fill('infinity'::timestamptz, ARRAY[cardinality($1::bigint[])]))"
)


async def open_singles(owner: Connection, *kinds: str) -> list[AccountId]:
    """Open accounts of which there can be only one, in cents."""
    ids = [new_account_id() for _ in kinds]
    return await owner.fetchval(
        OPEN,
        *(ids, list(kinds), ["cents"] * len(kinds), [None] * len(kinds), [None] * len(kinds)),
        *([None] * len(kinds), [False] * len(kinds)),
    )


async def test_an_account_of_which_there_is_one_is_found_again(owner: Connection) -> None:
    first = await open_singles(owner, "bank", "cover")
    assert await open_singles(owner, "cover", "bank", "cover") == [first[1], first[0], first[1]]
    assert await owner.fetchval("SELECT count(*) FROM account WHERE kind = 'bank'") == 1


async def test_the_same_account_twice_in_one_call_is_one(owner: Connection) -> None:
    first, second = await open_singles(owner, "bank", "bank")
    assert first == second


async def test_two_that_open_the_same_account_at_once_get_the_same(
    connection: Connection, connect: Connect
) -> None:
    merchant = await a_merchant(connection)
    scheme = (await a_scheme(connection)).id
    connections = [await connect() for _ in range(6)]
    answers = await asyncio.gather(
        *(
            one.fetchval(
                "SELECT open_appropriation($1, 2031::smallint, false, true, $2)",
                *(scheme, [new_account_id() for _ in range(5)]),
            )
            for one in connections
        )
    )
    assert len(set(answers)) == 1
    accounts = await asyncio.gather(
        *(
            one.fetchval("SELECT open_merchant_account($1, $2)", merchant.id, new_account_id())
            for one in connections
        )
    )
    assert set(accounts) == {merchant.account}


async def test_whoever_waits_for_an_account_gets_it_when_it_is_there(
    connection: Connection, connect: Connect
) -> None:
    scheme = (await a_scheme(connection)).id
    open_one = "SELECT open_appropriation($1, 2031::smallint, false, true, $2)"
    first, second = ([new_account_id() for _ in range(5)] for _ in range(2))
    other = await connect()
    async with other.transaction():
        opened = await other.fetchval(open_one, scheme, first)
        waiting = asyncio.create_task(connection.fetchval(open_one, scheme, second))
        await until_waiting(connection, on=other)
    found = await waiting
    assert found == opened


async def test_two_that_open_accounts_in_opposite_order_both_get_them(
    owner: Connection, superuser: Connection
) -> None:
    """They are opened in order, whatever the order of the call: else each waits for the other."""
    async with superuser.transaction():
        (bank,) = await open_singles(superuser, "bank")
        waiting = asyncio.create_task(open_singles(owner, "cover", "bank"))
        await until_waiting(owner, on=superuser)
        (cover,) = await open_singles(superuser, "cover")
    assert await waiting == [cover, bank]


async def test_each_account_is_found_again_by_its_year_and_by_whom_it_is_of(
    owner: Connection,
) -> None:
    """Beside budgets of that scheme and year, which are new each time."""
    scheme, first, second = uuid7(), uuid7(), uuid7()
    kinds = ["appropriation", "appropriation", "merchant", "merchant", "budget"]
    described = (
        *(
            kinds,
            ["cents"] * 5,
            [scheme, scheme, None, None, scheme],
            [2026, 2027, None, None, 2026],
        ),
        *([None, None, first, second, None], [kind == "budget" for kind in kinds]),
    )
    opened, again = [[new_account_id() for _ in kinds] for _ in range(2)]
    assert await owner.fetchval(OPEN, opened, *described) == opened
    assert await owner.fetchval(OPEN, again, *described) == [*opened[:4], again[4]]


async def test_the_account_of_one_merchant_is_opened_for_no_other(connection: Connection) -> None:
    new = uuid7()
    await connection.execute(
        "INSERT INTO merchant (id, name, state) VALUES ($1, 'Club', 'requested')", new
    )
    merchant = await a_merchant(connection)
    accounts = await connection.fetch("SELECT id, account_id FROM merchant")
    assert dict(map(tuple, accounts)) == {new: None, merchant.id: merchant.account}


async def test_budgets_are_never_shared(owner: Connection, budget: Budget) -> None:
    ids = [new_account_id(), new_account_id()]
    opened = await owner.fetchval(
        OPEN,
        *(ids, ["budget"] * 2, ["cents"] * 2, [budget.scheme.id] * 2, [2026] * 2),
        *([None] * 2, [True] * 2),
    )
    assert opened == ids


@pytest.mark.parametrize(
    ("kind", "unit", "guarded"),
    [("budget", "cents", False), ("bank", "euros", False), ("purse", "cents", False)],
)
async def test_an_account_that_cannot_be_is_refused(
    owner: Connection, kind: str, unit: str, guarded: object
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.fetchval(
            OPEN, [new_account_id()], [kind], [unit], [uuid7()], [2026], [None], [guarded]
        )


async def test_a_closed_pot_is_granted_to_the_last_cent_and_no_further(
    connection: Connection, holder: Holder
) -> None:
    pot = await a_scheme(connection, closed_pot=True, appropriated_cents=25000)
    await a_budget(connection, pot, holder, cents=20000)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await a_budget(connection, pot, await a_holder(connection), cents=5001)
    assert refused.value.sqlstate == "PA230"
    await a_budget(connection, pot, await a_holder(connection), cents=5000)
    assert await balance(connection, pot.appropriation) == 0


async def test_an_open_appropriation_is_granted_beyond_what_is_in_it(
    connection: Connection, holder: Holder
) -> None:
    scheme = await a_scheme(connection, appropriated_cents=100)
    await a_budget(connection, scheme, holder, cents=20000)
    assert not await connection.fetchval(
        "SELECT 1 FROM balance WHERE account_id = $1", scheme.appropriation
    )


async def test_an_empty_closed_pot_blocks_no_scan(
    connection: Connection, till: Till, holder: Holder
) -> None:
    pot = await a_scheme(connection, closed_pot=True, appropriated_cents=20000)
    budget = await a_budget(connection, pot, holder, cents=20000)
    assert await redeem(connection, a_sale(till, budget, 20000)) == ["booked"]


async def test_what_is_left_in_a_pot_is_held_until_the_decision_is_made(
    connection: Connection, connect: Connect, holder: Holder
) -> None:
    pot = await a_scheme(connection, closed_pot=True, appropriated_cents=20000)
    other = await connect()
    async with other.transaction():
        locked = await other.fetch("SELECT * FROM lock_pots($1)", [pot.appropriation])
        assert [tuple(row) for row in locked] == [(pot.appropriation, 20000)]
        waiting = asyncio.create_task(a_budget(connection, pot, holder, cents=20000))
        await until_waiting(connection, on=other)
    await waiting


async def test_only_pots_can_be_locked_by_the_app(connection: Connection, budget: Budget) -> None:
    assert await connection.fetch("SELECT * FROM lock_pots($1)", [budget.account]) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("SELECT 1 FROM balance FOR UPDATE")


async def test_money_set_aside_twice_under_one_id_is_there_once(connection: Connection) -> None:
    pot, _ = [await a_scheme(connection, closed_pot=True) for _ in range(2)]
    call = "SELECT appropriate($1, $2, $3, 2026::smallint, 'cover', $4, $5, 'login', $1)"
    entry = uuid7()
    for outcome, print_ in (("booked", 1), ("replay", 1), ("misuse", 2)):
        given = (entry, bytes([print_]) * 32, pot.id, 700, NOON)
        assert await connection.fetchval(call, *given) == outcome
    assert await balance(connection, pot.appropriation) == 700
    assert await connection.fetchval("SELECT count(*) FROM appropriation_line") == 1


async def test_a_budget_that_was_ended_is_spent_no_more(
    connection: Connection, till: Till, budget: Budget
) -> None:
    await connection.execute(
        "SELECT set_budget_usable($1, $2, $3)", budget.account, FIRST_DAY, NOON
    )
    assert await redeem(connection, a_sale(till, budget, 1)) == ["not_usable"]


async def test_each_change_of_when_a_budget_can_be_spent_has_the_next_number(
    connection: Connection, budget: Budget
) -> None:
    for until in (NOON, LAST_DAY, LAST_DAY, NOON):
        await connection.execute(
            "SELECT set_budget_usable($1, $2, $3)", budget.account, FIRST_DAY, until
        )
    changes = await connection.fetch(
        "SELECT number, usable_until FROM usable_change WHERE account_id = $1 ORDER BY 1",
        budget.account,
    )
    assert [tuple(row) for row in changes] == [(1, NOON), (2, LAST_DAY), (3, NOON)]


async def test_ending_a_budget_waits_for_no_other(
    connection: Connection, superuser: Connection, budget: Budget
) -> None:
    other = await a_budget(connection, budget.scheme, await a_holder(connection))
    await connection.execute("SET lock_timeout = '1s'")
    async with superuser.transaction():
        await superuser.execute(
            "SELECT 1 FROM balance WHERE account_id = $1 FOR UPDATE", other.account
        )
        await connection.execute(
            "SELECT set_budget_usable($1, $2, $3)", budget.account, FIRST_DAY, NOON
        )


async def test_ending_a_budget_locks_its_accounts_in_key_order(
    connection: Connection, superuser: Connection, holder: Holder
) -> None:
    """As book() does: else the two would wait for each other."""
    swim = await a_visit_budget(connection, holder, visits_first=True)
    lock = "SELECT 1 FROM balance WHERE account_id = $1 FOR UPDATE NOWAIT"
    end = "SELECT set_budget_usable($1, $2, $3)"
    async with superuser.transaction():
        await superuser.execute(lock, swim.visits_account)
        waiting = asyncio.create_task(connection.execute(end, swim.account, FIRST_DAY, NOON))
        await until_waiting(connection, on=superuser)
        await superuser.execute(lock, swim.account)
    await waiting
    ends = await connection.fetch(
        "SELECT usable_until FROM balance WHERE account_id IN ($1, $2)",
        *(swim.account, swim.visits_account),
    )
    assert [row[0] for row in ends] == [NOON, NOON]


async def test_budgets_that_end_together_are_locked_in_key_order_over_all_of_them(
    connection: Connection, superuser: Connection, holder: Holder
) -> None:
    """With (5, 50) and (10, 7), each pair in order is 5, 50, 7, and a payment over both takes 7 first."""
    crossed: list[Budget] = []
    while not (crossed and visits_of(crossed[0]) > visits_of(crossed[1])):
        pair = [
            await a_visit_budget(connection, holder, visits_first=first) for first in (False, True)
        ]
        crossed = sorted(pair, key=lambda budget: budget.account)
    first, second = crossed
    lock = "SELECT 1 FROM balance WHERE account_id = $1 FOR UPDATE NOWAIT"
    async with superuser.transaction():
        await superuser.execute(lock, visits_of(second))
        end = connection.execute(
            "SELECT set_budgets_usable($1, $2, $3)",
            *([budget.account for budget in crossed], [FIRST_DAY] * 2, [NOON] * 2),
        )
        waiting = asyncio.create_task(end)
        await until_waiting(connection, on=superuser)
        await superuser.execute(lock, visits_of(first))
    await waiting
    ends = await connection.fetch(
        "SELECT usable_until FROM balance WHERE account_id = ANY ($1)",
        [account for budget in crossed for account in (budget.account, visits_of(budget))],
    )
    assert [row[0] for row in ends] == [NOON] * 4


def visits_of(budget: Budget) -> AccountId:
    assert budget.visits_account is not None
    return budget.visits_account


async def a_visit_budget(connection: Connection, holder: Holder, *, visits_first: bool) -> Budget:
    """A budget in visits, whose account of visits comes before that of cents, or after."""
    while True:
        scheme = await a_scheme(connection, visits=2, visit_price_cents=500)
        swim = await a_budget(connection, scheme, holder, cents=1000, visits=2)
        assert swim.visits_account is not None
        if (swim.visits_account < swim.account) == visits_first:
            return swim
        await connection.execute("SELECT set_budget_usable($1, $2, $2)", swim.account, NOON)


@pytest.mark.tampered
async def test_a_guarded_account_without_a_balance_books_nothing(
    connection: Connection, owner: Connection, superuser: Connection, till: Till, budget: Budget
) -> None:
    ghost = new_account_id()
    await by_hand(
        superuser,
        "account",
        f"""
        INSERT INTO account (id, kind, unit, scheme_id, budget_year, guarded, epoch)
        SELECT {ghost}, kind, unit, scheme_id, budget_year, true, 1 FROM account WHERE id = {budget.account}
        """,
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await book(
            owner, an_item("redeem", Line(debit=ghost, credit=till.merchant.account, amount=1))
        )
    assert refused.value.sqlstate == "PA111"
