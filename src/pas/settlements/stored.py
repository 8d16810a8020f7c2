"""Reads a run, to look at it or to change it with nobody else changing it meanwhile."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, SettlementId
from pas.merchants.model import PayoutAccount
from pas.merchants.rules import account_in_use
from pas.settlements.model import BankFile, SettlementLine, SettlementRun


class SettlementNotFound(Refusal):
    """Deze uitbetaling is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een uitbetaling uit de lijst."


class BooksDoNotClose(Refusal):
    """De boeken kloppen niet. Er gaat geen geld uit."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat de boeken nakijken. Bel daarna de technisch beheerder."


class ProofRow(msgspec.Struct, frozen=True):
    closes: bool


READ_RUN: Final = Statement(
    """
    SELECT id, number, state, minimum_cents,
        CASE state WHEN 'proposed' THEN least(large_cents, large_payout_limit()) ELSE large_cents END AS large_cents,
        proposed_at, proposed_by_kind, proposed_by, approved_at, approved_by, pays_on, payer_name,
        payer_iban, exported_at, booked_at, withdrawn_at, withdrawn_by,
        withdrawn_because
    FROM settlement_run WHERE id = $1
    """,
    SettlementRun,
)
LOCK_RUN: Final = Statement(
    """
    SELECT id, number, state, minimum_cents,
        CASE state WHEN 'proposed' THEN least(large_cents, large_payout_limit()) ELSE large_cents END AS large_cents,
        proposed_at, proposed_by_kind, proposed_by, approved_at, approved_by, pays_on, payer_name,
        payer_iban, exported_at, booked_at, withdrawn_at, withdrawn_by,
        withdrawn_because
    FROM settlement_run WHERE id = $1 FOR NO KEY UPDATE
    """,
    SettlementRun,
)
READ_LINES: Final = Statement(
    """
    SELECT l.number, l.merchant_id, m.name AS merchant, l.payout_account_id, p.iban, p.holder,
        l.redeemed_cents, l.reversed_cents, l.returned_cents, l.amount_cents, l.state, l.paid_on,
        l.returned_on, l.returned_because
    FROM settlement_line l JOIN merchant m ON m.id = l.merchant_id
    JOIN payout_account p ON p.id = l.payout_account_id
    WHERE l.run_id = $1 AND l.number > $2 ORDER BY l.number LIMIT $3
    """,
    SettlementLine,
)
READ_FILES: Final = Statement(
    """
    SELECT number, transactions, total_cents, encode(sha256, 'hex') AS sha256, made_at
    FROM settlement_file WHERE run_id = $1 ORDER BY number
    """,
    BankFile,
)
READ_USABLE_ACCOUNTS: Final = Statement(
    """
    SELECT id, merchant_id, iban, holder, payee_check, proposed_at, proposed_by, approved_at,
        approved_by, rejected_at, rejected_by, rejected_because, usable_from
    FROM payout_account WHERE usable_from IS NOT NULL
    """,
    PayoutAccount,
)
READ_LAST_PROOF: Final = Statement(
    "SELECT closes FROM proof ORDER BY proved_at DESC LIMIT 1", ProofRow
)
EVERY_LINE: Final = 1_000_000


async def read_run(connection: Connection, run_id: SettlementId) -> SettlementRun:
    found = await READ_RUN.first(connection, run_id)
    if found is None:
        raise SettlementNotFound
    return found


async def lock_run(connection: Connection, run_id: SettlementId) -> SettlementRun:
    """Until the end of the transaction nobody else changes this run or its lines."""
    found = await LOCK_RUN.first(connection, run_id)
    if found is None:
        raise SettlementNotFound
    return found


async def read_lines(
    connection: Connection, run_id: SettlementId, *, after: int = 0, limit: int = EVERY_LINE
) -> list[SettlementLine]:
    return await READ_LINES.all(connection, run_id, after, limit)


async def accounts_in_use(
    connection: Connection, *, at: datetime
) -> dict[MerchantId, PayoutAccount]:
    """Give for each merchant the account that may be paid to at a moment."""
    versions: dict[MerchantId, list[PayoutAccount]] = {}
    for one in await READ_USABLE_ACCOUNTS.all(connection):
        versions.setdefault(one.merchant_id, []).append(one)
    found = {merchant: account_in_use(some, at) for merchant, some in versions.items()}
    return {merchant: account for merchant, account in found.items() if account is not None}


async def refuse_broken_books(connection: Connection) -> None:
    """The last proof stops this municipality's money, and nothing else."""
    last = await READ_LAST_PROOF.first(connection)
    if last is not None and not last.closes:
        raise BooksDoNotClose
