"""Each kind of allowance, from the scheme in the database to what is booked."""

import msgspec
import pytest

from booking import a_sale, an_item, reverse
from booking import redeem as book_sales
from given.city import Holder, Merchant, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.sales import a_sale_item, desk_of
from pas.db import Connection
from pas.ledger.book import Line
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import SaleItem


@pytest.fixture
async def merchant(connection: Connection) -> Merchant:
    return await a_merchant(connection, visit_price_cents=450)


@pytest.fixture
async def till(connection: Connection, merchant: Merchant) -> Till:
    return await a_till(connection, merchant)


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    return await a_holder(connection)


async def quoted_and_sold(connection: Connection, asked: SaleItem) -> tuple[int, int, str]:
    """What can be taken, what is asked for, and what became of taking it."""
    [quote] = await redeem(desk_of(connection), [asked])
    request = msgspec.structs.replace(asked.request, take_cents=quote.take_cents)
    sale = msgspec.structs.replace(asked, request=request)
    [sold] = await redeem(desk_of(connection), [sale])
    return quote.take_cents, quote.ask_cents, sold.reason.code() if sold.reason else sold.outcome


async def test_a_percentage_pays_its_share_up_to_what_was_granted(
    connection: Connection, till: Till, holder: Holder
) -> None:
    scheme = await a_scheme(connection, allowance="percentage", share_basis_points=7_500)
    await a_budget(connection, scheme, holder, cents=2_000)
    heard = [
        await quoted_and_sold(connection, a_sale_item(till, holder, price=1_600)) for _ in range(2)
    ]
    assert heard == [(1_200, 400, "booked"), (800, 800, "booked")]


async def test_a_thing_in_kind_is_handed_out_once_for_what_it_costs_here(
    connection: Connection, till: Till, holder: Holder
) -> None:
    scheme = await a_scheme(connection, allowance="in_kind", visits=1, visit_price_cents=500)
    budget = await a_budget(connection, scheme, holder, cents=500, visits=1)
    sale = await quoted_and_sold(connection, a_sale_item(till, holder, visits=1))
    [more] = await redeem(desk_of(connection), [a_sale_item(till, holder, visits=1, take=450)])
    left = "SELECT amount FROM balance WHERE account_id = $1"
    assert sale == (450, 0, "booked")
    assert more.reason is not None
    assert more.reason.code() == "budget-empty"
    assert await connection.fetchval(left, budget.visits_account) == 0


async def test_a_condition_of_the_scheme_is_asked_and_has_to_be_confirmed(
    connection: Connection, till: Till, holder: Holder
) -> None:
    await a_budget(connection, await a_scheme(connection, precondition="diploma"), holder)
    asked = a_sale_item(till, holder, price=500, take=500)
    [unsure] = await redeem(desk_of(connection), [asked])
    confirmed = msgspec.structs.replace(asked.request, confirmed=frozenset({"diploma"}))
    [sure] = await redeem(desk_of(connection), [msgspec.structs.replace(asked, request=confirmed)])
    assert [one.question for one in unsure.conditions] == ["Is er een zwemdiploma?"]
    assert (unsure.outcome, sure.outcome) == ("refused", "booked")


async def test_once_a_year_is_free_again_when_its_own_part_came_back(
    connection: Connection, till: Till, holder: Holder
) -> None:
    """Whatever else paid in the same sale, and keeps what it paid."""
    other = await a_budget(connection, await a_scheme(connection), holder, cents=2_000)
    once = await a_budget(
        connection, await a_scheme(connection, once_per_year=True), holder, cents=1_000
    )
    both = a_sale(till, other, 2_000)
    second = Line(once.account, till.merchant.account, 1_000)
    item = msgspec.structs.replace(both.item, lines=(*both.item.lines, second))
    sale = msgspec.structs.replace(both, item=item, price_cents=3_000)
    assert await book_sales(connection, sale) == ["booked"]
    asked = a_sale_item(till, holder, price=1_000)
    [used] = await redeem(desk_of(connection), [asked])
    assert used.reason is not None

    back = Line(till.merchant.account, once.account, 1_000, reversed_line=2)
    refund = an_item("refund", back, reverses=item.id, actor_id=till.id)
    assert await reverse(connection, refund) == ["booked"]

    assert await quoted_and_sold(connection, asked) == (1_000, 0, "booked")


async def test_a_budget_for_one_club_pays_nowhere_else(
    connection: Connection, merchant: Merchant, till: Till, holder: Holder
) -> None:
    await a_budget(connection, await a_scheme(connection), holder, merchant=merchant)
    elsewhere = await a_till(connection, await a_merchant(connection))
    [refused] = await redeem(
        desk_of(connection), [a_sale_item(elsewhere, holder, price=500, take=500)]
    )
    [sold] = await redeem(desk_of(connection), [a_sale_item(till, holder, price=500, take=500)])
    assert refused.reason is not None
    assert (refused.reason.code(), sold.outcome) == ("no-budget", "booked")
