"""Two years beside each other: each sale takes the year that it is of, to the second, however late it comes in."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from given.assessment import a_task
from given.books import at, let_the_clock_be_set
from given.city import Budget, Holder, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.sales import a_sale_item, desk_of
from given.settlements import Shop
from given.years import refunded
from mutate import rewrite, without_ddl_guard
from offline_desk import a_desk, outcome
from pas.days import start_of
from pas.db import Connection, Database
from pas.grants.lapse import lapse_year
from pas.ids import EntryId, PassId, uuid7
from pas.redemptions.redeem import redeem

OLD, NEW = 2027, 2028
LAST_SECOND = datetime(2027, 12, 31, 22, 59, 59, 999999, tzinfo=UTC)
FIRST_SECOND = datetime(2027, 12, 31, 23, tzinfo=UTC)
BOOKED = """
    SELECT e.period, d.budget_year, t.amount FROM entry e JOIN transfer t ON t.entry_id = e.id
    JOIN account d ON d.id = t.debit WHERE e.id = $1 ORDER BY t.line
"""


@pytest.fixture
async def clock(superuser: Connection) -> None:
    await let_the_clock_be_set(superuser)


async def both_years(connection: Connection, *, run_out_days: int = 0) -> tuple[Shop, Budget]:
    """Somebody with a budget of each year, the old one with a run-out, and a shop for both."""
    holder = await a_holder(connection, year=OLD)
    ends = start_of(date(NEW, 1, 1) + timedelta(days=run_out_days))
    old = await a_scheme(connection, year=OLD, run_out_days=run_out_days)
    purse = await a_budget(
        connection, old, holder, cents=1_000, usable_until=ends, run_out_days=run_out_days
    )
    fresh = await a_budget(
        connection,
        await a_scheme(connection, year=NEW),
        await renewed(connection, holder, NEW),
        cents=1_000,
    )
    merchant = await a_merchant(connection)
    return Shop(merchant, await a_till(connection, merchant), purse), fresh


async def renewed(connection: Connection, holder: Holder, year: int) -> Holder:
    """The pass of the next year, of the same person with the same card."""
    made = PassId(uuid7())
    await connection.execute(
        "INSERT INTO pass (id, resident_id, year, starts_on, ends_on) VALUES ($1, $2, $3, $4, $5)",
        *(made, holder.id, year, date(year, 1, 1), date(year + 1, 1, 1)),
    )
    return msgspec.structs.replace(holder, pass_id=made)


async def bought(connection: Connection, shop: Shop, cents: int, when: datetime) -> EntryId:
    await at(connection, when)
    item = a_sale_item(shop.till, shop.purse.holder, price=cents, take=cents)
    begun = frozenset({f"begun-before-{date(NEW, 1, 1)}"})
    request = msgspec.structs.replace(item.request, confirmed=begun)
    sale = msgspec.structs.replace(item, request=request)
    [answer] = await redeem(desk_of(connection, now=when), [sale])
    assert answer.outcome == "booked", answer
    return item.id


async def booked(connection: Connection, entry: EntryId) -> list[tuple[date, int, int]]:
    return [tuple(row) for row in await connection.fetch(BOOKED, entry)]


@pytest.mark.usefixtures("clock")
async def test_new_years_eve_ends_at_midnight_in_amsterdam(connection: Connection) -> None:
    shop, _ = await both_years(connection)
    before = await bought(connection, shop, 100, LAST_SECOND)
    after = await bought(connection, shop, 200, FIRST_SECOND)
    assert await booked(connection, before) == [(date(OLD, 12, 1), OLD, 100)]
    assert await booked(connection, after) == [(date(NEW, 1, 1), NEW, 200)]


@pytest.mark.usefixtures("clock")
async def test_in_the_run_out_the_budget_that_ends_first_is_spent_first(
    connection: Connection,
) -> None:
    """Sixty days from New Year, in a leap year: to the end of the 29th of February."""
    shop, _ = await both_years(connection, run_out_days=60)
    last = datetime(2028, 2, 29, 22, 59, 59, tzinfo=UTC)
    sale = await bought(connection, shop, 1_200, last - timedelta(days=20))
    month = date(NEW, 2, 1)
    assert await booked(connection, sale) == [(month, OLD, 1_000), (month, NEW, 200)]


@pytest.mark.usefixtures("clock")
async def test_the_run_out_ends_with_the_leap_day(connection: Connection) -> None:
    shop, _ = await both_years(connection, run_out_days=60)
    last = datetime(2028, 2, 29, 22, 59, 59, tzinfo=UTC)
    on_the_day = await bought(connection, shop, 100, last)
    after = await bought(connection, shop, 100, last + timedelta(seconds=1))
    assert await booked(connection, on_the_day) == [(date(NEW, 2, 1), OLD, 100)]
    assert await booked(connection, after) == [(date(NEW, 3, 1), NEW, 100)]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("ends_on", "last"),
    [
        (date(2027, 8, 1), datetime(2027, 7, 31, 21, 59, 59, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC)),
        (date(2027, 3, 29), datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC)),
        (date(2027, 11, 1), datetime(2027, 10, 31, 22, 59, 59, tzinfo=UTC)),
    ],
    ids=["summer time", "the night before it begins", "the night after", "winter time again"],
)
async def test_a_season_ends_at_midnight_on_the_clock_of_that_night(
    connection: Connection, database: Database, ends_on: date, last: datetime
) -> None:
    scheme, merchant = await a_scheme(connection, year=OLD), await a_merchant(connection)
    holder = await a_holder(connection, year=OLD)
    purse = await a_budget(connection, scheme, holder, usable_until=start_of(ends_on))
    shop = Shop(merchant, await a_till(connection, merchant), purse)
    await bought(connection, shop, 100, last)
    early = await lapse_year(database, a_task(last, year=OLD), dry_run=True)
    after = await lapse_year(database, a_task(last + timedelta(seconds=1), year=OLD), dry_run=True)
    assert (early.amount_cents, after.amount_cents) == (0, 19_900)
    item = a_sale_item(shop.till, holder, price=100, take=100)
    [late] = await redeem(desk_of(connection, now=last + timedelta(seconds=1)), [item])
    assert late.outcome != "booked"


@pytest.mark.usefixtures("clock")
async def test_what_is_paid_back_in_the_new_year_is_of_the_old_budget_and_the_open_month(
    connection: Connection,
) -> None:
    shop, fresh = await both_years(connection)
    sale = await bought(connection, shop, 400, LAST_SECOND)
    january = FIRST_SECOND + timedelta(days=3)
    await at(connection, january)
    refund = await refunded(connection, shop, sale, when=january)
    years = """
        SELECT e.period, c.kind, c.budget_year, t.amount FROM entry e JOIN transfer t ON t.entry_id = e.id
        JOIN account c ON c.id = t.credit WHERE e.id = $1 ORDER BY t.line
    """
    assert [tuple(row) for row in await connection.fetch(years, refund)] == [
        (date(NEW, 1, 1), "budget", OLD, 400),
        (date(NEW, 1, 1), "appropriation", OLD, 400),
    ]
    left = "SELECT amount FROM balance WHERE account_id = $1"
    assert await connection.fetchval(left, fresh.account) == 1_000


@pytest.mark.parametrize("lapsed_before", [False, True])
async def test_a_sale_of_new_years_eve_that_is_uploaded_late_is_of_the_old_year(
    connection: Connection,
    database: Database,
    superuser: Connection,
    tmp_path: Path,
    *,
    lapsed_before: bool,
) -> None:
    """Its budget pays while it is there; has it lapsed, then the risk of the old year does."""
    eve, january = datetime(2026, 12, 31, 20, tzinfo=UTC), datetime(2027, 1, 2, 9, tzinfo=UTC)
    last_second = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
    desk = await a_desk(connection, database, tmp_path)
    holder = await a_holder(connection)
    await a_budget(connection, await a_scheme(connection), holder, cents=1_000)
    new = await a_scheme(connection, year=2027)
    await a_budget(connection, new, await renewed(connection, holder, 2027), cents=1_000)
    sale = desk.till.sell(await desk.allowed(now=eve), holder.token.text(), 400, at=last_second)
    await without_ddl_guard(superuser)
    said = f"booked_at := '{january.isoformat()}'::timestamptz;"
    await rewrite(superuser, "book", ("booked_at := clock_timestamp();", said))
    if lapsed_before:
        await lapse_year(database, a_task(january))
    [told] = await desk.hand_in(sale, now=january)
    taken = ("budget", 400, 0) if not lapsed_before else ("municipality", 0, 400)
    assert outcome(told)[1:4] == taken
    rows = await connection.fetch(
        """
        SELECT e.period, d.kind, d.budget_year, e.occurred_at FROM entry e JOIN transfer t ON t.entry_id = e.id
        JOIN account d ON d.id = t.debit WHERE e.kind = 'offline'
        """
    )
    paid_by = "offline_risk" if lapsed_before else "budget"
    assert [tuple(row) for row in rows] == [(date(2027, 1, 1), paid_by, 2026, last_second)]
