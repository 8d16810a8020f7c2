"""Items of one batch are judged one after the other, and what may be used once is used once."""

import asyncio
from functools import partial

import pytest

from booking import until_waiting
from given.city import Budget, Holder, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.sales import a_sale_item, desk_of
from pas.db import Connection, Database
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import Answer, SaleItem
from together import VELSEN, at_once

CODES = {"once_per_year": "already-used-this-year", "spend_at_once": "budget-empty"}


@pytest.fixture
async def till(connection: Connection) -> Till:
    return await a_till(connection, await a_merchant(connection))


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    return await a_holder(connection)


@pytest.fixture(params=CODES)
def rule(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def once(connection: Connection, holder: Holder, rule: str) -> Budget:
    """€ 10 that can be used once."""
    scheme = await a_scheme(connection, **{rule: True})  # pyright: ignore[reportArgumentType]
    return await a_budget(connection, scheme, holder, cents=1_000)


def told(answers: list[Answer]) -> list[tuple[str, str | None]]:
    return [(one.outcome, one.reason.code() if one.reason else None) for one in answers]


async def sell(sale: SaleItem, connection: Connection) -> list[Answer]:
    return await redeem(desk_of(connection), [sale])


@pytest.mark.usefixtures("once")
async def test_what_may_be_used_once_is_used_by_the_first_item_of_a_call(
    connection: Connection, till: Till, holder: Holder, rule: str
) -> None:
    sales = [a_sale_item(till, holder, price=400, take=400, lost=600) for _ in range(3)]

    answers = await redeem(desk_of(connection), sales)
    again = await redeem(desk_of(connection), sales)

    no = ("declined", CODES[rule])
    assert told(answers) == told(again) == [("booked", None), no, no]


async def test_what_may_be_used_once_is_used_by_one_of_two_calls(
    connection: Connection, crowd: Database, till: Till, holder: Holder, *, once: Budget, rule: str
) -> None:
    """The second read and decided before the first was booked, and waits for its budget."""
    elsewhere = await a_till(connection, await a_merchant(connection))
    first, second = (
        a_sale_item(at, holder, price=400, take=400, lost=600) for at in (till, elsewhere)
    )
    async with crowd.connection(VELSEN) as other:
        async with other.transaction():
            assert told(await sell(first, other)) == [("booked", None)]
            waiting = asyncio.create_task(sell(second, connection))
            await until_waiting(connection, on=other)
        assert told(await waiting) == [("declined", CODES[rule])]
    paid = "SELECT sum(amount)::int FROM transfer x JOIN account a ON a.id = x.credit WHERE x.debit = $1 AND a.kind = 'merchant'"
    assert await connection.fetchval(paid, once.account) == 400


@pytest.mark.usefixtures("once")
async def test_of_many_tills_at_once_one_uses_what_may_be_used_once(
    connection: Connection, crowd: Database, holder: Holder, rule: str
) -> None:
    merchant = await a_merchant(connection)
    tills = [await a_till(connection, merchant) for _ in range(8)]
    sales = [a_sale_item(till, holder, price=400, take=400, lost=600) for till in tills]

    answers = await at_once(crowd, *(partial(sell, sale) for sale in sales))

    heard = sorted(told([one for answer in answers if isinstance(answer, list) for one in answer]))
    assert heard == [("booked", None), *[("declined", CODES[rule])] * 7]


async def test_a_no_that_rests_on_an_item_before_it_waits_until_that_is_booked(
    connection: Connection, crowd: Database, till: Till, holder: Holder
) -> None:
    """The first is not booked after all, since its other budget moved; so the second is."""
    await a_budget(connection, await a_scheme(connection), holder, cents=1_000)
    once = await a_scheme(connection, once_per_year=True, categories=("sport", "culture"))
    await a_budget(connection, once, holder, cents=500)
    both = a_sale_item(till, holder, price=1_200, take=1_200)
    last = a_sale_item(till, holder, price=300, take=300)
    async with crowd.connection(VELSEN) as other:
        async with other.transaction():
            await sell(a_sale_item(till, holder, price=1_000, take=1_000), other)
            waiting = asyncio.create_task(redeem(desk_of(connection), [both, last]))
            await until_waiting(connection, on=other)
        assert told(await waiting) == [("moved", None), ("booked", None)]


async def test_two_quotes_of_one_request_count_the_money_once(
    connection: Connection, till: Till, holder: Holder
) -> None:
    await a_budget(connection, await a_scheme(connection), holder, cents=1_000)
    asked = [a_sale_item(till, holder, price=700) for _ in range(2)]

    first, second = await redeem(desk_of(connection), asked)
    elsewhere = a_sale_item(till, holder, price=700, trace_id="1" * 32)
    [*_, stranger] = await redeem(desk_of(connection), [*asked, elsewhere])

    assert (first.take_cents, second.take_cents, second.ask_cents) == (700, 300, 400)
    assert stranger.take_cents == 700


async def test_items_of_one_sale_empty_a_budget_together(
    connection: Connection, till: Till, holder: Holder
) -> None:
    budget = await a_budget(connection, await a_scheme(connection), holder, cents=1_000)
    sales = [a_sale_item(till, holder, price=700, take=take) for take in (700, 300, 300)]

    answers = await redeem(desk_of(connection), sales)

    assert told(answers) == [("booked", None), ("booked", None), ("declined", "budget-empty")]
    left = await connection.fetchval(
        "SELECT amount FROM balance WHERE account_id = $1", budget.account
    )
    assert left == 0
