"""What a proposal pays and what it leaves, and why."""

import pytest

from given.days import NOW
from given.logins import OFFICER
from given.merchants import APPROVER, REGISTRAR
from given.settlements import (
    FINANCE,
    a_proposal,
    a_setting,
    a_shop,
    give_back,
    sell,
)
from pas.auth.actor import SYSTEM
from pas.auth.events import read_events
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import approve_account, propose_account, record_payee_check
from pas.settlements.propose import NothingToPay, SettlementWaits, propose_settlement
from pas.settlements.show import list_runs, read_unpaid
from pas.settlements.stored import BooksDoNotClose, read_lines


async def test_each_merchant_is_paid_what_was_redeemed_less_what_went_back(
    connection: Connection,
) -> None:
    pool, club = await a_shop(connection), await a_shop(connection, name="Club")
    await sell(connection, pool, 1_240)
    refunded = await sell(connection, pool, 500)
    await give_back(connection, pool, refunded, 200)
    await sell(connection, club, 300)
    run = await a_proposal(connection)
    lines = await read_lines(connection, run)
    assert [(one.merchant, one.amount_cents) for one in lines] == [
        ("Club", 300),
        ("Zwembad De Heerenduinen", 1_540),
    ]
    assert (lines[1].redeemed_cents, lines[1].reversed_cents) == (1_740, 200)


async def test_what_is_not_paid_is_listed_with_the_reason(connection: Connection) -> None:
    nameless = await a_shop(connection, name="A", account=False)
    small, payable = await a_shop(connection, name="B"), await a_shop(connection, name="C")
    await sell(connection, nameless, 500)
    await sell(connection, small, 99)
    await sell(connection, payable, 500)
    await a_proposal(connection)
    run = (await list_runs(connection))[0]
    unpaid = await read_unpaid(connection, run.id)
    assert [(one.merchant, one.amount_cents, one.reason) for one in unpaid] == [
        ("A", 500, "no_account"),
        ("B", 99, "below_minimum"),
    ]
    assert (run.lines, run.amount_cents, run.unpaid) == (1, 500, 2)


async def test_an_account_of_another_name_is_not_paid(connection: Connection) -> None:
    shop, other = await a_shop(connection, account=False), await a_shop(connection, name="Ander")
    details = PayoutDetails(iban="NL91ABNA0417164300", holder="Iemand anders")
    merchant, long_ago = shop.merchant.id, NOW.replace(year=NOW.year - 1)
    account = await propose_account(connection, merchant, details, actor=REGISTRAR, now=long_ago)
    await record_payee_check(connection, merchant, account, outcome="no_match", actor=APPROVER)
    await approve_account(connection, merchant, account, actor=APPROVER, now=long_ago)
    await sell(connection, shop, 500)
    await sell(connection, other, 500)
    run = await a_proposal(connection)
    assert [one.reason for one in await read_unpaid(connection, run)] == ["other_name"]


async def test_an_account_in_its_cooling_period_is_not_paid_yet(connection: Connection) -> None:
    shop, other = await a_shop(connection, account=False), await a_shop(connection, name="Ander")
    details = PayoutDetails(iban="NL91ABNA0417164300", holder="Zwembad")
    account = await propose_account(connection, shop.merchant.id, details, actor=REGISTRAR, now=NOW)
    await approve_account(connection, shop.merchant.id, account, actor=APPROVER, now=NOW)
    await sell(connection, shop, 500)
    await sell(connection, other, 500)
    run = await a_proposal(connection)
    assert [one.reason for one in await read_unpaid(connection, run)] == ["no_account"]


async def test_a_suspended_merchant_is_still_paid_what_it_is_owed(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await connection.execute("UPDATE merchant SET state = 'suspended'")
    run = await a_proposal(connection)
    assert [one.amount_cents for one in await read_lines(connection, run)] == [500]


async def test_what_was_carried_over_is_paid_when_it_is_enough(connection: Connection) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Ander")
    await a_setting(connection, "payout_minimum_cents", 1_000)
    await sell(connection, shop, 600)
    await sell(connection, other, 1_000)
    first = await a_proposal(connection)
    assert [one.merchant for one in await read_lines(connection, first)] == ["Ander"]
    await connection.fetchval(
        "SELECT withdraw_settlement($1, $2, now(), 'x', '{}', '{}')", first, OFFICER
    )
    await sell(connection, shop, 400)
    second = await a_proposal(connection)
    assert [one.amount_cents for one in await read_lines(connection, second)] == [1_000, 1_000]


async def test_a_second_proposal_is_refused_while_one_waits(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await a_proposal(connection)
    with pytest.raises(SettlementWaits):
        await a_proposal(connection)


async def test_nothing_is_proposed_when_nothing_can_be_paid(connection: Connection) -> None:
    await sell(connection, await a_shop(connection, account=False), 500)
    with pytest.raises(NothingToPay):
        await a_proposal(connection)
    assert await list_runs(connection) == []


@pytest.mark.tampered
async def test_books_that_do_not_close_stop_a_proposal(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await connection.execute(
        "INSERT INTO proof (id, proved_at, closes, content) VALUES ($1, now(), false, '{}')",
        OFFICER,
    )
    with pytest.raises(BooksDoNotClose):
        await a_proposal(connection)


async def test_a_proposal_is_an_event_and_a_program_may_make_it(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await until_decided(connection)
    run = await propose_settlement(connection, actor=SYSTEM, now=NOW)
    [event] = await read_events(connection, subject_kind="settlement", subject_id=run.id)
    assert (event.kind, event.actor_kind) == ("settlement.proposed", "system")
    assert FINANCE.id != event.actor_id
