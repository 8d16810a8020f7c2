"""Uploads that meet each other, a late online request or another till: each sale once, on real connections."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path

import msgspec
import pytest

from given.city import Budget, a_budget, a_holder, a_merchant, a_scheme
from given.logins import a_key_store
from given.offline import an_offline_till, with_the_city_s_numbers
from given.sales import a_sale_item, desk_of
from offline_desk import VELSEN, Desk, outcome
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.db import Connection, Database
from pas.ids import EntryId, uuid7
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import SaleItem

ROUNDS = 40


@pytest.fixture
async def desk(connection: Connection, crowd: Database, tmp_path: Path) -> Desk:
    merchant = await a_merchant(connection)
    till = await an_offline_till(connection, merchant)
    ring = with_the_city_s_numbers(a_key_store(tmp_path))
    return Desk(crowd, connection, ring, till, merchant)


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    holder = await a_holder(connection)
    return await a_budget(connection, await a_scheme(connection), holder, cents=100_000)


async def online(crowd: Database, item: SaleItem) -> str:
    async with crowd.connection(VELSEN) as connection:
        [answer] = await redeem(desk_of(connection), [item])
    return answer.outcome


async def at_once(*acts: Awaitable[object]) -> None:
    await asyncio.gather(*acts)


async def test_a_late_online_request_and_its_successor_never_book_both(
    desk: Desk, crowd: Database, purse: Budget, connection: Connection
) -> None:
    """Both orders, many times, over different connections; and both orders must have happened."""
    seen: Counter[str] = Counter()
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    for number in range(ROUNDS):
        tried = a_sale_item(desk.till.till, purse.holder, price=100, take=100, id=EntryId(uuid7()))
        sale = desk.till.sell(permit, scanned, 100, replaces=str(tried.id))

        async def first(item: SaleItem = tried, wait: int = number % 4) -> None:
            for _ in range(wait * 3):
                await asyncio.sleep(0)
            seen["online " + await online(crowd, item)] += 1

        async def second(item: dict[str, object] = sale, wait: int = (number // 4) % 4) -> None:
            await asyncio.sleep(wait * 0.001)
            [told] = await desk.hand_in(item)
            seen[told.outcome] += 1

        await at_once(first(), second())
    assert seen["booked"] + seen["replay"] == ROUNDS
    assert seen["replay"] == seen["online booked"]
    assert seen["replay"], seen
    assert seen["booked"], seen
    assert await desk.left(purse.account) == 100_000 - ROUNDS * 100
    assert (await desk.proof()).closes


async def test_two_tabs_hand_in_the_same_queue_at_once(desk: Desk, purse: Budget) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    for _ in range(20):
        desk.till.sell(permit, scanned, 100)
    queue = desk.till.queue
    answers = await asyncio.gather(
        desk.hand_in(), desk.hand_in(*queue[10:], *queue[:10]), desk.hand_in(*reversed(queue))
    )
    told = [{one.sequence: outcome(one) for one in answer} for answer in answers]
    assert told[0] == told[1] == told[2]
    assert {one[0] for one in told[0].values()} == {"booked"}
    assert await desk.left(purse.account) == 100_000 - 2_000
    assert (await desk.proof()).closes


async def test_uploads_of_one_till_never_pass_the_total_of_its_permit(desk: Desk) -> None:
    """Eleven times fifty euros, each in an upload of its own, against a total of five hundred."""
    await a_scheme(desk.connection)
    most = {"offlineRiskCents": 1_000_000}
    await change_municipality_settings(desk.connection, most, actor=SYSTEM)
    permit = await desk.allowed()
    for _ in range(14):
        holder = await a_holder(desk.connection)
        desk.till.sell(permit, holder.token.text(), 5000)
    answers = await asyncio.gather(*(desk.hand_in(sale) for sale in desk.till.queue))
    booked = [one for [one] in answers if one.outcome == "booked"]
    assert len(booked) == 10
    assert {one.reason.code for [one] in answers if one.outcome != "booked" and one.reason} == {
        "offline-total-reached"
    }
    assert (await desk.proof()).closes


async def test_tills_that_empty_one_budget_together_overspend_nothing(
    desk: Desk, purse: Budget
) -> None:
    tills = [desk]
    for _ in range(4):
        merchant = await a_merchant(desk.connection)
        till = await an_offline_till(desk.connection, merchant)
        tills.append(msgspec.structs.replace(desk, till=till, merchant=merchant))
    small = await a_budget(
        desk.connection, purse.scheme, await a_holder(desk.connection), cents=1_000
    )
    for one in tills:
        permit = await one.allowed()
        for _ in range(5):
            one.till.sell(permit, small.holder.token.text(), 100)
    answers = await asyncio.gather(*(one.hand_in() for one in tills))
    told = [one for answer in answers for one in answer]
    assert {one.outcome for one in told} == {"booked"}
    assert sum(one.take_cents for one in told) == 1_000
    assert sum(one.risk_cents for one in told) == 1_500
    assert await desk.left(small.account) == 0
    assert (await desk.proof()).closes


async def test_the_tills_of_one_merchant_together_stay_within_what_the_municipality_bears(
    desk: Desk, connection: Connection
) -> None:
    await a_scheme(connection)
    await change_municipality_settings(connection, {"offlineRiskCents": 1_000}, actor=SYSTEM)
    beside = [await an_offline_till(connection, desk.merchant) for _ in range(12)]
    desks = [msgspec.structs.replace(desk, till=till) for till in beside]
    for each in desks:
        scanned = (await a_holder(connection)).token.text()
        each.till.sell(await each.allowed(), scanned, 300)
    await at_once(*(each.hand_in() for each in desks))
    booked = await connection.fetchval("SELECT count(*) FROM offline_sale WHERE risk_cents > 0")
    assert booked == 3
    assert (await desk.proof()).closes
