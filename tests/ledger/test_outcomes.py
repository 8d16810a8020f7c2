"""Every outcome of a booking, and that only the first two store anything."""

from booking import a_sale, balance, redeem
from given import a_budget, a_holder, a_merchant, a_scheme, a_till
from pas.db import Connection


async def test_a_sale_is_booked(connection: Connection) -> None:
    till = await a_till(connection, await a_merchant(connection))
    budget = await a_budget(connection, await a_scheme(connection), await a_holder(connection))
    assert await redeem(connection, a_sale(till, budget, 1240)) == ["booked"]
    assert await balance(connection, budget.account) == 20000 - 1240
