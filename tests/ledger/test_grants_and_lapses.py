"""A scheme is granted once per claimant and period; what is left goes back once."""

import asyncio
import secrets
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from booking import Connect, a_sale, balance, lapse, redeem, until_waiting
from given import (
    FIRST_DAY,
    LAST_DAY,
    NOON,
    OFFICER,
    Budget,
    Holder,
    Scheme,
    Till,
    a_holder,
    a_scheme,
)
from pas.db import Connection
from pas.ids import AccountId, uuid7
from pas.ledger.accounts import new_account_id

GRANT = (
    "SELECT grant_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)"
)


class Claim(msgspec.Struct, frozen=True):
    """One grant to make: what, for whom, how much."""

    scheme: Scheme
    holder: Holder
    claim: str
    cents: int = 5000
    visits: int | None = None
    entry: UUID = msgspec.field(default_factory=uuid7)
    account: AccountId = msgspec.field(default_factory=new_account_id)


async def grant(connection: Connection, *claims: Claim) -> list[str]:
    decisions = [uuid4() for _ in claims]
    await connection.executemany(
        """
        INSERT INTO decision (id, resident_id, household_number, year, cause, assessed_on,
            decided_at, verdicts, actor_kind, actor_id)
        VALUES ($1, $2, 'H', 2026, 'assessment', $3, $4, '[]', 'login', $5)
        """,
        [
            (decision, claim.holder.id, NOON.date(), NOON, OFFICER)
            for decision, claim in zip(decisions, claims, strict=True)
        ],
    )
    many = len(claims)
    return await connection.fetchval(
        GRANT,
        [claim.entry for claim in claims],
        [secrets.token_bytes(32) for _ in claims],
        [uuid4() for _ in claims],
        decisions,
        [claim.holder.id for claim in claims],
        ["H"] * many,
        [claim.scheme.id for claim in claims],
        [claim.scheme.version for claim in claims],
        [claim.scheme.year for claim in claims],
        [claim.claim for claim in claims],
        ["2026"] * many,
        [claim.cents for claim in claims],
        [claim.visits for claim in claims],
        *([FIRST_DAY.date()] * many, [LAST_DAY.date()] * many, NOON.date()),
        [claim.holder.pass_id for claim in claims],
        [claim.account for claim in claims],
        [None if claim.visits is None else new_account_id() for claim in claims],
        *([FIRST_DAY] * many, [LAST_DAY] * many, [None] * many, [LAST_DAY.date()] * many),
        *(NOON, "login", OFFICER),
    )


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
    assert refused.value.sqlstate == "PA210"
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 0
    assert await balance(connection, pot.appropriation) == 9999


async def test_a_grant_under_a_known_id_grants_nothing(
    connection: Connection, scheme: Scheme, holder: Holder
) -> None:
    first = Claim(scheme, holder, "p1")
    await grant(connection, first)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await grant(connection, Claim(scheme, holder, "p2", entry=first.entry))
    assert refused.value.sqlstate == "PA210"
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


async def test_only_budgets_lapse(connection: Connection, till: Till) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await lapse(connection, till.merchant.account, 1, at=LAST_DAY)
