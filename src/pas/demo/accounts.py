"""Has a second person approve the merchants' bank accounts, but for those a visitor can judge."""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.demo_login import persona_of
from pas.auth.roles import Role, permissions_of
from pas.db import Connection, Statement
from pas.demo.merchants import LEFT_WAITING
from pas.ids import MerchantId, PayoutAccountId
from pas.merchants.payout_accounts import approve_account

ALSO_WAITING: Final = ("Boksclub De Ketelbink", "Laptophuis Kennemer", "Rederij Rondje Sluizen")
"""Approved merchants whose account nobody has looked at yet: they are not paid out to."""


class WaitingAccount(msgspec.Struct, frozen=True):
    id: PayoutAccountId
    merchant_id: MerchantId


READ_WAITING: Final = Statement(
    """
    SELECT a.id, a.merchant_id FROM payout_account a JOIN merchant m ON m.id = a.merchant_id
    WHERE a.approved_at IS NULL AND a.rejected_at IS NULL AND m.name <> ALL ($1::text[])
    ORDER BY m.name, a.id
    """,
    WaitingAccount,
)


async def approve_accounts(connection: Connection, *, now: datetime) -> None:
    approver = Role.APPROVER
    persona = await persona_of(connection, approver)
    actor = Actor(kind="login", id=persona, permissions=permissions_of([approver]))
    for one in await READ_WAITING.all(connection, [*LEFT_WAITING, *ALSO_WAITING]):
        await approve_account(connection, one.merchant_id, one.id, actor=actor, now=now)
