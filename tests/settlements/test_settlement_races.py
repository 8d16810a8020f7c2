"""At the same moment: two proposals, approval and withdrawal, a sale that is being booked, another account."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import msgspec
import pytest

from given.days import NOW
from given.logins import OFFICER
from given.merchants import APPROVER, OTHER_IBAN, REGISTRAR
from given.settlements import (
    FINANCE,
    MONTH,
    SECOND,
    VELSEN,
    a_payer,
    a_proposal,
    a_setting,
    a_shop,
    an_account,
    an_approved_run,
    owed,
    sell,
)
from mutate import without_ddl_guard
from pas.db import Connection, Database
from pas.demo.settling import until_decided
from pas.ids import SettlementId
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import approve_account, propose_account
from pas.settlements.approve import approve_settlement
from pas.settlements.export import export_settlement
from pas.settlements.model import SettlementRun
from pas.settlements.propose import SettlementWaits, propose_settlement
from pas.settlements.rules import PayoutAccountChanged, SettlementInOtherState
from pas.settlements.stored import read_lines
from pas.settlements.withdraw import withdraw_settlement

Answer = TypeVar("Answer")
PROPOSAL = (
    "INSERT INTO settlement_run (id, number, cutoff_epoch, cutoff_xid, minimum_cents, proposed_at,"
    " proposed_by_kind, proposed_by) VALUES (gen_random_uuid(), $1, 1, 1, 0, now(), 'login', $2)"
)

FIRST_LINE = (
    "INSERT INTO settlement_line (run_id, number, merchant_id, account_id, payout_account_id, from_epoch,"
    " from_xid, to_epoch, to_xid, redeemed_cents, reversed_cents, returned_cents, amount_cents)"
    " SELECT id, 1, $1::uuid, $2::bigint, $3::uuid, 0, 0, 1, 1, 500, 0, 0, 500 FROM settlement_run"
)
TWIN = (
    "INSERT INTO settlement_line (run_id, number, merchant_id, account_id, payout_account_id, from_epoch,"
    " from_xid, to_epoch, to_xid, redeemed_cents, reversed_cents, returned_cents, amount_cents)"
    " SELECT run_id, number + 1, merchant_id, account_id, payout_account_id, from_epoch, from_xid, to_epoch,"
    " to_xid, redeemed_cents, reversed_cents, returned_cents, amount_cents FROM settlement_line"
)


async def on_one(
    crowd: Database, work: Callable[[Connection], Awaitable[Answer]]
) -> Answer | Exception:
    """Do it on a connection of its own; a refusal is an answer."""
    async with crowd.connection(VELSEN) as connection:
        try:
            return await work(connection)
        except Exception as error:  # noqa: BLE001 (whatever it is, the test looks at it)
            return error


async def blocked(connection: Connection) -> None:
    """Wait until somebody waits for a lock."""
    for _ in range(500):
        if await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_of_ten_proposals_at_once_one_is_made(
    connection: Connection, crowd: Database
) -> None:
    await sell(connection, await a_shop(connection), 500)
    await until_decided(connection)
    answers = await asyncio.gather(
        *(
            on_one(crowd, lambda own: propose_settlement(own, actor=FINANCE, now=NOW))
            for _ in range(10)
        )
    )
    refused = [one for one in answers if isinstance(one, SettlementWaits)]
    assert len(refused) == 9
    assert await connection.fetchval("SELECT count(*) FROM settlement_line") == 1


async def test_the_database_alone_lets_one_proposal_wait(
    connection: Connection, crowd: Database
) -> None:
    async def insert(own: Connection, number: int) -> None:
        await own.execute(PROPOSAL, number, OFFICER)

    answers = await asyncio.gather(
        *(on_one(crowd, lambda own, n=n: insert(own, n)) for n in range(1, 5))
    )
    assert sum(isinstance(one, asyncpg.UniqueViolationError) for one in answers) == 3


@pytest.mark.tampered
async def test_the_database_alone_lets_a_range_be_in_one_line(
    connection: Connection, superuser: Connection
) -> None:
    """With the trigger that looks for the end of the chain gone, the index remains."""
    await sell(connection, await a_shop(connection), 500)
    await a_proposal(connection)
    await without_ddl_guard(superuser)
    await superuser.execute("ALTER TABLE settlement_line DISABLE TRIGGER refuse_line")
    with pytest.raises(asyncpg.UniqueViolationError, match="settlement_line_once"):
        await connection.execute(TWIN)


async def test_a_line_begins_where_the_last_one_ended(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await a_proposal(connection)
    with pytest.raises(asyncpg.PostgresError, match="begins where the one before it ended"):
        await connection.execute(TWIN)


async def test_the_database_alone_pays_a_merchant_on_its_own_account_once_it_has_cooled(
    connection: Connection,
) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Boksclub", account=False)
    own = await connection.fetchval("SELECT id FROM payout_account")
    foreign = await an_account(connection, other.merchant)
    warm = await an_account(connection, shop.merchant, iban=OTHER_IBAN, at=NOW)
    await connection.execute(PROPOSAL, 1, OFFICER)
    for wrong in (foreign, warm):
        with pytest.raises(asyncpg.PostgresError, match="on the account in use"):
            await connection.execute(FIRST_LINE, shop.merchant.id, shop.merchant.account, wrong)
    undone = connection.transaction()
    await undone.start()
    await connection.execute(FIRST_LINE, shop.merchant.id, shop.merchant.account, own)
    await undone.rollback()


async def approved_and_withdrawn(
    crowd: Database, run: SettlementId
) -> tuple[SettlementRun | Exception, SettlementRun | Exception]:
    return await asyncio.gather(
        on_one(crowd, lambda own: approve_settlement(own, run, actor=SECOND, now=NOW)),
        on_one(
            crowd, lambda own: withdraw_settlement(own, run, reason="x", actor=FINANCE, now=NOW)
        ),
    )


async def test_an_approval_and_a_withdrawal_at_once_end_in_one_of_two_ways(
    connection: Connection, crowd: Database
) -> None:
    shop = await a_shop(connection)
    await a_payer(connection)
    for number in range(1, 6):
        await sell(connection, shop, 500)
        approved, withdrawn = await approved_and_withdrawn(crowd, await a_proposal(connection))
        # Approved and then withdrawn, or withdrawn and then nothing more to approve.
        assert not isinstance(withdrawn, Exception)
        assert not isinstance(approved, Exception) or isinstance(approved, SettlementInOtherState)
        assert await owed(connection, shop) == 500 * number


async def test_a_withdrawal_waits_for_an_approval_under_way(
    connection: Connection, crowd: Database
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await a_payer(connection)
    run = await a_proposal(connection)
    async with crowd.connection(VELSEN) as first:
        transaction = first.transaction()
        await transaction.start()
        await approve_settlement(first, run, actor=SECOND, now=NOW)
        later = asyncio.create_task(
            on_one(
                crowd,
                lambda own: withdraw_settlement(own, run, reason="x", actor=FINANCE, now=NOW),
            )
        )
        await blocked(connection)
        await transaction.commit()
    assert not isinstance(await later, Exception)
    assert await connection.fetchval("SELECT count(*) FROM entry WHERE kind = 'bounce'") == 1
    assert await owed(connection, shop) == 500


async def test_two_people_who_approve_at_once_pay_once(
    connection: Connection, crowd: Database
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await a_payer(connection)
    run = await a_proposal(connection)
    third = msgspec.structs.replace(SECOND, id=OFFICER)
    answers = await asyncio.gather(
        *(
            on_one(crowd, lambda own, who=who: approve_settlement(own, run, actor=who, now=NOW))
            for who in (SECOND, third, SECOND, third)
        )
    )
    assert sum(isinstance(one, SettlementInOtherState) for one in answers) == 2
    assert await connection.fetchval("SELECT count(*) FROM entry WHERE kind = 'settle'") == 1


async def test_a_file_and_a_withdrawal_at_once_never_both_happen(
    connection: Connection, crowd: Database
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await an_approved_run(connection)
    answers = await asyncio.gather(
        on_one(crowd, lambda own: export_settlement(own, VELSEN, run, actor=FINANCE, now=NOW)),
        on_one(
            crowd, lambda own: withdraw_settlement(own, run, reason="x", actor=FINANCE, now=NOW)
        ),
    )
    assert sum(isinstance(one, SettlementInOtherState) for one in answers) == 1


async def test_a_sale_that_is_being_booked_is_in_the_next_run_and_not_lost(
    connection: Connection, crowd: Database
) -> None:
    shop, slow = await a_shop(connection), await a_shop(connection, name="Traag")
    await sell(connection, shop, 100)
    await until_decided(connection)
    async with crowd.connection(VELSEN) as till:
        transaction = till.transaction()
        await transaction.start()
        await sell(till, slow, 300)
        # Later, and committed before it: a cut-off by id or clock would pass the open one by.
        await sell(connection, shop, 200)
        first = (await propose_settlement(connection, actor=FINANCE, now=NOW)).id
        await transaction.commit()
    amounts = [one.amount_cents for one in await read_lines(connection, first)]
    assert amounts == [100]
    await a_payer(connection)
    await approve_settlement(connection, first, actor=SECOND, now=NOW)
    second = await a_proposal(connection)
    assert [(one.merchant, one.amount_cents) for one in await read_lines(connection, second)] == [
        ("Traag", 300),
        ("Zwembad De Heerenduinen", 200),
    ]


async def test_an_account_that_is_being_approved_is_waited_for(
    connection: Connection, crowd: Database
) -> None:
    await a_setting(connection, "payout_cooling_days", 0)
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await a_payer(connection)
    run = await a_proposal(connection)
    details, before = PayoutDetails(iban=OTHER_IBAN, holder="Zwembad"), NOW - MONTH / 2
    merchant = shop.merchant.id
    account = await propose_account(connection, merchant, details, actor=REGISTRAR, now=before)
    async with crowd.connection(VELSEN) as own:
        transaction = own.transaction()
        await transaction.start()
        await approve_account(own, merchant, account, actor=APPROVER, now=before)
        later = asyncio.create_task(
            on_one(crowd, lambda one: approve_settlement(one, run, actor=SECOND, now=NOW))
        )
        await blocked(connection)
        await transaction.commit()
    assert isinstance(await later, PayoutAccountChanged)
