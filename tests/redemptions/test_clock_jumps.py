"""A server whose clock jumps: backwards and forwards again, between sales on one budget."""

from datetime import UTC, datetime, timedelta

from booking import balance
from given.city import CARD_KEY, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.sales import a_sale_item
from pas.days import day_of
from pas.db import Connection, Database
from pas.ledger.prove import prove
from pas.redemptions.judge import Moment
from pas.redemptions.lanes import Lanes
from pas.redemptions.sale import Answer, SaleItem
from together import VELSEN

HOUR = timedelta(hours=1)


async def test_a_clock_that_jumps_back_changes_no_order_and_no_answer(
    database: Database, connection: Connection
) -> None:
    """The order is that of the movements, and a known id is looked up before any clock is."""
    holder = await a_holder(connection)
    budget = await a_budget(connection, await a_scheme(connection), holder, cents=1_000)
    till = await a_till(connection, await a_merchant(connection))
    lanes = Lanes(database)

    async def sold(item: SaleItem, now: datetime) -> Answer:
        moment = Moment(VELSEN, now, day_of(now), CARD_KEY.secret)
        [answer] = await lanes.sell(VELSEN, [item], lambda: moment)
        return answer

    items = [a_sale_item(till, holder, price=300, take=300) for _ in range(4)]
    first, second, third = [
        await sold(item, now)
        for item, now in zip(items, (NOON, NOON - 48 * HOUR, NOON + HOUR), strict=False)
    ]
    too_much = await sold(items[3], NOON - HOUR)
    last_year = await sold(items[0], NOON - timedelta(days=400))

    assert [first.outcome, second.outcome, third.outcome] == ["booked"] * 3
    assert (too_much.outcome, too_much.take_cents) == ("moved", 100)
    assert (last_year.outcome, last_year.recorded_at) == ("booked", first.recorded_at)
    assert await balance(connection, budget.account) == 100
    turns = await connection.fetch(
        "SELECT entry_id FROM transfer WHERE debit = $1 ORDER BY debit_turn", budget.account
    )
    assert [row["entry_id"] for row in turns] == [item.id for item in items[:3]]
    assert (await prove(connection, datetime.now(UTC))).closes
