"""Where a merchant's money goes, in versions: one person proposes, another one approves.

A new or changed account is how money is stolen. So an approved account can be paid to only after a
cooling period (the setting ``payout_cooling_days``), in which the old one stays in use and a
merchant that was warned can object. Nothing is rewritten: history is all versions.
"""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import Facts, record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, PayoutAccountId, uuid7
from pas.merchants.model import PayeeCheck, PayoutAccount, PayoutDetails
from pas.merchants.rules import (
    refuse_judging,
    refuse_own_proposal,
    usable_from,
    waiting_account,
)
from pas.merchants.stored import lock_merchant, read_merchant
from pas.merchants.values import faults_of_account, refuse_faults, tidy_account


class PayoutAccountNotFound(Refusal):
    """Deze rekening is er niet bij deze aanbieder."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een rekening uit de lijst van de aanbieder."


class PayoutAccountWaits(Refusal):
    """Er wacht al een rekening op goedkeuring."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat die eerst beoordelen. Of trek het voorstel in."


class PayoutAccountInUse(Refusal):
    """Deze rekening is al in gebruik."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Er hoeft niets te veranderen."


class NotYourProposal(Refusal):
    """Een ander stelde deze rekening voor."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag wie de rekening voorstelde om het voorstel in te trekken."


READ_ACCOUNTS: Final = Statement(
    """
    SELECT id, merchant_id, iban, holder, payee_check, proposed_at, proposed_by, approved_at,
        approved_by, rejected_at, rejected_by, rejected_because, usable_from
    FROM payout_account WHERE merchant_id = $1 ORDER BY proposed_at DESC, id DESC
    """,
    PayoutAccount,
)
INSERT_ACCOUNT: Final = Statement(
    """
    INSERT INTO payout_account (id, merchant_id, iban, holder, proposed_at, proposed_by)
    VALUES ($1, $2, $3, $4, $5, $6)
    """,
    None,
)
APPROVE_ACCOUNT: Final = Statement(
    """
    UPDATE payout_account SET approved_at = $2, approved_by = $3, usable_from = $4 WHERE id = $1
    """,
    None,
)
REJECT_ACCOUNT: Final = Statement(
    """
    UPDATE payout_account SET rejected_at = $2, rejected_by = $3, rejected_because = $4
    WHERE id = $1
    """,
    None,
)
RECORD_PAYEE_CHECK: Final = Statement(
    "UPDATE payout_account SET payee_check = $2 WHERE id = $1", None
)


async def propose_account(
    connection: Connection,
    merchant_id: MerchantId,
    account: PayoutDetails,
    *,
    actor: Actor,
    now: datetime,
) -> PayoutAccountId:
    """Propose a new or changed account; the same proposal again gives the one that waits."""
    told = tidy_account(account)
    refuse_faults(faults_of_account(told))
    async with connection.transaction():
        await lock_merchant(connection, merchant_id, actor=actor)
        versions = await READ_ACCOUNTS.all(connection, merchant_id)
        if (waiting := waiting_account(versions)) is not None:
            if (waiting.iban, waiting.holder) == (told.iban, told.holder):
                return waiting.id
            raise PayoutAccountWaits
        approved = [one for one in versions if one.approved_at is not None]
        if approved and (approved[0].iban, approved[0].holder) == (told.iban, told.holder):
            raise PayoutAccountInUse
        account_id = PayoutAccountId(uuid7())
        await INSERT_ACCOUNT.run(
            connection, account_id, merchant_id, told.iban, told.holder, now, actor.id
        )
        await _record(
            connection,
            account_id,
            "proposed",
            actor=actor,
            before=approved[0] if approved else None,
            after={"merchantId": str(merchant_id), "iban": told.iban, "holder": told.holder},
        )
    return account_id


async def approve_account(
    connection: Connection,
    merchant_id: MerchantId,
    account_id: PayoutAccountId,
    *,
    actor: Actor,
    now: datetime,
) -> PayoutAccount:
    """Approve as a second person; usable after the cooling period. Again: nothing changes."""
    async with connection.transaction():
        stored = await _lock(connection, merchant_id, account_id, actor=actor)
        if stored.approved_by == actor.id:
            return stored
        refuse_judging(stored)
        refuse_own_proposal(stored, actor.id)
        settings = await read_municipality_settings(connection)
        after = msgspec.structs.replace(
            stored,
            approved_at=now,
            approved_by=actor.id,
            usable_from=usable_from(now, settings.payout_cooling_days),
        )
        await APPROVE_ACCOUNT.run(
            connection, account_id, after.approved_at, after.approved_by, after.usable_from
        )
        await _record(connection, account_id, "approved", actor=actor, before=stored, after=after)
    return after


async def reject_account(
    connection: Connection,
    merchant_id: MerchantId,
    account_id: PayoutAccountId,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> PayoutAccount:
    """Turn a proposal down, with the reason; the account in use stays in use."""
    async with connection.transaction():
        stored = await _lock(connection, merchant_id, account_id, actor=actor)
        refuse_judging(stored)
        after = msgspec.structs.replace(
            stored, rejected_at=now, rejected_by=actor.id, rejected_because=reason
        )
        await REJECT_ACCOUNT.run(connection, account_id, now, actor.id, reason)
        await _record(connection, account_id, "rejected", actor=actor, before=stored, after=after)
    return after


async def withdraw_account(
    connection: Connection,
    merchant_id: MerchantId,
    account_id: PayoutAccountId,
    *,
    actor: Actor,
    now: datetime,
) -> PayoutAccount:
    """Take back one's own proposal, because of a typing mistake for example."""
    async with connection.transaction():
        stored = await _lock(connection, merchant_id, account_id, actor=actor)
        if stored.proposed_by != actor.id:
            raise NotYourProposal
        return await reject_account(
            connection,
            merchant_id,
            account_id,
            reason="Ingetrokken door wie de rekening voorstelde.",
            actor=actor,
            now=now,
        )


async def record_payee_check(
    connection: Connection,
    merchant_id: MerchantId,
    account_id: PayoutAccountId,
    *,
    outcome: PayeeCheck,
    actor: Actor,
) -> PayoutAccount:
    """Note what the bank said of number and name (Verification of Payee), before the approval."""
    async with connection.transaction():
        stored = await _lock(connection, merchant_id, account_id, actor=actor)
        if stored.payee_check == outcome:
            return stored
        refuse_judging(stored)
        after = msgspec.structs.replace(stored, payee_check=outcome)
        await RECORD_PAYEE_CHECK.run(connection, account_id, outcome)
        await _record(connection, account_id, "checked", actor=actor, before=stored, after=after)
    return after


async def read_accounts(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> list[PayoutAccount]:
    """Every version, newest first."""
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ_ACCOUNTS.all(connection, merchant_id)


async def _lock(
    connection: Connection, merchant_id: MerchantId, account_id: PayoutAccountId, *, actor: Actor
) -> PayoutAccount:
    await lock_merchant(connection, merchant_id, actor=actor)
    for version in await READ_ACCOUNTS.all(connection, merchant_id):
        if version.id == account_id:
            return version
    raise PayoutAccountNotFound


async def _record(
    connection: Connection,
    account_id: PayoutAccountId,
    happened: str,
    *,
    actor: Actor,
    before: Facts,
    after: Facts,
) -> None:
    await record_event(
        connection,
        kind=f"payout_account.{happened}",
        subject_kind="payout_account",
        subject_id=account_id,
        actor=actor,
        before=before,
        after=after,
    )
