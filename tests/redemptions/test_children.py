"""Which children a card can pay for: told where that helps, counted once, and never as names."""

from datetime import date

import msgspec
import pytest

from given.city import (
    Holder,
    Scheme,
    Till,
    a_budget,
    a_child_of,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.sales import a_sale_item, desk_of
from pas.db import Connection
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import Answer

ALSO_GUARDIAN = """
    INSERT INTO managing_adult (child_id, adult_id, kind, valid_from)
    SELECT child_id, adult_id, 'guardian', valid_from + 1 FROM managing_adult
"""


@pytest.fixture
async def till(connection: Connection) -> Till:
    return await a_till(connection, await a_merchant(connection))


@pytest.fixture
async def scheme(connection: Connection) -> Scheme:
    return await a_scheme(connection)


@pytest.fixture
async def parent(connection: Connection) -> Holder:
    return await a_holder(connection)


async def asked(
    connection: Connection,
    till: Till,
    parent: Holder,
    *,
    category: str | None = None,
    child: int = 0,
) -> Answer:
    item = a_sale_item(till, parent, price=100, child=child)
    request = msgspec.structs.replace(item.request, category=category)
    [answer] = await redeem(desk_of(connection), [msgspec.structs.replace(item, request=request)])
    return answer


async def test_a_quote_names_the_children_that_can_pay_here(
    connection: Connection, till: Till, scheme: Scheme, parent: Holder
) -> None:
    culture = await a_scheme(connection, categories=("culture",))
    children = [
        await a_child_of(connection, parent, birth_date=date(2010 + n, 1, 1)) for n in range(4)
    ]
    await a_budget(connection, scheme, parent)
    await a_budget(connection, scheme, children[0])
    await a_budget(connection, culture, children[1])
    empty = await a_budget(connection, scheme, children[2], cents=100)
    await a_budget(connection, scheme, children[3])
    await redeem(desk_of(connection), [a_sale_item(till, children[2], price=100, take=100)])

    assert (await asked(connection, till, parent)).children == (1, 4)
    assert (await asked(connection, till, parent, child=4)).outcome == "quoted"
    assert empty.holder == children[2]


async def test_a_parent_without_a_budget_here_pays_for_a_child_that_has_one(
    connection: Connection, till: Till, scheme: Scheme, parent: Holder
) -> None:
    child = await a_child_of(connection, parent)
    assert (await asked(connection, till, parent)).children == ()
    await a_budget(connection, scheme, child)
    answer = await asked(connection, till, parent)
    assert (answer.outcome, answer.children) == ("refused", (1,))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE card SET state = 'blocked'",
        "UPDATE merchant SET state = 'suspended'",
        "UPDATE till SET state = 'paused'",
        "UPDATE agreement SET valid_until = '2026-02-01'",
        "UPDATE managing_adult SET valid_until = '2026-02-01'",
        "UPDATE pass SET ended_on = '2026-02-01', ended_because = 'moved'",
    ],
)
async def test_a_refusal_says_nothing_of_children(
    connection: Connection, till: Till, scheme: Scheme, parent: Holder, change: str
) -> None:
    await a_budget(connection, scheme, await a_child_of(connection, parent))
    await connection.execute(change)
    answer = await asked(connection, till, parent)
    assert (answer.outcome, answer.children) == ("refused", ())


async def test_children_are_told_only_for_what_is_asked(
    connection: Connection, till: Till, scheme: Scheme, parent: Holder
) -> None:
    await a_budget(connection, scheme, await a_child_of(connection, parent))
    assert (await asked(connection, till, parent, category="sport")).children == (1,)
    assert (await asked(connection, till, parent, category="culture")).children == ()


async def test_a_child_that_is_managed_in_two_ways_is_one_child(
    connection: Connection, till: Till, scheme: Scheme, parent: Holder
) -> None:
    for year in (2012, 2014):
        child = await a_child_of(connection, parent, birth_date=date(year, 1, 1))
        await a_budget(connection, scheme, child, cents=year)
    await connection.execute(ALSO_GUARDIAN)

    assert (await asked(connection, till, parent)).children == (1, 2)
    sales = [
        a_sale_item(till, parent, price=take, take=take, child=n)
        for n, take in ((1, 2012), (2, 2014), (3, 1))
    ]
    answers = await redeem(desk_of(connection), sales)
    assert [one.outcome for one in answers] == ["booked", "booked", "declined"]
