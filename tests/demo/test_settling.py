"""A month of the demonstration pays all that was sold in it."""

import asyncio

from pas.db import Connection
from pas.demo.settling import until_decided


async def test_a_month_waits_for_a_transaction_that_is_older(
    connection: Connection, superuser: Connection
) -> None:
    async with superuser.transaction():
        await superuser.execute("SELECT pg_current_xact_id()")
        waiting = asyncio.create_task(until_decided(connection))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    await waiting
