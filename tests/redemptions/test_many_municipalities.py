"""Twenty municipalities that sell at the same moment through twenty connections."""

import asyncio
import os
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest

from given.city import CARD_KEY, Budget, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.sales import a_sale_item
from pas.days import day_of
from pas.db import Connection, Database, role_name
from pas.ids import EntryId, MunicipalityName, uuid7
from pas.installation import Access, add_municipality
from pas.ledger.prove import prove
from pas.redemptions.judge import Moment
from pas.redemptions.lanes import Lanes

MUNICIPALITIES = 20
PROCESSES, CONNECTIONS = 2, 10
HOLDERS, SALES = 8, 40
GRANTED = 20_000
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
ADDED = [MunicipalityName(f"town_{WORKER}_{number}") for number in range(2, MUNICIPALITIES)]
NAMES = [MunicipalityName("velsen"), MunicipalityName("almere"), *ADDED]
IDS = [EntryId(uuid7()) for _ in range(SALES)]
"""The same in every municipality, where they are sales of its own."""


class Town(msgspec.Struct, frozen=True):
    """A municipality, and the amount that nobody else sells for."""

    name: MunicipalityName
    till: Till
    budgets: tuple[Budget, ...]
    cents: int

    def moment(self) -> Moment:
        return Moment(self.name, NOON, day_of(NOON), CARD_KEY.secret)


@pytest.mark.slow
@pytest.mark.usefixtures("almere")
async def test_twenty_municipalities_sell_at_once_on_twenty_connections(
    access: Access, migrator: Connection, superuser: Connection
) -> None:
    for name in ADDED:
        await add_municipality(migrator, access.address, name, title=name)
    towns = [await a_town(access, name, cents=100 + n) for n, name in enumerate(NAMES)]
    processes = [
        Database(access.address, process_connections=CONNECTIONS) for _ in range(PROCESSES)
    ]
    lanes = [Lanes(database) for database in processes]
    most: list[int] = []
    watcher = asyncio.create_task(watch(superuser, most))

    # Whoever waits too long for a connection is refused, and that would be raised here.
    outcomes = await asyncio.gather(
        *(sell(lanes[at], town, at) for at in range(PROCESSES) for town in towns)
    )

    watcher.cancel()
    with suppress(asyncio.CancelledError):
        await watcher
    for database in processes:
        await database.close()
    assert outcomes == [["booked"] * (SALES // PROCESSES)] * (PROCESSES * MUNICIPALITIES)
    assert CONNECTIONS < max(most) <= PROCESSES * CONNECTIONS
    for town in towns:
        await assert_own_sales_only(access, town)


async def a_town(access: Access, name: MunicipalityName, *, cents: int) -> Town:
    connection = await access.address.login(role_name("app", name)).connect()
    try:
        scheme, till = (
            await a_scheme(connection),
            await a_till(connection, await a_merchant(connection)),
        )
        budgets = [
            await a_budget(connection, scheme, await a_holder(connection), cents=GRANTED)
            for _ in range(HOLDERS)
        ]
    finally:
        await connection.close()
    return Town(name, till, tuple(budgets), cents)


async def sell(lanes: Lanes, town: Town, share: int) -> list[str]:
    async def one(place: int) -> str:
        holder = town.budgets[place % HOLDERS].holder
        item = a_sale_item(town.till, holder, price=town.cents, take=town.cents, id=IDS[place])
        [answer] = await lanes.sell(town.name, [item], town.moment)
        return answer.outcome

    return await asyncio.gather(*(one(place) for place in range(share, SALES, PROCESSES)))


async def watch(superuser: Connection, most: list[int]) -> None:
    count = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND usename ~ '^(app_|registry)'
        """
    while True:
        most.append(await superuser.fetchval(count))
        await asyncio.sleep(0.02)


async def assert_own_sales_only(access: Access, town: Town) -> None:
    connection = await access.address.login(role_name("auditor", town.name)).connect()
    try:
        sold = await connection.fetch(
            "SELECT e.id, t.amount FROM entry e JOIN transfer t ON t.entry_id = e.id WHERE e.kind = 'redeem'"
        )
        proof = await prove(connection, datetime.now(UTC))
    finally:
        await connection.close()
    assert sorted(map(tuple, sold)) == sorted((id_, town.cents) for id_ in IDS)
    assert proof.closes
    assert [one.open for one in proof.schemes] == [HOLDERS * GRANTED - SALES * town.cents]
