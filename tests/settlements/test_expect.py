"""What a merchant's page expects is what the next proposal would say of it, whatever happened before."""

from datetime import date, timedelta

import pytest

from given.days import NOW, TODAY
from given.logins import an_actor
from given.merchants import APPROVER, OTHER_IBAN, REGISTRAR, of_merchant
from given.settlements import (
    FINANCE,
    SECOND,
    Shop,
    a_proposal,
    a_setting,
    a_shop,
    an_approved_run,
    an_exported_run,
    give_back,
    sell,
)
from pas.auth.actor import OtherMerchant
from pas.auth.roles import Role
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import approve_account, propose_account
from pas.settlements.expect import Expected, expect_payout
from pas.settlements.payments import mark_returned
from pas.settlements.propose import Outlook, look_ahead
from pas.settlements.rules import is_due, next_banking_day, next_due
from pas.settlements.withdraw import withdraw_settlement


async def expected(connection: Connection, shop: Shop) -> Expected:
    await until_decided(connection)
    return await expect_payout(
        connection, shop.merchant.id, actor=of_merchant(shop.merchant.id), now=NOW
    )


def said_of(outlook: Outlook, shop: Shop) -> tuple[int, int, int, int, str | None]:
    """What a proposal says of one merchant: the parts, and why it is not paid."""
    for one in outlook.payable:
        if one.owed.merchant_id == shop.merchant.id:
            owed = one.owed
            return (*parts(owed.redeemed_cents, owed.reversed_cents, owed.returned_cents), None)
    for one in outlook.left:
        if one.owed.merchant_id == shop.merchant.id:
            owed = one.owed
            return (
                *parts(owed.redeemed_cents, owed.reversed_cents, owed.returned_cents),
                one.reason,
            )
    return (0, 0, 0, 0, None)


def parts(redeemed: int, reversed_: int, returned: int) -> tuple[int, int, int, int]:
    return redeemed, reversed_, returned, redeemed - reversed_ + returned


async def assert_the_same(connection: Connection, *shops: Shop) -> None:
    for shop in shops:
        told = await expected(connection, shop)
        outlook = await look_ahead(connection, now=NOW)
        assert said_of(outlook, shop) == (
            told.redeemed_cents,
            told.reversed_cents,
            told.returned_cents,
            told.amount_cents,
            told.reason,
        )


async def test_after_every_step_the_page_says_what_the_next_proposal_would(
    connection: Connection,
) -> None:
    pool, club = await a_shop(connection), await a_shop(connection, name="Club")
    nameless = await a_shop(connection, name="Zonder", account=False)
    await assert_the_same(connection, pool, club, nameless)
    sale = await sell(connection, pool, 1_240)
    await sell(connection, club, 99)
    await sell(connection, nameless, 500)
    await assert_the_same(connection, pool, club, nameless)
    await give_back(connection, pool, sale, 240)
    await assert_the_same(connection, pool, club, nameless)
    run = await an_exported_run(connection)
    await assert_the_same(connection, pool, club, nameless)
    await mark_returned(
        connection,
        run,
        1,
        returned_on=TODAY,
        reason="AC04",
        actor=FINANCE,
        now=NOW,
    )
    await sell(connection, pool, 300)
    await assert_the_same(connection, pool, club, nameless)
    await give_back(connection, pool, sale)
    await give_back(connection, club, await sell(connection, club, 50))
    await assert_the_same(connection, pool, club, nameless)


async def test_a_proposal_that_waits_or_was_withdrawn_is_not_counted_twice(
    connection: Connection,
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 1_000)
    run = await a_proposal(connection)
    waits = await expected(connection, shop)
    await assert_the_same(connection, shop)
    await withdraw_settlement(connection, run, reason="Fout.", actor=FINANCE, now=NOW)
    again = await expected(connection, shop)
    await assert_the_same(connection, shop)
    assert (waits.amount_cents, waits.proposed_cents) == (0, 1_000)
    assert (again.amount_cents, again.proposed_cents) == (1_000, 0)


async def test_more_given_back_than_sold_is_carried_and_said(connection: Connection) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Ander")
    sale = await sell(connection, shop, 1_000)
    await an_approved_run(connection)
    await give_back(connection, shop, sale)
    told = await expected(connection, shop)
    assert (told.amount_cents, told.reason, told.reversed_cents) == (-1_000, "negative", 1_000)
    await sell(connection, other, 500)
    await a_proposal(connection, by=SECOND)
    after = await expected(connection, shop)
    assert after.left is not None
    assert (after.left.amount_cents, after.left.reason) == (-1_000, "negative")


async def test_it_says_which_account_is_paid_now_later_and_perhaps(
    connection: Connection,
) -> None:
    shop = await a_shop(connection)
    details = PayoutDetails(iban=OTHER_IBAN, holder="Stichting Zwemmen")
    account = await propose_account(connection, shop.merchant.id, details, actor=REGISTRAR, now=NOW)
    waits = await expected(connection, shop)
    await approve_account(connection, shop.merchant.id, account, actor=APPROVER, now=NOW)
    cools = await expected(connection, shop)
    later = await expect_payout(
        connection,
        shop.merchant.id,
        actor=of_merchant(shop.merchant.id),
        now=NOW + timedelta(days=8),
    )
    assert waits.waiting is not None
    assert waits.account is not None
    assert waits.account.id != account
    assert cools.cooling is not None
    assert (cools.cooling.id, cools.waiting) == (account, None)
    assert later.account is not None
    assert (later.account.id, later.cooling) == (account, None)


async def test_it_says_on_which_day_there_is_a_proposal(connection: Connection) -> None:
    shop = await a_shop(connection)
    by_hand = await expected(connection, shop)
    await a_setting(connection, "payout_rhythm", "monthly")
    await a_setting(connection, "payout_day", 15)
    monthly = await expected(connection, shop)
    assert (by_hand.proposed_on, by_hand.paid_from) == (None, None)
    assert monthly.proposed_on is not None
    assert monthly.proposed_on.day == 15
    assert monthly.paid_from == next_banking_day(monthly.proposed_on)


async def test_nobody_of_another_merchant_may_know(connection: Connection) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Ander")
    actor = of_merchant(other.merchant.id)
    with pytest.raises(OtherMerchant):
        await expect_payout(connection, shop.merchant.id, actor=actor, now=NOW)
    officer = an_actor(Role.FINANCE)
    await expect_payout(connection, shop.merchant.id, actor=officer, now=NOW)


@pytest.mark.parametrize("rhythm", ["weekly", "monthly"])
@pytest.mark.parametrize("last", [None, date(2026, 1, 31), date(2026, 2, 12)])
@pytest.mark.parametrize("payout_day", [1, 5, 7])
def test_the_next_day_is_the_first_on_which_one_is_due(
    rhythm: str, last: date | None, payout_day: int
) -> None:
    start = date(2026, 2, 12)
    for n in range(40):
        today = start + timedelta(days=n)
        found = next_due(rhythm, payout_day, today=today, last=last)  # pyright: ignore[reportArgumentType]
        assert found is not None
        before = [today + timedelta(days=k) for k in range((found - today).days)]
        due = [is_due(rhythm, payout_day, today=day, last=last) for day in (*before, found)]  # pyright: ignore[reportArgumentType]
        assert due == [*([False] * len(before)), True]


def test_by_hand_no_day_is_known() -> None:
    assert next_due("none", 1, today=date(2026, 1, 1), last=None) is None
