"""A month of the demonstration pays all that was sold in it."""

import asyncio
from datetime import timedelta

from given.days import NOW
from given.settlements import VELSEN, a_payer, a_shop, owed, sell
from pas.db import Connection, Database
from pas.demo.settling import settle


async def test_a_month_waits_for_a_transaction_that_is_older(
    connection: Connection, database: Database, superuser: Connection
) -> None:
    await a_payer(connection)
    shop = await a_shop(connection)
    async with database.connection(VELSEN) as payer:
        async with superuser.transaction():
            await superuser.execute("SELECT pg_current_xact_id()")
            await sell(connection, shop, 4_000)
            day = NOW - timedelta(days=7)
            paying = asyncio.create_task(settle(payer, VELSEN, at=day, newest=False, returns=False))
            await asyncio.sleep(0.2)
            assert not paying.done()
        await paying
    assert await owed(connection, shop) == 0
