"""The database itself lets a voucher be spent on its own purpose only."""

import msgspec
import pytest

from booking import a_sale, redeem
from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from pas.db import Connection

BOTH = ("clothing", "school_costs")


@pytest.mark.parametrize(
    ("sold_as", "agreed", "outcome"),
    [
        ("clothing", BOTH, "booked"),
        ("school_costs", BOTH, "moved"),
        (None, BOTH, "booked"),
        (None, ("school_costs",), "moved"),
    ],
)
async def test_a_budget_for_one_purpose_pays_for_no_other(
    connection: Connection, *, sold_as: str | None, agreed: tuple[str, ...], outcome: str
) -> None:
    scheme = await a_scheme(connection, categories=BOTH)
    till = await a_till(connection, await a_merchant(connection, categories=agreed))
    budget = await a_budget(connection, scheme, await a_holder(connection))
    await connection.execute("UPDATE budget SET category = 'clothing'")

    sale = msgspec.structs.replace(a_sale(till, budget, 1_000), category=sold_as)
    assert await redeem(connection, sale) == [outcome]
