"""The municipality approves a merchant, suspends it, lets it go on, or ends it.

A state is set, not toggled, so a request that is sent twice does no harm. Approval opens the
account in the ledger on which is kept what the municipality owes. An ended merchant stays owed
what it earned; its tills are revoked, because nobody looks after them any more.
"""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import AccountId, MerchantId, TillId
from pas.ledger.accounts import new_account_id
from pas.merchants.model import Merchant, MerchantState
from pas.merchants.rules import changes_state
from pas.merchants.stored import lock_merchant


class OpenedAccount(msgspec.Struct, frozen=True):
    account_id: AccountId


class RevokedTill(msgspec.Struct, frozen=True):
    id: TillId
    state: str


OPEN_ACCOUNT: Final = Statement("SELECT open_merchant_account($1, $2) AS account_id", OpenedAccount)
SET_STATE: Final = Statement("UPDATE merchant SET state = $2, state_since = $3 WHERE id = $1", None)
REVOKE_TILLS: Final = Statement(
    """
    WITH before AS (
        SELECT id, state FROM till WHERE merchant_id = $1 AND state <> 'revoked' FOR NO KEY UPDATE
    )
    UPDATE till t SET state = 'revoked', state_since = $2, paused_by = NULL
    FROM before b WHERE b.id = t.id
    RETURNING t.id, b.state
    """,
    RevokedTill,
)


async def approve_merchant(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor, now: datetime
) -> Merchant:
    """Let it take passes, for the first time or after a suspension."""
    return await set_state(connection, merchant_id, "approved", actor=actor, now=now)


async def suspend_merchant(
    connection: Connection, merchant_id: MerchantId, *, reason: str, actor: Actor, now: datetime
) -> Merchant:
    """Let it take no passes for now; what it is owed stays owed."""
    return await set_state(
        connection, merchant_id, "suspended", reason=reason, actor=actor, now=now
    )


async def end_merchant(
    connection: Connection, merchant_id: MerchantId, *, reason: str, actor: Actor, now: datetime
) -> Merchant:
    """Let it go, for good."""
    return await set_state(connection, merchant_id, "ended", reason=reason, actor=actor, now=now)


async def set_state(
    connection: Connection,
    merchant_id: MerchantId,
    wanted: MerchantState,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> Merchant:
    async with connection.transaction():
        stored = await lock_merchant(connection, merchant_id, actor=actor)
        if not changes_state(stored.state, wanted):
            return stored
        # Also one that ends unapproved gets its account: only a request is without.
        await OPEN_ACCOUNT.one(connection, merchant_id, new_account_id())
        await SET_STATE.run(connection, merchant_id, wanted, now)
        await record_event(
            connection,
            kind=f"merchant.{wanted}",
            subject_kind="merchant",
            subject_id=merchant_id,
            actor=actor,
            before={"state": stored.state},
            after={"state": wanted},
            reason=reason,
        )
        if wanted == "ended":
            await _revoke_tills(connection, merchant_id, actor=actor, now=now)
    return msgspec.structs.replace(stored, state=wanted, state_since=now)


async def _revoke_tills(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor, now: datetime
) -> None:
    for till in await REVOKE_TILLS.all(connection, merchant_id, now):
        await record_event(
            connection,
            kind="till.revoked",
            subject_kind="till",
            subject_id=till.id,
            actor=actor,
            before={"state": till.state},
            after={"state": "revoked"},
            reason="De aanbieder doet niet meer mee.",
        )
