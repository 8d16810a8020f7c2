"""Merchants of the demonstration have a till for the past and one to show; a start goes on with what lacks."""

from given.city import a_merchant, a_till
from pas.db import Connection
from pas.demo.merchants import PAST_TILL, READ_TILLS_TO_MAKE, SHOWN_TILL


async def test_a_merchant_gets_the_till_that_it_misses_and_a_one_off_payee_gets_none(
    connection: Connection, owner: Connection
) -> None:
    merchant = await a_merchant(connection)
    await a_till(connection, merchant, name=PAST_TILL)
    payee = await a_merchant(connection, name="Trommelles Bram")
    await owner.execute("UPDATE merchant SET kind = 'one_off' WHERE id = $1", payee.id)

    lacking = await READ_TILLS_TO_MAKE.all(connection, [PAST_TILL, SHOWN_TILL])

    assert [(one.id, one.name) for one in lacking] == [(merchant.id, SHOWN_TILL)]
