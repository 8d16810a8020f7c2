"""Withdrawn, paid, returned: what comes back is owed again, once, and in the next run."""

from datetime import timedelta

import pytest

from given.days import NOW, TODAY
from given.settlements import (
    FINANCE,
    MONTH,
    SECOND,
    VELSEN,
    a_proposal,
    a_shop,
    an_approved_run,
    an_exported_run,
    give_back,
    owed,
    sell,
)
from pas.days import day_of
from pas.db import Connection
from pas.settlements.approve import approve_settlement
from pas.settlements.export import export_settlement
from pas.settlements.payments import (
    LineHasOutcome,
    LineNotFound,
    PaymentDayWrong,
    mark_paid,
    mark_returned,
)
from pas.settlements.rules import SettlementInOtherState
from pas.settlements.show import list_runs, read_unpaid
from pas.settlements.stored import read_lines, read_run
from pas.settlements.withdraw import withdraw_settlement


async def amounts(connection: Connection) -> list[int]:
    """What a new proposal would pay."""
    run = await a_proposal(connection)
    return [one.amount_cents for one in await read_lines(connection, run)]


async def test_a_proposal_that_is_withdrawn_leaves_everything_payable(
    connection: Connection,
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await a_proposal(connection)
    withdrawn = await withdraw_settlement(
        connection, run, reason="Te vroeg", actor=FINANCE, now=NOW
    )
    assert (withdrawn.state, withdrawn.withdrawn_because) == ("withdrawn", "Te vroeg")
    assert await connection.fetchval("SELECT count(*) FROM entry WHERE kind = 'bounce'") == 0
    assert await amounts(connection) == [500]


async def test_an_approved_run_that_is_withdrawn_is_payable_again_once(
    connection: Connection,
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_approved_run(connection)
    await withdraw_settlement(connection, run, reason="Fout", actor=SECOND, now=NOW)
    assert await owed(connection, shop) == 500
    await sell(connection, shop, 250)
    second = await a_proposal(connection)
    [line] = await read_lines(connection, second)
    assert (line.amount_cents, line.redeemed_cents, line.returned_cents) == (750, 250, 500)


async def test_after_the_file_was_made_nothing_is_withdrawn(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    with pytest.raises(SettlementInOtherState, match="naar de bank"):
        await withdraw_settlement(connection, run, reason="Spijt", actor=FINANCE, now=NOW)


async def test_a_run_is_paid_on_a_day_and_then_it_is_booked(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_exported_run(connection)
    paid = await mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)
    assert paid.state == "booked"
    assert [(one.state, one.paid_on) for one in await read_lines(connection, run)] == [
        ("paid", TODAY)
    ]
    assert (await list_runs(connection))[0].open_lines == 0
    with pytest.raises(SettlementInOtherState):
        await mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)


@pytest.mark.parametrize("paid_first", [True, False])
async def test_a_line_that_came_back_is_paid_in_the_next_run(
    connection: Connection, *, paid_first: bool
) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Ander")
    await sell(connection, shop, 500)
    await sell(connection, other, 700)
    run = await an_exported_run(connection)
    if paid_first:
        await mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)
    line = await mark_returned(
        connection,
        run,
        2,
        returned_on=TODAY,
        reason="Rekening opgeheven",
        actor=FINANCE,
        now=NOW,
    )
    assert (line.state, line.returned_because) == ("returned", "Rekening opgeheven")
    if not paid_first:
        await mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)
    assert (await read_run(connection, run)).state == "booked"
    assert (await owed(connection, shop), await owed(connection, other)) == (500, 0)
    assert await amounts(connection) == [500]


async def test_a_line_comes_back_once(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    await mark_returned(
        connection, run, 1, returned_on=TODAY, reason="Dicht", actor=FINANCE, now=NOW
    )
    with pytest.raises(LineHasOutcome):
        await mark_returned(
            connection, run, 1, returned_on=TODAY, reason="Dicht", actor=FINANCE, now=NOW
        )
    with pytest.raises(LineNotFound):
        await mark_returned(
            connection, run, 2, returned_on=TODAY, reason="Dicht", actor=FINANCE, now=NOW
        )


async def test_a_line_comes_back_no_earlier_than_it_was_paid(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run, later = await an_exported_run(connection), NOW + timedelta(days=2)
    await mark_paid(connection, run, paid_on=day_of(later), actor=FINANCE, now=later)
    for day, refused in ((TODAY, True), (day_of(later), False)):
        back = mark_returned(
            connection, run, 1, returned_on=day, reason="dicht", actor=FINANCE, now=later
        )
        if refused:
            with pytest.raises(PaymentDayWrong):
                await back
        else:
            assert (await back).state == "returned"


async def test_the_bank_paid_after_the_approval_and_not_tomorrow(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_exported_run(connection)
    for day in (TODAY - MONTH, TODAY + MONTH):
        with pytest.raises(PaymentDayWrong):
            await mark_paid(connection, run, paid_on=day, actor=FINANCE, now=NOW)


async def test_a_refund_after_the_cut_off_is_netted_in_the_next_run(
    connection: Connection,
) -> None:
    shop = await a_shop(connection)
    sale = await sell(connection, shop, 500)
    run = await an_exported_run(connection)
    await mark_paid(connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)
    await give_back(connection, shop, sale, 200)
    assert await owed(connection, shop) == -200
    other = await a_shop(connection, name="Ander")
    await sell(connection, other, 500)
    second = await a_proposal(connection)
    unpaid = await read_unpaid(connection, second)
    assert [(one.amount_cents, one.reason) for one in unpaid] == [(-200, "negative")]
    await withdraw_settlement(connection, second, reason="Wacht", actor=FINANCE, now=NOW)
    await sell(connection, shop, 450)
    assert await amounts(connection) == [500, 250]


async def test_two_runs_after_each_other_pay_nothing_twice(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await an_approved_run(connection)
    await sell(connection, shop, 250)
    second = await a_proposal(connection)
    await approve_settlement(connection, second, actor=SECOND, now=NOW)
    await export_settlement(connection, VELSEN, second, actor=FINANCE, now=NOW)
    assert [one.amount_cents for one in await read_lines(connection, second)] == [250]
    assert await owed(connection, shop) == 0
