"""What was paid comes back to where it came from, at most once, also after the year."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from booking import (
    Connect,
    a_reversal,
    a_sale,
    an_item,
    balance,
    book,
    lapse,
    redeem,
    reverse,
    until_waiting,
)
from given.city import (
    LAST_DAY,
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_holder,
    a_scheme,
)
from pas.db import Connection
from pas.ids import AccountId
from pas.ledger.book import Line


async def owed(connection: Connection, till: Till) -> int:
    return await connection.fetchval(
        "SELECT sum(CASE WHEN credit = $1 THEN amount ELSE -amount END)::bigint"
        " FROM transfer WHERE $1 IN (debit, credit)",
        till.merchant.account,
    )


async def test_a_void_brings_everything_back(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1240)
    await redeem(connection, sale)
    assert await reverse(connection, a_reversal("void", sale)) == ["booked"]
    assert await balance(connection, budget.account) == 20000
    assert await owed(connection, till) == 0


async def test_a_sale_over_two_budgets_goes_back_to_both(
    connection: Connection, till: Till, holder: Holder, budget: Budget
) -> None:
    second = await a_budget(connection, await a_scheme(connection), holder, cents=500)
    club = till.merchant.account
    sale = a_sale(till, budget, 1000, Line(debit=second.account, credit=club, amount=500))
    await redeem(connection, sale)
    assert await reverse(connection, a_reversal("void", sale)) == ["booked"]
    assert await balance(connection, budget.account) == 20000
    assert await balance(connection, second.account) == 500


async def test_refunds_in_parts_add_up_to_the_original_and_no_further(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    parts = [a_reversal("refund", sale, 1) for _ in range(3)]
    for part in parts:
        assert await reverse(connection, part) == ["booked"]
        assert await reverse(connection, part) == ["replay"]
    assert await reverse(connection, a_reversal("void", sale)) == ["over_reversed"]
    assert await reverse(connection, a_reversal("refund", sale, 997)) == ["booked"]
    assert await owed(connection, till) == 0
    (row,) = await connection.fetch("SELECT original, reversed, times FROM reversal")
    assert tuple(row) == (1000, 1000, 4)
    reversal_numbers = await connection.fetch(
        "SELECT reversal_number FROM entry WHERE reverses = $1 ORDER BY 1", sale.item.id
    )
    assert [number for (number,) in reversal_numbers] == [1, 2, 3, 4]


async def test_one_budget_of_two_is_refunded_alone(
    connection: Connection, till: Till, holder: Holder, budget: Budget
) -> None:
    second = await a_budget(connection, await a_scheme(connection), holder, cents=500)
    club = till.merchant.account
    sale = a_sale(till, budget, 1000, Line(debit=second.account, credit=club, amount=500))
    await redeem(connection, sale)
    back = Line(debit=club, credit=second.account, amount=500, reversed_line=2)
    refund = an_item("refund", back, reverses=sale.item.id, actor_id=till.id)
    assert await reverse(connection, refund) == ["booked"]
    wrong_budget = Line(debit=club, credit=second.account, amount=500, reversed_line=1)
    astray = an_item("refund", wrong_budget, reverses=sale.item.id, actor_id=till.id)
    assert await reverse(connection, astray) == ["not_reversible"]
    assert await balance(connection, second.account) == 500


async def test_two_refunds_at_once_wait_for_each_other(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    other = await connect()
    async with other.transaction():
        assert await reverse(other, a_reversal("refund", sale, 700)) == ["booked"]
        waiting = asyncio.create_task(reverse(connection, a_reversal("refund", sale, 700)))
        await until_waiting(connection, on=other)
    assert await waiting == ["over_reversed"]


async def test_a_void_of_a_visit_brings_back_the_visit_and_its_price(
    connection: Connection, till: Till, holder: Holder
) -> None:
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500)
    swim = await a_budget(connection, scheme, holder, cents=5000, visits=10)
    assert swim.visits_account is not None
    assert scheme.used is not None
    visit = Line(debit=swim.visits_account, credit=scheme.used, amount=1)
    sale = a_sale(till, swim, 450, visit)
    assert await redeem(connection, sale) == ["booked"]
    assert await balance(connection, swim.visits_account) == 9
    assert await balance(connection, swim.account) == 4550
    assert await reverse(connection, a_reversal("void", sale)) == ["booked"]
    assert await balance(connection, swim.visits_account) == 10
    assert await balance(connection, swim.account) == 5000


async def test_the_last_visit_is_the_last(
    connection: Connection, till: Till, holder: Holder
) -> None:
    """Cents are left (the price went down), visits are not."""
    scheme = await a_scheme(connection, visits=2, visit_price_cents=500)
    swim = await a_budget(connection, scheme, holder, cents=1000, visits=2)
    assert swim.visits_account is not None
    assert scheme.used is not None
    visit = Line(debit=swim.visits_account, credit=scheme.used, amount=1)
    sales = [a_sale(till, swim, 300, visit) for _ in range(3)]
    assert await redeem(connection, *sales) == ["booked", "booked", "insufficient"]
    assert await balance(connection, swim.account) == 400


async def test_what_a_spend_at_once_budget_forfeits_comes_back_with_its_void(
    connection: Connection, till: Till, holder: Holder
) -> None:
    scheme = await a_scheme(connection, spend_at_once=True)
    coat = await a_budget(connection, scheme, holder, cents=10000)
    rest = Line(debit=coat.account, credit=scheme.appropriation, amount=2500)
    sale = a_sale(till, coat, 7500, rest)
    assert await redeem(connection, sale) == ["booked"]
    assert await balance(connection, coat.account) == 0
    assert await reverse(connection, a_reversal("void", sale)) == ["booked"]
    assert await balance(connection, coat.account) == 10000
    assert await owed(connection, till) == 0


async def test_a_refund_after_the_end_of_the_budget_goes_on_to_the_appropriation(
    connection: Connection, till: Till, scheme: Scheme, budget: Budget
) -> None:
    sale = a_sale(till, budget, 5000)
    await redeem(connection, sale)
    assert await lapse(connection, budget.account, 15000, at=LAST_DAY) == "booked"
    onward = Line(debit=budget.account, credit=scheme.appropriation, amount=3000)
    late = a_reversal("refund", sale, 3000, onward, occurred_at=LAST_DAY + timedelta(days=9))
    assert await reverse(connection, late) == ["booked"]
    assert await balance(connection, budget.account) == 0
    assert await owed(connection, till) == 2000


async def test_no_more_goes_on_than_came_back(
    connection: Connection, till: Till, scheme: Scheme, budget: Budget
) -> None:
    sale = a_sale(till, budget, 5000)
    await redeem(connection, sale)
    onward = Line(debit=budget.account, credit=scheme.appropriation, amount=3001)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await reverse(connection, a_reversal("refund", sale, 3000, onward))
    assert refused.value.sqlstate == "PA110"


async def test_what_goes_on_came_back_to_that_same_budget(
    connection: Connection, till: Till, scheme: Scheme, holder: Holder, budget: Budget
) -> None:
    second = await a_budget(connection, scheme, holder, cents=500)
    club = till.merchant.account
    sale = a_sale(till, budget, 1000, Line(debit=second.account, credit=club, amount=400))
    await redeem(connection, sale)
    onward = Line(debit=second.account, credit=scheme.appropriation, amount=100)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await reverse(connection, a_reversal("refund", sale, 1000, onward))
    assert refused.value.sqlstate == "PA110"


async def test_only_voids_and_refunds_of_something_are_reversals(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 5000)
    await redeem(connection, sale)
    for kind, reverses in (("correct", sale.item.id), ("refund", None)):
        item = a_reversal("refund", sale)
        wrong = an_item(kind, *item.lines, reverses=reverses)
        with pytest.raises(asyncpg.PostgresError) as refused:
            await reverse(connection, wrong)
        assert refused.value.sqlstate == "PA110"


async def test_a_hold_is_captured_released_and_lapses_from_what_was_held(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    held = await held_account(owner, budget)
    hold = Line(debit=budget.account, credit=held, amount=15000)
    assert await book(owner, an_item("hold", hold)) == ["booked"]
    capture = Line(debit=held, credit=till.merchant.account, amount=9000)
    first = an_item("capture", capture)
    assert await book(owner, first) == ["booked"]
    assert await book(owner, an_item("capture", capture)) == ["insufficient"]
    back = Line(debit=till.merchant.account, credit=held, amount=1000, reversed_line=1)
    assert await book(owner, an_item("refund", back, reverses=first.id)) == ["booked"]
    release = Line(debit=held, credit=budget.account, amount=7000)
    assert await book(owner, an_item("release", release)) == ["booked"]
    assert await balance(connection, budget.account) == 12000
    assert await balance(connection, held) == 0


async def held_account(owner: Connection, budget: Budget) -> AccountId:
    """An account for what is awarded from this budget and waits for the club."""
    (held,) = await owner.fetchval(
        "SELECT open_accounts(ARRAY[$1::bigint], '{held}', '{cents}', ARRAY[$2::uuid], ARRAY[$3::smallint],"
        " '{null}', '{true}', '{-infinity}', ARRAY[$4::timestamptz])",
        *(budget.account ^ 1, budget.scheme.id, budget.scheme.year, LAST_DAY),
    )
    return held


async def test_two_sales_are_taken_back_without_waiting_for_each_other(
    connection: Connection, connect: Connect, till: Till, budget: Budget, scheme: Scheme
) -> None:
    """Only what is reversed is locked, and the budgets it goes back to."""
    other = await a_budget(connection, scheme, await a_holder(connection), cents=20000)
    sales = [a_sale(till, one, 1000) for one in (budget, other)]
    assert await redeem(connection, *sales) == ["booked", "booked"]
    second = await connect()
    await second.execute("SET lock_timeout = '1s'")
    async with connection.transaction():
        assert await reverse(connection, a_reversal("refund", sales[0])) == ["booked"]
        assert await reverse(second, a_reversal("refund", sales[1])) == ["booked"]
