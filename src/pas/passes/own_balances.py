"""What stood on the budgets of somebody's passes, proved: a holder keeps it, and can show it to anybody."""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.ids import AccountId, PassId, ResidentId
from pas.passes.show import holder_of_pass
from pas.seals.prove_balances import BalanceProof, prove_balances


class AccountRow(msgspec.Struct, frozen=True):
    account_id: AccountId


READ_ACCOUNTS: Final = Statement(
    """
    SELECT a.account_id FROM pass p JOIN budget b ON b.pass_id = p.id
    CROSS JOIN LATERAL (VALUES (b.account_id), (b.visits_account_id)) a (account_id)
    WHERE p.resident_id = $1 AND a.account_id IS NOT NULL AND (p.id = $2 OR $2::uuid IS NULL)
    """,
    AccountRow,
)


async def prove_own_balances(
    connection: Connection, resident: ResidentId, pass_id: PassId | None = None
) -> list[BalanceProof]:
    """Of one pass, or of all; nothing before the first night."""
    rows = await READ_ACCOUNTS.all(connection, resident, pass_id)
    return await prove_balances(connection, [row.account_id for row in rows])


async def prove_balances_of_pass(
    connection: Connection, pass_id: PassId, *, actor: Actor, now: datetime
) -> list[BalanceProof]:
    """For the holder, and for who manages the pass; to others it is not there."""
    resident = await holder_of_pass(connection, pass_id, actor=actor, now=now)
    return await prove_own_balances(connection, resident, pass_id)
