"""What one merchant may expect: how much, when, on which account, and what is left and why.

The same cut-off, the same rules and the same amounts as a proposal would have at this moment.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import MerchantId
from pas.ledger.position import READ_HORIZON
from pas.merchants.model import PayoutAccount
from pas.merchants.payout_accounts import READ_ACCOUNTS
from pas.merchants.rules import account_in_use, cooling_account, waiting_account
from pas.merchants.stored import read_merchant
from pas.money import NO_CENTS, Cents
from pas.settlements.model import Owed, UnpaidReason
from pas.settlements.rules import Rhythm, decide, next_banking_day, next_due
from pas.settlements.schedule_job import READ_NEWEST
from pas.settlements.show import read_coming
from pas.settlements.stored import READ_LAST_PROOF


class Carried(msgspec.Struct, frozen=True):
    """What the last run left of this merchant, and why."""

    run_number: int
    amount_cents: Cents
    reason: UnpaidReason


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the next proposal would say of one merchant; ``reason`` is why nothing is paid."""

    redeemed_cents: Cents
    reversed_cents: Cents
    returned_cents: Cents
    amount_cents: Cents
    reason: UnpaidReason | None
    minimum_cents: Cents
    account: PayoutAccount | None
    """In use now; where the money goes."""
    cooling: PayoutAccount | None
    """Approved, and paid to from a later day on."""
    waiting: PayoutAccount | None
    """Nobody has judged it yet."""
    proposed_cents: Cents
    """In a proposal that waits for a second person: not in the amounts above."""
    rhythm: Rhythm
    proposed_on: date | None
    paid_from: date | None
    left: Carried | None
    books_close: bool


READ_OWED_TO: Final = Statement(
    """
    SELECT account_id, merchant_id, from_epoch, from_xid, redeemed_cents, reversed_cents, returned_cents
    FROM owed_to($1, $2, $3)
    """,
    Owed,
)
READ_CARRIED: Final = Statement(
    """
    SELECT r.number AS run_number, u.amount_cents, u.reason
    FROM settlement_unpaid u JOIN settlement_run r ON r.id = u.run_id
    WHERE u.merchant_id = $1 AND r.state <> 'withdrawn'
        AND r.number > coalesce((SELECT max(q.number) FROM settlement_line l JOIN settlement_run q ON q.id = l.run_id
            WHERE l.merchant_id = $1 AND l.state <> 'withdrawn'), 0)
    ORDER BY r.number DESC LIMIT 1
    """,
    Carried,
)


async def expect_payout(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor, now: datetime
) -> Expected:
    """Look ahead for one merchant; a merchant's own people see their own."""
    await read_merchant(connection, merchant_id, actor=actor)
    settings = await read_municipality_settings(connection)
    cutoff = await READ_HORIZON.one(connection)
    owed = await READ_OWED_TO.all(connection, merchant_id, cutoff.epoch, cutoff.xid)
    versions = await READ_ACCOUNTS.all(connection, merchant_id)
    account = account_in_use(versions, now)
    accounts = {} if account is None else {merchant_id: account}
    _, left = decide(owed, accounts, minimum_cents=settings.payout_minimum_cents)
    newest = (await READ_NEWEST.one(connection)).proposed_at
    due = next_due(
        settings.payout_rhythm,
        settings.payout_day,
        today=day_of(now),
        last=None if newest is None else day_of(newest),
    )
    proof = await READ_LAST_PROOF.first(connection)
    return Expected(
        redeemed_cents=total([one.redeemed_cents for one in owed]),
        reversed_cents=total([one.reversed_cents for one in owed]),
        returned_cents=total([one.returned_cents for one in owed]),
        amount_cents=total([one.amount_cents for one in owed]),
        reason=left[0].reason if left else None,
        minimum_cents=settings.payout_minimum_cents,
        account=account,
        cooling=cooling_account(versions, now),
        waiting=waiting_account(versions),
        proposed_cents=(await read_coming(connection, merchant_id, actor=actor)).proposed_cents,
        rhythm=settings.payout_rhythm,
        proposed_on=due,
        paid_from=None if due is None else next_banking_day(due),
        left=await READ_CARRIED.first(connection, merchant_id),
        books_close=proof is None or proof.closes,
    )


def total(cents: list[Cents]) -> Cents:
    return Cents(sum(cents, NO_CENTS))
