"""A month closes while sales are being booked: each is in it and counted, or in the next one. None is between."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import asyncpg
import msgspec
import pytest

from booking import a_sale, redeem
from given.books import FINANCE, PROFILE, VELSEN, closed, ready_to_close, this_month
from given.days import NOW
from given.settlements import Shop, a_shop, sell
from mutate import rewrite, without_ddl_guard
from pas.bookkeeping.close_period import (
    PeriodClosedAlready,
    PeriodStillMoving,
    close_period,
)
from pas.bookkeeping.periods import Closing, after, read_period
from pas.bookkeeping.profiles import keep_profile
from pas.bookkeeping.rules import JournalUnmapped
from pas.db import Connection, Database

PERIOD = "SELECT period FROM entry WHERE id = $1"
BOOKED = "SELECT coalesce(sum(t.amount), 0)::bigint FROM entry e JOIN transfer t ON t.entry_id = e.id WHERE e.period = $1"
SOON = timedelta(milliseconds=200)


@asynccontextmanager
async def a_sale_under_way(crowd: Database, shop: Shop, cents: int) -> AsyncGenerator[Connection]:
    """Booked and not committed: nobody else sees it yet."""
    async with crowd.connection(VELSEN) as till:
        transaction = till.transaction()
        await transaction.start()
        await sell(till, shop, cents)
        yield till
        await transaction.commit()


async def closing_on(crowd: Database, *, patience: timedelta = timedelta(seconds=10)) -> Closing:
    async with crowd.connection(VELSEN) as own:
        return await close_period(
            own, this_month(), actor=FINANCE, now=datetime.now(UTC), patience=patience
        )


async def announced(connection: Connection) -> None:
    for _ in range(1000):
        if await connection.fetchval("SELECT count(*) FROM period_closing"):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_a_sale_under_way_is_waited_for_and_counted_while_others_go_on(
    connection: Connection, crowd: Database
) -> None:
    shop, slow = await a_shop(connection), await a_shop(connection, name="Traag")
    await sell(connection, shop, 100)
    await ready_to_close(connection)
    async with a_sale_under_way(crowd, slow, 300):
        closing = asyncio.create_task(closing_on(crowd))
        await announced(connection)
        # Nobody waits for it: this sale begins after it was announced, and is in the next month.
        later = await asyncio.wait_for(sell(connection, shop, 200), 2)
        assert not closing.done()
    frozen = await closing
    assert await connection.fetchval(PERIOD, later) == after(this_month())
    assert frozen.total_cents == await connection.fetchval(BOOKED, this_month())


async def test_patience_ends_the_month_stays_announced_and_closing_goes_on(
    connection: Connection, crowd: Database
) -> None:
    shop = await a_shop(connection)
    await ready_to_close(connection)
    async with a_sale_under_way(crowd, shop, 300):
        with pytest.raises(PeriodStillMoving):
            await closing_on(crowd, patience=SOON)
        assert (await read_period(connection, this_month(), now=NOW)).state == "closing"
        assert await connection.fetchval("SELECT count(*) FROM period_line") == 0
    frozen = await closing_on(crowd)
    assert (frozen.number, frozen.state) == (1, "closed")
    assert frozen.total_cents == await connection.fetchval(BOOKED, this_month())


async def test_of_ten_who_close_at_once_one_does(connection: Connection, crowd: Database) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 100)
    await ready_to_close(connection)
    answers = await asyncio.gather(*(closing_on(crowd) for _ in range(10)), return_exceptions=True)
    done = [one for one in answers if isinstance(one, Closing)]
    refused = [one for one in answers if isinstance(one, PeriodClosedAlready)]
    assert len(done) >= 1
    assert len(done) + len(refused) == 10, answers
    assert await connection.fetchval("SELECT count(*) FROM period_closing") == 1
    kinds = "SELECT count(*) FROM event WHERE kind = 'period.closed'"
    assert await connection.fetchval(kinds) == 1


async def test_closing_in_the_middle_of_a_crowd_loses_no_sale(
    connection: Connection, crowd: Database
) -> None:
    """Eight tills sell without pause; the month closes between them."""
    shops = [await a_shop(connection, name=f"Winkel {n}") for n in range(8)]
    await ready_to_close(connection)
    stop = asyncio.Event()

    async def till(shop: Shop) -> int:
        sold = 0
        async with crowd.connection(VELSEN) as own:
            while not stop.is_set():
                sale = a_sale(shop.till, shop.purse, 1)
                assert await redeem(own, sale) == ["booked"]
                sold += 1
        return sold

    tills = [asyncio.create_task(till(shop)) for shop in shops]
    await asyncio.sleep(0.3)
    frozen = await closing_on(crowd)
    await asyncio.sleep(0.3)
    stop.set()
    sold = sum(await asyncio.gather(*tills))
    rows = await connection.fetch(
        "SELECT period, count(*) FROM entry WHERE kind = 'redeem' GROUP BY 1"
    )
    by_month: dict[date, int] = {row[0]: row[1] for row in rows}
    assert sum(by_month.values()) == sold
    assert by_month[after(this_month())] > 0
    lines = "SELECT sum(transfers)::bigint FROM period_line WHERE kind = 'redeem'"
    assert await connection.fetchval(lines) == by_month[this_month()]
    assert frozen.total_cents == await connection.fetchval(BOOKED, this_month())


async def test_what_came_in_meanwhile_and_has_no_account_is_not_frozen(
    connection: Connection, crowd: Database
) -> None:
    """It had none when it was looked at first; the month stays announced until there is one."""
    shop = await a_shop(connection)
    await ready_to_close(connection)
    less = tuple(one for one in PROFILE.accounts if one.account != "merchant")
    await keep_profile(connection, msgspec.structs.replace(PROFILE, accounts=less), actor=FINANCE)
    async with a_sale_under_way(crowd, shop, 300):
        closing = asyncio.create_task(closing_on(crowd))
        await announced(connection)
    with pytest.raises(JournalUnmapped, match="te betalen aan aanbieders"):
        await closing
    assert (await read_period(connection, this_month(), now=NOW)).state == "closing"
    assert await connection.fetchval("SELECT count(*) FROM period_line") == 0
    await keep_profile(connection, PROFILE, actor=FINANCE)
    assert (await closing_on(crowd)).state == "closed"


async def test_the_database_alone_lets_a_month_be_closed_once(connection: Connection) -> None:
    await closed(connection)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            "INSERT INTO period_closing (id, period, number, announced_by) VALUES (gen_random_uuid(), $1, 2, $2)",
            *(this_month(), FINANCE.id),
        )


@pytest.mark.tampered
async def test_without_waiting_a_sale_under_way_would_be_missed(
    connection: Connection, crowd: Database, superuser: Connection
) -> None:
    """The guard, seen to fail: the proof finds what came in after the month was frozen."""
    shop = await a_shop(connection)
    await ready_to_close(connection)
    await without_ddl_guard(superuser)
    await rewrite(
        superuser,
        "close_period",
        ("WHILE pg_snapshot_xmin(pg_current_snapshot()) < own LOOP", "WHILE false LOOP"),
    )
    async with a_sale_under_way(crowd, shop, 300):
        frozen = await closing_on(crowd)
    assert frozen.total_cents != await connection.fetchval(BOOKED, this_month())


async def test_closing_is_refused_in_a_transaction_that_wrote_before(
    connection: Connection,
) -> None:
    """Its number would be older than that of a sale that did not see the announcement."""
    await ready_to_close(connection)
    insert = "INSERT INTO period_closing (id, period, number, announced_by) VALUES (gen_random_uuid(), $1, 1, $2) RETURNING id"
    closing = await connection.fetchval(insert, this_month(), FINANCE.id)
    profile = await connection.fetchval("SELECT id FROM journal_profile")
    close = "SELECT close_period($1, $2, $3, '1s')"

    async def wrote_before() -> None:
        async with connection.transaction():
            await connection.execute("SELECT pg_current_xact_id()")
            await connection.execute(close, closing, profile, FINANCE.id)

    async def sees_one_moment() -> None:
        async with connection.transaction(isolation="repeatable_read"):
            await connection.execute(close, closing, profile, FINANCE.id)

    for wrong in (wrote_before, sees_one_moment):
        with pytest.raises(asyncpg.PostgresError, match="in a transaction that begins with it"):
            await wrong()
    assert (await closed(connection)).state == "closed"
