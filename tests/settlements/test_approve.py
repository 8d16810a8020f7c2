"""A second person lets the money go, and everything is looked at again."""

import asyncpg
import msgspec
import pytest

from given.days import NOW
from given.logins import OFFICER
from given.merchants import OTHER_IBAN
from given.settlements import (
    FINANCE,
    MONTH,
    SECOND,
    a_payer,
    a_proposal,
    a_setting,
    a_shop,
    an_account,
    an_approved_run,
    owed,
    sell,
)
from pas.auth.actor import SYSTEM, PermissionMissing
from pas.db import Connection
from pas.ledger.accounts import new_account_id
from pas.settlements.approve import DIFFERS, PayerNotSet, SettlementDiffers, approve_settlement
from pas.settlements.booking import entries_of, prints_of
from pas.settlements.rules import OwnSettlement, PayoutAccountChanged, SettlementInOtherState
from pas.settlements.stored import BooksDoNotClose, read_lines


async def test_approval_moves_what_is_owed_to_the_run(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 1_240)
    run = await an_approved_run(connection)
    assert await owed(connection, shop) == 0
    [settled] = await connection.fetch(
        "SELECT e.actor_id, t.amount, a.kind, a.subject_id FROM entry e JOIN transfer t ON t.entry_id = e.id"
        " JOIN account a ON a.id = t.credit WHERE e.kind = 'settle'"
    )
    assert tuple(settled) == (SECOND.id, 1_240, "run", run)
    assert [one.state for one in await read_lines(connection, run)] == ["approved"]


async def test_who_proposed_does_not_approve(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await a_payer(connection)
    run = await a_proposal(connection)
    with pytest.raises(OwnSettlement):
        await approve_settlement(connection, run, actor=FINANCE, now=NOW)


async def test_the_database_too_refuses_who_proposed(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await a_proposal(connection)
    own = msgspec.structs.replace(SECOND, id=FINANCE.id)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(
            "SELECT approve_settlement($1, $2, now(), $3, 'Velsen', $4, 1, $5, $6)",
            *(run, own.id, NOW.date(), OTHER_IBAN, [OFFICER], [bytes(32)]),
        )


async def test_a_program_never_approves(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await a_proposal(connection)
    with pytest.raises(PermissionMissing):
        await approve_settlement(connection, run, actor=SYSTEM, now=NOW)


async def test_again_by_the_same_person_pays_nothing_twice(connection: Connection) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await an_approved_run(connection)
    again = await approve_settlement(connection, run, actor=SECOND, now=NOW)
    assert again.state == "approved"
    third = msgspec.structs.replace(SECOND, id=OFFICER)
    with pytest.raises(SettlementInOtherState):
        await approve_settlement(connection, run, actor=third, now=NOW)
    assert await connection.fetchval("SELECT count(*) FROM entry WHERE kind = 'settle'") == 1


async def test_an_account_that_changed_since_the_proposal_is_not_paid(
    connection: Connection,
) -> None:
    await a_setting(connection, "payout_cooling_days", 0)
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await a_payer(connection)
    run = await a_proposal(connection)
    await an_account(connection, shop.merchant, iban=OTHER_IBAN, at=NOW - MONTH / 2)
    with pytest.raises(PayoutAccountChanged, match="Zwembad De Heerenduinen"):
        await approve_settlement(connection, run, actor=SECOND, now=NOW)
    assert await owed(connection, shop) == 500


async def test_the_database_too_pays_no_account_that_is_no_longer_in_use(
    connection: Connection,
) -> None:
    await a_setting(connection, "payout_cooling_days", 0)
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    run = await a_proposal(connection)
    await an_account(connection, shop.merchant, iban=OTHER_IBAN, at=NOW - MONTH / 2)
    lines = await read_lines(connection, run)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "SELECT approve_settlement($1, $2, $3, $4, 'Velsen', $5, $6, $7, $8)",
            *(run, SECOND.id, NOW, NOW.date(), OTHER_IBAN, new_account_id()),
            *(entries_of(run, "settle", lines), prints_of(run, "settle", lines)),
        )
    assert refused.value.sqlstate == DIFFERS


async def test_without_an_account_of_the_municipality_nothing_is_approved(
    connection: Connection,
) -> None:
    await sell(connection, await a_shop(connection), 500)
    run = await a_proposal(connection)
    with pytest.raises(PayerNotSet):
        await approve_settlement(connection, run, actor=SECOND, now=NOW)


@pytest.mark.tampered
async def test_books_that_do_not_close_stop_an_approval(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    await a_payer(connection)
    run = await a_proposal(connection)
    await connection.execute(
        "INSERT INTO proof (id, proved_at, closes, content) VALUES ($1, now(), false, '{}')",
        OFFICER,
    )
    with pytest.raises(BooksDoNotClose):
        await approve_settlement(connection, run, actor=SECOND, now=NOW)


async def test_an_amount_that_the_books_do_not_bear_out_is_refused_by_the_database(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    await a_payer(connection)
    run = await a_proposal(connection)
    await forge(superuser)
    with pytest.raises(SettlementDiffers):
        await approve_settlement(connection, run, actor=SECOND, now=NOW)
    assert await owed(connection, shop) == 500
    await forge(superuser, cents=500)


async def forge(superuser: Connection, cents: int = 50_000) -> None:
    """Write another amount in a proposal, past every wall."""
    async with superuser.transaction():
        await superuser.execute("SET LOCAL ROLE ledger_velsen")
        await superuser.execute(
            "UPDATE settlement_line SET redeemed_cents = $1, amount_cents = $1", cents
        )
