"""A scheme is granted once per claimant and period; what is left goes back once."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from booking import (
    GRANT,
    LAPSE,
    Claim,
    Connect,
    a_sale,
    balance,
    grant,
    grant_arguments,
    lapse,
    redeem,
    until_waiting,
)
from given.city import LAST_DAY, Budget, Holder, Scheme, Till, a_budget, a_holder, a_scheme
from given.logins import OFFICER
from pas.db import Connection
from pas.ids import uuid7
from pas.ledger.accounts import new_account_id


async def test_a_scheme_is_granted_once_per_claimant_and_period(
    connection: Connection, scheme: Scheme, holder: Holder
) -> None:
    first, again = Claim(scheme, holder, "p1"), Claim(scheme, holder, "p1")
    assert await grant(connection, first) == ["booked"]
    assert await grant(connection, again, Claim(scheme, holder, "p2")) == ["already", "booked"]
    assert await balance(connection, first.account) == 5000
    assert await connection.fetchval("SELECT count(*) FROM balance") == 2


async def test_the_same_claim_twice_in_one_call_is_granted_once(
    connection: Connection, scheme: Scheme, holder: Holder
) -> None:
    claims = [Claim(scheme, holder, "p1"), Claim(scheme, holder, "p1")]
    assert sorted(await grant(connection, *claims)) == ["already", "booked"]


async def test_the_same_claim_at_the_same_moment_is_granted_once(
    connection: Connection, connect: Connect, scheme: Scheme, holder: Holder
) -> None:
    other = await connect()
    async with other.transaction():
        assert await grant(other, Claim(scheme, holder, "p1")) == ["booked"]
        waiting = asyncio.create_task(
            grant(connection, Claim(scheme, holder, "p1"), Claim(scheme, holder, "p2"))
        )
        await until_waiting(connection, on=other)
    assert await waiting == ["already", "booked"]


async def test_two_calls_that_grant_the_same_in_opposite_order_both_get_an_answer(
    connection: Connection, connect: Connect, scheme: Scheme, holder: Holder
) -> None:
    """Claims are taken in order, whatever the order of the call: else each waits for the other."""
    other = await connect()
    async with other.transaction():
        assert await grant(other, Claim(scheme, holder, "p1")) == ["booked"]
        waiting = asyncio.create_task(
            grant(connection, Claim(scheme, holder, "p2"), Claim(scheme, holder, "p1"))
        )
        await until_waiting(connection, on=other)
        assert await grant(other, Claim(scheme, holder, "p2")) == ["booked"]
    assert await waiting == ["already", "already"]


async def test_a_grant_waits_for_no_pot_but_its_own(
    connection: Connection, connect: Connect, holder: Holder
) -> None:
    pot, busy = [
        await a_scheme(connection, closed_pot=True, appropriated_cents=5000) for _ in range(2)
    ]
    other = await connect()
    await connection.execute("SET lock_timeout = '1s'")
    async with other.transaction():
        await other.fetch("SELECT * FROM lock_pots($1)", [busy.appropriation])
        assert await grant(connection, Claim(pot, holder, "p1")) == ["booked"]


async def test_two_grants_from_one_closed_pot_lock_the_pot_before_the_claims(
    connection: Connection, connect: Connect, superuser: Connection, holder: Holder
) -> None:
    """Else one holds the pot and waits for a claim, while the other holds that and waits."""
    pot = await a_scheme(connection, closed_pot=True, appropriated_cents=20000)
    other = await connect()
    async with other.transaction():
        await other.fetch("SELECT * FROM lock_pots($1)", [pot.appropriation])
        waiting = asyncio.create_task(grant(connection, Claim(pot, holder, "p1")))
        await until_waiting(connection, on=other)
        assert await grant(other, Claim(pot, holder, "p1")) == ["booked"]
    assert await waiting == ["already"]


async def test_what_a_pot_cannot_bear_is_granted_not_even_in_part(
    connection: Connection, holder: Holder
) -> None:
    pot = await a_scheme(connection, closed_pot=True, appropriated_cents=9999)
    claims = [Claim(pot, holder, "p1"), Claim(pot, await a_holder(connection), "p2")]
    with pytest.raises(asyncpg.PostgresError) as refused:
        await grant(connection, *claims)
    assert refused.value.sqlstate == "PA230"
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 0
    assert await balance(connection, pot.appropriation) == 9999


async def test_a_grant_under_a_known_id_grants_nothing(
    connection: Connection, scheme: Scheme, holder: Holder
) -> None:
    first = Claim(scheme, holder, "p1")
    await grant(connection, first)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await grant(connection, Claim(scheme, holder, "p2", entry=first.entry))
    assert refused.value.sqlstate == "PA230"
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


async def test_a_visit_budget_is_granted_in_visits_and_in_cents(
    connection: Connection, holder: Holder
) -> None:
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500)
    claim = Claim(scheme, holder, "p1", cents=5000, visits=10)
    assert await grant(connection, claim) == ["booked"]
    visits = await connection.fetchval("SELECT visits_account_id FROM budget")
    assert await balance(connection, claim.account) == 5000
    assert await balance(connection, visits) == 10


async def test_a_budget_ends_between_two_instants_and_then_lapses_once(
    connection: Connection, till: Till, budget: Budget
) -> None:
    await redeem(connection, a_sale(till, budget, 500))
    early = LAST_DAY - timedelta(microseconds=1)
    assert await lapse(connection, budget.account, 19500, at=early) == "not_usable"
    assert await lapse(connection, budget.account, 19500, at=LAST_DAY) == "booked"
    assert await lapse(connection, budget.account, 19500, at=LAST_DAY) == "insufficient"
    assert await balance(connection, budget.account) == 0


async def test_a_sale_before_the_end_that_comes_after_the_lapse_finds_nothing(
    connection: Connection, till: Till, budget: Budget
) -> None:
    await lapse(connection, budget.account, 20000, at=LAST_DAY)
    assert await redeem(connection, a_sale(till, budget, 1)) == ["insufficient"]


async def test_what_is_left_goes_back_to_its_own_scheme_and_year(
    connection: Connection, scheme: Scheme, budget: Budget
) -> None:
    await a_scheme(connection)
    for year in (2025, 2027):
        await connection.execute(
            "SELECT open_appropriation($1, $2, false, false, $3)",
            *(scheme.id, year, [new_account_id() for _ in range(5)]),
        )
    assert await lapse(connection, budget.account, 20000, at=LAST_DAY) == "booked"
    credited = await connection.fetchval(
        "SELECT credit FROM transfer WHERE debit = $1", budget.account
    )
    assert credited == scheme.appropriation


async def test_only_budgets_lapse(connection: Connection, till: Till) -> None:
    with pytest.raises(asyncpg.PostgresError) as refused:
        await lapse(connection, till.merchant.account, 1, at=LAST_DAY)
    assert refused.value.sqlstate == "PA111"


async def test_grants_and_lapses_with_an_array_of_another_length_are_refused(
    connection: Connection, scheme: Scheme, holder: Holder, budget: Budget
) -> None:
    """What a program lays out wrongly is an error, and never a grant with pieces of another."""
    second = await a_budget(connection, scheme, await a_holder(connection))
    claims = [Claim(scheme, holder, claim) for claim in ("p1", "p2")]
    granted = grant_arguments(claims, [uuid7(), uuid7()])
    lapsed: list[object] = [
        [uuid7(), uuid7()],
        [bytes(32), bytes(32)],
        [budget.account, second.account],
        [1, 2],
        *(LAST_DAY, "job", OFFICER),
    ]
    for call, good in ((GRANT, granted), (LAPSE, lapsed)):
        for at, array in enumerate(good):
            if not isinstance(array, list):
                continue
            ids = at == 0  # a call without ids has no length, and fails on that
            for wrong in (array[:1],) if ids else (array[:1], None):
                with pytest.raises(asyncpg.PostgresError) as refused:
                    await connection.fetchval(call, *good[:at], wrong, *good[at + 1 :])
                assert refused.value.sqlstate == "PA110", at
