"""The lanes of a worker: strangers go together, and none pays for what another one did."""

import asyncio
from uuid import uuid4

import msgspec
import pytest

from given.city import Holder, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.sales import a_sale_item, desk_of
from pas.db import Connection, Database
from pas.ids import TillId
from pas.redemptions.judge import Moment
from pas.redemptions.lanes import MOST_WAITING, Lanes
from pas.redemptions.refusals import Busy
from pas.redemptions.sale import Answer, SaleItem
from together import VELSEN

NUL = "\x00"
"""PostgreSQL takes no such text, so a statement that carries it fails as a whole."""


@pytest.fixture
async def till(connection: Connection) -> Till:
    return await a_till(connection, await a_merchant(connection))


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    holder = await a_holder(connection)
    await a_budget(connection, await a_scheme(connection), holder)
    return holder


@pytest.fixture
def moment(connection: Connection) -> Moment:
    return desk_of(connection).moment


async def sell_each(
    lanes: Lanes, requests: list[list[SaleItem]], moment: Moment
) -> list[list[Answer] | BaseException]:
    """The first request goes at once, the others wait for the next batch."""
    return await asyncio.gather(
        *(lanes.sell(VELSEN, request, lambda: moment) for request in requests),
        return_exceptions=True,
    )


async def test_one_request_that_fails_fails_alone(
    connection: Connection, database: Database, till: Till, holder: Holder, moment: Moment
) -> None:
    sales = [a_sale_item(till, holder, price=100, take=100) for _ in range(10)]
    sales[4] = msgspec.structs.replace(sales[4], trace_id=NUL)

    answers = await sell_each(Lanes(database), [[sale] for sale in sales], moment)

    heard = [one[0].outcome if isinstance(one, list) else "error" for one in answers]
    assert heard == ["booked"] * 4 + ["error"] + ["booked"] * 5
    assert await connection.fetchval("SELECT count(*) FROM redemption") == 9


async def test_a_lane_that_is_full_refuses_and_says_when_to_come_back(
    database: Database, till: Till, holder: Holder, moment: Moment
) -> None:
    lanes, unknown = Lanes(database), TillId(uuid4())
    crowd = [
        [a_sale_item(till, holder, price=100, till_id=unknown) for _ in range(1_000)]
        for _ in range(MOST_WAITING // 1_000)
    ]
    sale = a_sale_item(till, holder, price=100, take=100)

    *_, answer = await sell_each(lanes, [*crowd, [sale]], moment)
    [again] = await sell_each(lanes, [[sale]], moment)

    assert isinstance(answer, Busy)
    assert answer.headers["Retry-After"] == "2"
    assert isinstance(again, list)
    assert again[0].outcome == "booked"
