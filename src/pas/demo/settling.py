"""Pays the merchants after each month: proposed, approved by another, sent to the bank, booked.

One payment of the month before the last came back and was paid again. The newest run is with the
bank, so that a visitor can book what came of it. A month is settled once: a start that stopped
half-way goes on where it was.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.demo_login import persona_of
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.roles import Role, permissions_of
from pas.bookkeeping.model import AccountKind, AccountMapping, JournalProfile
from pas.bookkeeping.profiles import keep_profile
from pas.days import day_of
from pas.db import Connection, Statement
from pas.demo.staff import colleague
from pas.ids import MunicipalityName, SettlementId
from pas.settlements.approve import approve_settlement
from pas.settlements.export import export_settlement
from pas.settlements.payments import mark_paid, mark_returned
from pas.settlements.propose import NothingToPay, propose_settlement
from pas.settlements.stored import read_lines, read_run

PAYER: Final = {"payerName": "Gemeente Velsen", "payerIban": "NL39PASX7000090001"}
MINIMUM_CENTS: Final = 2_500
"""Smaller amounts wait for the next month."""
RETURNED_BECAUSE: Final = "Rekening opgeheven, zegt de bank"
TO_APPROVE: Final = timedelta(hours=3)
TO_EXPORT: Final = timedelta(hours=5)
TO_PAY: Final = timedelta(days=3)
TO_RETURN: Final = timedelta(days=6)
LONGEST_WAIT: Final = 6_000
"""Times a hundredth of a second."""


class Found(msgspec.Struct, frozen=True):
    id: SettlementId


FIND_RUN: Final = Statement(
    "SELECT id FROM settlement_run WHERE proposed_at = $1 AND withdrawn_at IS NULL", Found
)


class Position(msgspec.Struct, frozen=True):
    xid: int


READ_NOW: Final = Statement("SELECT pg_current_xact_id()::text::bigint AS xid", Position)
READ_DECIDED: Final = Statement(
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid", Position
)

LEDGER_ACCOUNTS: Final[Mapping[AccountKind, str]] = {
    "cover": "0600",
    "appropriation": "8630",
    "budget": "4630",
    "held": "4631",
    "merchant": "1630",
    "payee": "1631",
    "run": "1640",
    "bank": "1100",
    "offline_risk": "4639",
    "earlier_supplier": "1690",
}
"""Invented, and none is left out, so that any month can be closed."""
COST_CENTRE: Final = "63010"


class Payers(msgspec.Struct, frozen=True):
    """Two colleagues: one who proposes and sends, one who lets the money go."""

    finance: Actor
    approver: Actor


async def set_payer(connection: Connection, *, actor: Actor) -> None:
    changes = {**PAYER, "payoutMinimumCents": MINIMUM_CENTS}
    await change_municipality_settings(connection, changes, actor=actor)


async def set_up_journal(connection: Connection, *, actor: Actor) -> None:
    """Say which account is what in the invented city's financial administration."""
    accounts = tuple(
        AccountMapping(account=kind, ledger_account=number, cost_centre=COST_CENTRE)
        for kind, number in LEDGER_ACCOUNTS.items()
    )
    await keep_profile(connection, JournalProfile(accounts=accounts), actor=actor)


async def payers(connection: Connection) -> Payers:
    persona = await persona_of(connection, Role.APPROVER)
    return Payers(
        finance=await colleague(connection, Role.FINANCE, "Loes van Dam (demonstratie)"),
        approver=Actor(kind="login", id=persona, permissions=permissions_of([Role.APPROVER])),
    )


async def until_decided(connection: Connection) -> None:
    """Wait until no other transaction can be older than now, so that a run pays all there is.

    Those of other databases on the server count too. After a minute the rest is left to a next run.
    """
    now = (await READ_NOW.one(connection)).xid
    for _ in range(LONGEST_WAIT):
        if (await READ_DECIDED.one(connection)).xid > now:
            return
        await asyncio.sleep(0.01)


async def settle(
    connection: Connection,
    municipality: MunicipalityName,
    *,
    at: datetime,
    newest: bool,
    returns: bool,
) -> None:
    """Settle what was sold up to now, as of the morning of ``at``; of the newest nothing is booked."""
    who = await payers(connection)
    await until_decided(connection)
    found = await FIND_RUN.first(connection, at)
    try:
        run = found or await propose_settlement(connection, actor=who.finance, now=at)
    except NothingToPay:
        return
    if (await read_run(connection, run.id)).state == "proposed":
        await approve_settlement(connection, run.id, actor=who.approver, now=at + TO_APPROVE)
    await export_settlement(connection, municipality, run.id, actor=who.finance, now=at + TO_EXPORT)
    if not newest:
        await hear_from_bank(connection, run.id, at=at, returns=returns, actor=who.finance)


async def hear_from_bank(
    connection: Connection, run: SettlementId, *, at: datetime, returns: bool, actor: Actor
) -> None:
    """All of it was paid; one payment came back, the smallest, and is owed again."""
    if (await read_run(connection, run)).state == "exported":
        paid = at + TO_PAY
        await mark_paid(connection, run, paid_on=day_of(paid), actor=actor, now=paid)
    lines = await read_lines(connection, run)
    if returns and all(line.state != "returned" for line in lines):
        smallest = min(lines, key=lambda line: line.amount_cents)
        back = at + TO_RETURN
        await mark_returned(
            connection,
            run,
            smallest.number,
            returned_on=day_of(back),
            reason=RETURNED_BECAUSE,
            actor=actor,
            now=back,
        )
