"""Races over HTTP: a real server with two workers, and tills in several processes, all at once.

What they asked and heard is judged by the same checker as the races on the ledger itself.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from time import monotonic_ns

import msgspec
import psutil
import pytest
import pytest_asyncio

from booking import balance
from given.city import Merchant, Scheme, a_child_of, a_holder, a_merchant, a_scheme
from given.days import TODAY
from history import Ended
from pas.auth.actor import SYSTEM
from pas.auth.roles import Role
from pas.days import start_of
from pas.db import Connection, Database
from pas.grants.assess import Task
from pas.grants.lapse import lapse_year
from pas.ids import AccountId, EntryId, uuid7
from pas.installation import Access
from racers import Racers
from servers import fresh_database
from stalls import (
    FIRST_DAY,
    VELSEN,
    YEAR,
    Market,
    a_device,
    a_market,
    a_purse,
    a_take,
    outcomes,
    refund,
    sale,
    void,
)
from tellers import Basket, BlockCard, RevokeTill

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def access(installation: Access) -> AsyncGenerator[Access]:
    """One database for all of these, because a server takes a while to start."""
    async with fresh_database(installation) as access:
        yield access


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(
    access: Access, racers: Racers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Market]:
    async with a_market(access, tmp_path_factory.mktemp("market"), racers) as market:
        yield market


@pytest.fixture(autouse=True)
async def no_deadlock(connection: Connection) -> AsyncGenerator[None]:
    yield
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert await connection.fetchval(deadlocks) == 0


@pytest.fixture
async def scheme(connection: Connection) -> Scheme:
    return await a_scheme(connection, year=YEAR)


@pytest.fixture
async def club(connection: Connection) -> Merchant:
    return await a_merchant(connection)


async def test_two_hundred_sales_on_one_budget_and_one_sale_fifty_times(
    market: Market, connection: Connection, scheme: Scheme, club: Merchant
) -> None:
    """The same id with another amount is told that it is another sale."""
    device = await a_device(connection, club)
    poor, calm = [await a_purse(connection, scheme, 2_000) for _ in range(2)]
    once = a_take(calm, cents=100)
    other = msgspec.structs.replace(once, cents=300)
    acts = [sale(device, a_take(poor, cents=100)) for _ in range(200)]
    acts[50:150] = [
        one
        for pair in zip(acts[50:100], [sale(device, once)] * 50, acts[100:150], strict=True)
        for one in pair
    ]
    acts += [sale(device, other)] * 10

    calls = await market.race(connection, acts)

    assert outcomes([call for call in calls if call.item.id != once.id]) == {
        "booked": 20,
        "declined": 180,
    }
    assert outcomes([call for call in calls if call.item.id == once.id]) == {
        "booked": 1,
        "replay": 49,
        "misuse": 10,
    }


async def test_sales_against_voids_and_refunds(
    market: Market, connection: Connection, scheme: Scheme, club: Merchant
) -> None:
    """Each is voided twice or refunded in parts that add up to more, while more is sold."""
    tills = [await a_device(connection, club) for _ in range(2)]
    budgets = [await a_purse(connection, scheme, 2_000) for _ in range(4)]
    sold = [(tills[n % 2], a_take(budgets[n % 4], cents=200)) for n in range(40)]
    await market.race(connection, [sale(*one) for one in sold])
    acts = [void(*one) for one in sold[:20] for _ in range(2)]
    acts += [refund(*one, 70) for one in sold[20:] for _ in range(4)]
    acts += [sale(till, a_take(budget, cents=90)) for till in tills for budget in budgets * 8]
    random.Random(1).shuffle(acts)

    calls = await market.race(connection, acts)

    assert outcomes(calls, "void") == {"booked": 20, "over_reversed": 20}
    assert outcomes(calls, "refund") == {"booked": 40, "over_reversed": 40}
    assert outcomes(calls, "redeem")["booked"] > 4


async def test_sales_against_a_block_and_a_revocation(
    market: Market, connection: Connection, scheme: Scheme, club: Merchant
) -> None:
    """The checker finds a sale that was asked after the officer had an answer."""
    tills = [await a_device(connection, club) for _ in range(4)]
    budgets = [await a_purse(connection, scheme, 2_000) for _ in range(8)]
    officer = await market.officer(connection, Role.COUNTER)
    registrar = await market.officer(connection, Role.REGISTRAR)
    sales = [sale(tills[n % 4], a_take(budgets[n % 8], cents=10)) for n in range(160)]
    off = [BlockCard(officer, budget.holder.card) for budget in budgets[:3]]
    gone = [RevokeTill(registrar, till.till.id) for till in tills[3:]]

    calls = await market.race(connection, [*sales[:60], *off, *gone, *sales[60:]], at_once=3)

    refusals = Counter(call.item.refusal for call in calls)
    assert refusals["card-blocked"] > 10
    assert outcomes(calls)["moved"] > 5, "refused by a revoked till"
    assert outcomes(calls)["booked"] > 50


async def test_sales_and_refunds_against_the_end_of_budgets_and_their_lapse(
    market: Market, access: Access, connection: Connection, scheme: Scheme, club: Merchant
) -> None:
    """What comes back after the end goes on to where it came from."""
    device = await a_device(connection, club)
    budgets = [await a_purse(connection, scheme, 2_000) for _ in range(8)]
    sold = [a_take(budget, cents=100) for budget in budgets for _ in range(5)]
    await market.race(connection, [sale(device, take) for take in sold])
    midnight = start_of(TODAY)

    async def end_and_lapse() -> list[Ended]:
        await until_sold(connection, scheme, 60)
        ended = [await end(connection, budget.account, midnight) for budget in budgets[:6]]
        await lapse_all(access)
        return ended

    acts = [sale(device, a_take(budget, cents=10)) for budget in budgets * 20]
    acts += [refund(device, take, 40) for take in sold for _ in range(2)]
    random.Random(2).shuffle(acts)
    calls = await market.race(connection, acts, at_once=3, beside=end_and_lapse())

    refusals = Counter(call.item.refusal for call in calls)
    assert refusals["budget-period-ended"] > 10
    assert outcomes(calls, "lapse")["booked"] >= 6
    assert outcomes(calls, "refund") == {"booked": 80}
    assert max(len(call.item.lines) for call in calls if call.item.kind == "refund") == 2
    # A refund that was decided just before the end comes back to the budget, until the next day.
    await lapse_all(access)
    assert [await balance(connection, budget.account) for budget in budgets[:6]] == [0] * 6


async def test_families_and_sales_over_many_budgets_in_both_directions(
    market: Market, connection: Connection, scheme: Scheme, club: Merchant
) -> None:
    """Baskets name the same children in opposite orders, and each child pays from two budgets."""
    other_scheme = await a_scheme(connection, year=YEAR)
    tills = [await a_device(connection, club) for _ in range(2)]
    acts: list[Basket] = []
    for _ in range(4):
        parent = await a_holder(connection, year=YEAR)
        # A till counts children from the oldest; these are equally old.
        children = sorted(
            [await a_child_of(connection, parent, year=YEAR) for _ in range(3)],
            key=lambda child: child.id,
        )
        purses = [
            [await a_purse(connection, one, 250, holder=child) for one in (scheme, other_scheme)]
            for child in children
        ]
        for at in tills * 5:
            takes = [
                a_take(*both, cents=100, card=parent, holder=number)
                for number, both in enumerate(purses, start=1)
            ]
            acts += [sale(at, *takes, of=uuid7())]
            again = [msgspec.structs.replace(take, id=EntryId(uuid7())) for take in takes]
            acts += [sale(at, *reversed(again), of=uuid7())]
    random.Random(3).shuffle(acts)

    calls = await market.race(connection, acts, at_once=6)

    assert outcomes(calls) == {"booked": 4 * 3 * 5, "declined": 4 * 3 * 15}
    assert max(len(call.item.lines) for call in calls) == 2


async def test_a_worker_killed_under_load_loses_and_doubles_nothing(
    market: Market, connection: Connection, scheme: Scheme, club: Merchant
) -> None:
    device = await a_device(connection, club)
    budgets = [await a_purse(connection, scheme, 1_500) for _ in range(16)]
    acts = [sale(device, a_take(budget, cents=100)) for budget in budgets * 20]

    async def kill_a_worker() -> list[Ended]:
        await until_sold(connection, scheme, 25)
        victim, *_ = workers_of(market)
        os.kill(victim, 9)
        return []

    calls = await market.race(connection, acts, beside=kill_a_worker())

    heard = outcomes(calls)
    assert (heard["booked"], heard["declined"]) == (240, 80)
    assert heard[None] > 0


async def until_sold(connection: Connection, scheme: Scheme, count: int) -> None:
    counted = """
        SELECT count(*) FROM transfer t JOIN budget b ON b.account_id = t.debit WHERE b.scheme_id = $1
        """
    async with asyncio.timeout(120):
        while True:
            if await connection.fetchval(counted, scheme.id) >= count:
                return
            await asyncio.sleep(0.01)


async def lapse_all(access: Access) -> None:
    database = Database(access.address)
    task = Task(municipality=VELSEN, year=YEAR, actor=SYSTEM, now=datetime.now(UTC))
    while (await lapse_year(database, task)).left_for_later:
        pass
    await database.close()


async def end(connection: Connection, account: AccountId, until: datetime) -> Ended:
    invoked = monotonic_ns()
    await connection.execute("SELECT set_budget_usable($1, $2, $3)", account, FIRST_DAY, until)
    return Ended(account=account, until=until, invoked=invoked, answered=monotonic_ns())


def workers_of(market: Market) -> list[int]:
    children = psutil.Process(market.served.process.pid).children()
    return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]
