"""Void and refund: what was taken comes back the way it went, once."""

from datetime import date, timedelta

import pytest

from given.city import LAST_DAY, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, YEAR
from given.logins import NOON
from given.sales import a_sale_item, an_undo, desk_of
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.days import start_of
from pas.db import Connection
from pas.money import Cents
from pas.redemptions.amount_refusals import (
    AlreadyReversed,
    RefundAboveRemainder,
    VoidAtOtherTill,
    VoidTooLate,
)
from pas.redemptions.prove import prove
from pas.redemptions.redeem import redeem
from pas.redemptions.refusals import Busy, SaleIdReused
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.sale import SaleItem
from pas.redemptions.undo import undo


async def balance(connection: Connection, account: int) -> int:
    return await connection.fetchval("SELECT amount FROM balance WHERE account_id = $1", account)


async def closes(connection: Connection) -> bool:
    return (await prove(connection, NOON)).closes


async def test_a_void_gives_all_back_once(connection: Connection, auditor: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=1_000)
    sale = a_sale_item(till, holder, price=800, take=800)
    await redeem(desk_of(connection), [sale])
    ask = an_undo("void", till, sale.id)

    first = await undo(connection, ask, desk_of(connection).moment)
    again = await undo(connection, ask, desk_of(connection).moment)
    with pytest.raises(AlreadyReversed):
        await undo(connection, an_undo("void", till, sale.id), desk_of(connection).moment)

    assert first.amount_cents == again.amount_cents == 800
    assert await balance(connection, budget.account) == 1_000
    assert await closes(auditor)


async def test_refunds_in_parts_end_at_the_whole(
    connection: Connection, auditor: Connection
) -> None:
    scheme, other = await a_scheme(connection), await a_scheme(connection)
    merchant = await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budgets = [await a_budget(connection, one, holder, cents=500) for one in (scheme, other)]
    sale = a_sale_item(till, holder, price=900, take=900)
    await redeem(desk_of(connection), [sale])

    for cents in (300, 500, 100):
        amount = RefundRequest(amount_cents=Cents(cents))
        ask = an_undo("refund", till, sale.id, amount=amount)
        await undo(connection, ask, desk_of(connection).moment)
    with pytest.raises(AlreadyReversed):
        await undo(connection, an_undo("refund", till, sale.id), desk_of(connection).moment)

    assert [await balance(connection, budget.account) for budget in budgets] == [500, 500]
    assert await closes(auditor)


async def test_a_refund_above_what_is_left_is_refused(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    await a_budget(connection, scheme, holder, cents=1_000)
    sale = a_sale_item(till, holder, price=800, take=800)
    await redeem(desk_of(connection), [sale])

    ask = an_undo("refund", till, sale.id, amount=RefundRequest(amount_cents=Cents(801)))
    with pytest.raises(RefundAboveRemainder):
        await undo(connection, ask, desk_of(connection).moment)


async def test_a_refund_after_the_end_goes_on_to_the_appropriation(
    connection: Connection, auditor: Connection
) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=1_000)
    sale = a_sale_item(till, holder, price=800, take=800)
    await redeem(desk_of(connection), [sale])

    late = desk_of(connection, now=LAST_DAY + timedelta(days=30)).moment
    undone = await undo(connection, an_undo("refund", till, sale.id), late)

    assert undone.amount_cents == 800
    assert await balance(connection, budget.account) == 200
    proof = await prove(auditor, NOON)
    assert proof.closes
    assert [(line.reversed, line.lapsed) for line in proof.schemes] == [(800, 800)]


async def test_an_undo_that_waits_too_long_for_a_lock_is_busy(
    connection: Connection, superuser: Connection
) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder)
    sale = a_sale_item(till, holder, price=100, take=100)
    await redeem(desk_of(connection), [sale])
    ask = an_undo("void", till, sale.id)
    await connection.execute("SET lock_timeout = '50ms'")

    async with superuser.transaction():
        await superuser.execute(
            "SELECT 1 FROM balance WHERE account_id = $1 FOR UPDATE", budget.account
        )
        with pytest.raises(Busy):
            await undo(connection, ask, desk_of(connection).moment)

    assert (await undo(connection, ask, desk_of(connection).moment)).amount_cents == 100


async def test_visits_and_forfeits_come_back(connection: Connection, auditor: Connection) -> None:
    pool = await a_scheme(connection, categories=("swimming",), visits=10, visit_price_cents=500)
    shop = await a_scheme(connection, categories=("bicycle",), spend_at_once=True)
    merchant = await a_merchant(
        connection, categories=("swimming", "bicycle"), visit_price_cents=400
    )
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    visits = await a_budget(connection, pool, holder, cents=5_000, visits=10)
    bicycle = await a_budget(connection, shop, holder, cents=3_000)
    swim = a_sale_item(till, holder, visits=3, take=1_200)
    ride = a_sale_item(till, holder, price=1_000, take=1_000, lost=2_000)

    answers = await redeem(desk_of(connection), [swim, ride])
    assert [answer.outcome for answer in answers] == ["booked", "booked"]
    assert await balance(connection, bicycle.account) == 0
    for sale in (swim, ride):
        await undo(connection, an_undo("void", till, sale.id), desk_of(connection).moment)

    assert visits.visits_account is not None
    assert await balance(connection, visits.visits_account) == 10
    assert await balance(connection, visits.account) == 5_000
    assert await balance(connection, bicycle.account) == 3_000
    assert await closes(auditor)


async def test_what_was_given_up_and_granted_to_others_is_lost_and_the_payment_comes_back(
    connection: Connection, auditor: Connection
) -> None:
    pot = await a_scheme(connection, closed_pot=True, spend_at_once=True, appropriated_cents=3_000)
    merchant = await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, pot, holder, cents=3_000)
    sale = a_sale_item(till, holder, price=1_000, take=1_000, lost=2_000)
    await redeem(desk_of(connection), [sale])
    await a_budget(connection, pot, await a_holder(connection), cents=1_500)

    ask = an_undo("void", till, sale.id)
    undone = await undo(connection, ask, desk_of(connection).moment)

    assert (undone.amount_cents, undone.lost_cents) == (1_000, 1_500)
    assert await balance(connection, budget.account) == 1_500
    assert await balance(connection, pot.appropriation) == 0
    again = await undo(connection, ask, desk_of(connection).moment)
    assert (again.amount_cents, again.lost_cents) == (1_000, 1_500)
    assert await closes(auditor)


async def test_another_till_may_not_void_and_tomorrow_is_too_late(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    other = await a_till(connection, merchant)
    await a_budget(connection, scheme, holder, cents=1_000)
    sale = a_sale_item(till, holder, price=800, take=800)
    await redeem(desk_of(connection), [sale])
    booked_at = await connection.fetchval("SELECT max(recorded_at) FROM redemption")

    with pytest.raises(VoidAtOtherTill):
        await undo(connection, an_undo("void", other, sale.id), desk_of(connection).moment)
    late = desk_of(connection, now=booked_at + timedelta(hours=25)).moment
    with pytest.raises(VoidTooLate):
        await undo(connection, an_undo("void", till, sale.id), late)


async def test_how_long_a_till_may_undo_is_the_municipality_s_choice(
    connection: Connection,
) -> None:
    scheme, merchant = await a_scheme(connection, year=YEAR), await a_merchant(connection)
    holder, till = await a_holder(connection, year=YEAR), await a_till(connection, merchant)
    outlives_the_year = start_of(date(YEAR + 1, 2, 1))
    await a_budget(connection, scheme, holder, cents=1_000, usable_until=outlives_the_year)
    sales = [a_sale_item(till, holder, price=100, take=100) for _ in range(2)]
    await redeem(desk_of(connection, now=NOW), sales)
    booked_at = await connection.fetchval("SELECT max(recorded_at) FROM redemption")

    async def undone_after(sale: SaleItem, minutes: int) -> None:
        moment = desk_of(connection, now=booked_at + timedelta(minutes=minutes)).moment
        await undo(connection, an_undo("void", till, sale.id), moment)

    await change_municipality_settings(connection, {"voidHours": 2}, actor=SYSTEM)
    with pytest.raises(VoidTooLate):
        await undone_after(sales[0], 121)
    await undone_after(sales[0], 119)
    await change_municipality_settings(connection, {"voidHours": 72}, actor=SYSTEM)
    await undone_after(sales[1], 71 * 60)


async def test_an_undo_id_reused_for_another_amount_is_refused(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    await a_budget(connection, scheme, holder, cents=1_000)
    sale = a_sale_item(till, holder, price=800, take=800)
    await redeem(desk_of(connection), [sale])
    amount = RefundRequest(amount_cents=Cents(100))
    ask = an_undo("refund", till, sale.id, amount=amount)
    await undo(connection, ask, desk_of(connection).moment)

    other = RefundRequest(amount_cents=Cents(200))
    reused = an_undo("refund", till, sale.id, amount=other, id=ask.id)
    with pytest.raises(SaleIdReused):
        await undo(connection, reused, desk_of(connection).moment)
