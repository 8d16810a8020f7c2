"""Approve a run as a second person: everything is looked at again, then the books owe the bank's way.

Accounts, amounts and the last proof are judged under the lock of the run. The database recomputes
every amount from the transfers, and refuses the proposer once more.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

import asyncpg

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.auth.municipality_settings import MunicipalitySettings, read_municipality_settings
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import SettlementId
from pas.ledger.accounts import new_account_id
from pas.money import Cents
from pas.settlements.booking import entries_of, prints_of
from pas.settlements.model import SettlementLine, SettlementRun
from pas.settlements.rules import (
    Paid,
    SettlementDiffers,
    SettlementTooLarge,
    next_banking_day,
    refuse_changed_accounts,
    refuse_large,
    refuse_own_settlement,
    refuse_state,
)
from pas.settlements.stored import (
    accounts_in_use,
    lock_run,
    read_lines,
    read_run,
    refuse_broken_books,
)

DIFFERS: Final = "PA243"
REFUSED_BY_DATABASE: Final[Mapping[str, type[Refusal]]] = {
    DIFFERS: SettlementDiffers,
    "PA271": SettlementTooLarge,
}


class PayerNotSet(Refusal):
    """Er is nog geen rekening waarvan de gemeente betaalt."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Vraag de beheerder om naam en rekening van de gemeente in te stellen."
    )


LOCK_PAYEES: Final = Statement(
    """
    SELECT 1 FROM merchant WHERE id IN (SELECT merchant_id FROM settlement_line WHERE run_id = $1)
    ORDER BY id FOR SHARE
    """,
    None,
)
APPROVE: Final = Statement("SELECT approve_settlement($1, $2, $3, $4, $5, $6, $7, $8, $9)", None)


async def approve_settlement(
    connection: Connection, run_id: SettlementId, *, actor: Actor, now: datetime
) -> SettlementRun:
    """Let the money go; again by the same person changes nothing."""
    refuse_programs(actor)
    async with connection.transaction():
        run = await lock_run(connection, run_id)
        if run.approved_by == actor.id:
            return run
        refuse_state(run.state, "proposed")
        refuse_own_settlement(run.proposed_by, actor.id)
        await refuse_broken_books(connection)
        payer = await read_payer(connection)
        lines = await read_lines(connection, run_id)
        total = Cents(sum(one.amount_cents for one in lines))
        may_approve_large = actor.may(Permission.SETTLEMENTS_APPROVE_LARGE)
        refuse_large(total, run.large_cents, may_approve_large=may_approve_large)
        # Whoever approves an account locks its merchant: so none becomes another one meanwhile.
        await LOCK_PAYEES.run(connection, run_id)
        refuse_changed_accounts(
            [Paid(one.merchant, one.merchant_id, one.payout_account_id) for one in lines],
            await accounts_in_use(connection, at=now),
        )
        await _book(connection, run, lines, payer=payer, actor=actor, now=now)
        await record_event(
            connection,
            kind="settlement.approved",
            subject_kind="settlement",
            subject_id=run_id,
            actor=actor,
            after={"number": run.number, "amountCents": total, "largeCents": run.large_cents},
        )
        return await read_run(connection, run_id)


async def read_payer(connection: Connection) -> MunicipalitySettings:
    """Give the settings, when they say from which account the municipality pays."""
    settings = await read_municipality_settings(connection)
    if settings.payer_name is None or settings.payer_iban is None:
        raise PayerNotSet
    return settings


async def _book(
    connection: Connection,
    run: SettlementRun,
    lines: list[SettlementLine],
    *,
    payer: MunicipalitySettings,
    actor: Actor,
    now: datetime,
) -> None:
    try:
        await APPROVE.run(
            connection,
            *(run.id, actor.id, now, next_banking_day(day_of(now))),
            *(payer.payer_name, payer.payer_iban, new_account_id()),
            *(entries_of(run.id, "settle", lines), prints_of(run.id, "settle", lines)),
        )
    except asyncpg.PostgresError as error:
        refusal = REFUSED_BY_DATABASE.get(error.sqlstate or "")
        if refusal is None:
            raise
        raise refusal from error
