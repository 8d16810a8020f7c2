"""Cards, tills and merchants as they stood at the moment of a sale, whatever became of them since."""

from datetime import datetime, timedelta

import pytest

from given.city import Budget, a_budget, a_holder, a_scheme
from given.logins import NOON
from mutate import without_ddl_guard
from offline_desk import LATER, Desk
from pas.db import Connection

BLOCKS = ["blocked", "replaced", "ended"]
CODES = {"blocked": "card-blocked", "replaced": "card-replaced", "ended": "pass-ended"}
SOLD = NOON + timedelta(minutes=30)
BEFORE, BETWEEN, AFTER = (NOON + timedelta(minutes=minutes) for minutes in (-5, 10, 50))
MERCHANT_S = ("declined", "merchant", 0, 0)
MUNICIPALITY_S = ("booked", "municipality", 0, 400)
BY_BUDGET = ("booked", "budget", 400, 0, None)


async def becomes(connection: Connection, table: str, state: str, *, at: datetime) -> None:
    await connection.execute(f"UPDATE {table} SET state = $1, state_since = $2", state, at)


async def sold_at(
    desk: Desk, purse: Budget, permit: object
) -> tuple[str, str, int, int, str | None]:
    sale = desk.till.sell(str(permit), purse.holder.token.text(), 400, at=SOLD)
    return await desk.sold(sale)


@pytest.mark.parametrize("state", BLOCKS)
async def test_a_card_that_is_off_after_the_sale_pays(
    desk: Desk, purse: Budget, state: str
) -> None:
    permit = await desk.allowed()
    await becomes(desk.connection, "card", state, at=AFTER)
    assert await sold_at(desk, purse, permit) == BY_BUDGET


@pytest.mark.parametrize("state", BLOCKS)
async def test_a_card_that_is_off_between_list_and_sale_is_the_municipality_s(
    desk: Desk, purse: Budget, state: str
) -> None:
    permit = await desk.allowed()
    await becomes(desk.connection, "card", state, at=BETWEEN)
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, CODES[state])
    assert await desk.left(purse.account) == 1000
    assert (await desk.proof()).closes


@pytest.mark.parametrize("state", BLOCKS)
async def test_a_card_that_stood_on_the_list_is_the_merchant_s(
    desk: Desk, purse: Budget, state: str
) -> None:
    await becomes(desk.connection, "card", state, at=BEFORE)
    permit = await desk.permit()
    assert permit.blocked.tokens == [purse.holder.token.sha256()[:8].hex()]
    assert await sold_at(desk, purse, permit.permit.id) == (*MERCHANT_S, CODES[state])


async def test_a_card_that_did_not_fit_on_the_list_is_the_municipality_s(
    desk: Desk, purse: Budget, superuser: Connection
) -> None:
    await becomes(desk.connection, "card", "blocked", at=BEFORE)
    permit = await desk.allowed()
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE offline_permit DISABLE TRIGGER append_only")
    await superuser.execute("UPDATE offline_permit SET listed_from = $1", NOON)
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, "card-blocked")


async def test_a_card_that_was_unblocked_before_the_sale_pays_and_one_after_it_does_not(
    desk: Desk, purse: Budget
) -> None:
    permit = await desk.allowed()
    await becomes(desk.connection, "card", "blocked", at=BETWEEN)
    await becomes(desk.connection, "card", "active", at=AFTER)
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, "card-blocked")
    await becomes(desk.connection, "card", "blocked", at=AFTER + timedelta(minutes=1))
    sale = desk.till.sell(permit, purse.holder.token.text(), 400, at=AFTER)
    assert await desk.sold(sale) == BY_BUDGET


async def test_a_card_that_nobody_activated_is_the_municipality_s_also_when_it_is_active_later(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection, card_state="inactive")
    purse = await a_budget(connection, await a_scheme(connection), holder)
    permit = await desk.allowed()
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, "card-not-activated")
    await becomes(connection, "card", "active", at=AFTER)
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, "card-not-activated")


async def test_more_than_an_unconfirmed_card_may_pay_is_the_municipality_s(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection, unconfirmed_cents=300)
    purse = await a_budget(connection, await a_scheme(connection), holder)
    permit = await desk.allowed()
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, "card-not-confirmed")


async def test_a_temporary_card_that_was_over_is_the_municipality_s(
    desk: Desk, purse: Budget, superuser: Connection
) -> None:
    permit = await desk.allowed()
    await superuser.execute("UPDATE card SET form = 'temporary', expires_at = $1", SOLD)
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, "temporary-card-expired")
    await superuser.execute("UPDATE card SET expires_at = $1", AFTER)
    assert await sold_at(desk, purse, permit) == BY_BUDGET


async def test_a_pass_that_ended_is_the_municipality_s(desk: Desk, purse: Budget) -> None:
    permit = await desk.allowed()
    await desk.connection.execute(
        "UPDATE pass SET ended_on = $1, ended_because = 'moved'", NOON.date()
    )
    assert await sold_at(desk, purse, permit) == (*MUNICIPALITY_S, "pass-ended")


STOPPED = {
    ("till", "revoked"): "till-revoked",
    ("till", "paused"): "till-paused",
    ("merchant", "suspended"): "merchant-suspended",
    ("merchant", "ended"): "merchant-suspended",
}


@pytest.mark.parametrize("stopped", STOPPED, ids=" ".join)
async def test_what_was_sold_before_a_till_or_merchant_was_stopped_stands(
    desk: Desk, purse: Budget, stopped: tuple[str, str]
) -> None:
    permit = await desk.allowed()
    await becomes(desk.connection, *stopped, at=AFTER)
    assert await sold_at(desk, purse, permit) == BY_BUDGET


@pytest.mark.parametrize("stopped", STOPPED, ids=" ".join)
async def test_what_was_sold_after_a_till_or_merchant_was_stopped_is_the_merchant_s(
    desk: Desk, purse: Budget, stopped: tuple[str, str]
) -> None:
    permit = await desk.allowed()
    await becomes(desk.connection, *stopped, at=BETWEEN)
    assert await sold_at(desk, purse, permit) == (*MERCHANT_S, STOPPED[stopped])


async def test_a_till_that_was_paused_and_started_again_is_judged_by_its_moment(
    desk: Desk, purse: Budget
) -> None:
    permit = await desk.allowed()
    await becomes(desk.connection, "till", "paused", at=BETWEEN)
    await becomes(desk.connection, "till", "active", at=SOLD + timedelta(minutes=5))
    assert await sold_at(desk, purse, permit) == (*MERCHANT_S, "till-paused")
    sale = desk.till.sell(permit, purse.holder.token.text(), 400, at=AFTER)
    assert await desk.sold(sale) == BY_BUDGET


async def test_an_agreement_that_ended_under_a_permit_is_no_agreement_and_no_loss_of_the_club(
    desk: Desk, purse: Budget, superuser: Connection
) -> None:
    permit = await desk.allowed()
    await superuser.execute("UPDATE agreement SET valid_until = $1", NOON.date())
    assert (await sold_at(desk, purse, permit))[:4] == MUNICIPALITY_S
    assert await desk.left(purse.account) == 1000


async def test_who_chose_off_still_hands_in_what_was_sold_under_the_permit(
    desk: Desk, purse: Budget
) -> None:
    permit = await desk.allowed()
    await desk.connection.execute("UPDATE merchant SET sells_offline = false")
    assert await sold_at(desk, purse, permit) == BY_BUDGET


async def test_a_state_that_nobody_was_in_is_not_kept(desk: Desk, purse: Budget) -> None:
    await becomes(desk.connection, "card", "blocked", at=LATER)
    await becomes(desk.connection, "card", "active", at=LATER)
    kept = await desk.connection.fetch(
        "SELECT state FROM former_state WHERE subject_id = $1", purse.holder.card
    )
    assert [row["state"] for row in kept] == ["active"]
