"""Where a merchant's money goes: two people, a cooling period, and a history that stays."""

from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from given.logins import NOON
from given.merchants import (
    APPROVER,
    IBAN,
    OTHER_IBAN,
    REGISTRAR,
    a_registered_merchant,
    of_merchant,
)
from pas.auth.actor import OtherMerchant
from pas.auth.events import read_events
from pas.db import Connection
from pas.ids import MerchantId, PayoutAccountId
from pas.merchants.model import PayoutAccount, PayoutDetails
from pas.merchants.payout_accounts import (
    READ_ACCOUNTS,
    NotYourProposal,
    PayoutAccountInUse,
    PayoutAccountNotFound,
    PayoutAccountWaits,
    approve_account,
    propose_account,
    read_accounts,
    record_payee_check,
    reject_account,
    withdraw_account,
)
from pas.merchants.rules import OwnProposal, PayoutAccountJudged, account_in_use
from pas.merchants.show import show_merchant

ACCOUNT = PayoutDetails(iban="nl91 abna 0417 1643 00", holder="Stichting Zwemmen")
OTHER = PayoutDetails(iban=OTHER_IBAN, holder="Stichting Zwemmen")
WEEK = timedelta(days=7)


async def a_proposal(connection: Connection, merchant: MerchantId) -> PayoutAccountId:
    return await propose_account(connection, merchant, ACCOUNT, actor=REGISTRAR, now=NOON)


async def in_use(
    connection: Connection, merchant: MerchantId, at: datetime
) -> PayoutAccount | None:
    return account_in_use(await READ_ACCOUNTS.all(connection, merchant), at)


async def an_approved_account(connection: Connection, merchant: MerchantId) -> PayoutAccountId:
    account = await a_proposal(connection, merchant)
    await approve_account(connection, merchant, account, actor=APPROVER, now=NOON)
    return account


async def test_an_account_can_be_paid_a_week_after_a_second_person_approved_it(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    await an_approved_account(connection, merchant)
    before, after = NOON + WEEK - timedelta(seconds=1), NOON + WEEK
    assert await in_use(connection, merchant, before) is None
    found = await in_use(connection, merchant, after)
    assert found is not None
    assert found.iban == IBAN


async def test_the_municipality_chooses_the_cooling_period(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    await connection.execute(
        "INSERT INTO setting (id, key, value, recorded_by) VALUES ($1, 'payout_cooling_days', '2', $1)",
        uuid4(),
    )
    await an_approved_account(connection, merchant)
    found = await in_use(connection, merchant, NOON + timedelta(days=2))
    assert found is not None


async def test_who_proposes_does_not_approve(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    account = await a_proposal(connection, merchant)
    with pytest.raises(OwnProposal):
        await approve_account(connection, merchant, account, actor=REGISTRAR, now=NOON)


async def test_the_database_too_refuses_who_proposed(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    account = await a_proposal(connection, merchant)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(
            "UPDATE payout_account SET approved_at = $2, approved_by = proposed_by, usable_from = $2 "
            "WHERE id = $1",
            *(account, NOON),
        )


async def test_a_judged_account_never_changes_not_even_in_the_database(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    account = await an_approved_account(connection, merchant)
    with pytest.raises(PayoutAccountJudged):
        await reject_account(
            connection, merchant, account, reason="toch niet", actor=APPROVER, now=NOON
        )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "UPDATE payout_account SET usable_from = approved_at WHERE id = $1", account
        )
    assert refused.value.sqlstate == "PA221"


async def test_nobody_edits_or_removes_an_account_number(
    connection: Connection, owner: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    await a_proposal(connection, merchant)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("UPDATE payout_account SET iban = $1", OTHER_IBAN)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await owner.execute("DELETE FROM payout_account")
    assert refused.value.sqlstate == "PA100"


async def test_approving_again_changes_nothing(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    account = await an_approved_account(connection, merchant)
    later = await approve_account(
        connection, merchant, account, actor=APPROVER, now=NOON + timedelta(days=3)
    )
    assert later.approved_at == NOON


async def test_one_proposal_waits_at_a_time(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    account = await a_proposal(connection, merchant)
    assert await a_proposal(connection, merchant) == account
    with pytest.raises(PayoutAccountWaits):
        await propose_account(connection, merchant, OTHER, actor=REGISTRAR, now=NOON)


async def test_the_database_too_lets_one_proposal_wait(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    await a_proposal(connection, merchant)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            "INSERT INTO payout_account (id, merchant_id, iban, holder, proposed_at, proposed_by) "
            "VALUES ($1, $2, $3, 'x', $4, $1)",
            *(uuid4(), merchant, OTHER_IBAN, NOON),
        )


async def test_the_account_in_use_need_not_be_proposed_again(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    await an_approved_account(connection, merchant)
    with pytest.raises(PayoutAccountInUse):
        await a_proposal(connection, merchant)


async def test_the_old_account_is_paid_until_the_new_one_has_cooled(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    old = await an_approved_account(connection, merchant)
    later = NOON + timedelta(days=30)
    new = await propose_account(connection, merchant, OTHER, actor=REGISTRAR, now=later)
    await approve_account(connection, merchant, new, actor=APPROVER, now=later)
    paid = [await in_use(connection, merchant, at) for at in (later, later + WEEK)]
    assert [account and account.id for account in paid] == [old, new]
    history = await read_accounts(connection, merchant, actor=REGISTRAR)
    assert [account.id for account in history] == [new, old]


async def test_a_rejected_account_makes_room_and_is_kept_with_its_reason(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    account = await a_proposal(connection, merchant)
    await reject_account(
        connection, merchant, account, reason="naam klopt niet", actor=APPROVER, now=NOON
    )
    await propose_account(connection, merchant, OTHER, actor=REGISTRAR, now=NOON)
    versions = await read_accounts(connection, merchant, actor=REGISTRAR)
    assert {one.rejected_because for one in versions} == {"naam klopt niet", None}


async def test_a_typing_mistake_is_withdrawn_by_who_made_it(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    account = await a_proposal(connection, merchant)
    with pytest.raises(NotYourProposal):
        await withdraw_account(connection, merchant, account, actor=APPROVER, now=NOON)
    await withdraw_account(connection, merchant, account, actor=REGISTRAR, now=NOON)
    await propose_account(connection, merchant, OTHER, actor=REGISTRAR, now=NOON)


async def test_what_the_bank_said_of_the_name_is_kept(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    account = await a_proposal(connection, merchant)
    await record_payee_check(connection, merchant, account, outcome="match", actor=APPROVER)
    await approve_account(connection, merchant, account, actor=APPROVER, now=NOON)
    with pytest.raises(PayoutAccountJudged):
        await record_payee_check(connection, merchant, account, outcome="no_match", actor=APPROVER)


async def test_every_step_is_an_event_of_the_account(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    account = await an_approved_account(connection, merchant)
    events = await read_events(connection, subject_kind="payout_account", subject_id=account)
    assert [(event.kind, event.actor_id) for event in events] == [
        ("payout_account.approved", APPROVER.id),
        ("payout_account.proposed", REGISTRAR.id),
    ]


async def test_the_number_is_masked_where_it_need_not_be_read(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    await a_proposal(connection, merchant)
    shown = await show_merchant(connection, merchant, actor=REGISTRAR, now=NOON)
    assert shown.account_in_use is None
    assert shown.account_waiting is not None
    assert shown.account_waiting.iban == "NL91 •••• 4300"


async def test_a_merchant_proposes_for_itself_and_for_nobody_else(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    await propose_account(connection, merchant, ACCOUNT, actor=of_merchant(merchant), now=NOON)
    with pytest.raises(OtherMerchant):
        await propose_account(
            connection, merchant, OTHER, actor=of_merchant(MerchantId(uuid4())), now=NOON
        )


async def test_an_unknown_account_is_told(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    with pytest.raises(PayoutAccountNotFound):
        await approve_account(
            connection, merchant, PayoutAccountId(uuid4()), actor=APPROVER, now=NOON
        )
