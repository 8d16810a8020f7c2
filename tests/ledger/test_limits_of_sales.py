"""How many sales and how much a till and a card may have, counted in the statement that books."""

import msgspec

from booking import (
    UNLIMITED,
    Connect,
    a_refusal,
    a_reversal,
    a_sale,
    redeem,
    reverse,
)
from given.city import (
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_child_of,
    a_holder,
    a_till,
)
from mutate import by_hand
from pas.db import Connection
from pas.money import Cents


async def test_the_last_sale_that_a_limit_allows_is_booked_and_the_next_is_moved(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    """For two connections together, within one call, and for each limit alone."""
    other = await connect()
    far = UNLIMITED
    for limits in (
        msgspec.structs.replace(far, till_sales=3),
        msgspec.structs.replace(far, card_sales=3),
        msgspec.structs.replace(far, card_cents=Cents(300)),
    ):
        here = await a_till(connection, till.merchant)
        paid = await a_budget(connection, budget.scheme, await a_holder(connection))
        sales = [a_sale(here, paid, 100) for _ in range(5)]
        assert await redeem(connection, sales[0], limits=limits) == ["booked"]
        assert await redeem(other, *sales[1:4], limits=limits) == ["busy", "busy", "moved"]
        assert await redeem(other, *sales[1:3], limits=limits) == ["booked", "booked"]
        assert await redeem(connection, sales[4], limits=limits) == ["moved"]
        assert await redeem(
            connection, a_refusal(here, paid.holder, "budget-empty"), limits=limits
        ) == ["declined"]


async def test_a_till_counts_its_own_sales_of_the_last_hour(
    superuser: Connection, connection: Connection, till: Till, budget: Budget
) -> None:
    one = msgspec.structs.replace(UNLIMITED, till_sales=1)
    elsewhere = await a_till(connection, till.merchant)
    assert await redeem(connection, a_sale(elsewhere, budget, 100)) == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 100), limits=one) == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 100), limits=one) == ["moved"]
    async with superuser.transaction():  # in which now() stands still: exactly an hour ago
        aged = "UPDATE redemption SET recorded_at = now() - interval '1 hour'"
        await by_hand(superuser, "redemption", aged)
        assert await redeem(superuser, a_sale(till, budget, 100), limits=one) == ["booked"]


async def test_a_card_counts_its_own_sales_of_the_last_day(
    superuser: Connection, connection: Connection, till: Till, budget: Budget
) -> None:
    one = msgspec.structs.replace(UNLIMITED, card_sales=1)
    assert await redeem(connection, a_sale(till, budget, 100), limits=one) == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 100), limits=one) == ["moved"]
    async with superuser.transaction():
        aged = "UPDATE processing_log SET recorded_at = now() - interval '1 day'"
        await by_hand(superuser, "processing_log", aged)
        assert await redeem(superuser, a_sale(till, budget, 100), limits=one) == ["booked"]


async def test_a_card_counts_what_it_paid_for_each_of_the_household(
    connection: Connection, till: Till, scheme: Scheme, holder: Holder, budget: Budget
) -> None:
    one = msgspec.structs.replace(UNLIMITED, card_sales=1)
    of_child = await a_budget(connection, scheme, await a_child_of(connection, holder))
    assert await redeem(connection, a_sale(till, of_child, 100, card=holder)) == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 100), limits=one) == ["moved"]
    by_child = a_sale(till, of_child, 100)
    assert await redeem(connection, by_child, limits=one) == ["booked"]


async def test_a_refusal_is_no_sale_of_the_card(
    connection: Connection, till: Till, budget: Budget
) -> None:
    one = msgspec.structs.replace(UNLIMITED, card_sales=1)
    no = a_refusal(till, budget.holder, "category-not-agreed")
    assert await redeem(connection, no) == ["declined"]
    assert await redeem(connection, a_sale(till, budget, 100), limits=one) == ["booked"]


async def test_what_was_taken_back_can_be_spent_within_the_limit_again(
    connection: Connection, till: Till, budget: Budget
) -> None:
    most = msgspec.structs.replace(UNLIMITED, card_cents=Cents(300))
    sale = a_sale(till, budget, 300)
    assert await redeem(connection, sale, limits=most) == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 1), limits=most) == ["moved"]
    assert await reverse(connection, a_reversal("refund", sale, 100)) == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 101), limits=most) == ["moved"]
    assert await redeem(connection, a_sale(till, budget, 100), limits=most) == ["booked"]
